"""Mouse and wheel on a kernel table: scrubbing, selecting, one gesture one undo."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.kernel_table import KernelTable
from tests.ui.widgets.kernel_table_in_use import centre

Key, Modifier = Qt.Key, Qt.KeyboardModifier
SHIFT, CTRL = Modifier.ShiftModifier, Modifier.ControlModifier


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
