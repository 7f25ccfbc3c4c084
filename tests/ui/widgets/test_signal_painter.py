"""Where the numbers of a signal stand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, QSizeF

from explorer.ui.widgets.signal_painter import number_place

AREA, SIZE = QRectF(0, 0, 400, 60), QSizeF(40, 14)


@pytest.mark.parametrize("x", [4, 200, 396])
def test_the_number_of_a_negative_value_or_of_the_one_pointed_at_stands_beside_its_line(x: float) -> None:
    place = number_place(AREA, QPointF(x, 50), SIZE, is_beside=True)
    assert not place.left() <= x <= place.right()
    assert AREA.contains(place)


@pytest.mark.parametrize("x", [4, 200, 396])
def test_the_number_of_a_positive_value_stands_above_it(x: float) -> None:
    place = number_place(AREA, QPointF(x, 30), SIZE, is_beside=False)
    assert place.bottom() < 30
    assert AREA.contains(place)


def test_where_there_is_no_room_above_a_number_stands_beside_the_line() -> None:
    place = number_place(AREA, QPointF(200, 4), SIZE, is_beside=False)
    assert place.left() > 200
    assert AREA.contains(place)
