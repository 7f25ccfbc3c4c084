"""Stories of the close-up with lists: a strip of products, a softmax with its shift, the row a flatten makes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from explorer.document.view import Unit
from explorer.engine.presets.networks import build_network
from explorer.sources.preparation import Preparation
from explorer.ui.widgets.close_up_body import CloseUpBody
from tests.stories.comparing import Button, Key, move
from tests.stories.hands import SOON, Hands
from tests.ui.conftest import answer


def enlarge(hands: Hands, unit: Unit) -> CloseUpBody:
    hands.workspace.document.start_over(build_network("lenet-5"), Preparation())
    answer(hands.workspace)
    hands.workspace.view.select(unit)
    hands.command("X")
    hands.qtbot.waitUntil(lambda: hands.close_up.body.shown is not None, timeout=SOON)
    return hands.close_up.body


def columns(body: CloseUpBody, part: str) -> list[int]:
    """The cells of a part in the order of the rows."""
    return [box.cell[0] for box in body.table.sheet.boxes if box.part == part]


def test_a_dense_unit_is_a_table_of_products_the_largest_first(hands: Hands) -> None:
    body = enlarge(hands, Unit("dense1", 5))
    assert body.shown is not None
    products = body.shown.explanation["products"].numbers
    sizes = np.abs(products[columns(body, "products")])
    assert len(sizes) > 10
    assert (np.diff(sizes) <= 0).all()
    assert sizes[0] == np.abs(products).max()
    assert columns(body, "features") == columns(body, "weights") == columns(body, "products")
    assert body.own_list.isVisible()
    assert hands.close_up.title.text().startswith("dense1:5 = ")


def test_pointing_at_a_product_links_its_feature_and_its_weight(hands: Hands) -> None:
    body = enlarge(hands, Unit("dense1", 5))
    box = next(box for box in body.table.sheet.boxes if box.part == "products")
    move(body.table, box.rect.translated(4, 4).center())
    assert body.table._links is not None
    assert np.flatnonzero(body.table._links["features"]).tolist() == [box.cell[0]]
    assert np.flatnonzero(body.table._links["weights"]).tolist() == [box.cell[0]]


def test_a_softmax_shows_the_shift_by_the_largest_score(hands: Hands) -> None:
    body = enlarge(hands, Unit("softmax", 3))
    assert body.steps.chain is not None
    names = [part.name for part in body.steps.chain.explanation.parts]
    assert names == ["exp", "sum", "total"]
    assert len(columns(body, "shifted")) == 10
    assert len([box for box in body.table.sheet.boxes if box.part == "largest"]) == 10


def test_a_flatten_shows_the_map_where_its_element_stands_and_the_row_it_goes_to(hands: Hands) -> None:
    body = enlarge(hands, Unit("flatten", 7))
    view = body.view
    assert view.explained is not None
    assert view.read is not None
    assert view.places is not None
    cell = np.argwhere(view.read.in_window)[0]
    assert view.read.values[tuple(cell)] == pytest.approx(view.explained.explanation.value)
    move(view, view.places.read.cell(int(cell[0]), int(cell[1])).center())
    assert "it becomes flatten:7" in hands.close_up.note.text()


def test_a_click_in_the_list_pins_another_of_its_units(hands: Hands) -> None:
    body = enlarge(hands, Unit("dense1", 5))
    at = body.own_list.cell(7).center()
    move(body.own_list, at)
    hands.qtbot.waitUntil(lambda: body.shown is not None and body.shown.explanation.unit == (7,))
    assert hands.workspace.view.selection == Unit("dense1", 5)
    hands.qtbot.mouseClick(body.own_list, Button.LeftButton, pos=at.toPoint())
    assert hands.workspace.view.selection == Unit("dense1", 7)


def test_the_sweep_goes_through_a_list(hands: Hands) -> None:
    body = enlarge(hands, Unit("dense1", 5))
    hands.command("L")
    assert hands.workspace.view.selection == Unit("dense1", 6)
    assert body.own_list.filled == 6
    hands.close_up.slider.setValue(2)
    QApplication.processEvents()
    assert hands.workspace.view.selection == Unit("dense1", 2)
    hands.workspace.view.select(Unit("dense1", 9))
    QApplication.processEvents()
    assert body.own_list.filled is None


def test_a_click_on_a_step_shows_the_map_it_came_from(hands: Hands) -> None:
    hands.click("conv2:3", 40, 30)
    hands.command("X")
    body = hands.close_up.body
    hands.qtbot.waitUntil(lambda: body.steps.chain is not None, timeout=SOON)
    chain = body.steps.chain
    assert chain is not None
    name, index = chain.terms[1]
    box = body.steps.box_of(name)
    assert box is not None
    at = box.rect.translated(4, 4).center().toPoint()
    hands.qtbot.mouseClick(body.steps, Button.LeftButton, pos=at)
    assert body.view.readings[body.view.reading].place == index
    others = body.steps.box_of(chain.others)
    assert others is not None
    before = chain.terms
    at = others.rect.translated(4, 4).center().toPoint()
    hands.qtbot.mouseClick(body.steps, Button.LeftButton, pos=at)
    assert body.steps.chain is not None
    assert body.steps.chain.terms != before
    hands.press(Key.Key_Escape)
    assert not hands.close_up.isVisible()
