"""The effective fields of all earlier maps in one way back are those of each of them alone."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.effective_field import EffectiveField, effective_field, effective_fields
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node


def branches() -> Network:
    nodes = (
        Node("input", layer_of("input", {"channels": 2, "height": 12, "width": 11})),
        Node("left", layer_of("conv2d", {"filters": 3}), ("input",)),
        Node("right", layer_of("conv2d", {"filters": 3, "kernel": (5, 5)}), ("input",)),
        Node("sum", layer_of("add", {}), ("left", "right")),
        Node("relu", layer_of("relu", {}), ("sum",)),
        Node("pool", layer_of("max_pool", {}), ("relu",)),
        Node("aside", layer_of("relu", {}), ("left",)),
    )
    return Network(nodes).fitted()


def test_one_way_back_gives_the_field_of_every_earlier_map() -> None:
    network = branches()
    image = np.random.default_rng(0).standard_normal((1, *network.input_shape)).astype(np.float32)
    trace = evaluate(network, image)
    fields = effective_fields(trace, "pool", (1, 2, 3))
    assert set(fields) == {"input", "left", "right", "sum", "relu", "pool"}
    for name, field in fields.items():
        alone = effective_field(trace, "pool", (1, 2, 3), of=name)
        assert field.places == alone.places
        assert np.array_equal(field.gradient, alone.gradient)


def test_the_size_holds_so_much_of_the_strength() -> None:
    gradient = np.zeros((1, 5, 5), np.float32)
    gradient[0, 2, 2], gradient[0, 1:4, 1:4], gradient[0, 0, 0] = 0, 1, 1
    field = EffectiveField(gradient, ((0, 5), (0, 5)), (1, 5, 5))
    assert [field.size_of(share) for share in (0.1, 0.11, 0.9, 0.91)] == [1, 3, 3, 5]


def test_where_nothing_moves_it_there_is_no_size() -> None:
    assert EffectiveField(np.zeros((2, 3, 3), np.float32), ((0, 3), (0, 3)), (2, 3, 3)).size_of(0.9) == 0
