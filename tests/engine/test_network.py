"""Networks as values: what is known before anything runs, and what survives an edit."""

import numpy as np
import pytest

from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add, Concatenate
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Network, NetworkError, Node
from tests.engine.build import chain


def with_layer(network: Network, name: str, **settings: object) -> Network:
    node = network[name]
    return network.replacing(node.changed(layer=node.layer.with_settings(**settings)))


def branching() -> Network:
    """image -> left and right -> sum."""
    return Network(
        (
            Node("image", Input(channels=2, height=8, width=10)),
            Node("left", Conv2d(filters=4), ("image",)),
            Node("right", Conv2d(filters=4, kernel=(1, 1)), ("image",)),
            Node("sum", Add(), ("left", "right")),
        )
    ).fitted()


# ---- what is known before ----


def test_a_node_that_cannot_run_says_so_and_those_behind_it_wait_for_it():
    network = chain(1, 8, 8, Conv2d(), MaxPool(window=(9, 9)), ReLU(), Flatten())

    assert "max_pool2" in network.problems["max_pool2"]
    assert "9 pixels high, but its input is only 8 pixels high" in network.problems["max_pool2"]
    assert network.reports["relu3"].waits_for == network.reports["flatten4"].waits_for == "max_pool2"
    assert network.reports["relu3"].problem == "relu3 waits for max_pool2, which cannot run."
    assert network.reports["conv2d1"].shape == (8, 8, 8)


def test_a_dense_layer_on_maps_asks_for_a_flatten():
    network = chain(1, 8, 8, Dense())

    assert network.problems["dense1"] == (
        "dense1: Dense works on a list of features, got maps of 1 x 8 x 8. Put a Flatten before it."
    )


def test_a_convolution_on_a_list_says_where_it_belongs():
    network = chain(1, 8, 8, Flatten(), Conv2d())

    assert "got 64" in network.problems["conv2d2"]
    assert "before the layer that flattens" in network.problems["conv2d2"]


def test_unequal_branches_are_named_with_their_shapes():
    network = with_layer(branching(), "right", filters=3)

    assert "got 4 x 8 x 10 and 3 x 8 x 10" in network.problems["sum"]
    assert "1x1 convolution" in network.problems["sum"]


def test_maps_of_different_sizes_are_told_apart_from_different_channels():
    network = with_layer(branching(), "right", stride=(2, 2))

    assert "pooling or an upsampling" in network.problems["sum"]


def test_an_output_that_no_laptop_holds_is_refused_before_it_is_computed():
    network = chain(3, 4096, 4096, Conv2d(filters=4096))

    assert "256.0 GiB" in network.problems["conv2d1"]


def test_the_report_of_a_convolution_has_its_sums():
    report = chain(1, 28, 28, Conv2d(filters=8, kernel=(5, 5), padding="valid")).reports["conv2d1"]

    assert report.shape == (8, 24, 24)
    assert report.parameters == 208
    assert report.parameter_formula == "8x5x5x1 + 8 = 208"
    assert report.multiply_adds == 8 * 24 * 24 * 25
    assert report.memory == 8 * 24 * 24 * 4
    assert report.dense_parameters == (28 * 28) * (8 * 24 * 24) + 8 * 24 * 24


def test_a_depthwise_convolution_counts_one_channel_per_filter():
    report = chain(6, 9, 9, Conv2d(filters=6, groups=6, bias=False)).reports["conv2d1"]

    assert report.parameters == 6 * 3 * 3
    assert report.multiply_adds == 6 * 9 * 9 * 9


def test_the_formula_of_a_dense_layer():
    assert chain(1, 40, 40, Flatten(), Dense()).reports["dense2"].parameter_formula == "10x1600 + 10 = 16,010"


# ---- what is no network ----


@pytest.mark.parametrize(
    ("nodes", "sentence"),
    [
        ([Node("image", Input()), Node("image", ReLU(), ("image",))], "Two layers are called 'image'"),
        (
            [Node("image", Input()), Node("relu", ReLU(), ("conv",))],
            "reads 'conv', which is not a layer before it",
        ),
        ([Node("image", Input()), Node("add", Add(), ("image",))], "has 1 inputs, expected 2 or more"),
        ([Node("image", Input()), Node("relu", ReLU(), ("image", "image"))], "has 2 inputs, expected 1"),
        ([Node("7", Input())], "cannot be the name of a layer"),
    ],
)
def test_nodes_that_are_no_network_are_refused(nodes, sentence):
    with pytest.raises(NetworkError, match=sentence):
        Network(tuple(nodes))


