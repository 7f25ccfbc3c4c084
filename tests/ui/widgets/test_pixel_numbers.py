"""Numbers on pixels: how they are written, on which ink, and where."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.engine.evaluate import evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering.pictures import Painter, Wanted, unit_key
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.pixel_numbers import (
    Cells,
    PixelNumbers,
    key_text,
    number_keys,
    pale_pixels,
    visible_cells,
)


def text(value: float, width: float) -> str:
    return key_text(int(number_keys(np.array([value]), width)[0]), width >= 35)


@pytest.mark.parametrize(
    ("value", "narrow", "middle", "wide"),
    [
        (0.0, "0", "0", "0"),
        (1e-9, "·", "·", "·"),
        (0.1234, ".12", "0.12", "0.123"),
        (-0.5, "−.50", "−0.50", "−0.500"),
        (1.256, "1.3", "1.26", "1.26"),
        (-12.34, "−12", "−12.3", "−12.3"),
        (123.4, "123", "123", "123"),
        (-23456.0, "−2.3e4", "−2.3e4", "−2.3e4"),
        (float("nan"), "NaN", "NaN", "NaN"),
        (float("-inf"), "−∞", "−∞", "−∞"),
    ],
)
def test_numbers_are_as_long_as_the_cell_allows(value: float, narrow: str, middle: str, wide: str) -> None:
    assert [text(value, 26), text(value, 40), text(value, 60)] == [narrow, middle, wide]


def test_ink_is_dark_on_pale_cells() -> None:
    pixels = np.array([0xFF000000, 0xFFFFFFFF, 0xFF4DA6F5, 0xFF802010], np.uint32)
    assert pale_pixels(pixels).tolist() == [False, True, True, False]


def test_only_visible_cells_are_asked_for() -> None:
    rows, columns, cells = visible_cells(QRectF(-100, -50, 400, 400), 10, 10, QRectF(0, 0, 200, 100))
    assert (rows, columns) == (slice(1, 4), slice(2, 8))
    assert cells.lefts[0] == -20
    assert cells.tops[0] == -10


def test_numbers_are_drawn_in_the_middle_of_their_cells(qapp: QApplication) -> None:
    image = QImage(120, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    cells = Cells(np.array([0.0, 40.0, 80.0]), np.array([0.0]), 40.0, 40.0)
    hidden = np.array([[False, True, False]])
    PixelNumbers().draw(
        painter, np.array([[0.5, 0.5, 0.5]]), np.zeros((1, 3), bool), cells, qapp.font(), 1.0, hidden
    )
    painter.end()
    bits = np.frombuffer(image.constBits(), np.uint32).reshape(40, 120) & 0xFF
    columns = np.flatnonzero(bits.max(0) > 100)
    assert not ((columns >= 40) & (columns < 80)).any()
    left = columns[columns < 40]
    assert abs((left.min() + left.max()) / 2 - 20) < 3
    assert np.array_equal(bits[:, :40], bits[:, 80:])


def test_cells_without_room_show_nothing(qapp: QApplication) -> None:
    assert not Cells(np.zeros(1), np.zeros(1), 20.0, 20.0).is_readable
    assert Cells(np.zeros(1), np.zeros(1), 24.0, 24.0).is_readable


def test_a_small_map_shows_its_numbers_where_it_is_large(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[np.ndarray] = []
    monkeypatch.setattr(PixelNumbers, "draw", lambda self, painter, values, *rest: drawn.append(values))
    nodes = (
        Node("input", layer_of("input", {"channels": 1, "height": 6, "width": 6})),
        Node("conv", layer_of("conv2d", {"filters": 1}), ("input",)),
    )
    trace = evaluate(Network(nodes).fitted(), np.ones((1, 1, 6, 6), np.float32))
    picture = Painter().paint(trace, Wanted(units=(("conv", 0),)))[unit_key("conv", 0)]
    view = MapView()
    qtbot.addWidget(view)
    view.show_map(picture, trace.activations["conv"][0, 0])
    view.resize(90, 90)
    view.grab()
    assert drawn == []
    view.resize(240, 240)
    view.grab()
    assert np.array_equal(drawn[0], trace.activations["conv"][0, 0])
