"""The program without a window: one frame goes through a network, and its maps become files."""

from __future__ import annotations

import time
from pathlib import Path

import explorer.datasets.sample_source  # noqa: F401  (makes dataset: an address of a source)
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.network import Network
from explorer.engine.presets.networks import build_network
from explorer.exchange.files import WriteError
from explorer.exchange.maps import write_maps
from explorer.exchange.network_file import NetworkFileError, read_network
from explorer.exchange.trained_networks import all_names, named_network
from explorer.options import START_SOURCE, Options
from explorer.runtime.entrance import Entrance
from explorer.sources.opening import open_source
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame, Source, SourceError

PATIENCE = 15.0  # seconds: a camera that is switched on needs a few


class HeadlessError(Exception):
    """What was asked for could not be done; the text is for the person who asked."""


def write_maps_of(options: Options) -> list[Path]:
    """Write every layer's maps of the first frame into `options.maps`; returns the files."""
    if options.maps is None:
        raise HeadlessError("No folder was given for the maps.")
    try:
        trace = first_trace(open_network(options.network), open_source(options.source or START_SOURCE))
        for sentence in trace.network.problems.values():
            raise HeadlessError(sentence)
        return write_maps(trace, options.maps, dark=options.theme != "light")
    except (NetworkFileError, SourceError, WriteError) as error:
        raise HeadlessError(str(error)) from error


def open_network(name: str | None) -> Network:
    """A network by the name of one of ours or of a file, which one of ours hides; None: the hand-made first one.

    Raises NetworkFileError.
    """
    if name is None:
        return build_network()
    return named_network(name) if name in all_names() else read_network(Path(name))


def first_trace(network: Network, source: Source) -> Trace:
    """Evaluate the network on the first frame that the source delivers. Raises SourceError."""
    frame = first_frame(source)
    return evaluate(network, Entrance().enter(frame, Preparation(), network.input_shape))


def first_frame(source: Source, patience: float = PATIENCE) -> Frame:
    """Open the source, read one frame and close it. Raises SourceError, also when nothing comes in time."""
    ends = time.monotonic() + patience
    try:
        source.open()
        while time.monotonic() < ends:
            frame = source.read(_sleep)
            if frame is not None:
                return frame
    finally:
        source.close()
    raise SourceError(f"{source.describe()} delivered no picture within {patience:g} seconds.")


def _sleep(seconds: float | None) -> bool:
    """Nobody wakes us; a source that would sleep for ever is asked again soon."""
    time.sleep(0.05 if seconds is None else seconds)
    return seconds is None
