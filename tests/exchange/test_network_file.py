"""A network in a file: it comes back as it was, and nothing that is in a file can do more than be refused."""

import contextlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.engine.evaluate import evaluate
from explorer.engine.network import Network
from explorer.engine.presets.networks import build_network, network_names
from explorer.exchange.network_file import NetworkFileError, read_network, write_network


@pytest.mark.parametrize("name", network_names())
def test_every_network_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    network = build_network(name)
    again = read_network(write_network(network, tmp_path / "a.network"))
    assert again.title == network.title
    assert [(n.name, n.layer, n.inputs, n.bypassed) for n in again.nodes] == [
        (n.name, n.layer, n.inputs, n.bypassed) for n in network.nodes
    ]
    for old, new in zip(network.nodes, again.nodes, strict=True):
        assert old.parameters.keys() == new.parameters.keys()
        for parameter, array in old.parameters.items():
            np.testing.assert_array_equal(new.parameters[parameter], array)


def test_it_gives_the_same_activations(tmp_path: Path) -> None:
    network = build_network("edges")
    image = np.random.default_rng(1).random((1, *network.input_shape), np.float32)
    again = evaluate(read_network(write_network(network, tmp_path / "a.network")), image)
    for name, activation in evaluate(network, image).activations.items():
        np.testing.assert_array_equal(again.activations[name], activation)


@pytest.fixture
def network() -> Network:
    return build_network("one-filter")


def changed(network: Network, folder: Path, change: dict[str, Any]) -> Path:
    """The network's file with some of its JSON replaced: keys are written as 'nodes.1.layer'."""
    source = write_network(network, folder / "good.network")
    with zipfile.ZipFile(source) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    text = json.loads(entries["network.json"])
    for key, value in change.items():
        *path, last = (int(part) if part.isdecimal() else part for part in key.split("."))
        place = text
        for part in path:
            place = place[part]
        place[last] = value
    entries["network.json"] = json.dumps(text).encode()
    with zipfile.ZipFile(folder / "bad.network", "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return folder / "bad.network"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "something else"}, "does not say that it is"),
        ({"version": 2}, "version 2, this program reads 1"),
        ({"nodes": []}, "no layers"),
        ({"nodes": "none"}, "no layers"),
        ({"nodes.1": 7}, "expected a layer with name"),
        ({"nodes.1.layer": "teleport"}, "no layer of kind 'teleport'"),
        ({"nodes.1.settings.colour": "red"}, "no setting 'colour'"),
        ({"nodes.1.settings.filters": -1}, "at least 1"),
        ({"nodes.1.settings.filters": 2}, "parameters of"),
        ({"nodes.1.settings.filters": float("nan")}, "whole number"),
        ({"nodes.1.parameters": []}, "parameters of"),
        ({"nodes.1.parameters": ["../../etc/passwd"]}, "passwd.npy is missing"),
        ({"nodes.1.inputs": ["nowhere"]}, "reads 'nowhere'"),
        ({"nodes.0.name": "a/b"}, "cannot be the name"),
        ({"nodes.0.bypassed": True}, "cannot be bypassed"),
        ({"nodes.1.parameters": 7}, "expected the names of its parameters, got 7"),
        ({"nodes.1.parameters": [None]}, "expected the names of its parameters"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(
    change: dict[str, Any], said: str, network: Network, tmp_path: Path
) -> None:
    with pytest.raises(NetworkFileError, match=r"bad\.network") as caught:
        read_network(changed(network, tmp_path, change))
    assert said in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 not a zip", b"\x89PNG\r\n\x1a\n"])
def test_another_file_is_no_network(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "picture.network"
    file.write_bytes(content)
    with pytest.raises(NetworkFileError, match="is no network: expected a file that this program saved"):
        read_network(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(NetworkFileError, match="No such file"):
        read_network(tmp_path / "none.network")


def test_pickles_are_not_opened(network: Network, tmp_path: Path) -> None:
    file = write_network(network, tmp_path / "a.network")
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    evil = next(name for name in entries if name.endswith(".npy"))
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            if name != evil:
                archive.writestr(name, content)
        with archive.open(evil, "w") as entry:
            np.lib.format.write_array(entry, np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(NetworkFileError, match="is no array of numbers"):
        read_network(file)


@pytest.mark.parametrize("header", ["{'descr': '<f4',", "{" * 50, "7", "(" * 5000, "\0" * 9, "'a' 1 :"])
def test_an_array_with_a_broken_header_is_refused(header: str, network: Network, tmp_path: Path) -> None:
    file = write_network(network, tmp_path / "a.network")
    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    broken = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, broken if name.endswith(".npy") else content)
    with pytest.raises(NetworkFileError, match="is no array of numbers"):
        read_network(file)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255), length=st.floats(0.9, 1))
def test_a_damaged_file_is_refused_or_harmless(
    where: float, bits: int, length: float, network: Network, tmp_path: Path
) -> None:
    good = write_network(network, tmp_path / "good.network").read_bytes()
    damaged = bytearray(good)
    damaged[int(where * len(good))] ^= bits
    file = tmp_path / "damaged.network"
    file.write_bytes(damaged[: int(length * len(good))] if bits % 2 else damaged)
    with contextlib.suppress(NetworkFileError):
        assert read_network(file).nodes
