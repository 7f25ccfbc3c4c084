"""What the window says, and how it is worked with keys: messages, palette, key overlay, menus."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.ui.command import commands, families
from explorer.ui.menus import key_groups, named_entries, palette_entries
from explorer.ui.window import Window

# ---- messages ----------------------------------------------------------------------------------------------------


def test_a_note_passes_by(window: Window, qtbot: QtBot) -> None:
    window.workspace.say("Saved.")
    assert window.messages.sentence == "Saved."
    window.messages._timer.start(1)
    qtbot.waitUntil(lambda: window.messages.sentence == "")


def test_an_error_stays_until_it_is_dismissed(window: Window, qtbot: QtBot) -> None:
    window.workspace.say("The file is broken.", "error")
    assert not window.messages._timer.isActive()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.messages.sentence == ""


def test_an_errand_is_shown_and_cancelled_with_escape(window: Window, qtbot: QtBot) -> None:
    may_go_on = threading.Event()
    shown: list[bool] = []
    window.workspace.run_errand("Counting", may_go_on.wait, shown.append)
    assert "Counting" in window.status._badge.text()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    may_go_on.set()
    assert "Counting" not in window.status._badge.text()
    assert window.messages.sentence == "Counting: cancelled."
    window.workspace.errands.stop()
    window.workspace.clock.tick()
    assert shown == []


def test_an_error_stays_when_a_note_comes(window: Window) -> None:
    window.workspace.say("The file is broken.", "error")
    window.workspace.say("Saved.")
    assert window.messages.sentence == "The file is broken."


def test_an_error_goes_when_an_edit_succeeds(window: Window, qtbot: QtBot) -> None:
    window.workspace.say("The file is broken.", "error")
    window.workspace.view.select(Unit("conv1"))
    window._actions.refresh()
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert window.workspace.document.network["conv1"].bypassed
    assert window.messages.sentence == ""


def test_a_refused_edit_is_told(window: Window) -> None:
    window.workspace.document.edit("Remove", edits.remove(window.workspace.document.network.input.name))
    assert window.messages.sentence.startswith("The input cannot be removed")


def test_a_long_sentence_is_not_cut_off(window: Window) -> None:
    window.workspace.say("This is what happened and what was expected. " * 12, "error")
    label = window.messages._label
    assert label.height() >= label.heightForWidth(label.width())
    assert window.centralWidget().rect().contains(window.messages.geometry())


# ---- palette and keys --------------------------------------------------------------------------------------------


def test_the_palette_finds_and_runs_a_command(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window._palette
    assert palette is not None
    qtbot.keyClicks(palette.field, "range network")
    assert palette.shown[0].label == "Range of the network"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.workspace.view.look.scope == "network"
    assert not palette.isVisible()


def test_the_palette_jumps_to_a_unit(window: Window, qtbot: QtBot) -> None:
    window.show_palette()
    assert window._palette is not None
    qtbot.keyClicks(window._palette.field, "conv2:7")
    qtbot.keyClick(window._palette.field, Qt.Key.Key_Return)
    assert window.workspace.view.selection == Unit("conv2", 7)


def test_a_unit_that_is_not_there_is_not_offered(window: Window) -> None:
    assert named_entries(window.workspace, "conv2:700") == []


def test_the_palette_lists_every_command(window: Window) -> None:
    labels = [entry.label for entry in palette_entries(window.workspace)]
    assert {one.text(window.workspace) for one in commands()} <= set(labels)


def test_the_palette_closes_on_escape_and_gives_the_focus_back(window: Window, qtbot: QtBot) -> None:
    network = window.panel("network")
    assert network is not None
    network.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    network.setFocus()
    before = window.focusWidget()
    window.show_palette()
    assert window._palette is not None
    qtbot.keyClick(window._palette.field, Qt.Key.Key_Escape)
    assert window.focusWidget() is before


def test_the_arrows_pass_over_what_cannot_be_done(window: Window, qtbot: QtBot) -> None:
    window.show_palette()
    palette = window._palette
    assert palette is not None
    qtbot.keyClicks(palette.field, "undo")
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    current = palette.list.currentItem()
    assert current is None or palette.shown[palette.list.currentRow()].enabled


def test_the_overlay_lists_every_shortcut(window: Window) -> None:
    listed = " ".join(keys for group in key_groups(window.workspace) for keys, _ in group.rows)
    fixed = [one for group in families() if group.is_fixed for one in group.make(window.workspace)]
    for one in [*commands(), *fixed]:
        assert all(key in listed for key in one.shortcuts), one.name


def test_h_shows_the_keys_and_any_key_hides_them(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_H)
    assert window._keys is not None
    assert window._keys.isVisible()
    qtbot.keyClick(window._keys, Qt.Key.Key_Space)
    assert not window._keys.isVisible()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (1024, 600)])
def test_all_keys_fit_on_the_overlay(window: Window, size: tuple[int, int]) -> None:
    window.fix_size(*size)
    window.toggle_keys()
    overlay = window._keys
    assert overlay is not None
    columns = overlay._columns(overlay._fitting_size(size[1] - 60), size[1] - 60)
    assert columns[-1][1] + columns[-1][2] <= size[0]
    assert overlay._fitting_size(size[1] - 60) >= 6


def test_letters_do_not_run_commands_while_one_types(window: Window, qtbot: QtBot) -> None:
    field = QLineEdit(window.centralWidget())
    field.show()
    field.setFocus()
    window.workspace.view.select(Unit("conv1"))
    qtbot.keyClicks(field, "bfhgm")
    assert field.text() == "bfhgm"
    assert not window.workspace.document.history.undo_label


# ---- undo by menu ------------------------------------------------------------------------------------------------


def test_undo_by_menu(window: Window) -> None:
    window.workspace.view.select(Unit("conv1"))
    window._actions.refresh()
    window._actions.action("network.bypass").trigger()
    edit = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Edit")
    window._actions.refresh()
    undo = next(action for action in edit.actions() if action.text() == "Undo Bypass conv1")
    undo.trigger()
    assert not window.workspace.document.network["conv1"].bypassed


def test_menus_show_shortcuts(window: Window) -> None:
    undo = window._actions.action("edit.undo")
    assert undo.shortcut().toString() == "Ctrl+Z"


def test_a_family_fills_its_menu_when_it_opens(window: Window) -> None:
    network = next(action.menu() for action in window.menuBar().actions() if action.text() == "&Network")
    presets = next(action.menu() for action in network.actions() if action.text() == "Networks")
    presets.aboutToShow.emit()
    assert "LeNet-5 (untrained)" in [action.text() for action in presets.actions()]
