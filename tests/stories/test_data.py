"""Stories of data: good and bad data sets, a download, and the way from a confusion to its images."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.datasets.dataset import DataSet
from explorer.datasets.kinds.downloads import download_folder, is_here
from explorer.document.edits import replace_network
from explorer.exchange.trained_networks import named_network
from explorer.options import Options
from explorer.ui import theme
from explorer.ui.panels.confusion import ConfusionPanel
from explorer.ui.panels.data import DataPanel
from explorer.ui.panels.draw import DrawPanel
from explorer.ui.panels.images import ImagesPanel
from explorer.ui.panels.maps import MapsPanel
from explorer.ui.panels.predictions import PredictionsPanel
from explorer.ui.settings_store import SettingsStore
from tests.datasets.file_server import FileServer, Trouble
from tests.datasets.files import idx, pets, png, write_folder
from tests.datasets.test_downloads import server  # noqa: F401
from tests.sources.mjpeg_server import MjpegServer
from tests.stories.test_live import SOON, Story

IMAGES, LABELS = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
DIGITS = {IMAGES: idx(np.zeros((3, 2, 2))), LABELS: idx(np.arange(3))}


class DataStory(Story):
    @property
    def data(self) -> DataPanel:
        self.window.set_shown("data", True)
        panel = self.window.panel("data")
        assert isinstance(panel, DataPanel)
        return panel

    @property
    def dataset(self) -> DataSet:
        dataset = self.workspace.trainer.dataset
        assert dataset is not None
        return dataset

    def open(self, address: str | Path) -> None:
        self.workspace.shelf.open(str(address))
        self.qtbot.waitUntil(lambda: not self.workspace.shelf.label, timeout=SOON)


@pytest.fixture
def story(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[DataStory]:
    palette, font = qapp.palette(), qapp.font()
    theme.apply(qapp, "dark")
    story = DataStory(qtbot, SettingsStore(tmp_path / "window.ini"), Options(source="sample:house"))
    yield story
    story.application.stop()
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


# ---- bad data sets -----------------------------------------------------------------------------------------------


BAD = {
    "one class": ({"cat/1.png": png(1), "cat/2.png": png(2)}, "are of one class, cat"),
    "all unreadable": ({"cat/1.png": b"", "dog/2.png": b"text"}, "holds no images.*cat/1.png, dog/2.png"),
    "no labels": ({IMAGES: DIGITS[IMAGES]}, f"The labels of {IMAGES} are missing: expected {LABELS}"),
    "wrong number": (DIGITS | {IMAGES: idx(np.arange(3))}, f"{IMAGES} is no IDX file of images.*00 00 08 01"),
    "cut off": (DIGITS | {IMAGES: DIGITS[IMAGES][:-1]}, f"{IMAGES} is cut off"),
    "no data": ({"notes.txt": b"text"}, "no data"),
}
HALF_BAD = {
    "empty class": ({"bird/none.png": b""}, "The folder bird hold"),
    "other sizes": ({"dog/large.png": png(77, (60, 60))}, "1 image of another size was fitted to 8 x 6"),
    "unreadable": ({"dog/broken.png": png(7)[:40]}, "1 file was left out: dog/broken.png"),
}


def test_every_bad_data_set_gets_a_sentence_and_the_last_good_one_stays(
    story: DataStory, tmp_path: Path
) -> None:
    story.open(write_folder(tmp_path / "good", pets()))
    good = story.dataset
    for name, (contents, sentence) in BAD.items():
        story.open(write_folder(tmp_path / name, contents))
        assert re.search(sentence, story.window.messages.sentence), name
        assert story.window.messages.kind == "error"
        assert story.dataset is good
    assert "good" in story.data.facts.text()


def test_what_is_wrong_with_a_part_of_it_is_told_in_the_panel(story: DataStory, tmp_path: Path) -> None:
    panel = story.data
    for name, (contents, sentence) in HALF_BAD.items():
        story.open(write_folder(tmp_path / name, pets() | contents))
        assert sentence in panel.notes.text()
        assert story.dataset.classes == ("cat", "dog")


def test_a_data_set_that_is_not_there_is_told(story: DataStory, tmp_path: Path) -> None:
    story.open(tmp_path / "nowhere")
    assert "nowhere" in story.window.messages.sentence
    assert story.workspace.trainer.dataset is None


# ---- downloads ---------------------------------------------------------------------------------------------------


def test_a_download_shows_how_far_it_is_and_goes_on_where_it_was_cancelled(
    story: DataStory,
    server: FileServer,  # noqa: F811
) -> None:
    panel, may_go_on = story.data, threading.Event()

    def hold_up(sent: int) -> None:
        if sent >= 20:
            may_go_on.wait(10)

    server.trouble = Trouble(in_pieces_of=10, before_piece=hold_up)
    panel.offers.chosen.emit("download:mnist", "MNIST")
    name = "train-images-idx3-ubyte.gz"
    part = download_folder("mnist") / f"{name}.part"
    story.qtbot.waitUntil(lambda: f"Downloading {name}: 20 of" in panel.progress.what.text(), timeout=SOON)
    assert 0 < panel.progress.bar.value() < panel.progress.bar.maximum()
    story.qtbot.mouseClick(panel.progress.button, Qt.MouseButton.LeftButton)
    assert not panel.progress.isVisible()
    assert "Opening MNIST: cancelled" in story.window.messages.sentence
    story.qtbot.waitUntil(lambda: not story.workspace.errands._open, timeout=SOON)
    may_go_on.set()
    assert part.stat().st_size == 20
    assert story.workspace.trainer.dataset is None

    server.trouble = Trouble()
    story.open("download:mnist")
    assert server.ranges[1] == "bytes=20-"
    assert story.dataset.title == "MNIST"
    assert is_here("mnist")


def test_a_download_that_fails_is_told_and_the_last_good_data_stays(
    story: DataStory,
    server: FileServer,  # noqa: F811
    tmp_path: Path,
) -> None:
    story.open(write_folder(tmp_path / "good", pets()))
    good = story.dataset
    del server.files["mnist-train-images-idx3-ubyte.gz"]
    story.open("download:mnist")
    assert "train-images-idx3-ubyte.gz could not be downloaded" in story.window.messages.sentence
    assert story.dataset is good


def test_esc_gives_a_download_up(story: DataStory, server: FileServer) -> None:  # noqa: F811
    may_go_on = threading.Event()
    server.trouble = Trouble(in_pieces_of=40, before_piece=lambda sent: sent < 40 or may_go_on.wait(10))
    story.workspace.shelf.open("download:mnist", "MNIST")
    story.qtbot.waitUntil(lambda: "Opening MNIST" in story.window.status._badge.text(), timeout=SOON)
    story.qtbot.keyClick(story.window, Qt.Key.Key_Escape)
    may_go_on.set()
    story.qtbot.waitUntil(lambda: not story.workspace.errands._open, timeout=SOON)
    assert story.workspace.trainer.dataset is None
    assert not story.workspace.shelf.label


def test_closing_during_a_download_does_not_hang(story: DataStory, server: FileServer) -> None:  # noqa: F811
    may_go_on = threading.Event()
    server.trouble = Trouble(in_pieces_of=40, before_piece=lambda sent: sent < 40 or may_go_on.wait(10))
    story.workspace.shelf.open("download:mnist", "MNIST")
    story.qtbot.waitUntil(lambda: len(server.ranges) == 1, timeout=SOON)
    story.window.close()
    story.application.stop()
    may_go_on.set()
    assert not [one for one in threading.enumerate() if one.name == "explorer-long-errand"]


# ---- from the confusion to the live input ------------------------------------------------------------------------


def test_from_a_cell_of_the_confusion_to_its_images_to_the_live_input(story: DataStory) -> None:
    workspace, qtbot = story.workspace, story.qtbot
    story.open("drawn:bars?count=240&size=16")
    workspace.trainer.adapt()
    story.window.set_shown("confusion", True)
    panel, images = story.window.panel("confusion"), story.window.panel("images")
    assert isinstance(panel, ConfusionPanel)
    assert isinstance(images, ImagesPanel)
    qtbot.mouseClick(panel.assess, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.confusion is not None, timeout=SOON)
    confusion = panel.confusion
    assert confusion is not None
    cell = confusion.worst()
    assert cell is not None, "a network that has learned nothing makes mistakes"
    place = panel.view.rect_of(cell).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert images.isVisible()
    assert len(images.grid.chosen) == confusion.counts[cell]
    place = images.grid.rect_of(0).center()
    qtbot.mouseClick(images.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    expected = story.dataset.images[images.grid.chosen[0]]
    qtbot.waitUntil(
        lambda: workspace.frame is not None and np.array_equal(workspace.frame.pixels, expected), timeout=SOON
    )
    assert workspace.frame is not None
    assert workspace.frame.label == confusion.classes[cell[0]]
    story.window.set_shown("predictions", True)
    predictions = story.window.panel("predictions")
    assert isinstance(predictions, PredictionsPanel)
    qtbot.waitUntil(lambda: predictions.truth.text().endswith("wrong"), timeout=SOON)
    assert predictions.headline == confusion.classes[cell[1]]


def test_an_adapted_network_answers_with_the_names_of_the_data_set_at_once(story: DataStory) -> None:
    maps = story.window.panel("maps")
    assert isinstance(maps, MapsPanel)
    story.open("drawn:x-or-not?count=20")
    story.workspace.trainer.adapt()
    network = story.workspace.document.network
    assert maps.flow.scene.class_names(network.outputs[-1].name) == ("X", "not X")
    assert network.classes == (), "it has learned neither"


def test_the_confusion_follows_the_training(story: DataStory) -> None:
    workspace = story.workspace
    story.open("drawn:bars?count=240&size=16")
    workspace.trainer.adapt()
    story.window.set_shown("confusion", True)
    panel = story.window.panel("confusion")
    assert isinstance(panel, ConfusionPanel)
    workspace.trainer.play(6)
    story.qtbot.waitUntil(lambda: panel.confusion is not None, timeout=SOON)
    assert "after step" in panel.sentence.text()


# ---- predictions that move with the input ------------------------------------------------------------------------


def test_a_drawn_line_is_read_as_a_one_while_it_is_drawn(story: DataStory) -> None:
    story.workspace.document.edit("Digits", replace_network(named_network("digits")))
    story.window.set_shown("predictions", True)
    story.window.set_shown("draw", True)
    draw, predictions = story.window.panel("draw"), story.window.panel("predictions")
    assert isinstance(draw, DrawPanel)
    assert isinstance(predictions, PredictionsPanel)
    story.qtbot.waitExposed(draw)
    board, area = draw.board, draw.board.board_rect()

    def at(x: float, y: float) -> QPoint:
        return QPoint(round(area.left() + x * area.width()), round(area.top() + y * area.height()))

    story.qtbot.mousePress(board, Qt.MouseButton.LeftButton, pos=at(0.52, 0.18))
    for y in np.linspace(0.18, 0.82, 12):
        story.qtbot.mouseMove(board, at(0.52 - 0.04 * (y - 0.18), y))
    story.qtbot.waitUntil(lambda: predictions.headline == "1", timeout=SOON)  # the button is still down
    story.qtbot.mouseRelease(board, Qt.MouseButton.LeftButton, pos=at(0.5, 0.82))
    assert not predictions.truth.isVisible()


def test_predictions_move_with_a_camera(story: DataStory) -> None:
    story.workspace.document.edit("Digits", replace_network(named_network("digits")))
    story.window.set_shown("predictions", True)
    predictions = story.window.panel("predictions")
    assert isinstance(predictions, PredictionsPanel)
    with MjpegServer() as camera:
        story.workspace.open_address(camera.url)
        story.wait_for_state("live")
        seen: set[tuple[float, ...]] = set()

        def moved() -> bool:
            seen.add(tuple(bar.share for bar in predictions.bars.bars))
            return len(seen) > 3

        story.qtbot.waitUntil(moved, timeout=SOON)
        story.application.stop()


def test_what_was_said_of_a_bad_data_set_goes_when_a_good_one_opens(story: DataStory, tmp_path: Path) -> None:
    story.open(tmp_path / "nothing")
    assert story.window.messages.kind == "error"
    story.open("drawn:bars?count=20")
    assert len(story.dataset) == 20
    assert story.window.messages.sentence == ""
