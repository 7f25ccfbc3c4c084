"""The program without a window: `--maps` and what may go wrong with it."""

from pathlib import Path

import numpy as np
import pytest

from explorer import cli, headless
from explorer.engine.layer import Layer
from explorer.engine.layers.input import Input, SignalInput, VolumeInput
from explorer.engine.layers.reshape import Reshape
from explorer.engine.layers.signals import Conv1d, MaxPool1d
from explorer.engine.layers.volumes import Conv3d, MaxPool3d
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from explorer.exchange.network_file import write_network
from explorer.sources.opening import open_source
from explorer.sources.source import SourceError


def test_maps_are_written_for_any_source_and_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "maps"
    assert cli.main(["sample:zone-plate@64x48", "--network", "edges", "--maps", str(folder)]) == 0
    with np.load(folder / "maps.npz") as numbers:
        assert set(numbers) == {node.name for node in build_network("edges").nodes}
    files = sum(path.is_file() for path in folder.rglob("*"))
    assert f"{files} files written into {folder}" in capsys.readouterr().err


def test_a_network_may_come_from_a_file(tmp_path: Path) -> None:
    file = write_network(build_network("one-filter"), tmp_path / "my filter.network")
    assert cli.main(["--network", str(file), "--maps", str(tmp_path / "maps")]) == 0


@pytest.mark.parametrize(
    "layers",
    [
        (SignalInput(channels=1, length=40), Conv1d(filters=2), MaxPool1d()),
        (
            VolumeInput(channels=1, depth=3, height=12, width=10),
            Conv3d(filters=2),
            MaxPool3d(window=(1, 2, 2)),
        ),
        (
            Input(channels=3, height=12, width=10),
            Reshape(form="volume", channels=1, depth=3, height=12),
            Conv3d(),
        ),
    ],
    ids=["signals", "volumes", "colours as depth"],
)
def test_networks_of_signals_and_volumes_look_at_pictures_too(
    tmp_path: Path, layers: tuple[Layer, ...]
) -> None:
    names = ("image", "one", "two")
    nodes = [
        Node(name, layer, names[i - 1 : i]) for i, (name, layer) in enumerate(zip(names, layers, strict=True))
    ]
    file = write_network(Network(tuple(nodes)).fitted(), tmp_path / "axes.network")

    assert (
        cli.main(["sample:zone-plate@64x48", "--network", str(file), "--maps", str(tmp_path / "maps")]) == 0
    )

    with np.load(tmp_path / "maps" / "maps.npz") as numbers:
        assert set(numbers) == set(names)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear network", encoding="utf-8")
    assert cli.main(["--network", str(file), "--maps", str(tmp_path / "maps")]) == 2
    assert "is no network" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["notes.txt", "notes.png", "notes.mp4"])
def test_a_file_that_is_no_picture_is_told(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("hello", encoding="utf-8")
    assert cli.main([str(tmp_path / name), "--maps", str(tmp_path / "maps")]) == 1
    assert name in capsys.readouterr().err


def test_a_camera_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["97", "--maps", str(tmp_path / "maps")]) == 1
    assert "97" in capsys.readouterr().err
    assert not (tmp_path / "maps").exists()


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").touch()
    assert cli.main(["--network", "one-filter", "--maps", str(tmp_path / "taken")]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_a_source_that_delivers_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    source = open_source("sample:house")
    monkeypatch.setattr(source, "read", lambda wait: None)
    with pytest.raises(SourceError, match="delivered no picture within 0.01 seconds"):
        headless.first_frame(source, patience=0.01)
