"""Training in the whole application: real threads, a moving picture, a kill in the middle, and a start after it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from explorer.app import Application
from explorer.document import edits
from explorer.engine.optimizers import SGD
from explorer.engine.training import Training
from explorer.exchange.network_file import write_network
from explorer.options import Options
from explorer.runtime.companion import is_possible
from explorer.runtime.remote_run import run_beside_the_window
from explorer.runtime.training_file import read_training
from explorer.ui import theme
from explorer.ui.recovery import Choice, Recovery
from explorer.ui.settings_store import SettingsStore
from explorer.ui.window import Window
from tests.runtime.trainings import ADDRESS, SETTINGS, network, numbers_of

SOON = 30_000  # ms


beside_the_window = pytest.mark.skipif(
    not is_possible(), reason="no process can be had beside the window here"
)


class Lesson:
    """The running application with a small data set, and what a person does with it."""

    def __init__(self, qtbot: QtBot, folder: Path, source: str = "sample:house") -> None:
        self.qtbot, self.folder = qtbot, folder
        self.asked: list[str] = []
        file = write_network(network(), folder / "small.network")
        self.application = Application(Options(source=source, network=str(file)))
        self.workspace = self.application.workspace
        self.trainer, self.document = self.workspace.trainer, self.workspace.document
        self.trainer.learn_by(run_beside_the_window())
        self.window: Window = self.application.open(SettingsStore(folder / "window.ini"))
        qtbot.addWidget(self.window)
        self.window.fix_size(1366, 768)
        self.window.show()
        qtbot.waitExposed(self.window)

    def guard(self, choice: Choice = "discard") -> Recovery:
        """Watch over trainings; what would be asked in a dialog is answered."""
        recovery = self.application.guard(self.folder)
        recovery.ask = lambda sentence: self.asked.append(sentence) or choice
        return recovery

    def choose_data(self) -> None:
        self.trainer.configure(settings=SETTINGS)
        self.workspace.shelf.open(ADDRESS)
        self.wait(lambda: self.trainer.dataset is not None)

    def wait(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=SOON)

    def wait_for_steps(self, steps: int) -> None:
        self.wait(lambda: self.trainer.current is not None and self.trainer.current.steps >= steps)

    def train(self, steps: int) -> None:
        self.trainer.play(steps)
        self.wait(lambda: self.trainer.state != "running")

    def losses(self) -> list[float]:
        return self.trainer.curves.steps["loss"].tolist()


@pytest.fixture
def lesson(qtbot: QtBot, dark: None, tmp_path: Path) -> Iterator[Lesson]:
    lesson = Lesson(qtbot, tmp_path)
    yield lesson
    lesson.application.stop()


def test_choose_data_train_pause_change_the_rate_resume_and_undo(lesson: Lesson) -> None:
    before = numbers_of(lesson.document.network)
    lesson.choose_data()
    lesson.trainer.play()
    lesson.wait_for_steps(20)
    lesson.trainer.pause()
    paused_at = lesson.trainer.checkpoint.step
    lesson.trainer.configure(settings=SETTINGS.with_settings(optimizer=SGD(rate=0.003)))
    lesson.trainer.play()
    lesson.wait_for_steps(paused_at + 20)
    lesson.trainer.stop()
    rates = lesson.trainer.runs[0].curves.steps["learning_rate"]
    assert (rates[paused_at - 1], rates[paused_at]) == (0.01, 0.003)
    assert not np.array_equal(numbers_of(lesson.document.network), before)
    lesson.document.undo()
    assert np.array_equal(numbers_of(lesson.document.network), before)


def test_kernels_and_maps_move_while_it_trains(lesson: Lesson) -> None:
    lesson.choose_data()
    seen: set[float] = set()
    lesson.workspace.answered.connect(
        lambda answer: seen.add(float(answer.trace.activations["conv2d1"].sum()))
    )
    lesson.trainer.play()
    lesson.wait(lambda: len(seen) > 4)
    lesson.trainer.pause()
    lesson.wait(lambda: not lesson.workspace.is_stale)
    shown = lesson.workspace.answer.request.network
    assert shown is lesson.trainer.checkpoint.network


def test_a_moving_picture_and_a_training_go_on_side_by_side(qtbot: QtBot, dark: None, tmp_path: Path) -> None:
    lesson = Lesson(qtbot, tmp_path, "sample:moving-bars")
    try:
        lesson.choose_data()
        frames: list[object] = []
        lesson.workspace.framed.connect(frames.append)
        lesson.trainer.play()
        lesson.wait(lambda: len(frames) > 10 and lesson.trainer.current is not None)
        lesson.wait_for_steps(lesson.trainer.current.steps + 10)
        assert lesson.trainer.state == "running"
        lesson.trainer.pause()
    finally:
        lesson.application.stop()


def test_a_number_typed_in_the_middle_is_trained_on(lesson: Lesson) -> None:
    lesson.choose_data()
    lesson.trainer.play()
    lesson.wait_for_steps(10)
    assert lesson.document.edit("A weight", edits.set_weight("dense5", "bias", (0,), 5.0))
    lesson.wait_for_steps(lesson.trainer.current.steps + 10)
    lesson.trainer.pause()
    assert lesson.document.network["dense5"].parameters["bias"][0] > 3
    assert lesson.document.network is lesson.trainer.checkpoint.network
    assert lesson.trainer.curves.steps["step"].tolist() == list(range(1, lesson.trainer.checkpoint.step + 1))


@beside_the_window
def test_when_the_process_that_trains_dies_a_sentence_says_so_and_train_goes_on(lesson: Lesson) -> None:
    said: list[tuple[str, str]] = []
    lesson.workspace.said.connect(lambda sentence, kind: said.append((sentence, kind)))
    lesson.choose_data()
    lesson.trainer.play()
    lesson.wait_for_steps(20)
    os.kill(lesson.trainer.learner.process_number, signal.SIGKILL)
    lesson.wait(lambda: lesson.trainer.state == "failed")
    kept = lesson.trainer.checkpoint
    assert said[-1][1] == "error"
    assert f"The weights of step {kept.step} are kept" in said[-1][0]
    assert lesson.document.network is kept.network
    lesson.train(5)
    assert lesson.trainer.checkpoint.step == kept.step + 5


@beside_the_window
def test_closing_while_it_trains_leaves_no_process(lesson: Lesson) -> None:
    lesson.choose_data()
    lesson.trainer.play()
    lesson.wait_for_steps(5)
    process = psutil.Process(lesson.trainer.learner.process_number)
    lesson.window.close()
    lesson.application.stop()
    assert not process.is_running()


def test_whatever_the_window_does_the_same_run_comes_out(lesson: Lesson) -> None:
    lesson.choose_data()
    lesson.train(60)
    first, weights = lesson.losses(), numbers_of(lesson.document.network)
    validation = lesson.trainer.curves.validation["loss"].tolist()
    lesson.trainer.reset()
    lesson.trainer.play(60)
    for name in ("curves", "training", "summary", "history"):
        lesson.window.set_shown(name, True)
    theme.apply(QApplication.instance(), "light")
    lesson.window.resize(900, 600)
    lesson.trainer.pause()
    left = 60 - lesson.trainer.checkpoint.step
    if left:
        lesson.train(left)
    assert lesson.losses() == first
    assert lesson.trainer.curves.validation["loss"].tolist() == validation
    assert np.array_equal(numbers_of(lesson.document.network), weights)


def test_a_training_that_breaks_is_told_and_the_good_weights_stay(lesson: Lesson) -> None:
    lesson.choose_data()
    lesson.trainer.configure(settings=Training(batch=16, optimizer=SGD(rate=100.0)))
    lesson.trainer.play(300)
    lesson.wait(lambda: lesson.trainer.state == "failed")
    sentence = lesson.window.messages.sentence
    assert "first in" in sentence
    assert "Try a learning rate of 10 instead of" in sentence
    assert np.isfinite(numbers_of(lesson.document.network)).all()


KILLED = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from explorer.app import Application
from explorer.options import Options
from explorer.ui.settings_store import SettingsStore
from tests.runtime.trainings import SETTINGS, bars

folder = Path(sys.argv[1])
app = QApplication([])
application = Application(Options(source="sample:house", network=str(folder / "small.network")))
window = application.open(SettingsStore(folder / "window.ini"))
application.guard(folder)
trainer = application.workspace.trainer
trainer.configure(settings=SETTINGS)
trainer.use(bars())
trainer.play()
saved = folder / "training-1.autosave"
timer = QTimer()
timer.timeout.connect(lambda: saved.exists() and print("saved", flush=True))
timer.start(20)
app.exec()
"""


