"""Stories with the whole application: real threads, a real camera stand-in, a real window."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.app import Application, snapshot
from explorer.document import edits
from explorer.document.view import Unit
from explorer.log import FailureLog
from explorer.options import Options
from explorer.runtime.answerer import Answerer
from explorer.runtime.companion import engine_room
from explorer.runtime.evaluator import Evaluator
from explorer.runtime.remote_evaluator import RemoteEvaluator
from explorer.sources.stream import StreamSource
from explorer.ui import theme
from explorer.ui.settings_store import SettingsStore
from explorer.ui.window import Window
from tests.sources.mjpeg_server import MjpegServer

SOON = 8000  # ms


class Story:
    """The running application and what a test asks of it."""

    def __init__(
        self, qtbot: QtBot, settings: SettingsStore, options: Options, evaluator: Answerer | None = None
    ) -> None:
        self.qtbot = qtbot
        self.application = Application(options, evaluator)
        self.workspace = self.application.workspace
        self.window: Window = self.application.open(settings)
        qtbot.addWidget(self.window)
        self.window.fix_size(1366, 768)
        self.window.show()
        qtbot.waitExposed(self.window)

    def wait_for_maps(self) -> None:
        self.qtbot.waitUntil(self._shows_everything, timeout=SOON)

    def wait_for_state(self, kind: str) -> None:
        self.qtbot.waitUntil(lambda: self._kind() == kind, timeout=SOON)

    def _kind(self) -> str:
        state = self.workspace.capture_state
        return state.kind if state else "idle"

    def _shows_everything(self) -> bool:
        answer = self.workspace.answer
        return answer is not None and not self.workspace.is_stale and "conv1" in answer.pictures


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "window.ini")


@pytest.fixture
def look(qapp: QApplication) -> Iterator[None]:
    palette, font = qapp.palette(), qapp.font()
    theme.apply(qapp, "dark")
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture(params=["threads of this process", "a process of its own"])
def story(
    qtbot: QtBot, settings: SettingsStore, look: None, request: pytest.FixtureRequest
) -> Iterator[Story]:
    """Wherever the maps are computed, the story is the same."""
    is_remote = request.param == "a process of its own"
    room = engine_room() if is_remote else None
    if is_remote and room is None:
        pytest.skip("companions need Linux")
    evaluator = RemoteEvaluator(room) if room is not None else Evaluator()
    story = Story(qtbot, settings, Options(source="sample:house"), evaluator)
    yield story
    story.application.stop()


def test_a_newcomer_sees_maps_of_every_layer(story: Story) -> None:
    story.wait_for_maps()
    answer = story.workspace.answer
    assert answer is not None
    assert {node.name for node in story.workspace.document.network.nodes} <= set(answer.trace.activations)


def test_a_changed_kernel_changes_everything_below_and_nothing_above(story: Story) -> None:
    story.wait_for_maps()
    before = story.workspace.answer
    story.workspace.document.edit("Clear", edits.set_weight("conv2", "kernel", (slice(None),), 0.0))
    story.wait_for_maps()
    after = story.workspace.answer
    assert before is not None
    assert after is not None
    assert after.trace.activations["pool1"] is before.trace.activations["pool1"]
    assert not after.trace.activations["relu2"].any()


def test_the_window_outlives_the_process_that_computes_the_maps(story: Story) -> None:
    story.wait_for_maps()
    evaluator = story.workspace.evaluator
    if not isinstance(evaluator, RemoteEvaluator):
        pytest.skip("there is no other process")
    assert evaluator._room is not None
    os.kill(evaluator._room.number, signal.SIGKILL)
    story.workspace.document.edit("Clear", edits.set_weight("conv2", "kernel", (slice(None),), 0.0))
    story.wait_for_maps()
    answer = story.workspace.answer
    assert answer is not None
    assert not answer.failure
    assert not answer.trace.activations["relu2"].any()


def test_a_live_camera_and_a_stride_while_it_runs(story: Story) -> None:
    with MjpegServer() as server:
        story.workspace.open_address(server.url)
        story.wait_for_state("live")
        story.workspace.document.edit("Stride", edits.set_settings("conv1", stride=(2, 2)))
        story.wait_for_maps()
        answer = story.workspace.answer
        assert answer is not None
        assert answer.trace.activations["conv1"].shape == (1, 16, 80, 80)
        story.qtbot.waitUntil(lambda: "fps" in story.window.status.figures.text(), timeout=SOON)
        story.application.stop()


def test_a_lost_camera_is_told_and_comes_back_by_itself(story: Story) -> None:
    with MjpegServer() as server:
        story.workspace.open_address(server.url)
        story.wait_for_state("live")
        server.unplug()
        story.wait_for_state("lost")
        assert "tried again" in story.window.messages.sentence
        assert story.workspace.frame is not None
        server.plug_in()
        story.wait_for_state("live")
        assert story.window.messages.sentence == ""
        story.application.stop()


def test_freezing_holds_the_picture(story: Story) -> None:
    with MjpegServer() as server:
        story.workspace.open_address(server.url)
        story.wait_for_state("live")
        story.window._actions.refresh()
        story.qtbot.keyClick(story.window, Qt.Key.Key_F)
        story.wait_for_state("frozen")
        assert "frozen" in story.window.status._badge.text()
        with story.qtbot.waitSignal(story.workspace.framed, timeout=300, raising=False) as framed:
            pass
        assert not framed.signal_triggered
        story.application.stop()


def test_a_text_file_named_png_is_told_and_the_last_picture_stays(story: Story, tmp_path: Path) -> None:
    story.wait_for_maps()
    before = story.workspace.frame
    file = tmp_path / "poem.png"
    file.write_text("Roses are red")
    story.workspace.open_address(str(file))
    story.wait_for_state("failed")
    assert "poem.png" in story.window.messages.sentence
    assert story.workspace.frame is before
    story.window._actions.action("view.toggle_theme").trigger()
    assert "poem.png" in story.window.messages.sentence


def test_what_was_opened_is_among_the_recent(story: Story, settings: SettingsStore) -> None:
    story.wait_for_maps()
    assert settings.recent == ["sample:house"]


def close(story: Story) -> float:
    """Close the window and end the threads; how many seconds that took."""
    started = time.perf_counter()
    story.window.close()
    story.application.stop()
    return time.perf_counter() - started


def test_closing_while_a_read_is_blocked_does_not_hang(story: Story) -> None:
    with MjpegServer() as server:
        story.workspace.open_source(StreamSource(server.url, 800, 700))
        story.wait_for_state("live")
        server.fall_silent()
        assert close(story) < 3
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("explorer-")]


def test_closing_while_a_stream_opens_does_not_hang(story: Story) -> None:
    with MjpegServer() as server:
        server.fall_silent()
        story.workspace.open_source(StreamSource(server.url, 800, 700))
        story.wait_for_state("opening")
        assert close(story) < 3


def test_nothing_moves_while_nothing_changes(story: Story) -> None:
    story.wait_for_maps()
    clock = story.workspace.clock
    story.qtbot.waitUntil(lambda: not clock.is_running and not story.workspace.evaluator.is_busy)
    with story.qtbot.waitSignal(clock.ticked, timeout=500, raising=False) as ticked:
        pass
    assert not ticked.signal_triggered


def test_a_layer_that_cannot_run_keeps_the_last_maps_and_undo_brings_all_back(story: Story) -> None:
    story.wait_for_maps()
    story.workspace.document.edit("Input size", edits.set_input_size(3, 2, 2))
    story.qtbot.waitUntil(lambda: not story.workspace.evaluator.is_busy, timeout=SOON)
    story.workspace.document.undo()
    story.wait_for_maps()
    assert not story.workspace.document.network.problems


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_slot_is_shown_and_life_goes_on(story: Story, tmp_path: Path) -> None:
    failures = FailureLog(tmp_path / "explorer.log", story.application.failed.emit)
    failures.install()
    try:
        story.wait_for_maps()

        def fail() -> None:
            raise ZeroDivisionError("by a slot")

        QTimer.singleShot(0, story.window, fail)
        story.qtbot.waitUntil(lambda: story.window._failure_dialog is not None)
        dialog = story.window._failure_dialog
        assert dialog is not None
        assert "by a slot" in dialog.sentence
        assert "by a slot" in (tmp_path / "explorer.log").read_text(encoding="utf-8")
        dialog.accept()
        story.workspace.view.select(Unit("conv2", 1))
        story.workspace.document.edit("Bypass", edits.set_bypassed("conv2", True))
        story.wait_for_maps()
    finally:
        failures.uninstall()


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_thread_is_shown(story: Story, tmp_path: Path) -> None:
    failures = FailureLog(tmp_path / "explorer.log", story.application.failed.emit)
    failures.install()
    try:

        def fail() -> None:
            raise ZeroDivisionError("by a thread")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        story.qtbot.waitUntil(lambda: story.window._failure_dialog is not None)
        assert story.window._failure_dialog is not None
        story.window._failure_dialog.accept()
    finally:
        failures.uninstall()


def test_a_network_file_that_is_none_is_told_and_the_window_opens(
    qtbot: QtBot, settings: SettingsStore, look: None, tmp_path: Path
) -> None:
    file = tmp_path / "poem.network"
    file.write_text("Roses are red")
    story = Story(qtbot, settings, Options(source="sample:house", network=str(file)))
    try:
        assert "poem.network" in story.window.messages.sentence
        story.wait_for_maps()
    finally:
        story.application.stop()


@pytest.mark.parametrize("size", [(1366, 768), (640, 400)])
def test_a_snapshot_has_the_size_asked_for_and_maps_in_it(
    qapp: QApplication, look: None, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "window.png"
    assert snapshot(Options(source="sample:house", snapshot=file, size=size, theme="dark")) == 0
    image = QImage(str(file))
    assert image.size().toTuple() == size
    pixels = np.frombuffer(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
    assert len(np.unique(pixels.view(np.uint32))) > 500


def test_a_snapshot_without_a_picture_says_why(
    qapp: QApplication, look: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "poem.png"
    broken.write_text("Roses are red")
    assert snapshot(Options(source=str(broken), snapshot=tmp_path / "window.png")) == 1
    assert "poem.png" in capsys.readouterr().err
    assert not (tmp_path / "window.png").exists()


def test_what_does_not_belong_to_the_first_picture_is_not_imported() -> None:
    """pyqtgraph and scikit-image would each take a fifth of the second that a start may last."""
    import subprocess

    code = "import sys, explorer.app; sys.exit(any(name in sys.modules for name in ('pyqtgraph', 'skimage', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_the_name_of_a_folders_picture_is_shown(story: Story, tmp_path: Path) -> None:
    for name in ("first.png", "second.png"):
        QImage(20, 20, QImage.Format.Format_RGB32).save(str(tmp_path / name))
    line = story.window.status._source
    story.workspace.open_address(str(tmp_path))
    story.qtbot.waitUntil(lambda: "first.png" in line.text(), timeout=SOON)

    story.workspace.capture.step(1)

    story.qtbot.waitUntil(lambda: "second.png" in line.text(), timeout=SOON)
