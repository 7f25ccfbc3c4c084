"""Going back on a crop gives what going back through the whole layer gives, for every layer."""

import numpy as np
import pytest

from explorer.engine.arithmetic.crops import Crop, Way, back_on_crop, everywhere, whole
from tests.engine.layers.contract import cases


def crop_of(shape, middle):
    """Random numbers on a small part of an output (1, channels, *extents), and where it lies."""
    rng = np.random.default_rng(0)
    extents = shape[2:]
    firsts = [min(int(middle * extent), extent - 1) for extent in extents]
    places = tuple((first, min(first + 2, extent)) for first, extent in zip(firsts, extents, strict=True))
    sizes = [last - first for first, last in places]
    return Crop(rng.normal(size=(*shape[:2], *sizes)).astype(np.float32), places)


@pytest.mark.parametrize("middle", [0, 0.4, 1])
@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_crop_gives_the_gradient_of_the_whole(case, middle):
    inputs = case.inputs(batch=1)
    way = Way(case.layer, inputs, case.parameters())
    gradient = crop_of(case.forward(inputs).shape, middle)

    found = back_on_crop(way, gradient)

    for one, other, x in zip(found, whole(way, gradient), inputs, strict=True):
        np.testing.assert_allclose(one.within(everywhere(x.shape)), other.array, rtol=1e-4, atol=1e-5)
