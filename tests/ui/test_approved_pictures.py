"""What the eye must judge of the arithmetic: convolution, pooling and receptive field, in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.document.view import Pointed, Unit
from explorer.engine.arithmetic import explain
from explorer.engine.arithmetic.effective_field import effective_fields
from explorer.engine.arithmetic.receptive_field import receptive_field
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering.flat_maps import pixel_of
from explorer.rendering.pictures import Painter, Wanted
from explorer.ui import theme
from explorer.ui.pixel_arithmetic import Explained
from explorer.ui.theme import Scheme
from explorer.ui.widgets.close_up_view import CloseUpView
from explorer.ui.widgets.flow_view import FlowView
from tests.approved.box_font import box_font
from tests.approved.pictures import difference, problem_with

SCHEMES: tuple[Scheme, ...] = ("dark", "light")
Settings = dict[str, Any]


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Scheme]:
    palette, font = qapp.palette(), qapp.font()
    theme.apply(qapp, cast(Scheme, request.param))
    qapp.setFont(box_font())
    yield cast(Scheme, request.param)
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)


def network() -> Network:
    chain: list[tuple[str, str, Settings]] = [
        ("conv1", "conv2d", {"filters": 4, "border": "reflect"}),
        ("relu1", "relu", {}),
        ("pool1", "max_pool", {"ceil": True}),
        ("conv2", "conv2d", {"filters": 4, "padding": "valid"}),
    ]
    nodes = [Node("image", layer_of("input", {"channels": 1, "height": 13, "width": 13}))]
    for name, kind, settings in chain:
        nodes.append(Node(name, layer_of(kind, settings), (nodes[-1].name,)))
    return Network(tuple(nodes)).fitted()


def waves(network: Network) -> Trace:
    rows, columns = np.mgrid[0:13, 0:13]
    image = (0.5 + 0.5 * np.sin(rows / 2 + columns)).astype(np.float32)
    return evaluate(network, image[None, None])


def explained(trace: Trace, node: str, *unit: int) -> Explained:
    pointed = Pointed(Unit(node, unit[0]), pixel_of(trace.activations[node].shape[1:], unit), True)
    field = receptive_field(trace.network, node, unit)
    return Explained(explain(trace, node, unit), trace, pointed, field)


def close_up(qtbot: QtBot, *unit: int, node: str) -> QImage:
    view = CloseUpView()
    qtbot.addWidget(view)
    view.resize(520, 250)
    view.show_explained(explained(waves(network()), node, *unit))
    return _drawn(view)


def _drawn(widget: QWidget) -> QImage:
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(theme.color("panel"))
    widget.render(image)
    return image


def test_a_convolution_in_the_corner_with_its_reflected_padding(qtbot: QtBot, scheme: Scheme) -> None:
    assert problem_with(f"convolution_{scheme}", close_up(qtbot, 1, 0, 0, node="conv1")) == ""


def test_a_pooling_whose_last_window_lies_partly_outside(qtbot: QtBot, scheme: Scheme) -> None:
    assert problem_with(f"pooling_{scheme}", close_up(qtbot, 2, 6, 6, node="pool1")) == ""


def test_the_field_of_a_unit_theoretical_and_effective(qtbot: QtBot, scheme: Scheme) -> None:
    net = network()
    trace = waves(net)
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(560, 260)
    view.set_network(net)
    view.show()
    qtbot.waitExposed(view)
    view.finish_motion()
    tiles = tuple(view.scene.wanted(view.places(), view.width(), view.height(), view.devicePixelRatioF()))
    view.show_answer(trace, Painter().paint(trace, Wanted(tiles, dark=scheme == "dark")))
    view.show_field(receptive_field(net, "conv2", (1, 2, 3)))
    view.show_effective(effective_fields(trace, "conv2", (1, 2, 3)))
    assert problem_with(f"field_{scheme}", _drawn(view)) == ""


def test_texts_are_as_wide_on_every_machine(qtbot: QtBot, scheme: Scheme) -> None:
    metrics = QFontMetricsF(QWidget().font())
    assert metrics.horizontalAdvance("Σ−1.5") == pytest.approx(5 * metrics.horizontalAdvance("i"), abs=0.1)


def test_another_window_is_seen_to_be_another_picture(qtbot: QtBot, scheme: Scheme) -> None:
    one, other = close_up(qtbot, 1, 5, 5, node="conv1"), close_up(qtbot, 1, 5, 6, node="conv1")
    assert difference(one, other)
    assert not difference(one, close_up(qtbot, 1, 5, 5, node="conv1"))
