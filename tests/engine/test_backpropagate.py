"""Gradients through graphs: from any node, to any node, summed where ways join."""

import numpy as np
import pytest

from explorer.engine.backpropagate import backpropagate, learned_parameters
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import ShapeError
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add, Multiply
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.rectifiers import LeakyReLU
from explorer.engine.network import Network, Node
from tests.engine.build import chain

IMAGE = np.array([[[[1.0, 2.0], [3.0, -4.0]]]], np.float32)
ONES = np.ones_like(IMAGE)


def network(*nodes: Node) -> Network:
    return Network((Node("image", Input(channels=1, height=2, width=2)), *nodes)).fitted()


def gradients(net: Network, seeds, image=IMAGE, **options):
    return backpropagate(evaluate(net, image, record=True), seeds, **options)


def test_the_gradient_of_a_square_is_twice_the_value():
    squared = network(Node("square", Multiply(), ("image", "image")))  # two inputs from one node

    found = gradients(squared, {"square": ONES})

    np.testing.assert_array_equal(found.outputs["image"], 2 * IMAGE)


def test_several_readers_of_a_node_add_up():
    net = network(
        Node("positive", ReLU(), ("image",)),
        Node("leaking", LeakyReLU(leak=0.5), ("image",)),
        Node("sum", Add(), ("positive", "leaking")),
    )

    found = gradients(net, {"sum": ONES})

    np.testing.assert_array_equal(found.outputs["image"], [[[[2, 2], [2, 0.5]]]])


def test_seeds_at_several_nodes_add_up():
    net = network(Node("positive", ReLU(), ("image",)), Node("leaking", LeakyReLU(leak=0.5), ("image",)))

    found = gradients(net, {"positive": ONES, "leaking": 2 * ONES, "image": 10 * ONES})

    np.testing.assert_array_equal(found.outputs["image"], [[[[13, 13], [13, 11]]]])


def test_a_seed_in_the_middle_reaches_nothing_below_it():
    net = network(Node("first", ReLU(), ("image",)), Node("second", Multiply(), ("first", "first")))

    found = gradients(net, {"first": ONES})

    np.testing.assert_array_equal(found.outputs["second"], np.zeros_like(IMAGE))
    np.testing.assert_array_equal(found.outputs["image"], [[[[1, 1], [1, 0]]]])


def test_a_bypassed_node_passes_the_gradient_on():
    net = network(Node("square", Multiply(), ("image", "image")), Node("relu", ReLU(), ("square",)))
    bypassed = net.replacing(net["square"].changed(bypassed=True))

    found = gradients(bypassed, {"relu": ONES})

    np.testing.assert_array_equal(found.outputs["image"], [[[[1, 1], [1, 0]]]])


def test_the_parameters_of_a_bypassed_node_have_a_gradient_of_zeros():
    net = network(Node("conv", Conv2d(filters=1), ("image",)))
    bypassed = net.replacing(net["conv"].changed(bypassed=True))

    found = gradients(bypassed, {"conv": ONES}, wrt=[("conv", "kernel")])

    assert not found.parameters["conv", "kernel"].any()


def test_only_what_was_asked_for_comes_back():
    net = chain(1, 2, 2, Conv2d(filters=2), Flatten(), Dense(units=3))

    found = gradients(net, {"dense3": np.ones((1, 3), np.float32)}, wrt=["conv2d1", ("dense3", "bias")])

    assert list(found.outputs) == ["conv2d1"]
    assert list(found.parameters) == [("dense3", "bias")]
    np.testing.assert_array_equal(found.parameters["dense3", "bias"], [1, 1, 1])


def test_a_layer_above_everything_asked_for_is_not_run_backward(monkeypatch):
    net = chain(1, 2, 2, ReLU(), Flatten(), Dense(units=3))

    ran = []
    for kind in (ReLU, Flatten, Dense):
        monkeypatch.setattr(kind, "backward", _noted(kind.backward, ran))

    gradients(net, {"dense3": np.ones((1, 3), np.float32)}, wrt=learned_parameters(net))

    assert ran == ["dense"]


def _noted(backward, ran):
    def noted(layer, *given):
        ran.append(layer.kind)
        return backward(layer, *given)

    return noted


def test_the_first_convolution_computes_no_gradient_of_the_image_unless_asked(monkeypatch):
    net = chain(1, 2, 2, Conv2d(filters=2))
    seen = []
    backward = Conv2d.backward
    monkeypatch.setattr(Conv2d, "backward", lambda *given: seen.append(given[3]) or backward(*given))
    seed = {"conv2d1": np.ones((1, 2, 2, 2), np.float32)}

    gradients(net, seed, wrt=learned_parameters(net))
    gradients(net, seed, wrt=["image"])

    assert [tuple(needed) for needed in seen] == [((False,), True), ((True,), False)]


def test_everything_means_every_node_and_every_learned_parameter():
    net = chain(1, 2, 2, Conv2d(filters=2), BatchNormalization(), ReLU())

    found = gradients(net, {"relu3": np.ones((1, 2, 2, 2), np.float32)})

    assert list(found.outputs) == ["image", "conv2d1", "batch_norm2", "relu3"]
    assert list(found.parameters) == learned_parameters(net)
    assert learned_parameters(net) == [
        ("conv2d1", "kernel"), ("conv2d1", "bias"), ("batch_norm2", "scale"), ("batch_norm2", "shift")
    ]  # fmt: skip