def test_a_killed_program_is_restored_and_continues_the_curve(
    qtbot: QtBot, dark: None, tmp_path: Path
) -> None:
    write_network(network(), tmp_path / "small.network")
    root = Path(__file__).parent.parent.parent
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, cwd=root, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "saved\n"
    child.send_signal(signal.SIGKILL) if os.name == "posix" else child.kill()
    child.wait()
    child.stdout.close()

    lesson = Lesson(qtbot, tmp_path)
    try:
        recovery = lesson.guard()
        assert recovery.has_left
        left = read_training(tmp_path / "training-1.left")
        button = next(one for one in lesson.window.messages.buttons if one.text() == "Restore")
        assert isinstance(button, QPushButton)
        button.click()
        lesson.wait(lambda: lesson.trainer.current is not None)
        assert not recovery.has_left
        assert lesson.trainer.checkpoint.step == left.steps > 0
        assert lesson.losses() == left.curves.steps["loss"].tolist()
        lesson.train(10)
        restored = lesson.losses()
        lesson.trainer.reset()
        lesson.train(len(restored))
        assert lesson.losses() == restored
    finally:
        lesson.application.stop()


def test_what_was_left_can_be_discarded(lesson: Lesson) -> None:
    lesson.choose_data()
    lesson.train(3)
    recovery = lesson.guard()
    recovery._autosave.write(lesson.trainer.current)
    recovery.offer()
    discard = next(one for one in lesson.window.messages.buttons if one.text() == "Discard")
    discard.click()
    assert not recovery.has_left
    assert lesson.window.messages.sentence == ""


