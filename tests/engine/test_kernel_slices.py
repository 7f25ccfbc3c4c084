"""Weights seen as kernels: of convolutions, of groups, of dense layers."""

import numpy as np
import pytest

from explorer.engine.kernel_slices import kernel_slices, kernels_behind, nodes_with_kernels
from explorer.engine.layer import Layer
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.signals import Conv1d
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.layers.volumes import Conv3d
from explorer.engine.network import Network, Node
from tests.engine.build import input_of


@pytest.fixture
def network() -> Network:
    return Network(
        (
            Node("image", Input(channels=3, height=8, width=8)),
            Node("conv1", Conv2d(filters=4, kernel=(3, 5)), ("image",)),
            Node("relu1", ReLU(), ("conv1",)),
            Node("conv2", Conv2d(filters=6, kernel=(1, 2), groups=2), ("relu1",)),
            Node("pool1", MaxPool(), ("conv2",)),
            Node("flatten", Flatten(), ("pool1",)),
            Node("dense1", Dense(units=5), ("flatten",)),
            Node("dense2", Dense(units=2), ("dense1",)),
        )
    ).fitted()


def test_convolutions_and_dense_layers_have_kernels(network):
    assert nodes_with_kernels(network) == ["conv1", "conv2", "dense1", "dense2"]


def test_a_convolution_has_a_kernel_for_every_output_and_input(network):
    slices = kernel_slices(network, "conv1")
    assert (slices.outputs, slices.inputs, slices.size) == (4, 3, (3, 5))
    assert slices.resizable


def test_a_group_reads_its_own_channels_only(network):
    slices = kernel_slices(network, "conv2")
    assert slices.inputs == 2
    assert [slices.channel((output, 1)) for output in (0, 2, 3, 5)] == [1, 1, 3, 3]


def test_a_dense_layer_behind_maps_has_a_kernel_as_large_as_a_map(network):
    slices = kernel_slices(network, "dense1")
    assert slices.kernels.shape == (5, 6, 4, 4)
    assert not slices.resizable
    weights = network["dense1"].parameters["kernel"]
    assert slices.kernels[3, 2, 1, 0] == weights[3, 2 * 16 + 1 * 4 + 0]


def test_a_dense_layer_behind_a_list_has_kernels_of_one_number(network):
    assert kernel_slices(network, "dense2").kernels.shape == (2, 5, 1, 1)


def test_slices_are_a_view_of_the_weights(network):
    assert np.shares_memory(kernel_slices(network, "dense1").kernels, network["dense1"].parameters["kernel"])


def test_the_kernels_behind_a_map_are_those_of_the_layer_that_made_it(network):
    assert kernels_behind(network, "pool1") == "conv2"
    assert kernels_behind(network, "conv1") == "conv1"
    assert kernels_behind(network, "image") is None


def test_a_layer_without_weights_has_no_kernels(network):
    assert kernel_slices(network, "relu1") is None


def test_maps_too_large_for_a_table_are_told():
    network = Network(
        (
            Node("image", Input(channels=1, height=20, width=10)),
            Node("flatten", Flatten(), ("image",)),
            Node("dense1", Dense(units=2), ("flatten",)),
        )
    ).fitted()
    assert not kernel_slices(network, "dense1").fits_table


def with_input(shape: tuple[int, ...], layer: Layer) -> Network:
    return Network((Node("image", input_of(shape)), Node("conv", layer, ("image",)))).fitted()


def test_the_kernels_of_a_signal_are_one_row_high():
    slices = kernel_slices(with_input((2, 20), Conv1d(filters=3, kernel=5)), "conv")
    assert slices.kernels.shape == (3, 2, 1, 5)
    assert not slices.resizable


def test_the_kernels_of_a_volume_are_one_per_slice():
    network = with_input((4, 6, 7, 8), Conv3d(filters=6, kernel=(2, 3, 5), groups=2))
    slices = kernel_slices(network, "conv")
    assert slices.kernels.shape == (6, 2 * 2, 3, 5)
    assert [slices.channel((output, position)) for output in (0, 3) for position in range(4)] == [
        0, 0, 1, 1, 2, 2, 3, 3,
    ]  # fmt: skip
    assert slices.kernels[4, 3, 2, 1] == network["conv"].parameters["kernel"][4, 1, 1, 2, 1]


def test_the_kernels_of_a_transposed_convolution_are_by_output_and_input_too():
    slices = kernel_slices(with_input((2, 5, 5), ConvTranspose2d(filters=3)), "conv")
    assert (slices.outputs, slices.inputs) == (3, 2)
