"""The canvas: pen, eraser, undo, clear, and its picture as a source."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.runtime.capture import Capture
from explorer.sources.canvas import Canvas, CanvasSource, Pen

PEN = Pen(width=0.1)
RUBBER = Pen(width=0.4, erases=True)


@pytest.fixture
def canvas() -> Canvas:
    """A white line across the middle."""
    canvas = Canvas(side=100)
    canvas.begin((0.1, 0.5), PEN)
    canvas.extend((0.9, 0.5))
    return canvas


def level(canvas: Canvas, x: float, y: float) -> int:
    return int(canvas.pixels[round(y * 100), round(x * 100), 0])


def test_it_begins_black() -> None:
    assert not Canvas().pixels.any()
    assert Canvas().is_empty


def test_a_stroke_is_white_and_as_wide_as_the_pen(canvas: Canvas) -> None:
    column = canvas.pixels[:, 50, 0]
    assert column[50] == 255
    assert 9 <= np.count_nonzero(column > 127) <= 12


def test_pressing_alone_draws_a_dot() -> None:
    canvas = Canvas(side=100)
    canvas.begin((0.5, 0.5), PEN)
    assert level(canvas, 0.5, 0.5) == 255


def test_the_eraser_takes_ink_away(canvas: Canvas) -> None:
    canvas.begin((0.5, 0.5), RUBBER)
    assert level(canvas, 0.5, 0.5) == 0
    assert level(canvas, 0.15, 0.5) == 255


def test_undo_takes_back_one_stroke(canvas: Canvas) -> None:
    before = canvas.pixels
    canvas.begin((0.5, 0.5), RUBBER)
    canvas.undo()
    assert np.array_equal(canvas.pixels, before)


def test_undo_brings_back_what_was_cleared(canvas: Canvas) -> None:
    before = canvas.pixels
    canvas.clear()
    assert canvas.is_empty
    assert not canvas.pixels.any()
    canvas.undo()
    assert np.array_equal(canvas.pixels, before)


def test_nothing_to_undo_changes_nothing() -> None:
    canvas = Canvas()
    canvas.undo()
    canvas.clear()
    assert not canvas.can_undo


def test_black_on_white_is_the_same_the_other_way_round(canvas: Canvas) -> None:
    white_on_black = canvas.pixels
    canvas.is_white_on_black = False
    assert np.array_equal(canvas.pixels, 255 - white_on_black)


def test_a_pen_beyond_the_edge_draws_what_can_be_seen(canvas: Canvas) -> None:
    canvas.extend((1.5, 0.5))
    assert level(canvas, 0.99, 0.5) == 255


def test_the_source_delivers_every_change(canvas: Canvas) -> None:
    capture = Capture()
    source = CanvasSource(canvas)
    capture.switch(source)
    capture.turn()
    first = capture.wait_for_frame()
    assert np.array_equal(first.pixels, canvas.pixels)
    assert first.label == "Drawing"
    canvas.extend((0.9, 0.9))
    source.show(canvas.pixels)
    capture.turn()
    assert np.array_equal(capture.wait_for_frame().pixels, canvas.pixels)
