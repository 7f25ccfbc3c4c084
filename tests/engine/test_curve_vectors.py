"""A hundred steps of a training lose what PyTorch's lose, from the same start and with the same batches."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.training import train
from tests.engine.curves import NETWORKS, SETTINGS, STEPS, drawn_images

with np.load(Path(__file__).parent / "vectors" / "curves.npz") as stored:
    ARRAYS = dict(stored)


class Drawn:
    def __init__(self) -> None:
        self.images, self.labels = drawn_images()

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, indices, rng):
        return self.images[indices], self.labels[indices]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_loss_curve_of_a_hundred_steps_is_pytorchs(name):
    network = NETWORKS[name]().fitted()
    start = network.with_parameters(
        {
            node.name: {one: ARRAYS[f"{name}.start.{node.name}.{one}"] for one in node.parameters}
            for node in network.nodes
        }
    )

    losses = [one.loss for one in islice(train(start, Drawn(), SETTINGS), STEPS)]

    np.testing.assert_allclose(losses, ARRAYS[f"{name}.losses"], rtol=0, atol=1e-3)
    assert losses[-1] < losses[0] / 2  # it is a curve, not a line
