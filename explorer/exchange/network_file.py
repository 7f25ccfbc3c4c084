"""A network in a file of our own: a ZIP with its layers as JSON and its parameters as NPY. Nothing in it is run."""

from __future__ import annotations

import io
import json
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

import explorer.engine.layers  # noqa: F401  - registers the layers that a file may name
from explorer.engine.layer import Array, SettingError, layer_of
from explorer.engine.network import Network, NetworkError, Node
from explorer.exchange.files import write_whole

SUFFIX = ".network"
FORMAT = "feature-map-explorer network"
VERSION = 1
NOT_OURS = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError)  # what a strange ZIP can raise
NO_ARRAY = (ValueError, TypeError, MemoryError, SyntaxError, tokenize.TokenError)  # as NumPy reads a header
LARGEST_TEXT = 16 << 20  # bytes of the JSON
LARGEST_ARRAY = 2 << 30  # bytes of one parameter


class NetworkFileError(Exception):
    """A file does not hold a network that can be used; the text says what is wrong with it."""


def write_network(network: Network, path: Path) -> Path:
    """Write the network with all its parameters. Raises WriteError."""
    return write_whole(path, lambda file: _write(file, network))


def read_network(path: Path) -> Network:
    """The network in the file. Raises NetworkFileError with one sentence for whatever may be wrong."""
    return _read_from(path, f"{path}")


def network_bytes(network: Network) -> bytes:
    """What such a file holds, to be put into another one."""
    file = io.BytesIO()
    _write(file, network)
    return file.getvalue()


def network_of(content: bytes, name: str) -> Network:
    """The network that these bytes describe. Raises NetworkFileError, in which they are called `name`."""
    return _read_from(io.BytesIO(content), name)


def _read_from(file: Path | IO[bytes], name: str) -> Network:
    try:
        with zipfile.ZipFile(file) as archive:
            archive.getinfo("network.json")
            return _read(archive)
    except OSError as error:
        raise NetworkFileError(f"{name} could not be read: {error.strerror or error}.") from error
    except NOT_OURS as error:
        raise NetworkFileError(
            f"{name} is no network: expected a file that this program saved, ending in {SUFFIX}."
        ) from error
    except (_Wrong, NetworkError) as error:
        raise NetworkFileError(f"{name} holds no usable network: {error}") from error


class _Wrong(Exception):
    """Something in the file is not as it must be."""


def _write(file: IO[bytes], network: Network) -> None:
    text = {
        "format": FORMAT,
        "version": VERSION,
        "title": network.title,
        "classes": network.classes,
        "nodes": [_described(node) for node in network.nodes],
    }
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("network.json", json.dumps(text, indent=1))
        for node in network.nodes:
            for name, array in node.parameters.items():
                with archive.open(_entry(node.name, name), "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, np.asarray(array), allow_pickle=False)


def _described(node: Node) -> dict[str, Any]:
    return {
        "name": node.name,
        "layer": node.layer.kind,
        "settings": node.layer.values(),
        "inputs": node.inputs,
        "bypassed": node.bypassed,
        "parameters": list(node.parameters),
    }


def _entry(node: str, parameter: str) -> str:
    return f"{node}/{parameter}.npy"


def _read(archive: zipfile.ZipFile) -> Network:
    try:
        text = json.loads(_bytes(archive, "network.json", LARGEST_TEXT))
    except ValueError as error:
        raise _Wrong(f"its network.json is not JSON ({error}).") from error
    if not isinstance(text, dict) or text.get("format") != FORMAT:
        raise _Wrong(f"its network.json does not say that it is a {FORMAT}.")
    if text.get("version") != VERSION:
        raise _Wrong(
            f"it is of version {text.get('version')!r}, this program reads {VERSION}. Use a newer program."
        )
    nodes = text.get("nodes")
    if not isinstance(nodes, list) or not nodes:
        raise _Wrong("it has no layers.")
    network = Network(tuple(_node(archive, entry) for entry in nodes), str(text.get("title", "Network")))
    _check_parameters(network)
    classes = text.get("classes", [])
    return network.with_classes(map(str, classes)) if isinstance(classes, list) else network


def _node(archive: zipfile.ZipFile, entry: Any) -> Node:
    match entry:
        case {"name": str(name), "layer": str(kind), "settings": dict(settings), "inputs": list(inputs)}:
            try:
                layer = layer_of(kind, settings)
            except (SettingError, TypeError) as error:
                raise _Wrong(f"{name}: {error}") from error
            names = entry.get("parameters", [])
            if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
                raise _Wrong(f"{name}: expected the names of its parameters, got {str(names)[:80]}.")
            parameters = {one: _array(archive, _entry(name, one)) for one in names}
            sources = tuple(str(one) for one in inputs)
            return Node(name, layer, sources, parameters, bool(entry.get("bypassed", False)))
    raise _Wrong(f"expected a layer with name, layer, settings and inputs, got {str(entry)[:80]}.")


def _array(archive: zipfile.ZipFile, entry: str) -> Array:
    with archive.open(_checked(archive, entry, LARGEST_ARRAY)) as file:
        try:
            array = np.lib.format.read_array(file, allow_pickle=False)
        except NO_ARRAY as error:
            raise _Wrong(f"{entry} is no array of numbers ({error}).") from error
    if array.dtype.kind not in "fiu":
        raise _Wrong(f"{entry} holds {array.dtype}, expected numbers.")
    return array.astype(np.float32)


def _bytes(archive: zipfile.ZipFile, entry: str, largest: int) -> bytes:
    return archive.read(_checked(archive, entry, largest))


def _checked(archive: zipfile.ZipFile, entry: str, largest: int) -> zipfile.ZipInfo:
    """The entry, if it is there and what it would unpack to is not too large."""
    if entry not in archive.namelist():
        raise _Wrong(f"{entry} is missing in it.")
    found = archive.getinfo(entry)
    if found.file_size > largest:
        raise _Wrong(f"{entry} is {found.file_size / 2**20:,.0f} MiB, more than {largest / 2**20:,.0f}.")
    return found


def _check_parameters(network: Network) -> None:
    """Every node that can run must have its parameters in the shape that its inputs ask for."""
    for node in network.nodes:
        report = network.reports[node.name]
        if report.shape is None or node.bypassed:
            continue
        needed = node.layer.parameter_shapes(report.input_shapes)
        found = {name: array.shape for name, array in node.parameters.items()}
        if found != needed:
            raise _Wrong(f"{node.name} has parameters of {found}, expected {needed}.")
