"""The arithmetic of upsampling: the pixel that is repeated, or the neighbours that are blended."""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explaining import Question, explains, handed_on, total_of
from explorer.engine.arithmetic.explanation import Explanation, Line, Link, Part
from explorer.engine.arithmetic.patches import read_patch
from explorer.engine.layers.upsampling import Upsampling
from explorer.engine.spatial import per_axis


@explains(Upsampling)
def explain_upsample(question: Question) -> Explanation:
    """The value of the pixel that lies here, or of its neighbours by their nearness."""
    layer = question.layer
    assert isinstance(layer, Upsampling)
    channel, *place = question.unit
    scales = per_axis(layer.scale)
    if layer.mode == "nearest":
        unit = (channel, *(index // scale for index, scale in zip(place, scales, strict=True)))
        place_text = ", ".join(map(str, unit[1:]))
        return handed_on(question, 0, unit, "y = x of the pixel repeated here", f"Repeats ({place_text}).")
    extents = question.shapes[0][1:]
    found = [
        blended(index, extent, scale, layer.align_corners)
        for index, extent, scale in zip(place, extents, scales, strict=True)
    ]
    patch = read_patch(question, channel, tuple(pixels for pixels, _ in found))
    weights = reduce(np.multiply.outer, [shares for _, shares in found])
    products = patch.numbers * weights
    parts = (
        patch,
        Part("weights", weights, "weights", "×", "by how near each pixel lies"),
        Part("products", products, "working", "=", "pixel × weight", (Link("patch"), Link("weights"))),
        total_of(float(products.sum()), Link("products"), text="the sum of the products"),
    )
    line = Line("", ("patch", "weights"), "{}·{}")
    return question.explanation(parts, "y = Σ pixel · weight", line)


def blended(
    index: int, extent: int, scale: int, align_corners: bool
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The one or two pixels that an output along an axis lies between, and the share of each."""
    if align_corners:
        position = index * ((extent - 1) / max(1, extent * scale - 1))
    else:
        position = min(max((index + 0.5) / scale - 0.5, 0.0), extent - 1.0)
    before = min(int(position), extent - 1)
    share = position - before
    if share == 0:
        return np.array([before]), np.array([1.0])
    return np.array([before, min(before + 1, extent - 1)]), np.array([1 - share, share])
