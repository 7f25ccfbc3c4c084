"""What is pointed at and pinned, down to the pixel."""

from __future__ import annotations

import pytest

from explorer.document.view import Pointed, Unit, View

CONV, RELU = Unit("conv1", 0), Unit("relu1", 2)


@pytest.fixture
def view() -> View:
    view = View()
    view.select(CONV)
    view.pin_pixel((4, 5))
    return view


def test_the_pinned_pixel_is_what_everything_is_about(view: View) -> None:
    assert view.pointed == Pointed(CONV, (4, 5), True)


def test_the_pixel_under_the_pointer_goes_first(view: View) -> None:
    view.point_at_pixel((1, 2))
    assert view.pointed == Pointed(CONV, (1, 2), False)
    view.point_at_pixel(None)
    assert view.pointed == Pointed(CONV, (4, 5), True)


def test_the_pixel_of_a_hovered_unit_is_its_own(view: View) -> None:
    view.point_at(RELU)
    view.point_at_pixel((7, 8))
    assert view.pointed == Pointed(RELU, (7, 8), False)


def test_another_hovered_unit_begins_without_a_pixel(view: View) -> None:
    view.point_at(RELU)
    view.point_at_pixel((7, 8))
    view.point_at(Unit("relu1", 3))
    assert view.hover_pixel is None


def test_the_pixel_stays_when_another_unit_is_selected(view: View) -> None:
    view.select(RELU)
    assert view.pointed == Pointed(RELU, (4, 5), True)


def test_nothing_selected_has_no_pixel(view: View) -> None:
    view.select(None)
    assert view.pointed is None
    assert view.pixel is None


def test_the_same_pixel_again_is_not_told(view: View) -> None:
    heard: list[int] = []
    view.pixel_changed.connect(lambda: heard.append(1))
    view.pin_pixel((4, 5))
    assert heard == []
    view.pin_pixel((4, 6))
    assert heard == [1]
