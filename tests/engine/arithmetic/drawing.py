"""Strategies that draw layers with any of their settings, and units."""

from hypothesis import strategies as st

from explorer.engine.geometry import BORDERS
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.padding import Pad
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool, MinPool
from explorer.engine.layers.transposed_convolution import ConvTranspose2d
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.layers.weighted_pooling import WeightedPool


def pairs(low: int, high: int):
    return st.tuples(st.integers(low, high), st.integers(low, high))


SIDES = st.tuples(*[st.integers(0, 3)] * 4)
PADDINGS = st.sampled_from(["valid", "same", "explicit"])

convolutions = st.builds(
    Conv2d,
    filters=st.sampled_from([4, 8]),
    kernel=pairs(1, 5),
    stride=pairs(1, 3),
    padding=PADDINGS,
    sides=SIDES,
    border=st.sampled_from(BORDERS),
    padding_value=st.sampled_from([0.0, 1.5, -20.0]),
    dilation=pairs(1, 3),
    groups=st.sampled_from([1, 2, 4]),
    bias=st.booleans(),
    flip=st.booleans(),
)
transposed = st.builds(
    ConvTranspose2d,
    filters=st.sampled_from([4, 8]),
    kernel=pairs(1, 5),
    stride=pairs(1, 3),
    padding=PADDINGS,
    sides=SIDES,
    output_padding=pairs(0, 2),
    dilation=pairs(1, 3),
    groups=st.sampled_from([1, 2, 4]),
    flip=st.booleans(),
)
window = {
    "window": pairs(1, 4),
    "stride": pairs(1, 4),
    "padding": PADDINGS,
    "sides": SIDES,
    "dilation": pairs(1, 2),
    "ceil": st.booleans(),
}
counting = {"count_include_pad": st.booleans()}
poolings = st.one_of(
    st.builds(MaxPool, **window),
    st.builds(MinPool, **window),
    st.builds(L2Pool, **window),
    st.builds(AveragePool, **window, **counting),
    st.builds(WeightedPool, **window, **counting, sigma=st.floats(0.3, 3)),
)
enlarging = st.builds(
    Upsample, scale=pairs(1, 3), mode=st.sampled_from(["nearest", "bilinear"]), align_corners=st.booleans()
)
padding = st.builds(Pad, sides=SIDES, border=st.sampled_from(BORDERS), value=st.floats(-2, 2, width=32))
layers = st.one_of(convolutions, transposed, poolings, enlarging, padding)


def drawn_unit(data, shape):
    """A unit of an output of this shape; the corners, whose windows meet the borders, come up often."""
    return tuple(
        data.draw(st.one_of(st.just(0), st.just(size - 1), st.integers(0, size - 1))) for size in shape
    )