# ---- what survives an edit ----


def test_more_filters_keep_the_weights_of_those_there_were():
    network = chain(3, 8, 8, Conv2d(filters=4))

    grown = with_layer(network, "conv2d1", filters=6).fitted()

    assert grown["conv2d1"].parameters["kernel"].shape == (6, 3, 3, 3)
    np.testing.assert_array_equal(
        grown["conv2d1"].parameters["kernel"][:4], network["conv2d1"].parameters["kernel"]
    )


def test_a_kernel_that_grows_gets_a_margin_of_zeros_and_one_that_shrinks_keeps_its_middle():
    network = chain(1, 8, 8, Conv2d(filters=1))
    kernel = network["conv2d1"].parameters["kernel"]

    grown = with_layer(network, "conv2d1", kernel=(5, 7)).fitted()
    shrunk = with_layer(grown, "conv2d1", kernel=(3, 3)).fitted()

    assert np.count_nonzero(grown["conv2d1"].parameters["kernel"]) == 9
    np.testing.assert_array_equal(shrunk["conv2d1"].parameters["kernel"], kernel)


def test_weights_wait_while_a_node_cannot_run():
    network = chain(1, 8, 8, Conv2d(filters=2, padding="valid"), Flatten(), Dense(units=3))
    kernel = network["dense3"].parameters["kernel"]

    broken = with_layer(network, "conv2d1", kernel=(9, 9)).fitted()
    mended = with_layer(broken, "conv2d1", kernel=(3, 3)).fitted()

    assert broken.problems
    assert mended["dense3"].parameters["kernel"] is kernel


def test_a_node_whose_parameters_fit_stays_the_same_object():
    network = chain(1, 8, 8, Conv2d(filters=2), Conv2d(filters=2), Conv2d(filters=2))

    edited = with_layer(network, "conv2d2", filters=3).fitted()

    assert edited["conv2d1"] is network["conv2d1"]
    assert edited["conv2d3"] is not network["conv2d3"]
    assert edited["conv2d3"].parameters["kernel"].shape == (2, 3, 3, 3)


def test_fresh_weights_are_the_same_on_every_machine():
    layers = (Conv2d(filters=2), Conv2d(filters=2))
    one, other = chain(1, 8, 8, *layers), chain(1, 8, 8, *layers)

    np.testing.assert_array_equal(one["conv2d1"].parameters["kernel"], other["conv2d1"].parameters["kernel"])
    assert not np.array_equal(one["conv2d2"].parameters["kernel"][:, :1], one["conv2d1"].parameters["kernel"])


def test_parameters_cannot_be_written_and_are_copied_from_those_who_can():
    mine = np.zeros((1, 1, 3, 3), np.float32)
    node = Node("conv", Conv2d(filters=1, bias=False), ("image",), {"kernel": mine})
    mine[:] = 7

    assert (node.parameters["kernel"] == 0).all()
    with pytest.raises(ValueError, match="read-only"):
        node.parameters["kernel"][:] = 1


def test_a_bypassed_node_has_the_shape_of_its_input_and_keeps_its_weights():
    network = chain(1, 8, 8, Conv2d(filters=4), Conv2d(filters=1))
    node = network["conv2d1"]

    bypassed = network.replacing(node.changed(bypassed=True)).fitted()

    assert bypassed.reports["conv2d1"].shape == (1, 8, 8)
    assert bypassed["conv2d1"].parameters["kernel"] is node.parameters["kernel"]
    assert bypassed["conv2d2"].parameters["kernel"].shape == (1, 1, 3, 3)


# ---- the graph ----


def test_branches_know_who_reads_them():
    network = branching()

    assert network.readers["image"] == ("left", "right")
    assert network.ancestors("sum") == {"image", "left", "right"}
    assert network.descendants("left") == {"sum"}
    assert [node.name for node in network.outputs] == ["sum"]
    assert network.free_name("left") == "left1"


def test_concatenated_channels_add_up():
    network = branching()
    joined = network.with_nodes([*network.nodes[:3], Node("all", Concatenate(), ("left", "image", "right"))])

    assert joined.reports["all"].shape == (10, 8, 10)
