"""How a number is shown in a cell: short, true, and readable on its colour."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont

from explorer.ui.widgets.kernel_cells import cell_texts, decimals_for, shown_number, text_colour


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(0, 2, "0"), (0.5, 2, "0.5"), (1 / 3, 2, "0.33"), (0.001, 2, "·"), (-2, 2, "-2"), (123456, 0, "1.2e5")],
)
def test_a_number_is_shown_short_and_only_0_is_0(value, decimals, text):
    assert shown_number(value, decimals) == text


def test_three_digits_of_the_largest_weight_are_shown():
    assert [decimals_for(largest) for largest in (0, 250, 2, 0.16, 0.002)] == [0, 0, 2, 3, 5]


def test_numbers_lose_digits_before_they_leave_their_cell(qapp):
    kernel = np.full((2, 2), -0.123456, np.float32)
    assert cell_texts(kernel, QFont("DejaVu Sans", 9), 60)[1][0][0] == "-0.123"
    assert len(cell_texts(kernel, QFont("DejaVu Sans", 9), 24)[1][0][0]) < 6


def test_text_is_white_on_strong_cells_and_dark_on_pale_ones():
    white, teal, brown = QColor("white"), QColor("#2a7187"), QColor("#a8642b")
    assert text_colour(0.1, brown, white).lightness() == 255
    assert text_colour(0.9, teal, white).lightness() == 255
    assert text_colour(0.5, white, white).lightness() < 60
    assert text_colour(0.85, QColor("#93bbb5"), white).lightness() < 60  # too pale for white
    assert text_colour(0.5, QColor("#2a2d33"), QColor("#2a2d33")).lightness() > 200
