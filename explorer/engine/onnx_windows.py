"""Windows and borders as ONNX writes them: kernel_shape, strides, dilations, pads and auto_pad."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.geometry import Border, Window, border_index, same_padding
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, OnnxNode, Value, integers
from explorer.engine.spatial import PerAxis

MODES: dict[Border, str] = {"constant": "constant", "reflect-101": "reflect", "replicate": "edge"}


def window_attributes(windows: Sequence[Window]) -> dict[str, Value]:
    """The attributes that say how these windows slide."""
    return {
        "kernel_shape": tuple(window.size for window in windows),
        "strides": tuple(window.stride for window in windows),
        "dilations": tuple(window.dilation for window in windows),
        "pads": (*(window.before for window in windows), *(window.after for window in windows)),
    }


def without_ceil(windows: Sequence[Window], extents: Sequence[int]) -> tuple[Window, ...]:
    """The same windows with so much padding at the end that ceil mode's partial windows are whole ones."""
    whole = []
    for window, extent in zip(windows, extents, strict=True):
        reached = (window.output_size(extent) - 1) * window.stride + window.reach
        missing = max(0, reached - extent - window.before - window.after)
        whole.append(dataclasses.replace(window, after=window.after + missing, ceil=False))
    return tuple(whole)


def check_axes(call: OnnxCall, axes: int) -> None:
    """Raise OnnxMismatch unless what flows into the node has so many axes behind its channels."""
    if len(call.shapes[0]) - 1 != axes:
        raise OnnxMismatch(
            f"{call.operator} works on an input of {len(call.shapes[0]) - 1} axes, not {axes}."
        )


def plain(numbers: Sequence[int]) -> PerAxis:
    """The numbers as a setting has them: those of a signal are one plain number."""
    return numbers[0] if len(numbers) == 1 else tuple(numbers)


def sliding_settings(call: OnnxCall, size: Sequence[int]) -> dict[str, Any]:
    """stride, dilation, padding and sides of the layer that slides windows of `size` as the node says."""
    axes = len(size)
    stride, dilation = call.numbers("strides", (1,) * axes), call.numbers("dilations", (1,) * axes)
    pads = call.numbers("pads", (0,) * (2 * axes))
    auto = call.expect("auto_pad", "NOTSET", "NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
    sides = tuple(side for pair in zip(pads[:axes], pads[axes:], strict=True) for side in pair)
    if auto == "SAME_LOWER":  # of an odd sum the larger part comes first
        numbers = zip(call.shapes[0][1:], size, stride, dilation, strict=True)
        sides = tuple(side for one in numbers for side in reversed(same_padding(*one)))
    found: dict[str, Any] = {"stride": plain(stride), "dilation": plain(dilation)}
    if auto == "SAME_UPPER":
        return {**found, "padding": "same"}
    if auto == "VALID" or not any(sides):
        return {**found, "padding": "valid"}
    return {**found, "padding": "explicit", "sides": sides}


def padding_nodes(
    pads: Sequence[tuple[int, int]], extents: Sequence[int], border: Border, value: float
) -> tuple[OnnxNode, ...]:
    """The nodes that add `pads` (before, after) along every axis of an input of `extents`."""
    fits = all(max(pair) < extent for pair, extent in zip(pads, extents, strict=True))
    if border == "constant" or (border in MODES and fits):
        begins, ends = ([0, 0, *(pair[side] for pair in pads)] for side in (0, 1))
        constants: tuple[NDArray[Any], ...] = (integers(*begins, *ends),)
        if border == "constant":
            constants = (*constants, np.array(value, np.float32))
        return (OnnxNode("Pad", (0, *constants), {"mode": MODES[border]}),)
    # ONNX has no such border, or none as wide: the pixels are picked axis by axis.
    return tuple(
        OnnxNode(
            "Gather",
            (-1 if axis else 0, border_index(np.arange(-pair[0], extent + pair[1]), extent, border)),
            {"axis": axis + 2},
        )
        for axis, (pair, extent) in enumerate(zip(pads, extents, strict=True))
    )
