"""The kernel table as a person uses it: keyboard, mouse, wheel, clipboard."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.kernel_cells import cell_texts, decimals_for, shown_number, text_colour
from explorer.ui.widgets.kernel_table import KernelTable

Key, Modifier = Qt.Key, Qt.KeyboardModifier
SHIFT, CTRL = Modifier.ShiftModifier, Modifier.ControlModifier
COUNTED = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.float32)


def grey(t: float) -> QColor:
    return QColor.fromRgbF(t, t, t)


@pytest.fixture
def table(qtbot: QtBot) -> KernelTable:
    table = KernelTable(grey)
    qtbot.addWidget(table)
    table.set_kernel(COUNTED)
    table.resize(200, 200)
    table.show()
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    return table


@pytest.fixture
def edits(table: KernelTable) -> list[tuple]:
    edits: list[tuple] = []
    table.edited.connect(lambda kernel, what, key: edits.append((kernel, what, key)))
    return edits


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


def centre(table: KernelTable, row: int, column: int) -> QPoint:
    return table.cell_rect((row, column)).center().toPoint()


def drag(qtbot: QtBot, table: KernelTable, start: QPoint, *ends: QPoint, modifier=Modifier.NoModifier):
    qtbot.mousePress(table, Qt.MouseButton.LeftButton, modifier, start)
    for end in ends:
        qtbot.mouseMove(table, end)
    qtbot.mouseRelease(table, Qt.MouseButton.LeftButton, modifier, ends[-1])


def turn(
    table: KernelTable, row: int, column: int, notches: float, modifier=Modifier.NoModifier
) -> QWheelEvent:
    position = QPointF(centre(table, row, column))
    event = QWheelEvent(
        position, table.mapToGlobal(position), QPoint(), QPoint(0, int(120 * notches)), Qt.MouseButton.NoButton,
        modifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(table, event)
    return event


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


# ---- mouse and wheel


def test_a_drag_upwards_raises_the_cell_and_is_one_undo(qtbot, table, edits):
    start = centre(table, 1, 1)
    drag(qtbot, table, start, start - QPoint(0, 8), start - QPoint(0, 20))
    assert table.kernel[1, 1] == 5.5  # 5 steps of 0.1
    assert len(edits) == 2
    assert edits[0][2] is edits[1][2] is not None
    assert edits[1][1] == "row 2, column 2 = 5.5"


def test_two_drags_are_two_undos(qtbot, table, edits):
    start = centre(table, 1, 1)
    drag(qtbot, table, start, start - QPoint(0, 8))
    drag(qtbot, table, start, start - QPoint(0, 8))
    assert edits[0][2] is not edits[1][2]


def test_a_drag_sideways_selects(qtbot, table, edits):
    drag(qtbot, table, centre(table, 0, 0), centre(table, 0, 1), centre(table, 1, 2))
    assert table.selection.shape == (2, 3)
    assert edits == []


def test_a_drag_on_a_range_moves_all_of_it(qtbot, table):
    table.select((0, 0), (0, 2))
    start = centre(table, 0, 1)
    drag(qtbot, table, start, start - QPoint(0, 20))
    assert table.kernel.tolist() == [[1.5, 2.5, 3.5], [4, 5, 6], [7, 8, 9]]


def test_escape_during_a_drag_brings_the_old_value_back(qtbot, table):
    start = centre(table, 1, 1)
    qtbot.mousePress(table, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(table, start - QPoint(0, 12))
    assert table.kernel[1, 1] == np.float32(5.3)
    qtbot.keyClick(table, Key.Key_Escape)
    assert table.kernel[1, 1] == 5


@pytest.mark.parametrize(("modifier", "value"), [(Modifier.NoModifier, 5.2), (CTRL, 5.02), (SHIFT, 7)])
def test_the_wheel_scrubs_fine_with_ctrl_and_coarse_with_shift(table, edits, modifier, value):
    turn(table, 1, 1, 1, modifier)
    turn(table, 1, 1, 1, modifier)
    assert table.kernel[1, 1] == np.float32(value)
    assert edits[0][2] is edits[1][2]


def test_scrubbing_leaves_no_dust(table):
    table.set_kernel(np.array([[0.3, 0]], np.float32))
    for _ in range(7):
        turn(table, 0, 1, 1)
    assert table.kernel[0, 1] == np.float32(0.07)


def test_the_wheel_over_another_cell_is_another_undo(table, edits):
    turn(table, 0, 0, 1)
    turn(table, 0, 1, 1)
    turn(table, 0, 0, 1)
    assert len({id(key) for _, _, key in edits}) == 3


def test_without_the_focus_the_wheel_scrolls_what_is_around(table):
    table.clearFocus()
    assert not turn(table, 1, 1, 1).isAccepted()
    assert table.kernel[1, 1] == 5


def test_page_up_and_down_scrub_by_keyboard(qtbot, table, edits):
    qtbot.keyClick(table, Key.Key_PageUp)
    qtbot.keyClick(table, Key.Key_PageUp)
    qtbot.keyClick(table, Key.Key_PageDown)
    assert table.kernel[0, 0] == np.float32(1.1)
    assert len({id(key) for _, _, key in edits}) == 1


def test_a_weight_cannot_be_scrubbed_out_of_bounds(table):
    table.set_kernel(np.array([[999_999]], np.float32))
    turn(table, 0, 0, 50, SHIFT)
    assert table.kernel[0, 0] == 1e6


def test_a_double_click_opens_the_cell(qtbot, table):
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=centre(table, 1, 2))
    qtbot.mouseDClick(table, Qt.MouseButton.LeftButton, pos=centre(table, 1, 2))
    assert table.findChild(QLineEdit).text() == "6"


def test_the_cell_under_the_pointer_is_told(qtbot, table):
    cells = []
    table.hovered.connect(cells.append)
    qtbot.mouseMove(table, centre(table, 1, 2))
    qtbot.mouseMove(table, QPoint(1, 1))
    assert cells[0] == (1, 2)
    assert cells[-1] is None


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


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 2, "0"), (0.5, 2, "0.5"), (1 / 3, 2, "0.33"), (0.001, 2, "·"), (-2, 2, "-2"), (123456, 0, "1.2e5")],
)
def test_a_number_is_shown_short_and_only_0_is_0(value, decimals, text):
    assert shown_number(value, decimals) == text


def test_three_digits_of_the_largest_weight_are_shown():
    assert [decimals_for(largest) for largest in (0, 250, 2, 0.16, 0.002)] == [0, 0, 2, 3, 5]


def test_numbers_lose_digits_before_they_leave_their_cell(qtbot, table):
    kernel = np.full((2, 2), -0.123456, np.float32)
    assert cell_texts(kernel, table.font(), 60)[1][0][0] == "-0.123"
    assert len(cell_texts(kernel, table.font(), 24)[1][0][0]) < 6


def test_text_is_white_on_strong_cells_and_dark_on_pale_ones():
    white, teal, brown = QColor("white"), QColor("#2a7187"), QColor("#a8642b")
    assert text_colour(0.1, brown, white).lightness() == 255
    assert text_colour(0.9, teal, white).lightness() == 255
    assert text_colour(0.5, white, white).lightness() < 60
    assert text_colour(0.85, QColor("#93bbb5"), white).lightness() < 60  # too pale for white
    assert text_colour(0.5, QColor("#2a2d33"), QColor("#2a2d33")).lightness() > 200
