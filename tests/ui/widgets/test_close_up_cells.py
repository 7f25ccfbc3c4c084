"""The cells of a close-up are the explanation's own numbers, for every layer that reads maps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.engine.arithmetic import explain
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering.flat_maps import unit_at
from explorer.ui.widgets.close_up_cells import Span, input_cells, output_cells, readings_of
from explorer.ui.widgets.close_up_links import readers_of, value_unit
from explorer.ui.widgets.close_up_places import arrange
from explorer.ui.widgets.pixel_numbers import NARROWEST

Settings = dict[str, Any]
PLANE, SIGNAL, VOLUME = "input", "signal_input", "volume_input"
INPUTS: dict[str, Settings] = {
    PLANE: {"channels": 2, "height": 9, "width": 11},
    SIGNAL: {"channels": 2, "length": 15},
    VOLUME: {"channels": 2, "depth": 4, "height": 6, "width": 7},
}
CASES = [
    (PLANE, "conv2d", {"filters": 4, "stride": (2, 1)}, (1, 0, 3)),
    (PLANE, "conv2d", {"filters": 4, "border": "wrap", "dilation": (2, 2)}, (3, 8, 10)),
    (PLANE, "conv2d", {"filters": 4, "groups": 2, "flip": True, "border": "constant", "padding_value": 0.5}, (2, 0, 0)),
    (PLANE, "conv2d", {"filters": 2, "kernel": (1, 1)}, (1, 4, 4)),
    (PLANE, "conv_transpose2d", {"filters": 2, "kernel": (3, 3), "stride": (2, 2)}, (1, 6, 7)),
    (PLANE, "max_pool", {"ceil": True}, (1, 4, 5)),
    (PLANE, "average_pool", {"window": (3, 3), "padding": "same", "count_include_pad": True}, (0, 0, 0)),
    (PLANE, "weighted_pool", {"window": (3, 3)}, (0, 1, 1)),
    (PLANE, "global_average_pool", {}, (1, 0, 0)),
    (PLANE, "relu", {}, (1, 3, 4)),
    (PLANE, "batch_norm", {}, (1, 3, 4)),
    (PLANE, "upsample", {"mode": "bilinear"}, (1, 5, 4)),
    (PLANE, "pad", {"value": 0.25}, (1, 0, 3)),
    (SIGNAL, "conv1d", {"filters": 2, "kernel": 5}, (1, 0)),
    (SIGNAL, "max_pool1d", {}, (1, 3)),
    (VOLUME, "conv3d", {"filters": 2}, (1, 0, 2, 3)),
    (VOLUME, "max_pool3d", {}, (1, 1, 2, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "settings", "unit"), CASES)
def test_the_window_holds_the_patch_and_its_weights(
    source: str, kind: str, settings: Settings, unit: tuple[int, ...]
) -> None:
    nodes = (
        Node("input", layer_of(source, INPUTS[source])),
        Node("layer", layer_of(kind, settings), ("input",)),
    )
    network = Network(nodes).fitted()
    image = np.random.default_rng(0).standard_normal((1, *network.input_shape)).astype(np.float32)
    trace = evaluate(network, image)
    explanation = explain(trace, "layer", unit)
    for reading in readings_of(explanation):
        places = arrange(600, 300, trace, explanation, reading, None)
        cells = input_cells(trace, explanation, reading, places.spans)
        part = explanation[reading.part]
        patch = part.numbers if reading.place is None else part.numbers[reading.place]
        absent = part.absent if part.absent is not None else np.zeros(patch.shape, bool)
        shown = cells.values[cells.in_window]
        assert shown.size == patch.size
        counted = ~absent.ravel()
        assert np.allclose(shown[counted], patch.ravel()[counted])
        if "kernel" in explanation and reading.place is not None:
            assert cells.weights is not None
            kernel = explanation["kernel"].numbers[reading.place]
            assert np.allclose(cells.weights[cells.in_window], kernel.ravel())


def test_the_channel_that_counts_most_comes_first() -> None:
    network = Network(
        (
            Node("input", layer_of("input", {"channels": 3, "height": 4, "width": 4})),
            Node("conv", layer_of("conv2d", {"filters": 1}), ("input",)),
        )
    ).fitted()
    image = np.zeros((1, 3, 4, 4), np.float32)
    image[0, 2] = 1
    explanation = explain(evaluate(network, image), "conv", (0, 1, 1))
    assert readings_of(explanation)[0].channel == 2


@pytest.mark.parametrize(("border", "ties"), [("constant", 0), ("replicate", 16), ("wrap", 0)])
def test_only_a_border_that_repeats_a_pixel_in_sight_is_tied_to_it(border: str, ties: int) -> None:
    settings = {"filters": 1, "kernel": (5, 5), "padding": "same", "border": border}
    nodes = (
        Node("input", layer_of(PLANE, INPUTS[PLANE])),
        Node("conv", layer_of("conv2d", settings), ("input",)),
    )
    network = Network(nodes).fitted()
    trace = evaluate(network, np.ones((1, *network.input_shape), np.float32))
    explanation = explain(trace, "conv", (0, 0, 0))  # 2 rows and 2 columns of its 5 x 5 lie in the padding
    cells = input_cells(trace, explanation, readings_of(explanation)[0], (Span(-2, 4), Span(-2, 4)))
    assert len(cells.repeated) == ties
    assert all(min(row, column) >= 2 for _, (row, column) in cells.repeated)


def test_the_slices_of_a_volume_have_room_for_their_numbers() -> None:
    nodes = (
        Node("input", layer_of(VOLUME, {"channels": 1, "depth": 5, "height": 24, "width": 24})),
        Node("conv", layer_of("conv3d", {"filters": 2}), ("input",)),
    )
    network = Network(nodes).fitted()
    trace = evaluate(network, np.ones((1, *network.input_shape), np.float32))
    explanation = explain(trace, "conv", (0, 2, 10, 10))
    (reading,) = readings_of(explanation)
    places = arrange(490, 280, trace, explanation, reading, None)  # of a window of 1366 x 768
    assert places.read.side >= NARROWEST
    assert input_cells(trace, explanation, reading, places.spans).slices == 3


def test_pixels_that_no_window_reaches_are_marked() -> None:
    nodes = (
        Node("input", layer_of("input", {"channels": 1, "height": 7, "width": 7})),
        Node("pool", layer_of("max_pool", {"window": (2, 2), "stride": (3, 3)}), ("input",)),
    )
    network = Network(nodes).fitted()
    trace = evaluate(network, np.ones((1, 1, 7, 7), np.float32))
    explanation = explain(trace, "pool", (0, 0, 0))
    (reading,) = readings_of(explanation)
    cells = input_cells(trace, explanation, reading, (Span(0, 7), Span(0, 7)))
    assert np.flatnonzero(cells.is_unread[0]).tolist() == [2, 5, 6]
    assert np.flatnonzero(cells.is_unread[:, 0]).tolist() == [2, 5, 6]


def test_a_span_stays_while_it_holds_the_window_and_else_moves_to_it() -> None:
    span = Span(0, 0).holding(4, 7, 9, -1, 30)
    assert span == Span(1, 10)
    assert span.holding(7, 10, 9, -1, 30) is span
    assert span.holding(8, 11, 9, -1, 30) == Span(5, 14)
    assert span.holding(28, 31, 9, -1, 31) == Span(22, 31)


READERS = [  # how many of the outputs on screen
    (PLANE, "conv2d", {"filters": 1}, (0, 4, 4), 9),
    (PLANE, "relu", {}, (0, 4, 4), 1),
    (PLANE, "upsample", {}, (0, 8, 8), 4),
    (SIGNAL, "conv1d", {"filters": 1, "kernel": 3}, (0, 7), 3),
    (SIGNAL, "max_pool1d", {}, (0, 3), 1),
    (PLANE, "conv_transpose2d", {"filters": 1, "kernel": (3, 3), "stride": (2, 2)}, (0, 8, 8), 9),
    (PLANE, "conv_transpose2d", {"filters": 2, "kernel": (2, 3), "dilation": (2, 1), "groups": 2}, (1, 4, 4), 6),
    (PLANE, "upsample", {"mode": "bilinear"}, (0, 8, 8), 12),
    (PLANE, "pad", {"border": "reflect", "sides": (2, 2, 2, 2)}, (0, 1, 4), 2),
    (VOLUME, "conv3d", {"filters": 1}, (0, 1, 2, 3), 27),
    (VOLUME, "max_pool3d", {}, (1, 0, 1, 1), 1),
    (PLANE, "local_response_norm", {}, (1, 3, 4), 1),
]  # fmt: skip


@pytest.mark.parametrize(("source", "kind", "settings", "unit", "count"), READERS)
def test_a_value_knows_the_outputs_that_read_it(
    source: str, kind: str, settings: Settings, unit: tuple[int, ...], count: int
) -> None:
    nodes = (
        Node("input", layer_of(source, INPUTS[source])),
        Node("layer", layer_of(kind, settings), ("input",)),
    )
    network = Network(nodes).fitted()
    trace = evaluate(network, np.zeros((1, *network.input_shape), np.float32))
    explanation = explain(trace, "layer", unit)
    (reading, *_) = readings_of(explanation)
    places = arrange(600, 900, trace, explanation, reading, None)
    read = input_cells(trace, explanation, reading, places.spans)
    own = output_cells(trace.activations["layer"][0, unit[0]], *places.own_spans)
    cells = np.argwhere(read.in_window & ~read.is_padding)
    cell = int(cells[len(cells) // 2][0]), int(cells[len(cells) // 2][1])
    value = value_unit(trace.steps["layer"], reading, read, cell)
    readers = readers_of(trace.steps["layer"], unit, reading, read, own, cell)
    assert len(readers) == count
    shape = trace.activations["layer"].shape[1:]
    for row, column in np.ndindex(len(own.rows), len(own.columns)):
        other = explain(trace, "layer", unit_at(shape, unit[0], int(own.rows[row]), int(own.columns[column])))
        reads = [part for part in other.readings if list(part.places.cells_of(value))]
        assert ((row, column) in readers) == bool(reads)


@pytest.mark.parametrize("kind", ["local_response_norm", "softmax"])
def test_what_reads_all_channels_of_a_pixel_begins_with_its_own(kind: str) -> None:
    nodes = (
        Node("input", layer_of("input", {"channels": 4, "height": 5, "width": 5})),
        Node("layer", layer_of(kind, {}), ("input",)),
    )
    trace = evaluate(Network(nodes).fitted(), np.ones((1, 4, 5, 5), np.float32))
    readings = readings_of(explain(trace, "layer", (2, 1, 1)))
    assert readings[0].channel == 2
    assert len(readings) > 1
