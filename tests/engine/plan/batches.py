"""Batches for plans: gradients of one batch by a plan and by the layers' own passes."""

import numpy as np
import pytest

from explorer.engine.batch_gradient import Batch, BatchGradient, batch_gradient, measured_node
from explorer.engine.losses import CrossEntropy
from explorer.engine.network import Network
from explorer.engine.parameter_vector import ParameterVector, Weights
from explorer.engine.plan.planned_gradient import planned_gradient
from explorer.engine.plan.training_plan import plan_of

LOSS = CrossEntropy()


class Drawn:
    """Images with black margins, so that poolings have ties, and any classes."""

    def __init__(self, network: Network, count: int) -> None:
        rng = np.random.default_rng(0)
        self.images = rng.normal(size=(count, *network.input_shape)).astype(np.float32)
        self.images[..., :3] = 0
        self.targets = rng.integers(0, network.reports[measured_node(network, LOSS)].shape[0], count)

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, indices, rng):
        return self.images[indices], self.targets[indices]


def batch_of(network: Network, count: int) -> Batch:
    return Batch(network, ParameterVector.of(network), LOSS, Drawn(network, count), np.arange(count), (1, 2))


def both_ways(network: Network, count: int) -> tuple[BatchGradient, BatchGradient, ParameterVector]:
    layout = ParameterVector.of(network)
    batch = batch_of(network, count)
    plan = plan_of(network, measured_node(network, LOSS))
    parts = Weights.of(network).parts
    planned_gradient(plan, batch, parts)  # memory that was used before must not show
    return batch_gradient(batch), planned_gradient(plan, batch, parts), layout


def assert_equal(network: Network, count: int) -> None:
    expected, found, layout = both_ways(network, count)
    scale = np.abs(expected.gradient).max()
    assert found.loss == pytest.approx(expected.loss, rel=1e-5)
    assert (found.hits, found.answers, found.weight) == (expected.hits, expected.answers, expected.weight)
    for name, part in layout.parts(found.gradient).items():
        np.testing.assert_allclose(
            part, layout.parts(expected.gradient)[name], rtol=1e-4, atol=1e-5 * scale, err_msg=str(name)
        )
    assert found.statistics.keys() == expected.statistics.keys()
    for node, statistics in expected.statistics.items():
        for name, array in statistics.items():
            np.testing.assert_allclose(found.statistics[node][name], array, rtol=1e-5, atol=1e-6)
