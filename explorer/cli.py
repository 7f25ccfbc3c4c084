"""The command line: checks what is asked, finds out whether a window can open, and starts the rest."""

import argparse
import dataclasses
import gc
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from explorer import __version__
from explorer.options import Options

PROGRAM = "feature-map-explorer"
NO_DISPLAY_SNAPSHOT = Path("feature-maps.png")
LARGEST_SIDE = 16_000  # pixels of a snapshot
QT5_OF_OPENCV = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR", "LD_LIBRARY_PATH")


class UsageError(Exception):
    """An argument cannot be meant: exit code 2."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The command `feature-map-explorer`; returns the exit code."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        tell(str(error))
        return 2
    try:
        return start(options)
    except ImportError as error:
        if ".so" not in str(error) and "DLL" not in str(error):
            raise
        tell(f"A library of the system is missing: {error}. Start with run.py, it installs it or says how.")
        return 1
    except KeyboardInterrupt:
        return 130


def start(options: Options) -> int:
    """Do what was asked: write maps, draw the window, or show it."""
    if options.maps is not None:
        code = _write(options)
        if code != 0 or options.snapshot is None:
            return code
    if options.snapshot is None:
        return _show(options)
    return _draw(options)


def parse(arguments: Sequence[str]) -> Options:
    """The options, checked; UsageError with one sentence if they cannot be meant."""
    asked = _parser().parse_args(arguments)
    options = Options(
        source=asked.source,
        network=asked.network,
        snapshot=asked.snapshot,
        maps=asked.maps,
        size=asked.size,
        theme=asked.theme,
    )
    if options.source is not None:
        check_source(options.source)
    if options.network is not None:
        check_network(options.network)
    if options.snapshot is not None:
        check_snapshot(options.snapshot)
    return options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One sentence instead of the usage, which --help shows."""
        raise UsageError(f"{message[:1].upper()}{message[1:]}. See {PROGRAM} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        allow_abbrev=False,
        description="See what a convolutional network does: every feature map of every layer, live.",
    )
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="an image, a folder of images, a video file, a camera number (0, 1, ...) or the URL of a stream",
    )
    parser.add_argument("--network", metavar="NAME|FILE", help="the network to start with")
    parser.add_argument(
        "--snapshot", metavar="PNG", type=Path, help="draw the window into this file instead of showing it"
    )
    parser.add_argument(
        "--size", metavar="WxH", type=_size, default=Options.size, help="of the snapshot, default 1600x1000"
    )
    parser.add_argument(
        "--maps", metavar="FOLDER", type=Path, help="write every layer's maps into this folder, no window"
    )
    parser.add_argument("--theme", choices=("dark", "light"), help="default: as it was the last time")
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    return parser


def _size(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,5})[xX×](\d{1,5})", text)
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(1 <= side <= LARGEST_SIDE for side in size):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no size; expected width x height in pixels, as in 1600x1000, at most {LARGEST_SIDE}"
        )
    return size


def check_source(source: str) -> None:
    """What can be known without opening it: whether a camera or a stream answers shows itself later."""
    import_opencv()
    import explorer.datasets.sample_source  # noqa: F401  (makes dataset: an address of a source)
    from explorer.sources.opening import open_source
    from explorer.sources.source import SourceError

    try:
        open_source(source)
    except SourceError as error:
        raise UsageError(str(error)) from None


def check_network(network: str) -> None:
    import_opencv()
    from explorer.exchange.network_file import NetworkFileError, read_network
    from explorer.exchange.trained_networks import all_names

    if network in all_names():
        return
    if not Path(network).is_file():
        raise UsageError(f"There is no network and no file {network!r}. Networks: {', '.join(all_names())}.")
    try:
        read_network(Path(network))
    except NetworkFileError as error:
        raise UsageError(str(error)) from None


def check_snapshot(file: Path) -> None:
    if file.suffix.lower() != ".png":
        raise UsageError(f"The snapshot is a PNG: expected a name that ends in .png, got {str(file)!r}.")
    if file.is_dir():
        raise UsageError(f"{file} is a folder; expected the name of a PNG file.")
    if not file.parent.is_dir():
        raise UsageError(f"There is no folder {file.parent} to write {file.name} into.")
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise UsageError(f"{file} may not be written. Choose another place.")


def _show(options: Options) -> int:
    """The window, or a picture of it where there is no display."""
    from explorer.display import display_problem

    problem = display_problem()
    if problem is None:
        gc.disable()  # until the window stands: what is imported and built is no garbage, and looking takes 0.1 s
        import_opencv()
        from explorer import app

        return app.run(options)
    tell(f"No window can open here ({problem}). Drawing it into {NO_DISPLAY_SNAPSHOT} instead.")
    try:
        check_snapshot(NO_DISPLAY_SNAPSHOT)
    except UsageError as error:
        tell(str(error))
        return 1
    return _draw(dataclasses.replace(options, snapshot=NO_DISPLAY_SNAPSHOT))


def _write(options: Options) -> int:
    import_opencv()
    from explorer.headless import HeadlessError, write_maps_of

    try:
        files = write_maps_of(options)
    except HeadlessError as error:
        tell(str(error))
        return 1
    tell(f"{len(files)} files written into {options.maps}.")
    return 0


def _draw(options: Options) -> int:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    import_opencv()
    if sys.platform == "win32":  # there the offscreen plugin knows no fonts of the system
        windows = os.environ.get("WINDIR", "C:\\Windows")
        os.environ.setdefault("QT_QPA_FONTDIR", os.path.join(windows, "Fonts"))
    from explorer import app

    return app.snapshot(options)


def import_opencv() -> None:
    """Import OpenCV without what it does to the environment: it points every Qt at its own Qt 5."""
    before = {name: os.environ.get(name) for name in QT5_OF_OPENCV}
    import cv2  # noqa: F401

    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
