"""A ReLU's range follows from that of its input, whatever that holds."""

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.rendering.pictures import Painter, Tiles, Wanted

NETWORK = Network(
    (
        Node("image", Input(channels=2, height=9, width=7)),
        Node("conv1", Conv2d(filters=5), ("image",)),
        Node("relu1", ReLU(), ("conv1",)),
    )
).fitted()


def tiles(*names: str) -> Wanted:
    return Wanted(tuple(Tiles(name, columns=3, width=4, height=4) for name in names))


@pytest.mark.parametrize("special", [None, np.nan, np.inf])
def test_it_is_the_range_that_a_look_at_every_value_finds(special: float | None) -> None:
    image = np.random.default_rng(0).normal(size=(1, 2, 9, 7)).astype(np.float32)
    if special is not None:
        image[0, 0, 4, 4] = special
    trace = evaluate(NETWORK, image)

    derived = Painter().paint(trace, tiles("conv1", "relu1"))["relu1"]
    scanned = Painter().paint(trace, tiles("relu1"))["relu1"]

    assert np.array_equal(derived.low, scanned.low)
    assert np.array_equal(derived.high, scanned.high)
    assert np.array_equal(derived.dead, scanned.dead)
    assert np.array_equal(derived.saturated, scanned.saturated)
    assert np.array_equal(derived.pixels, scanned.pixels)
