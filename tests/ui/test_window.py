"""The window: docks, layout, messages, palette, keys, dropping, failures, closing."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.presets.networks import build_network
from explorer.exchange.network_file import write_network
from explorer.ui import theme
from explorer.ui.settings_store import SettingsStore
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import answer, show_picture

# ---- docks -------------------------------------------------------------------------------------------------------


def test_a_dock_closes_and_opens_again(window: Window) -> None:
    window.docks["network"].bar.close_button.click()
    assert not window.is_shown("network")
    window.set_shown("network", True)
    assert window.is_shown("network")


def test_a_dock_floats_and_comes_back(window: Window) -> None:
    dock = window.docks["network"]
    dock.bar.float_button.click()
    assert dock.isFloating()
    dock.bar.float_button.click()
    assert not dock.isFloating()


def test_the_view_menu_closes_a_dock(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    first = next(iter(window.docks))
    assert not window.is_shown(first)


def test_the_view_menu_brings_a_dock_to_the_front_before_it_closes_it(window: Window, qtbot: QtBot) -> None:
    dock = window.docks["source"]
    key = list(window.docks).index("source") + int(Qt.Key.Key_1)
    qtbot.keyClick(window, Qt.Key(key), Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dock.can_be_seen)
    assert window.is_shown("source")
    qtbot.keyClick(window, Qt.Key(key), Qt.KeyboardModifier.AltModifier)
    assert not window.is_shown("source")


def test_a_panel_behind_a_tab_is_built_when_it_comes_to_the_front(window: Window, qtbot: QtBot) -> None:
    dock = window.docks["source"]
    assert not dock.can_be_seen
    assert dock.titleBarWidget() is None
    window.set_shown("source", True)
    qtbot.waitUntil(lambda: dock.can_be_seen)
    assert dock.titleBarWidget() is dock.bar


def test_only_what_can_be_seen_is_shown_an_answer(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    for name, dock in window.docks.items():
        if dock.panel is not None:
            monkeypatch.setattr(dock.panel, "show_answer", lambda _, name=name: shown.append(name))
    window.set_shown("network", False)
    show_picture(window.workspace, 40)
    assert "network" not in shown
    assert "layer" in shown


def test_the_headline_stands_in_the_title_bar(window: Window) -> None:
    dock = window.docks["network"]
    assert dock.panel is not None
    dock.panel.headline_changed.emit("12 parameters")
    assert dock.bar.headline == "12 parameters"


# ---- layout ------------------------------------------------------------------------------------------------------


def another_window(qtbot: QtBot, workspace: Workspace, settings: SettingsStore) -> Window:
    window = Window(workspace, settings)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def test_the_layout_is_as_it_was_left(
    window: Window, qtbot: QtBot, workspace: Workspace, settings: SettingsStore
) -> None:
    window.set_shown("network", False)
    window.docks["layer"].setFloating(True)
    window.close()
    again = another_window(qtbot, workspace, settings)
    assert not again.is_shown("network")
    assert again.docks["layer"].isFloating()


@pytest.mark.parametrize("state", [b"junk", b"", b"\x00\x00\x00\xff\x00\x00\x00\x01", bytes(range(256)) * 4])
def test_a_broken_layout_falls_back_to_the_first(
    window: Window, qtbot: QtBot, workspace: Workspace, settings: SettingsStore, state: bytes
) -> None:
    window.close()
    settings.put("window/layout", QByteArray(state))
    settings.put("window/geometry", QByteArray(state))
    again = another_window(qtbot, workspace, settings)
    assert all(again.is_shown(name) == dock.kind.shown_at_first for name, dock in again.docks.items())


def test_a_layout_that_was_cut_off_falls_back_to_the_first(
    window: Window, qtbot: QtBot, workspace: Workspace, settings: SettingsStore
) -> None:
    window.close()
    whole = settings.block("window/layout")
    for length in range(0, whole.size(), whole.size() // 5 | 1):  # every window takes a while
        settings.put("window/layout", whole.left(length))
        again = another_window(qtbot, workspace, settings)
        assert again.is_shown("network"), f"{length} of {whole.size()} bytes"
        again.close()


def test_a_settings_file_full_of_junk_is_as_if_it_were_empty(
    qtbot: QtBot, workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "window.ini"
    file.write_bytes(b"\xff\xfe[[[ not = an ini\x00 file\n" * 50)
    again = another_window(qtbot, workspace, SettingsStore(file))
    assert again.is_shown("network")


def test_a_window_left_on_a_screen_that_is_gone_comes_back(
    window: Window, qtbot: QtBot, workspace: Workspace, settings: SettingsStore
) -> None:
    window.move(9000, 9000)
    window.close()
    again = another_window(qtbot, workspace, settings)
    assert again.screen().availableGeometry().intersects(again.frameGeometry())


def test_reset_puts_every_dock_back(window: Window) -> None:
    before = window.saveState(1)
    window.docks["network"].setFloating(True)
    window.set_shown("layer", False)
    window.reset_layout()
    assert not window.docks["network"].isFloating()
    assert window.is_shown("layer")
    assert window.saveState(1).size() == before.size()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_the_maps_get_most_of_the_window(window: Window, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.fix_size(*size)
    qtbot.waitUntil(lambda: window.size().toTuple() == size)
    center = window.centralWidget().size()
    assert center.width() > 0.5 * size[0]
    assert center.height() > 0.5 * size[1]


# ---- dropping ----------------------------------------------------------------------------------------------------


def drop(window: Window, url: QUrl) -> None:
    mime = QMimeData()
    mime.setUrls([url])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), copy, mime, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), copy, mime, left, none))


def test_a_dropped_file_is_opened(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(window.workspace, "open_address", opened.append)
    drop(window, QUrl.fromLocalFile(str(tmp_path / "cat 猫.png")))
    assert [Path(one) for one in opened] == [tmp_path / "cat 猫.png"]


def test_a_dropped_url_is_opened(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(window.workspace, "open_address", opened.append)
    drop(window, QUrl("http://camera.example/video"))
    assert opened == ["http://camera.example/video"]


def test_a_dropped_network_is_opened(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    file = write_network(build_network("one-filter"), tmp_path / "mine.network")
    drop(window, QUrl.fromLocalFile(str(file)))
    qtbot.waitUntil(lambda: window.workspace.document.history.undo_label == "Open mine.network")


def test_a_file_that_is_none_is_told_and_the_last_image_stays(window: Window, tmp_path: Path) -> None:
    before = window.workspace.frame
    drop(window, QUrl.fromLocalFile(str(tmp_path / "missing.png")))
    assert "missing.png" in window.messages.sentence
    assert window.workspace.frame is before


# ---- theme -------------------------------------------------------------------------------------------------------


def test_the_theme_is_switched_and_kept(window: Window, settings: SettingsStore) -> None:
    window._actions.action("view.toggle_theme").trigger()
    assert not theme.is_dark()
    assert settings.text("window/theme") == "light"


def test_text_becomes_larger_and_normal_again(window: Window, qtbot: QtBot) -> None:
    before = QFont(QApplication.font()).pointSizeF()
    window._actions.action("view.larger_text").trigger()
    assert QApplication.font().pointSizeF() > before
    window._actions.action("view.normal_text").trigger()
    assert QApplication.font().pointSizeF() == pytest.approx(before)


# ---- stale -------------------------------------------------------------------------------------------------------


def test_an_edit_that_takes_long_makes_the_maps_stale(window: Window, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.workspace.stale_changed) as told:
        window._actions.action("source.mirror").trigger()
    assert told.args == [True]
    answer(window.workspace)
    assert not window.workspace.shows_stale


def test_an_edit_that_is_answered_at_once_is_never_stale(window: Window) -> None:
    told: list[bool] = []
    window.workspace.stale_changed.connect(told.append)
    window._actions.action("source.mirror").trigger()
    answer(window.workspace)
    assert not window.workspace._patience.isActive()
    assert told == []


# ---- failures ----------------------------------------------------------------------------------------------------


def test_a_failure_is_shown_once_and_further_ones_are_counted(window: Window) -> None:
    window.tell_failure("ValueError: one", "Traceback one")
    window.tell_failure("ValueError: two", "Traceback two")
    dialog = window._failure_dialog
    assert dialog is not None
    assert "ValueError: one" in dialog.sentence
    assert "1 more" in dialog._count.text()
    dialog.accept()


def test_the_window_goes_on_while_a_failure_is_shown(window: Window, qtbot: QtBot) -> None:
    window.tell_failure("ValueError: one", "Traceback")
    assert window._failure_dialog is not None
    assert not window._failure_dialog.isModal()
    window._failure_dialog.accept()


@pytest.mark.qt_no_exception_capture
def test_a_panel_that_cannot_be_built_leaves_the_others_alone(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(error))
    dock = window.docks["source"]

    def fail(workspace: Workspace) -> QWidget:
        raise OSError("no such thing")

    monkeypatch.setattr(
        dock, "kind", type("Broken", (), {"title": "Source", "help": "", "__call__": staticmethod(fail)})()
    )
    dock._panel = None
    assert dock.panel is None
    assert [str(error) for error in caught] == ["no such thing"]


# ---- idle --------------------------------------------------------------------------------------------------------


def test_nothing_ticks_while_nothing_changes(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.workspace.clock.is_running)
    qtbot.waitUntil(
        lambda: not [timer for timer in window.findChildren(QTimer) if timer.isActive()], timeout=3000
    )


def test_none_keeps_its_references(window: Window) -> None:
    """PySide6 6.12.0 on Python 3.11 drops a reference to None with every void call, until the program dies."""
    window.repaint()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(100):
        window.repaint()
    gc.collect()
    assert abs(sys.getrefcount(None) - before) < 100


def test_behind_a_tab_the_title_is_said_once(window: Window, qtbot: QtBot) -> None:
    dock = window.docks["summary"]
    qtbot.waitUntil(lambda: not dock.bar._title.isVisible())
    dock.setFloating(True)
    qtbot.waitUntil(dock.bar._title.isVisible)
    window.reset_layout()
    qtbot.waitUntil(lambda: not dock.bar._title.isVisible())
