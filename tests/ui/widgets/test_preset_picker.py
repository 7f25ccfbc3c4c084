"""The list of presets: search, keys, sizes that fit."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.ui.widgets.preset_picker import PresetPicker


@pytest.fixture
def picker(qtbot: QtBot) -> PresetPicker:
    picker = PresetPicker(lambda t: QColor.fromRgbF(t, t, t))
    qtbot.addWidget(picker)
    picker.show()
    picker.list.open_at(QPoint(0, 0))
    return picker


def test_all_presets_are_offered(picker):
    assert picker.list.names() == list(KERNEL_PRESETS)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("sobel", ["sobel_x", "sobel_y"]),
        ("cortex", ["gabor"]),
        ("line diag", ["falling_line", "rising_line"]),
    ],
)
def test_typing_searches_names_and_meanings(qtbot, picker, typed, found):
    qtbot.keyClicks(picker.list.search, typed)
    assert picker.list.names() == found


def test_a_search_without_result_says_so(qtbot, picker):
    qtbot.keyClicks(picker.list.search, "xyz")
    assert picker.list.names() == []
    assert "No preset has 'xyz'" in picker.list.meaning.text()


def test_arrows_and_enter_pick_and_the_meaning_is_shown(qtbot, picker):
    qtbot.keyClicks(picker.list.search, "sobel")
    qtbot.keyClick(picker.list.search, Qt.Key.Key_Down)
    assert picker.list.meaning.text() == KERNEL_PRESETS["sobel_y"].meaning
    with qtbot.waitSignal(picker.picked) as picked:
        qtbot.keyClick(picker.list.search, Qt.Key.Key_Return)
    assert picked.args == ["sobel_y"]
    assert not picker.list.isVisible()


def test_a_preset_that_does_not_fit_says_from_which_size_on(qtbot, picker):
    picker.list.set_size(1, 1, True)
    picker.list.open_at(QPoint(0, 0))
    texts = [picker.list.items.item(row).text() for row in range(picker.list.items.count())]
    assert "Sobel x   from 3 x 3" in texts


def test_where_the_size_is_fixed_what_does_not_fit_cannot_be_picked(qtbot, picker):
    picker.list.set_size(1, 1, False)
    qtbot.keyClicks(picker.list.search, "sobel")
    with qtbot.assertNotEmitted(picker.picked):
        qtbot.keyClick(picker.list.search, Qt.Key.Key_Return)
