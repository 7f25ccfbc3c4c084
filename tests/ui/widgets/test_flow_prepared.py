"""What lasts for many frames is made before the painting that needs it, and once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.engine.arithmetic.receptive_field import receptive_field
from explorer.engine.evaluate import evaluate
from explorer.engine.network import Network
from explorer.engine.presets.networks import build_network
from explorer.rendering.look import Look
from explorer.rendering.pictures import Painter, Wanted
from explorer.ui.widgets import flow_field, flow_marks, flow_pointing
from explorer.ui.widgets.flow_view import FlowView


@pytest.fixture
def network() -> Network:
    return build_network("lenet-5")


@pytest.fixture
def view(network: Network, qtbot: QtBot) -> FlowView:
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.set_network(network)
    view.show()
    qtbot.waitExposed(view)
    return view


def show_frame(view: FlowView, network: Network, seed: int, order: str = "index") -> None:
    image = np.random.default_rng(seed).random((1, *network.input_shape), np.float32)
    trace = evaluate(network, image)
    tiles = tuple(view.scene.wanted(view.places(), view.width(), view.height(), 1.0))
    look = dataclasses.replace(Look(), order=order)  # type: ignore[arg-type]
    view.show_answer(trace, Painter().paint(trace, Wanted(tiles, look=look)))


def point_at(view: FlowView, unit: Unit) -> None:
    place, cell = view.find(unit)
    assert place is not None
    assert cell is not None
    view._point(QPointF(place.tile(cell).center()))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes every making of a veil and of a picture of edges."""
    notes: list[str] = []
    for module, name in ((flow_field, "_veil_and_frames"), (flow_pointing, "_edges_picture")):
        make = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *given, name=name, make=make: (notes.append(name), make(*given))[1]
        )
    return notes


def test_edges_are_drawn_when_a_unit_is_pointed_at_and_not_while_painting(
    view: FlowView, network: Network, made: list[str]
) -> None:
    show_frame(view, network, 0)
    point_at(view, Unit("conv2", 3))
    assert made == ["_edges_picture"]
    for seed in range(3):
        show_frame(view, network, seed)
        view.repaint()
    assert made == ["_edges_picture"]


def test_a_veil_is_found_when_a_field_comes_and_not_while_painting(
    view: FlowView, network: Network, made: list[str]
) -> None:
    show_frame(view, network, 0)
    view.show_field(receptive_field(network, "conv2", (3, 4, 4)))
    assert made == ["_veil_and_frames"]
    for seed in range(3):
        show_frame(view, network, seed)
        view.repaint()
    assert made == ["_veil_and_frames"]


def test_channels_in_another_order_have_other_edges_and_another_veil(
    view: FlowView, network: Network, made: list[str]
) -> None:
    show_frame(view, network, 0)
    point_at(view, Unit("conv2", 3))
    view.show_field(receptive_field(network, "conv2", (3, 4, 4)))
    show_frame(view, network, 1, "activity")
    view.repaint()
    assert sorted(made) == ["_edges_picture"] * 2 + ["_veil_and_frames"] * 2


def test_another_size_of_the_view_has_another_veil(view: FlowView, network: Network, made: list[str]) -> None:
    show_frame(view, network, 0)
    view.show_field(receptive_field(network, "conv2", (3, 4, 4)))
    view.resize(700, 500)
    view.repaint()
    assert made == ["_veil_and_frames"] * 2


def test_a_layer_that_was_looked_at_again_has_its_marks_anew(
    view: FlowView, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[str] = []
    mark = flow_marks._marked
    monkeypatch.setattr(flow_marks, "_marked", lambda *given: (found.append("marked"), mark(*given))[1])
    view.resize(1600, 1000)
    show_frame(view, network, 0)
    view.repaint()
    looked_at = len(found)
    view.repaint()
    assert len(found) == looked_at > 0
    show_frame(view, network, 1)  # by another painter, which has looked at everything anew
    view.repaint()
    assert len(found) == 2 * looked_at


def test_a_layer_that_has_just_been_removed_reads_nothing(view: FlowView, network: Network) -> None:
    """Its tiles are still on screen while they glide away."""
    show_frame(view, network, 0)
    places, unit = view.places(), Unit("conv2", 3)
    shorter = network.with_nodes(network.nodes[: network.nodes.index(network["conv2"])])
    assert flow_pointing._read_by(view, network, places, unit)[1]
    assert flow_pointing._read_by(view, shorter, places, unit)[1] == []
