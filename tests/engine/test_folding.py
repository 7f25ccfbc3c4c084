"""Batch normalisation folded into convolutions changes no answer."""

import numpy as np
import pytest

from explorer.courses import COURSES
from explorer.engine.evaluate import evaluate
from explorer.engine.folding import folded
from explorer.engine.network import Network
from explorer.engine.presets.networks import build_network


def measured(network: Network) -> Network:
    """The network as if it had been trained: no statistic and no scale is what it began with."""
    rng = np.random.default_rng(5)
    return network.with_parameters(
        {
            node.name: {
                name: rng.uniform(0.5, 2, array.shape).astype(np.float32)
                for name, array in node.parameters.items()
            }
            for node in network.nodes
            if node.layer.kind == "batch_norm"
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    "network", [COURSES["things"].network(2), build_network("residual")], ids=["chain", "residual"]
)
def test_a_folded_network_answers_the_same(network: Network) -> None:
    network = measured(network)
    image = np.random.default_rng(1).random((2, *network.input_shape), np.float32)

    whole = evaluate(network, image).activations
    found = evaluate(folded(network), image).activations

    assert not [node for node in folded(network).nodes if node.layer.kind == "batch_norm"]
    for name, activation in found.items():
        if network[name].layer.kind != "conv2d":  # a convolution answers what its normalisation answered
            np.testing.assert_allclose(activation, whole[name], rtol=1e-4, atol=1e-4, err_msg=name)


def test_a_convolution_that_others_read_too_is_left_alone() -> None:
    network = COURSES["things"].network(2)
    other = network["relu1"].changed(name="other", inputs=("conv1",))
    branched = network.with_nodes([*network.nodes[:-1], other, network.nodes[-1]])

    assert "norm1" in folded(branched)
    assert "norm2" not in folded(branched)


def test_a_bypassed_normalisation_is_left_alone() -> None:
    network = COURSES["things"].network(2)

    assert "norm1" in folded(network.replacing(network["norm1"].changed(bypassed=True)))
