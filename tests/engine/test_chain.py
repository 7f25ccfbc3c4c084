"""Chains compute what their layers compute one by one, bit for bit, and stay as incremental as single nodes."""

import numpy as np
import pytest

from explorer.engine.evaluate import evaluate
from explorer.engine.layers.activation import Activation, ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import AveragePool, MaxPool
from explorer.engine.network import Network, Node
from explorer.engine.pool import pool
from explorer.engine.tape import Tape

ACTIVATIONS = [kind for kind in Activation.kinds.values() if issubclass(kind, Activation)]
BEHIND = {
    "relu, pool": (ReLU(), MaxPool()),
    "pool with a gap": (ReLU(), MaxPool(window=(2, 3), stride=(5, 4))),
    "pool with padding": (MaxPool(window=(3, 3), stride=(3, 3), padding="explicit", sides=(1, 1, 1, 1)),),
    "pool in ceil mode": (ReLU(), AveragePool(window=(4, 4), stride=(4, 4), ceil=True)),
    "windows that overlap": (ReLU(), MaxPool(window=(3, 3), stride=(2, 2)), ReLU()),
    "three poolings": (MaxPool(), ReLU(), MaxPool(), AveragePool()),
    "batch norm": (BatchNormalization(), ReLU()),
}


def network_of(layers, height=61, width=83, channels=3):
    nodes = [Node("input", Input(channels=channels, height=height, width=width))]
    for number, layer in enumerate(layers):
        nodes.append(Node(f"n{number}", layer, (nodes[-1].name,)))
    return Network(tuple(nodes)).fitted(1)


def image_of(network, batch=1):
    image = np.random.default_rng(0).standard_normal((batch, *network.input_shape)).astype(np.float32)
    image[0, 0, 20, 30:33] = np.nan, np.inf, -0.0
    return image


def one_by_one(network, image):
    """The activations by every layer's own forward pass: the oracle."""
    found = {}
    with np.errstate(all="ignore"):
        for node in network.nodes:
            inputs = tuple(found[name] for name in node.inputs) or (image,)
            found[node.name] = (
                node.layer.forward(inputs, node.parameters, Tape()) if node.inputs else inputs[0]
            )
    return found


def assert_same_bits(left, right):
    assert left.keys() == right.keys()
    for name in left:
        assert left[name].shape == right[name].shape
        np.testing.assert_array_equal(
            np.ascontiguousarray(left[name]).view(np.int32), np.ascontiguousarray(right[name]).view(np.int32)
        )


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("behind", BEHIND.values(), ids=BEHIND.keys())
def test_a_chain_gives_what_its_layers_give_one_by_one(behind, batch):
    network = network_of((Conv2d(filters=16), *behind))
    image = image_of(network, batch)
    assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


@pytest.mark.parametrize("kind", ACTIVATIONS, ids=lambda kind: kind.kind)
def test_every_activation_is_the_same_in_tiles_of_any_height(kind):
    network = network_of((Conv2d(filters=16, stride=(2, 1)), kind()))
    image = image_of(network)
    assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_chain_gives_the_same_for_any_number_of_threads(threads, monkeypatch):
    network = network_of((Conv2d(filters=16), ReLU(), MaxPool(), Conv2d(filters=8), ReLU()))
    image = image_of(network)
    expected = evaluate(network, image).activations
    monkeypatch.setattr(pool, "threads", threads)
    assert_same_bits(evaluate(network, image).activations, expected)


def test_a_sum_joins_the_chain_of_the_branch_that_comes_last():
    nodes = network_of((Conv2d(filters=3), ReLU(), Conv2d(filters=3))).nodes
    nodes = (*nodes, Node("sum", Add(), ("n2", "input")), Node("end", ReLU(), ("sum",)))
    network = Network(nodes).fitted(1)
    image = image_of(network)
    assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


def test_steps_stay_in_the_order_of_the_nodes():
    conv, other, relu = (
        Node("a", Conv2d(filters=3), ("input",)),
        Node("b", Conv2d(filters=3), ("input",)),
        Node("c", ReLU(), ("a",)),
    )
    network = Network((network_of(()).input, conv, other, relu)).fitted(1)
    assert list(evaluate(network, image_of(network)).steps) == ["input", "a", "b", "c"]


def test_an_edit_behind_the_convolution_leaves_the_convolution_alone():
    network = network_of((Conv2d(filters=4), ReLU(), MaxPool()))
    image = image_of(network)
    before = evaluate(network, image)
    edited = network.replacing(network["n2"].changed(layer=AveragePool()))
    after = evaluate(edited, image, before)
    assert after.steps["n1"] is before.steps["n1"]
    assert_same_bits(after.activations, evaluate(edited, image).activations)


def test_a_layer_that_replaces_only_its_forward_pass_is_not_passed_over():
    class Doubled(ReLU):
        def forward(self, inputs, parameters, tape):
            return super().forward(inputs, parameters, tape) * 2

    network = network_of((Conv2d(filters=4), Doubled(), MaxPool()))
    image = image_of(network)
    assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


def test_the_times_of_a_chain_add_up_to_what_it_took():
    network = network_of((Conv2d(filters=16), ReLU(), MaxPool()), 240, 320)
    trace = evaluate(network, image_of(network))
    assert all(trace.steps[name].seconds > 0 for name in ("n0", "n1", "n2"))
    assert sum(step.seconds for step in trace.steps.values()) <= trace.seconds
