"""The arithmetic of transposed convolutions: which stamps reach an output, and their sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.convolution import product_line, summed_products
from explorer.engine.arithmetic.explaining import Question, explains
from explorer.engine.arithmetic.explanation import Explanation, Part, Places
from explorer.engine.arithmetic.patches import read_patch
from explorer.engine.layer import Shape
from explorer.engine.layers.transposed_convolution import TransposedConvolution
from explorer.engine.spatial import per_axis
from explorer.engine.stamping import Stamping

Indices = NDArray[np.intp]


@explains(TransposedConvolution)
def explain_transposed(question: Question) -> Explanation:
    """y[k] = bias[k] + sum of x times the weight that its stamp lays on this output, over all stamps that reach it."""
    layer = question.layer
    assert isinstance(layer, TransposedConvolution)
    output, *place = question.unit
    weights = question.parameters["kernel"]
    inputs = weights.shape[1]
    first = output // (layer.filters // layer.groups) * inputs  # channel of the group
    reached = [
        stamps_on(stamping, index)
        for stamping, index in zip(stampings(layer, question.shapes[0]), place, strict=True)
    ]
    patch = read_patch(question, slice(first, first + inputs), tuple(source for source, _ in reached))
    sizes = weights.shape[2:]
    order = [size - 1 - taps if layer.flip else taps for size, (_, taps) in zip(sizes, reached, strict=True)]
    kernel = weights[output][np.ix_(np.arange(inputs), *order)].astype(np.float64)
    places = Places(question.step.node.name, (output, np.arange(inputs), *order), parameter="kernel")
    text = f"the weights that lie on this output{', of the kernel turned' if layer.flip else ''}"
    parts = [patch, Part("kernel", kernel, "weights", "×", text, places=places)]
    parts += summed_products(question, patch.numbers, kernel, (output,))
    stamps = int(np.prod([len(source) for source, _ in reached]))
    note = f"{stamps} {'stamp reaches' if stamps == 1 else 'stamps reach'} this output in every channel."
    formula = f"y = Σ x · weight of its stamp{' + bias' if layer.bias else ''}"
    return question.explanation(parts, formula, product_line(parts), note)


def stampings(layer: TransposedConvolution, shape: Shape) -> list[Stamping]:
    """How the kernel is stamped along every axis of an input of this shape."""
    numbers = zip(
        shape[1:], per_axis(layer.kernel), per_axis(layer.stride), per_axis(layer.dilation),
        per_axis(layer.output_padding), strict=True,
    )  # fmt: skip
    return [
        Stamping.of(*one, layer.padding, layer.sides[2 * axis : 2 * axis + 2])
        for axis, one in enumerate(numbers)
    ]


def stamps_on(stamping: Stamping, output: int) -> tuple[Indices, Indices]:
    """The inputs whose stamps reach an output along an axis, in rising order, and the taps that lie on it."""
    window = stamping.read
    taps = np.arange(window.size)[::-1]
    distance = output + window.before - taps * window.dilation
    sources, rest = np.divmod(distance, window.stride)
    reaches = (rest == 0) & (sources >= 0) & (sources < stamping.extent)
    return sources[reaches], taps[reaches]
