"""The arithmetic of convolutions: patch x kernel, the sum of every channel, and the bias."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, total_of
from explorer.engine.arithmetic.explanation import Explanation, Index, Line, Link, Part, Places
from explorer.engine.arithmetic.formula import bracketed
from explorer.engine.arithmetic.patches import read_patch, window_positions
from explorer.engine.geometry import Border
from explorer.engine.kernel_weights import turned
from explorer.engine.layers.convolution import Convolution


@explains(Convolution)
def explain_convolution(question: Question) -> Explanation:
    """y[k] = bias[k] + sum over the channels of its group of patch x kernel; a true convolution turns the kernel."""
    layer = question.layer
    assert isinstance(layer, Convolution)
    output, *place = question.unit
    border: Border = layer.border  # type: ignore[assignment]
    weights = question.parameters["kernel"]
    inputs = weights.shape[1]
    first = output // (layer.filters // layer.groups) * inputs  # channel of the group
    positions = window_positions(layer.windows(question.shapes), place)
    patch = read_patch(question, slice(first, first + inputs), positions, border, layer.padding_value)
    kernel = turned(weights, layer.flip)[output].astype(np.float64)
    order: list[Index] = [
        np.arange(size)[::-1] if layer.flip else np.arange(size) for size in kernel.shape[1:]
    ]
    places = Places(question.step.node.name, (output, np.arange(inputs), *order), parameter="kernel")
    text = "the kernel turned by 180 degrees" if layer.flip else "the kernel"
    parts = [patch, Part("kernel", kernel, "weights", "×", text, places=places)]
    parts += summed_products(question, patch.numbers, kernel, (output,))
    sign = "convolution: kernel turned by 180°" if layer.flip else "cross-correlation"
    formula = f"y = Σ patch · kernel{' + bias' if layer.bias else ''}  ({sign})"
    return question.explanation(parts, formula, product_line(parts), _padding_note(patch, border, layer))


def summed_products(
    question: Question, left: np.ndarray, right: np.ndarray, index: tuple[int, ...]
) -> list[Part]:
    """Products of patch and kernel, the sum of every channel, the bias if there is one, and the total."""
    products = left * right
    sums = products.reshape(len(products), -1).sum(1)
    parts = [
        Part("products", products, "working", "=", "patch × kernel", (Link("patch"), Link("kernel"))),
        Part("channel sums", sums, "working", "Σ", "the sum of every channel", (Link("products"),)),
    ]
    links = [Link("channel sums")]
    total = float(sums.sum())
    if "bias" in question.parameters:
        bias = question.weight("bias", index, "+")
        parts.append(bias)
        links.append(Link("bias"))
        total += bias.number
    return [*parts, total_of(total, *links, text="all sums" + (" + bias" if len(links) > 1 else ""))]


def product_line(parts: list[Part]) -> Line:
    """'x·w + x·w + ... + bias' of the patch and the kernel among these parts."""
    bias = next((part for part in parts if part.name == "bias"), None)
    after = "" if bias is None else f" + {bracketed(bias.number)}"
    return Line("", ("patch", "kernel"), "{}·{}", " + ", after)


def _padding_note(patch: Part, border: Border, layer: Convolution) -> str:
    assert patch.places is not None
    outside = int(patch.places.is_padding[0].sum())
    if not outside:
        return ""
    what = (
        f"is the constant {layer.padding_value:g}" if border == "constant" else f"repeats the map ({border})"
    )
    return f"{outside} of {patch.places.is_padding[0].size} places lie in the padding, which {what}."
