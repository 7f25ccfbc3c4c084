"""The networks that come trained: files of our own in resources/networks, each with a card that says what it is."""

from __future__ import annotations

import dataclasses
import json
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np

from explorer.engine.network import Network
from explorer.engine.presets.networks import build_network, network_names
from explorer.exchange.files import write_whole
from explorer.exchange.network_file import SUFFIX, NetworkFileError, read_network, write_network
from explorer.resources import resource

FOLDER = "networks"
CARD = "card.json"  # beside network.json in the file; whoever reads only the network passes it by


@dataclass(frozen=True)
class TrainedNetwork:
    """The card of a network that comes trained. Accuracy is that of the weights as they are shipped."""

    name: str
    title: str
    help: str
    """What one sees in it, in a sentence."""
    data: str
    """What it learned from, and who made that."""
    made: str
    """How it was trained, in a sentence."""
    command: str
    """What to type to make it again."""
    learned_from: int
    """Images."""
    judged_by: int
    """Images that it had never seen."""
    right: int
    """How many of those it names rightly."""
    parameters: int
    seed: int
    seconds: float
    """How long the training took."""
    date: str
    """Day on which it was made, as in 2026-11-20."""
    picture: str
    """Address of a picture of which it has something to say."""
    place: int = 0
    """In the list."""

    @property
    def accuracy(self) -> float:
        """Share of images never seen that it names rightly."""
        return self.right / self.judged_by

    @property
    def file(self) -> Path:
        """Where it lies."""
        return resource(f"{FOLDER}/{self.name}{SUFFIX}")


@cache
def trained_networks() -> tuple[TrainedNetwork, ...]:
    """The cards of all of them, in the order in which they are offered; none where the files are missing.

    Raises NetworkFileError where one of the files is damaged.
    """
    try:
        files = sorted(resource(FOLDER).glob(f"*{SUFFIX}"))
    except FileNotFoundError:
        return ()
    return tuple(sorted(map(_card, files), key=lambda card: (card.place, card.name)))


def open_trained(name: str) -> Network:
    """The network of this name with its classes. Raises KeyError where there is none, NetworkFileError."""
    for card in trained_networks():
        if card.name == name:
            return read_network(card.file)
    raise KeyError(f"There is no trained network {name!r}.")


def named_network(name: str) -> Network:
    """One of the networks that come trained, or of those to start from. Raises KeyError, NetworkFileError."""
    return open_trained(name) if name in _names() else build_network(name)


def all_names() -> tuple[str, ...]:
    """The names that `named_network` knows."""
    return *_names(), *network_names()


def _names() -> tuple[str, ...]:
    return tuple(card.name for card in trained_networks())


def write_trained(network: Network, card: TrainedNetwork, path: Path) -> Path:
    """Write what is to be shipped, packed. Raises WriteError."""
    with tempfile.TemporaryDirectory() as folder:
        plain = write_network(network, Path(folder) / path.name)
        with zipfile.ZipFile(plain) as source:
            entries = {name: source.read(name) for name in source.namelist()}
    entries[CARD] = json.dumps(dataclasses.asdict(card), indent=1).encode()

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in entries.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)

    return write_whole(path, write)


def rounded(network: Network) -> Network:
    """The same with its parameters rounded to half precision: packed, they take half the room."""
    return network.with_parameters(
        {
            node.name: {
                name: array.astype(np.float16).astype(np.float32) for name, array in node.parameters.items()
            }
            for node in network.nodes
        }
    )


def same_numbers(one: Network, other: Network) -> bool:
    """Whether two networks have the same layers with the same parameters, and so compute the same."""
    if len(one.nodes) != len(other.nodes):
        return False
    return all(
        (a.name, a.layer, a.inputs, a.bypassed) == (b.name, b.layer, b.inputs, b.bypassed)
        and a.parameters.keys() == b.parameters.keys()
        and all(np.array_equal(array, b.parameters[name]) for name, array in a.parameters.items())
        for a, b in zip(one.nodes, other.nodes, strict=True)
    )


def _card(file: Path) -> TrainedNetwork:
    try:
        with zipfile.ZipFile(file) as archive:
            return TrainedNetwork(**json.loads(archive.read(CARD)))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise NetworkFileError(
            f"The program's own network {file.name} is damaged. Install the program again."
        ) from error
