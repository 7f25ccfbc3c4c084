"""A node that is wanted twice, as an image and as its channels, gets both pictures right at every size."""

from __future__ import annotations

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering.pictures import Painter, Tiles, Wanted


@pytest.fixture
def trace() -> Trace:
    network = Network((Node("input", layer_of("input", {"channels": 3, "height": 40, "width": 40})),))
    return evaluate(network, np.random.default_rng(0).random((1, 3, 40, 40), np.float32))


def both(side: int) -> Wanted:
    return Wanted((Tiles("input", 1, side, side, "image"), Tiles("input", 3, side // 2, side // 2)))


@pytest.mark.parametrize("side", [8, 17, 30, 36])
def test_another_size_paints_what_a_fresh_painter_paints(trace: Trace, side: int) -> None:
    painter = Painter()
    painter.paint(trace, both(24))
    again, fresh = painter.paint(trace, both(side)), Painter().paint(trace, both(side))
    for key in fresh:
        assert np.array_equal(again[key].pixels, fresh[key].pixels), key
