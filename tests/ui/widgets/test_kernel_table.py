"""The kernel table as a person uses it: keyboard, mouse, wheel, clipboard."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.kernel_table import KernelTable
from tests.ui.widgets.kernel_table_in_use import COUNTED, centre, grey

Key, Modifier = Qt.Key, Qt.KeyboardModifier
SHIFT, CTRL = Modifier.ShiftModifier, Modifier.ControlModifier


@pytest.fixture
def refusals(table: KernelTable) -> list[str]:
    refusals: list[str] = []
    table.refused.connect(refusals.append)
    return refusals


def type_into(
    qtbot: QtBot, table: KernelTable, text: str, end: Key = Key.Key_Return, modifier=Modifier.NoModifier
):
    """Keys go to whatever has the focus, as a person's do."""
    for letter in text:
        qtbot.keyClicks(table.findChild(QLineEdit) or table, letter)
    qtbot.keyClick(table.findChild(QLineEdit) or table, end, modifier)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# ---- typing


def test_a_typed_number_replaces_the_cell_and_enter_goes_down(qtbot, table, edits):
    type_into(qtbot, table, "0.5")
    assert table.kernel[0, 0] == 0.5
    assert table.current == (1, 0)
    assert [(what, key) for _, what, key in edits] == [("row 1, column 1 = 0.5", None)]


@pytest.mark.parametrize(
    ("key", "modifier", "cell"),
    [
        (Key.Key_Tab, Modifier.NoModifier, (1, 2)),
        (Key.Key_Backtab, SHIFT, (1, 0)),
        (Key.Key_Right, Modifier.NoModifier, (1, 2)),
        (Key.Key_Left, Modifier.NoModifier, (1, 0)),
        (Key.Key_Up, Modifier.NoModifier, (0, 1)),
        (Key.Key_Down, Modifier.NoModifier, (2, 1)),
        (Key.Key_Return, SHIFT, (0, 1)),
    ],
)
def test_tab_and_arrows_enter_the_number_and_go_on(qtbot, table, key, modifier, cell):
    table.select((1, 1))
    type_into(qtbot, table, "-2", key, modifier)
    assert table.kernel[1, 1] == -2
    assert table.current == cell
    assert table.hasFocus()


def test_a_whole_kernel_is_typed_with_tab_alone(qtbot, table):
    for number in "987654321":
        type_into(qtbot, table, number, Key.Key_Tab)
    assert table.kernel.tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]


@pytest.mark.parametrize(
    ("text", "value"), [("1/4", 0.25), ("0,5", 0.5), ("-1e-3", -0.001), (".5", 0.5), ("+2", 2)]
)
def test_numbers_are_read_as_people_write_them(qtbot, table, text, value):
    type_into(qtbot, table, text)
    assert table.kernel[0, 0] == np.float32(value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("abc", "Row 1, column 1 is 'abc', not a number"),
        ("nan", "Expected a finite number"),
        ("inf", "Expected a finite number"),
        ("1e308", "Expected a number between -1,000,000 and 1,000,000"),
        ("1/0", "nothing can be divided by 0"),
        ("--1", "'--1', not a number"),
    ],
)
def test_what_is_no_number_is_refused_and_the_old_value_stays(qtbot, table, edits, refusals, text, sentence):
    type_into(qtbot, table, text)
    assert table.kernel.tolist() == COUNTED.tolist()
    assert edits == []
    assert len(refusals) == 1
    assert sentence in refusals[0]


def test_escape_gives_up_what_was_typed(qtbot, table, edits):
    type_into(qtbot, table, "7", Key.Key_Escape)
    assert table.kernel[0, 0] == 1
    assert edits == []
    assert table.hasFocus()


def test_f2_opens_the_number_that_is_there_and_arrows_stay_in_it(qtbot, table):
    table.set_kernel(np.array([[0.25, 1]], np.float32))
    qtbot.keyClick(table, Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor.text() == "0.25"
    qtbot.keyClick(editor, Key.Key_Home)
    qtbot.keyClick(editor, Key.Key_Right)
    assert table.findChild(QLineEdit) is editor
    assert table.current == (0, 0)


def test_ctrl_enter_fills_the_selection(qtbot, table, edits):
    table.select((0, 0), (1, 1))
    type_into(qtbot, table, "0", Key.Key_Return, CTRL)
    assert table.kernel.tolist() == [[0, 0, 3], [0, 0, 6], [7, 8, 9]]
    assert edits[0][1] == "4 cells = 0"


def test_a_click_elsewhere_enters_what_was_typed(qtbot, table):
    qtbot.keyClicks(table, "3")
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=centre(table, 2, 2))
    assert table.kernel[0, 0] == 3
    assert table.current == (2, 2)


def test_typing_the_same_number_is_no_edit(qtbot, table, edits):
    type_into(qtbot, table, "1")
    assert edits == []


# ---- walking and selecting


def test_arrows_walk_and_stop_at_the_border(qtbot, table):
    for key in (Key.Key_Right, Key.Key_Down, Key.Key_Left, Key.Key_Left, Key.Key_Down, Key.Key_Down):
        qtbot.keyClick(table, key)
    assert table.current == (2, 0)


