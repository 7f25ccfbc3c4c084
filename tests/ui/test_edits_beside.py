"""Edits that draw millions of weights: the window goes on, and they come when they are made."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.document import edits, hurry
from explorer.document.view import Unit
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.ui.edits_beside import EditsBeside
from explorer.ui.panels.layer_settings import LayerPanel
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.workspace import Workspace
from tests.engine.build import chain
from tests.ui.conftest import Said


@pytest.fixture
def desk(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace in which 1,000 weights are many, with a dense layer of 640."""
    monkeypatch.setattr(hurry, "MANY", 1000)
    workspace.document.edit("Small", edits.replace_network(chain(1, 8, 8, Flatten(), Dense(units=10))))
    EditsBeside(workspace)
    return workspace


def grow(desk: Workspace, units: int, merge_key: object = None) -> bool:
    return desk.document.edit(f"{units} units", edits.set_settings("dense2", units=units), merge_key)


def units(desk: Workspace) -> int:
    return len(desk.document.network["dense2"].parameters["kernel"])


def wait(desk: Workspace, qtbot: QtBot) -> None:
    def is_done() -> bool:
        desk.clock.tick()
        return not desk.errands.under_way

    qtbot.waitUntil(is_done)


def labels(desk: Workspace) -> list[str]:
    return [entry.label for entry in desk.document.history.entries]


def test_many_weights_are_drawn_in_another_thread(
    desk: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def fitted(network: object, seed: int = 0) -> object:
        threads.append(threading.current_thread().name)
        return whole(network, seed)

    whole = type(desk.document.network).fitted
    monkeypatch.setattr(type(desk.document.network), "fitted", fitted)
    before = desk.document.network["dense2"].parameters["kernel"]
    assert not grow(desk, 50), "it is not there yet"
    assert units(desk) == 10
    wait(desk, qtbot)
    assert threads
    assert threading.main_thread().name not in threads
    np.testing.assert_array_equal(desk.document.network["dense2"].parameters["kernel"][:10], before)
    assert labels(desk)[-1] == "50 units"
    desk.document.undo()
    assert desk.document.network["dense2"].parameters["kernel"] is before


def test_few_weights_are_drawn_at_once(desk: Workspace) -> None:
    assert grow(desk, 15)
    assert units(desk) == 15


def test_of_one_gesture_the_newest_value_counts_and_is_one_undo(desk: Workspace, qtbot: QtBot) -> None:
    gesture = object()
    for count in (20, 30, 40):
        grow(desk, count, gesture)
    wait(desk, qtbot)
    assert units(desk) == 40
    assert labels(desk)[-2:] == ["Small", "40 units"]


def test_a_gesture_that_ends_with_few_weights_stays_there(desk: Workspace, qtbot: QtBot) -> None:
    gesture = object()
    grow(desk, 50, gesture)
    grow(desk, 12, gesture)
    wait(desk, qtbot)
    assert units(desk) == 12


def test_what_was_edited_meanwhile_stays(desk: Workspace, qtbot: QtBot) -> None:
    grow(desk, 50)
    desk.document.edit("Bias", edits.set_weight("dense2", "bias", (3,), 9.0))
    wait(desk, qtbot)
    assert units(desk) == 50
    assert desk.document.network["dense2"].parameters["bias"][3] == 9
    assert labels(desk)[-2:] == ["Bias", "50 units"]


def test_what_is_impossible_is_said_at_once(desk: Workspace, said: Said) -> None:
    assert not desk.document.edit("Too many", edits.set_input_size(1, 100_000, 100_000))
    assert said
    assert not desk.errands.under_way


def test_who_has_no_window_waits(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hurry, "MANY", 1000)
    workspace.document.edit("Small", edits.replace_network(chain(1, 8, 8, Flatten(), Dense(units=10))))
    assert grow(workspace, 50)
    assert units(workspace) == 50


def test_a_field_shows_what_is_coming_and_what_was_when_it_is_given_up(desk: Workspace, qtbot: QtBot) -> None:
    panel = LayerPanel(desk)
    qtbot.addWidget(panel)
    panel.show()
    desk.view.select(Unit("dense2"))
    box = panel.form.fields["units"].findChild(NumberBox)
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, "50")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.text(), units(desk)) == ("50", 10)
    desk.cancel_errands()
    assert box.text() == "10"
    wait(desk, qtbot)
    assert units(desk) == 10
