"""A network fitted to a data set: input and classes change, features stay, and the end answers with classes."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.datasets.opening import open_dataset
from explorer.document.adapting import adapt
from explorer.document.document import EditError
from explorer.document.fitness import misfit, remark
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.input import SignalInput
from explorer.engine.losses import BinaryCrossEntropy, CrossEntropy
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network

DIGITS = tuple("0123456789")
BARS = open_dataset("drawn:bars?count=20&orientations=3&size=16")


def adapted(name: str, shape: tuple[int, int, int], classes: tuple[str, ...]) -> Network:
    return adapt(shape, classes)(build_network(name))


@pytest.mark.parametrize("name", ["keras-tutorial", "edges-and-colours", "tiny-vgg", "lenet-5"])
def test_an_adapted_network_answers_with_the_classes_of_the_data_set(name: str) -> None:
    network = adapted(name, (1, 32, 32), ("a", "b", "c"))
    assert network.reports[network.outputs[-1].name].shape == (3,)
    assert network.classes == ()
    assert network.outputs[-1].layer.kind == "softmax"
    assert not network.problems


def test_a_trained_network_keeps_the_names_of_its_classes_while_it_keeps_all_its_weights() -> None:
    names = ("a", "b", "c")
    trained = adapted("keras-tutorial", (1, 32, 32), names).with_classes(names)
    assert adapt((1, 32, 32), names)(trained) is trained
    assert adapt((1, 32, 32), ("d", "e", "f"))(trained).classes == ()
    assert adapt((1, 48, 48), names)(trained).classes == ()


def test_feature_layers_keep_their_weights_when_the_number_of_classes_changes() -> None:
    before = build_network("keras-tutorial")
    after = adapt((1, 28, 28), ("a", "b"))(before)
    for name in ("conv1", "conv2"):
        assert after[name] is before[name]
    assert after["dense"].parameters["kernel"].shape[0] == 2


def test_a_network_that_fits_already_stays_the_same() -> None:
    network = adapted("keras-tutorial", (1, 28, 28), DIGITS)
    assert adapt((1, 28, 28), DIGITS)(network) is network


def test_a_kernel_for_colours_answers_grey_images_as_before() -> None:
    before = build_network("edges-and-colours")
    after = adapt((1, 160, 160), ("a", "b"))(before)
    grey = np.random.default_rng(0).random((1, 1, 160, 160), np.float32)
    left = evaluate(before, np.repeat(grey, 3, axis=1)).activations["conv1"]
    right = evaluate(after, grey).activations["conv1"]
    np.testing.assert_allclose(left, right, atol=1e-5)


def test_a_kernel_for_grey_answers_grey_images_in_three_channels_as_before() -> None:
    before = build_network("keras-tutorial")
    after = adapt((3, 28, 28), DIGITS)(before)
    grey = np.random.default_rng(0).random((1, 1, 28, 28), np.float32)
    left = evaluate(before, grey).activations["conv1"]
    right = evaluate(after, np.repeat(grey, 3, axis=1)).activations["conv1"]
    np.testing.assert_allclose(left, right, atol=1e-5)


def test_images_too_small_for_the_network_are_enlarged_to_its_own_size() -> None:
    network = adapted("keras-tutorial", (3, 4, 4), DIGITS)
    assert network.input_shape == (3, 28, 28)


def test_a_network_that_reads_no_images_is_refused() -> None:
    signals = Network((Node("signal", SignalInput()),))
    assert "Choose a network that reads images" in misfit(signals, BARS, CrossEntropy())
    with pytest.raises(EditError, match="Choose a network that reads images"):
        adapt((1, 8, 8), DIGITS)(signals)


def test_a_network_that_ends_in_maps_is_told_what_to_add() -> None:
    assert "Add flatten, dense and softmax" in misfit(
        build_network("edges-and-colours"), BARS, CrossEntropy()
    )


def test_too_many_classes_are_told() -> None:
    assert "answers 10 classes, the data set has 3" in misfit(
        build_network("keras-tutorial"), BARS, CrossEntropy()
    )


def test_one_output_is_enough_for_two_classes_by_binary_cross_entropy() -> None:
    two = open_dataset("drawn:bars?count=20&orientations=2&size=28")
    network = adapted("keras-tutorial", (1, 28, 28), ("yes",))
    assert misfit(network, two, BinaryCrossEntropy()) == ""
    assert "answers 1 class" in misfit(network, two, CrossEntropy())


def test_images_of_another_size_are_remarked_upon() -> None:
    assert "1 x 16 x 16) are enlarged" in remark(build_network("keras-tutorial"), BARS)
    assert remark(adapted("keras-tutorial", (1, 16, 16), DIGITS), BARS) == ""
