"""What a newcomer sees first: a trained network, a picture that it knows, and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.app import first_network
from explorer.datasets.dataset import DataSet
from explorer.engine.presets.networks import build_network
from explorer.exchange.trained_networks import named_network
from explorer.options import Options
from explorer.sources.photographs import photographs
from explorer.ui import theme
from explorer.ui.commands.network import presets
from explorer.ui.settings_store import SettingsStore
from explorer.ui.suited_picture import suited_picture, was_suggested
from tests.stories.test_live import SOON, Story


class Newcomer(Story):
    def choose(self, name: str) -> None:
        """Another network from the list in the toolbar."""
        found = [one for one in presets(self.workspace) if one.name == f"network.presets.{name}"]
        found[0].run(self.workspace)
        title = named_network(name).title
        self.qtbot.waitUntil(lambda: self.workspace.document.network.title == title, timeout=SOON)


def ten_classes() -> DataSet:
    """As many as LeNet-5 answers."""
    images = np.arange(10 * 28 * 28, dtype=np.uint32).astype(np.uint8).reshape(10, 28, 28, 1)
    return DataSet(images, np.arange(10, dtype=np.int64), tuple("0123456789"), "Ten")


@pytest.fixture
def newcomer(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Newcomer]:
    palette, font = qapp.palette(), qapp.font()
    theme.apply(qapp, "dark")
    story = Newcomer(qtbot, SettingsStore(tmp_path / "window.ini"), Options())
    yield story
    story.application.stop()
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


def test_the_first_screen_shows_a_trained_network_that_is_right(newcomer: Newcomer) -> None:
    newcomer.wait_for_maps()

    network, trace = newcomer.workspace.document.network, newcomer.workspace.answer.trace
    scores = trace.activations[network.outputs[-1].name][0]

    assert network.title == "Digits"
    assert network.classes[scores.argmax()] == "3"
    assert scores.max() > 0.9
    assert "Digit" in newcomer.window.status._source.text()


def test_a_picture_of_ones_own_is_shown_large_by_the_hand_made_network() -> None:
    assert first_network(Options(source="sample:house")).title == "Edges and colours"


def test_another_network_brings_a_picture_that_suits_it(newcomer: Newcomer) -> None:
    newcomer.wait_for_maps()

    newcomer.choose("things")

    newcomer.qtbot.waitUntil(lambda: "Ship" in newcomer.window.status._source.text(), timeout=SOON)


def test_undo_brings_the_picture_back_with_the_network(newcomer: Newcomer) -> None:
    newcomer.wait_for_maps()
    newcomer.choose("things")
    newcomer.qtbot.waitUntil(lambda: "Ship" in newcomer.window.status._source.text(), timeout=SOON)

    newcomer.workspace.document.undo()

    newcomer.qtbot.waitUntil(lambda: "Digit" in newcomer.window.status._source.text(), timeout=SOON)


def test_an_untrained_network_looks_at_the_images_that_it_can_learn_from(newcomer: Newcomer) -> None:
    newcomer.wait_for_maps()
    newcomer.workspace.trainer.use(ten_classes())

    newcomer.choose("lenet-5")

    newcomer.qtbot.waitUntil(lambda: newcomer.workspace.gallery.live_index == 0, timeout=SOON)
    newcomer.choose("things")
    newcomer.qtbot.waitUntil(lambda: "Ship" in newcomer.window.status._source.text(), timeout=SOON)


def test_a_picture_that_the_person_chose_stays(newcomer: Newcomer) -> None:
    newcomer.wait_for_maps()
    newcomer.workspace.open_address("sample:house")
    newcomer.qtbot.waitUntil(lambda: "House" in newcomer.window.status._source.text(), timeout=SOON)

    newcomer.choose("things")

    newcomer.wait_for_maps()
    assert "House" in newcomer.window.status._source.text()


def test_every_network_has_a_picture_that_suits_it() -> None:
    assert suited_picture(named_network("things")) == "sample:ship@480x480"
    assert was_suggested(suited_picture(build_network("lenet-5"))) == bool(photographs())
    assert not was_suggested("sample:digits")