def test_shift_and_arrows_select_a_range(qtbot, table):
    table.select((2, 2))
    qtbot.keyClick(table, Key.Key_Up, SHIFT)
    qtbot.keyClick(table, Key.Key_Left, SHIFT)
    assert table.selection.shape == (2, 2)
    assert (1, 2) in table.selection
    assert (0, 0) not in table.selection


def test_delete_sets_the_range_to_0(qtbot, table, edits):
    table.select((0, 1), (2, 1))
    qtbot.keyClick(table, Key.Key_Delete)
    assert table.kernel.tolist() == [[1, 0, 3], [4, 0, 6], [7, 0, 9]]
    assert edits[0][1] == "3 cells = 0"


def test_tab_walks_through_the_cells_and_out_of_the_table(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    table, behind = KernelTable(grey), QLineEdit()
    layout.addWidget(table)
    layout.addWidget(behind)
    table.set_kernel(np.ones((1, 2), np.float32))
    window.show()
    window.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    qtbot.keyClick(table, Key.Key_Tab)
    assert table.current == (0, 1)
    assert table.hasFocus()
    qtbot.keyClick(table, Key.Key_Tab)
    assert behind.hasFocus()


def test_the_table_takes_its_keys_before_the_windows_shortcuts(table):
    for key, text in ((Key.Key_5, "5"), (Key.Key_Left, ""), (Key.Key_Delete, ""), (Key.Key_F, "f")):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Modifier.NoModifier, text)
        event.ignore()
        QApplication.sendEvent(table, event)
        assert event.isAccepted()
    undo = QKeyEvent(QEvent.Type.ShortcutOverride, Key.Key_Z, CTRL, "")
    undo.ignore()
    QApplication.sendEvent(table, undo)
    assert not undo.isAccepted()


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 5), (4, 4), (15, 15), (15, 1)])
def test_every_size_is_shown_and_every_cell_can_be_reached(qtbot, table, shape):
    table.set_kernel(np.zeros(shape, np.float32))
    table.resize(table.sizeHint().expandedTo(table.minimumSizeHint()))
    assert not table.grab().isNull()
    last = (shape[0] - 1, shape[1] - 1)
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=centre(table, *last))
    assert table.current == last


def test_another_size_keeps_the_selection_inside(table):
    table.select((2, 2))
    table.set_kernel(np.ones((1, 2), np.float32))
    assert table.current == (0, 1)


# ---- clipboard


def test_a_copied_range_is_pasted_elsewhere(qtbot, table, edits):
    table.select((0, 0), (1, 1))
    qtbot.keyClick(table, Key.Key_C, CTRL)
    assert QGuiApplication.clipboard().text() == "1\t2\n4\t5"
    table.select((1, 1))
    qtbot.keyClick(table, Key.Key_V, CTRL)
    assert table.kernel.tolist() == [[1, 2, 3], [4, 1, 2], [7, 4, 5]]
    assert len(edits) == 1


def test_cut_copies_and_leaves_zeros(qtbot, table):
    table.select((0, 0), (0, 2))
    qtbot.keyClick(table, Key.Key_X, CTRL)
    assert QGuiApplication.clipboard().text() == "1\t2\t3"
    assert table.kernel[0].tolist() == [0, 0, 0]


def test_one_pasted_number_fills_the_range(table):
    QGuiApplication.clipboard().setText("0.5")
    table.select_all()
    table.paste()
    assert table.kernel.tolist() == np.full((3, 3), 0.5).tolist()


def test_a_matrix_of_the_kernels_size_replaces_all_of_it_from_any_cell(table):
    QGuiApplication.clipboard().setText("np.array([[9, 8, 7], [6, 5, 4], [3, 2, 1]])")
    table.select((2, 1))
    table.paste()
    assert table.kernel.tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]


@pytest.mark.parametrize(("text", "whole"), [("1 2 3 4\n5 6 7 8", False), ("1 2\n3 4", True)])
def test_a_matrix_of_another_size_is_for_the_layer(qtbot, table, edits, text, whole):
    QGuiApplication.clipboard().setText(text)
    if whole:
        table.select_all()
    with qtbot.waitSignal(table.matrix_pasted) as pasted:
        table.paste()
    assert pasted.args[0][0, 1] == 2
    assert edits == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no numbers"),
        ("1 2 3\n4 5 6\n7 8", "Row 3 has 2 numbers, row 1 has 3."),
        ("1 2\n3 x", "Row 2, number 2 is 'x', not a number."),
        ("1 2\n3 4", "2 x 2 numbers do not fit from row 3, column 3 on in a kernel of 3 x 3."),
    ],
)
def test_a_paste_that_cannot_be_is_refused_with_the_reason(table, edits, refusals, text, sentence):
    QGuiApplication.clipboard().setText(text)
    table.select((2, 2))
    table.paste()
    assert sentence in refusals[0]
    assert edits == []


# ---- showing


def test_showing_a_kernel_emits_nothing(table, edits):
    table.set_kernel(np.eye(4, dtype=np.float32))
    assert edits == []


def test_the_kernel_that_was_handed_in_is_never_written_to(qtbot, table):
    kernel = COUNTED.copy()
    kernel.flags.writeable = False
    table.set_kernel(kernel)
    type_into(qtbot, table, "8")
    assert kernel[0, 0] == 1


def test_the_current_cell_is_described_for_screen_readers(table):
    table.select((1, 2))
    assert table.accessibleDescription() == "3 x 3, row 2, column 3: 6"