@pytest.mark.parametrize(("choice", "closes", "is_kept"), [
    ("cancel", False, True), ("discard", True, False), ("keep", True, True),
])  # fmt: skip
def test_closing_asks_once_what_shall_become_of_an_unsaved_training(
    lesson: Lesson, tmp_path: Path, choice: Choice, closes: bool, is_kept: bool
) -> None:
    lesson.guard(choice)
    lesson.choose_data()
    lesson.train(7)
    assert lesson.window.close() is closes
    assert lesson.asked == ["Run 1 has made 7 steps that are in no file."]
    lesson.application.stop()
    assert (tmp_path / "training-1.autosave").exists() is is_kept


def test_a_training_that_cannot_be_kept_is_told_and_the_window_stays(lesson: Lesson) -> None:
    said: list[str] = []
    lesson.workspace.said.connect(lambda sentence, kind: said.append(sentence))
    recovery = lesson.guard("keep")
    recovery._autosave.path.mkdir()  # in the way of the file
    lesson.choose_data()
    lesson.train(3)
    lesson.wait(lambda: recovery._autosave.problem != "")
    lesson.train(1)
    assert any(sentence.startswith("The training is not kept: ") for sentence in said)
    said.clear()
    assert not lesson.window.close()
    assert "could not be written" in said[-1]


def test_a_saved_network_or_a_training_taken_back_is_not_asked_about(lesson: Lesson) -> None:
    recovery = lesson.guard()
    lesson.choose_data()
    lesson.train(3)
    lesson.trainer.note_saved(lesson.document.network)
    assert recovery.may_close()
    lesson.train(3)
    lesson.document.undo()
    assert recovery.may_close()
    assert lesson.asked == []


def test_a_weight_scrubbed_while_it_trains_is_in_the_network_afterwards(lesson: Lesson) -> None:
    lesson.choose_data()
    lesson.trainer.play()
    lesson.wait_for_steps(5)
    lesson.document.edit("Bias", edits.set_weight("dense5", "bias", (0,), 9.0))
    lesson.wait_for_steps(lesson.trainer.current.steps + 5)
    lesson.trainer.pause()
    assert lesson.document.network["dense5"].parameters["bias"][0] > 8
