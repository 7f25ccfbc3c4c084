"""The arithmetic as coloured cells: every layer's parts find a place, and cells that hang together show it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.arithmetic import Explanation, explain
from explorer.engine.layer import layer_of
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.volumes import Conv3d
from explorer.ui import theme
from explorer.ui.widgets.arithmetic_painter import limits_of, place_of
from explorer.ui.widgets.arithmetic_view import MARGIN, ArithmeticView
from explorer.ui.widgets.cell_number import cell_number, fitting_number, wide_number
from tests.engine.arithmetic.traces import explained, trace_of
from tests.engine.layers.contract import Case, cases

ROOM = QSize(781, 74)  # what a window of 1366 x 768 leaves, before anybody moves a dock


def view_of(qtbot: QtBot, explanation: Explanation, room: QSize = ROOM) -> ArithmeticView:
    view = ArithmeticView()
    qtbot.addWidget(view)
    view.set_room(room)
    view.resize(room)
    view.show_explanation(explanation)
    view.show()
    return view


def convolution(channels: int = 3) -> Explanation:
    rng = np.random.default_rng(0)
    layer = Conv2d(filters=2)
    x = rng.normal(size=(channels, 6, 6))
    parameters = layer.initial_parameters([x.shape], rng)
    return explained(layer, x, unit=(1, 0, 3), **parameters)


def middle(rect: QRectF) -> QPointF:
    return rect.center() + QPointF(MARGIN, MARGIN)


def point(view: ArithmeticView, at: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    where = view.mapToGlobal(at)
    event = QMouseEvent(QEvent.Type.MouseMove, at, where, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def point_at(view: ArithmeticView, part: str, cell: tuple[int, ...] = ()) -> None:
    box = view.box_of(part, cell)
    assert box is not None, f"{part} {cell} is not on screen"
    point(view, middle(box.rect))


def in_the_middle(case: Case) -> Explanation:
    trace = trace_of(case.layer, *case.inputs(), **case.parameters())
    return explain(trace, "it", tuple(size // 2 for size in trace.steps["it"].output.shape[1:]))


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_layer_is_drawn_with_its_total(qtbot: QtBot, dark: None, case: Case) -> None:
    view = view_of(qtbot, in_the_middle(case))

    view.grab()

    assert view.box_of("total") is not None
    assert all(box.rect.width() > 0 and box.rect.height() > 0 for box in view.sheet.boxes)


ONE_OF_EACH = list({case.layer.kind: case for case in cases()}.values())


@pytest.mark.parametrize("room", [QSize(300, 60), QSize(1500, 400)], ids=str)
@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_it_is_drawn_in_any_room(qtbot: QtBot, dark: None, case: Case, room: QSize) -> None:
    view = view_of(qtbot, in_the_middle(case), room)
    view.grab()
    assert view.box_of("total") is not None


@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_on_a_small_screen_nothing_has_to_be_scrolled(qtbot: QtBot, dark: None, case: Case) -> None:
    view = view_of(qtbot, in_the_middle(case))
    assert view.minimumWidth() <= ROOM.width()
    assert view.minimumHeight() <= ROOM.height()


def test_the_slices_of_a_volume_stand_abreast_where_they_would_be_too_low(qtbot: QtBot, dark: None) -> None:
    layer = Conv3d(filters=1)
    found = explained(
        layer, np.ones((1, 4, 5, 5)), unit=(0, 1, 2, 2), kernel=np.ones((1, 1, 3, 3, 3)), bias=np.zeros(1)
    )
    view = view_of(qtbot, found)
    boxes = [box for box in view.sheet.boxes if box.part == "kernel"]
    assert len({box.rect.top() for box in boxes}) == 3
    assert all(box.rect.height() > 15 and box.rect.width() > 15 for box in boxes)


@pytest.mark.parametrize(
    ("value", "width", "text"), [(-0.153, 30, "−.15"), (-0.153, 20, "−.2"), (-0.153, 40, "−0.15"), (3.14, 20, "3.1"),
     (-0.0031, 30, "·"), (-0.0031, 40, "−.003"), (0.0004, 40, "·")],
)  # fmt: skip
def test_a_number_is_as_long_as_its_cell_has_room_for(value: float, width: float, text: str) -> None:
    assert fitting_number(value, width) == text


def test_the_number_of_a_channel_is_seen_whole(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution(channels=300), QSize(781, 220))
    view.channel = 250
    view.set_room(QSize(782, 220))
    names = [text for text in view.sheet.texts if text.text in ("250", "251") and text.rect.left() == 0]
    assert names
    metrics = QFontMetricsF(theme.quiet_font(view.font(), 0.9))
    assert all(metrics.horizontalAdvance(one.text) <= one.rect.width() for one in names)


def test_a_long_strip_ends_with_what_the_others_come_to(qtbot: QtBot, dark: None) -> None:
    found = explained(Dense(units=1), np.ones(100), unit=(0,), kernel=np.full((1, 100), 0.5), bias=[0])
    view = view_of(qtbot, found)
    shown = sum(box.part == "products" for box in view.sheet.boxes)
    texts = [text.text for text in view.sheet.texts]
    assert f"{shown} of 100" in texts
    assert texts[texts.index("others") + 1] == f"{(100 - shown) * 0.5:.2f}"


@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_nothing_stands_on_anything_else(qtbot: QtBot, dark: None, case: Case) -> None:
    view = view_of(qtbot, in_the_middle(case))
    rects = [one.rect for one in (*view.sheet.boxes, *view.sheet.grids)]
    rects += [group.number for group in view.sheet.groups]

    for place, rect in enumerate(rects[:300]):
        assert not any(
            rect.adjusted(0.6, 0.6, -0.6, -0.6).intersects(other) for other in rects[place + 1 : 300]
        )


def test_a_weight_belongs_to_its_pixel_product_sum_and_total(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution())
    heard: list[str] = []
    view.cell_pointed.connect(heard.append)

    point_at(view, "kernel", (0, 1, 2))

    assert view._links is not None
    assert {name: flags.sum() for name, flags in view._links.items()} == {
        "patch": 1, "kernel": 1, "products": 1, "channel sums": 1, "bias": 0, "total": 1,
    }  # fmt: skip
    assert view._links["patch"][0, 1, 2]
    assert heard[-1].startswith("kernel")


def test_pointing_changes_the_picture_and_leaving_changes_it_back(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution())
    before = view.grab().toImage()
    point_at(view, "products", (0, 1, 1))
    assert view.grab().toImage() != before
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.grab().toImage() == before


def test_padding_is_told_apart(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution())  # row 0: the window reaches above the map
    heard: list[str] = []
    view.cell_pointed.connect(heard.append)
    point_at(view, "patch", (0, 0, 1))
    assert "padding" in heard[-1]


def test_a_click_on_a_sum_shows_its_channel(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution())
    assert view.box_of("patch", (2, 0, 0)) is None
    box = view.box_of("channel sums", (2,))
    assert box is not None
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(box.rect).toPoint())
    assert view.box_of("patch", (2, 0, 0)) is not None


def test_many_channels_come_in_groups_that_open_down_to_one(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution(channels=512))
    assert view.box_of("channel sums", (200,)) is None
    for _ in range(9):
        group = next((g for g in view.sheet.groups if g.group and g.group.first <= 200 <= g.group.last), None)
        if group is None:
            break
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(group.number).toPoint())
    assert view.box_of("channel sums", (200,)) is not None


def test_of_many_channels_the_one_that_counts_most_is_shown_first(qtbot: QtBot, dark: None) -> None:
    explanation = convolution(channels=64)
    view = view_of(qtbot, explanation)
    strongest = int(np.abs(explanation["channel sums"].numbers).argmax())
    assert view.box_of("patch", (strongest, 0, 0)) is not None


def test_the_groups_come_to_the_sum_of_all_channels(qtbot: QtBot, dark: None) -> None:
    explanation = convolution(channels=512)
    view = view_of(qtbot, explanation)
    sums = [group.group.sum for group in view.sheet.groups if group.group is not None]
    assert sum(sums) == pytest.approx(float(explanation["channel sums"].numbers.sum()))


def test_the_way_back_shows_all_channels_again(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution(channels=64))
    first = view.sheet.groups[0]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(first.number).toPoint())
    assert view.opened is not None
    back = next(group for group in view.sheet.groups if group.group is None)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(back.rect).toPoint())
    assert view.opened is None


def test_what_is_open_stays_open_with_the_next_frame(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution(channels=64))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view.sheet.groups[1].number).toPoint())
    opened = view.opened
    view.show_explanation(convolution(channels=64))
    assert view.opened == opened is not None


def test_of_a_long_strip_the_largest_products_come_first(qtbot: QtBot, dark: None) -> None:
    weights = np.linspace(0, 1, 5000)[None]
    layer = layer_of("dense", {"units": 1})
    view = view_of(qtbot, explained(layer, np.ones(5000), unit=(0,), kernel=weights, bias=[0.5]))
    shown = [box.cell[0] for box in view.sheet.boxes if box.part == "products"]
    assert shown == list(range(4999, 4999 - len(shown), -1))
    assert any("of 5,000" in text.text for text in view.sheet.texts)


def test_a_double_click_on_what_was_read_leads_there(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution())
    box = view.box_of("patch", (0, 1, 1))
    assert box is not None
    with qtbot.waitSignal(view.followed) as heard:
        qtbot.mouseMove(view, middle(box.rect).toPoint())
        point(view, middle(box.rect))
        qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=middle(box.rect).toPoint())
    assert heard.args == ["x0", (0, 0, 3)]


def test_a_large_map_is_a_picture_whose_pixels_can_be_pointed_at(qtbot: QtBot, dark: None) -> None:
    x = np.zeros((1, 40, 50))
    x[0, 39, 49] = 7
    view = view_of(qtbot, explained(layer_of("global_max_pool", {}), x, unit=(0, 0, 0)))
    (grid,) = view.sheet.grids
    point(view, grid.rect.bottomRight() + QPointF(MARGIN - 0.5, MARGIN - 0.5))
    assert view.spot == ("patch", (39, 49))


def test_zero_has_the_neutral_colour_and_the_largest_the_strongest() -> None:
    explanation = convolution()
    limit = limits_of(explanation)["patch"]
    assert place_of(0.0, limit) == 0.5
    assert place_of(limit, limit) == 1.0
    assert limit == pytest.approx(float(np.abs(explanation["patch"].numbers).max()))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.123, "0.12"),
        (-8.25, "−8.25"),
        (1e-9, "·"),
        (np.nan, "NaN"),
        (-np.inf, "−∞"),
        (1234.5, "1234"),
    ],
)
def test_numbers_in_cells_are_short(value: float, text: str) -> None:
    assert cell_number(value) == text


def test_a_count_is_a_whole_number() -> None:
    assert [wide_number(one) for one in (9.0, -1600.0, 0.0, 0.1235)] == ["9", "−1600", "0", "0.123"]


def test_values_that_are_not_finite_are_drawn(qtbot: QtBot, dark: None) -> None:
    x = np.full((1, 4, 4), np.nan)
    x[0, 1, 1] = np.inf
    parameters = {"kernel": np.ones((1, 1, 3, 3)), "bias": [0.0]}
    view = view_of(qtbot, explained(Conv2d(filters=1), x, unit=(0, 1, 1), **parameters))
    assert not view.grab().isNull()


def test_a_sentence_stands_where_there_is_no_arithmetic(qtbot: QtBot, dark: None) -> None:
    view = view_of(qtbot, convolution())
    view.show_sentence("There is nothing here.")
    assert view.sheet.boxes == []
    assert not view.grab().isNull()