def test_a_gradient_cannot_be_written_into_and_the_seed_stays_the_callers():
    seed = ONES.copy()

    found = gradients(network(Node("relu", ReLU(), ("image",))), {"relu": seed})

    assert not found.outputs["relu"].flags.writeable
    assert seed.flags.writeable


def test_a_trace_can_be_gone_back_through_again_and_again():
    trace = evaluate(chain(1, 2, 2, Conv2d(filters=2), ReLU()), IMAGE, record=True)
    seed = {"relu2": np.ones((1, 2, 2, 2), np.float32)}

    first, second = backpropagate(trace, seed), backpropagate(trace, seed)

    np.testing.assert_array_equal(first.outputs["image"], second.outputs["image"])


def test_a_trace_without_tapes_is_refused():
    net = network(Node("relu", ReLU(), ("image",)))

    with pytest.raises(
        ValueError, match="relu was evaluated without a tape. Evaluate with record=True first"
    ):
        backpropagate(evaluate(net, IMAGE), {"relu": ONES})


def test_a_live_trace_serves_no_evaluation_that_records():
    net = network(Node("relu", ReLU(), ("image",)))
    live = evaluate(net, IMAGE)

    recorded = evaluate(net, IMAGE, live, record=True)

    assert recorded.reused == 0
    assert evaluate(net, IMAGE, recorded, record=True).reused == 2


def test_a_seed_of_another_shape_is_refused():
    net = network(Node("relu", ReLU(), ("image",)))

    with pytest.raises(
        ShapeError, match="seed at relu must have the shape of its output, 1 x 1 x 2 x 2, got 2 x 2"
    ):
        gradients(net, {"relu": np.ones((2, 2), np.float32)})


@pytest.mark.parametrize(
    ("wrt", "sentence"),
    [
        ("nowhere", "'nowhere' is not a node that was evaluated. Those are: image, conv, norm"),
        (("conv", "slope"), "conv has no parameter 'slope'; it has kernel, bias"),
        (("norm", "mean"), "The mean of norm is measured in training, not learned"),
    ],
)
def test_what_cannot_be_differentiated_by_is_refused(wrt, sentence):
    net = network(Node("conv", Conv2d(filters=1), ("image",)), Node("norm", BatchNormalization(), ("conv",)))

    with pytest.raises(ValueError, match=sentence):
        gradients(net, {"norm": ONES}, wrt=[wrt])


class TestTraining:
    def test_dropout_draws_from_the_generator_and_keeps_the_mean(self):
        net = chain(1, 100, 100, Dropout(rate=0.25))
        image = np.ones((1, 1, 100, 100), np.float32)

        trace = evaluate(net, image, training=np.random.default_rng(0))

        values, counts = np.unique(trace.activations["dropout1"], return_counts=True)
        np.testing.assert_allclose(values, [0, 4 / 3], rtol=1e-6)
        assert counts[0] == pytest.approx(2500, abs=150)

    def test_the_same_generator_drops_the_same(self):
        net = chain(1, 10, 10, Dropout(rate=0.5))
        image = np.ones((1, 1, 10, 10), np.float32)

        first, second, other = (
            evaluate(net, image, training=np.random.default_rng(seed)).activations["dropout1"]
            for seed in (1, 1, 2)
        )

        np.testing.assert_array_equal(first, second)
        assert (first != other).any()

    def test_what_was_dropped_gets_no_gradient(self):
        net = chain(1, 10, 10, Dropout(rate=0.5))
        image = np.ones((1, 1, 10, 10), np.float32)
        trace = evaluate(net, image, training=np.random.default_rng(1))

        found = backpropagate(trace, {"dropout1": np.ones_like(image)})

        np.testing.assert_array_equal(found.outputs["image"], trace.activations["dropout1"])

    def test_batch_normalisation_measures_the_batch_and_returns_what_becomes_of_the_running_values(self):
        net = chain(1, 2, 2, BatchNormalization(momentum=0.5))
        image = np.array([1, 3, 5, 7], np.float32).reshape(1, 1, 2, 2)

        trace = evaluate(net, image, training=np.random.default_rng(0))

        assert trace.activations["batch_norm1"].mean() == pytest.approx(0, abs=1e-6)
        assert trace.statistics["batch_norm1"]["mean"] == pytest.approx(0.5 * 0 + 0.5 * 4)
        assert trace.statistics["batch_norm1"]["variance"] == pytest.approx(0.5 * 1 + 0.5 * 20 / 3)
        np.testing.assert_array_equal(net["batch_norm1"].parameters["mean"], [0])  # nothing was written

    def test_nothing_made_in_training_is_reused_out_of_it_or_in_it(self):
        net = chain(1, 2, 2, Dropout(rate=0.5))
        trained = evaluate(net, IMAGE, training=np.random.default_rng(0))

        assert evaluate(net, IMAGE, trained).reused == 0
        assert evaluate(net, IMAGE, trained, training=np.random.default_rng(0)).reused == 0

    def test_one_value_per_channel_cannot_be_normalised(self):
        net = chain(1, 1, 1, BatchNormalization())

        with pytest.raises(ShapeError, match="Use batches of more than one image"):
            evaluate(net, np.ones((1, 1, 1, 1), np.float32), training=np.random.default_rng(0))
