"""A workspace without threads and a window around it, and what a test does in the place of the threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import explorer.ui.commands
import explorer.ui.panels  # noqa: F401  - register what they hold
from explorer.document.document import Document
from explorer.document.view import View
from explorer.engine.presets.networks import build_network
from explorer.runtime.capture import Capture, CaptureState
from explorer.runtime.evaluator import Answer, Evaluator
from explorer.sources.source import Frame
from explorer.ui import theme
from explorer.ui.command import commands, families
from explorer.ui.settings_store import SettingsStore
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.training import bench  # noqa: F401  - for every test of the window


@pytest.fixture(scope="module")
def plain_afterwards(qapp: QApplication) -> Iterator[None]:
    """After the module the application looks as Qt makes it."""
    palette, font = qapp.palette(), qapp.font()
    yield
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


@pytest.fixture
def dark(qapp: QApplication, plain_afterwards: None) -> None:
    """The dark theme, as the window starts with it; taken anew only where a test has left another one."""
    if _looks(qapp) != _dark_looks:
        theme.apply(qapp, "dark")
        _dark_looks[:] = _looks(qapp)


def _looks(app: QApplication) -> list[object]:
    return [app.styleSheet(), app.palette(), app.font()]


_dark_looks: list[object] = []


@pytest.fixture
def workspace(dark: None) -> Iterator[Workspace]:
    """The network for newcomers; the threads do not run, `show_picture` does their work."""
    workspace = Workspace(Document(build_network()), View(), Capture(), Evaluator())
    yield workspace
    workspace.stop()


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    return SettingsStore(tmp_path / "window.ini")


@pytest.fixture
def window(qtbot: QtBot, workspace: Workspace, settings: SettingsStore) -> Window:
    """The whole window at 1366 x 768, with a picture evaluated and shown."""
    window = Window(workspace, settings)
    qtbot.addWidget(window)
    window.fix_size(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    show_picture(workspace)
    return window


def show_picture(workspace: Workspace, brightness: int | None = None) -> Answer:
    """What capture and evaluator do with one frame: a ramp, or one grey all over."""
    pixels = np.full((48, 64, 3), brightness or 0, np.uint8)
    if brightness is None:
        pixels[:] = np.linspace(0, 255, 64, dtype=np.uint8)[None, :, None]
    workspace.capture.states.put(CaptureState("still", description="Ramp, 64 x 48", frame_size=(64, 48)))
    workspace.capture.frames.put(Frame(pixels, 0, 0.0))
    workspace.clock.tick()
    return answer(workspace)


def answer(workspace: Workspace) -> Answer:
    """What the evaluator does: the newest request is answered, and the clock fetches the answer."""
    request = workspace.evaluator.requests.take()
    assert request is not None, "nothing was submitted"
    workspace.evaluator.answers.put(workspace.evaluator.answer(request))
    workspace.clock.tick()
    assert workspace.answer is not None
    return workspace.answer


Said = list[tuple[str, str]]


@pytest.fixture
def said(workspace: Workspace) -> Said:
    """Everything the person is told, in order."""
    sentences: Said = []
    workspace.said.connect(lambda sentence, kind: sentences.append((sentence, kind)))
    return sentences


@pytest.fixture
def run_command(workspace: Workspace, qtbot: QtBot) -> Callable[[str], None]:
    """Do what a command does, by its name."""

    def run(name: str) -> None:
        groups = [group for group in families() if name.startswith(f"{group.name}.")]
        found = [*commands(), *(one for group in groups for one in group.make(workspace))]
        one = next(one for one in found if one.name == name)
        assert one.is_enabled(workspace), f"{name} cannot be done now"
        one.run(workspace)
        qtbot.waitUntil(lambda: not workspace.errands.under_way)

    return run
