"""What a newcomer sees first: a trained network, a picture that it knows, and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.app import first_network, first_source
from explorer.engine.presets.networks import build_network
from explorer.exchange.trained_networks import named_network
from explorer.options import Options
from explorer.ui import theme
from explorer.ui.settings_store import SettingsStore
from tests.stories.test_live import Story


@pytest.fixture
def newcomer(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Story]:
    palette, font = qapp.palette(), qapp.font()
    theme.apply(qapp, "dark")
    story = Story(qtbot, SettingsStore(tmp_path / "window.ini"), Options())
    yield story
    story.application.stop()
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


def test_the_first_screen_shows_a_trained_network_that_is_right(newcomer: Story) -> None:
    newcomer.wait_for_maps()

    network, trace = newcomer.workspace.document.network, newcomer.workspace.answer.trace
    scores = trace.activations[network.outputs[-1].name][0]

    assert network.title == "Digits"
    assert network.classes[scores.argmax()] == "3"
    assert scores.max() > 0.9
    assert "Digit" in newcomer.window.status._source.text()


def test_a_picture_of_ones_own_is_shown_large_by_the_hand_made_network() -> None:
    assert first_network(Options(source="sample:house")).title == "Edges and colours"


def test_another_network_comes_with_a_picture_for_it() -> None:
    assert first_source(named_network("things")) == "sample:ship@480x480"
    assert first_source(build_network("lenet-5")) in ["sample:astronaut", "sample:house"]
