"""The networks to start from."""

import numpy as np
import pytest

from explorer.engine.evaluate import evaluate
from explorer.engine.presets.networks import NETWORK_PRESETS, START, build_network, network_names
from explorer.engine.statistics import channel_statistics

every_network = pytest.mark.parametrize("name", network_names())


def scene(shape: tuple[int, int, int]) -> np.ndarray:
    """An image with an edge, stripes, colours and some noise, from 0 to 1."""
    channels, height, width = shape
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:height, :width]
    image = np.stack(
        [(x > width / 2) * 0.6, 0.3 + 0.3 * np.sin(x / 2 + y / 3), 0.5 * (np.hypot(x - 30, y - 30) < 20)]
    )
    return (image[:channels] + rng.uniform(0, 0.3, image[:channels].shape))[None].astype(np.float32)


@every_network
def test_a_network_to_start_from_runs_as_it_is(name):
    network = build_network(name)

    trace = evaluate(network, scene(network.input_shape))

    assert not network.problems
    assert list(trace.activations) == [node.name for node in network.nodes]
    assert all(np.isfinite(activation).all() for activation in trace.activations.values())


@every_network
def test_a_network_to_start_from_says_what_one_sees(name):
    preset = NETWORK_PRESETS[name]

    assert preset.title == build_network(name).title
    assert preset.help.endswith(".")
    assert 20 < len(preset.help) < 130


@every_network
def test_a_network_is_the_same_whenever_it_is_built(name):
    one, other = build_network(name), build_network(name)

    for node, twin in zip(one.nodes, other.nodes, strict=True):
        assert node.name == twin.name
        assert node.layer == twin.layer
        for key, array in node.parameters.items():
            np.testing.assert_array_equal(array, twin.parameters[key])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [("one-filter", 9), ("edges", 18), ("lenet-5", 61_706), ("keras-tutorial", 34_826), ("tiny-vgg", 19_920),
     ("vehicles", 32 * 76 + 64 * 801 + 1024 * 16_385 + 10 * 1025)],
)  # fmt: skip
def test_well_known_networks_have_as_many_parameters_as_published(name, parameters):
    assert build_network(name).parameter_count == parameters


def test_the_first_network_comes_first():
    assert network_names()[0] == START
    assert build_network().title == "Edges and colours"


def test_a_name_that_no_network_has_is_answered_with_those_there_are():
    with pytest.raises(KeyError, match="no network 'vgg'.*edges-and-colours"):
        build_network("vgg")


def test_every_first_filter_of_the_start_network_differs_from_the_others():
    kernels = build_network()["conv1"].parameters["kernel"].reshape(16, -1)
    directions = kernels / np.linalg.norm(kernels, axis=1, keepdims=True)

    likeness = directions @ directions.T - np.eye(16)

    assert likeness.max() < 0.95


def test_every_map_of_the_start_network_has_something_to_show():
    network = build_network()
    trace = evaluate(network, scene(network.input_shape))

    for node in network.nodes[1:-1]:
        statistics = channel_statistics(trace.activations[node.name])
        assert not statistics.is_dead.any(), node.name
        assert (statistics.limit > 0.01).all(), node.name


def test_the_colour_filters_answer_to_their_colour():
    network = build_network()
    for channel, unit in enumerate((11, 12, 13)):  # red, green, blue
        image = np.zeros((1, 3, 160, 160), np.float32)
        image[0, channel] = 1

        answers = evaluate(network, image).activations["relu1"][0, 11:14, 80, 80]

        assert answers.argmax() == unit - 11
        assert answers[unit - 11] == pytest.approx(1, abs=1e-5)


def test_a_grey_area_is_no_edge_and_no_colour():
    network = build_network()
    image = np.full((1, 3, 160, 160), 0.5, np.float32)

    answers = evaluate(network, image).activations["conv1"][0]

    np.testing.assert_allclose(answers[0], 0.5, atol=1e-5)  # brightness
    np.testing.assert_allclose(answers[1:], 0, atol=1e-5)  # at the frame too: its border is mirrored


def test_the_edge_strength_is_the_sum_of_both_absolute_gradients():
    network = build_network("edges")
    activations = evaluate(network, scene(network.input_shape)).activations

    expected = np.abs(activations["vertical"]) + np.abs(activations["horizontal"])

    np.testing.assert_allclose(activations["strength"], expected, atol=1e-5)
