"""The weights of layers that slide kernels: how they start, what survives another size, how they are counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from explorer.engine.initializers import he_normal, zeros
from explorer.engine.layer import Array, Parameters, Shape, ShapeError, overlapping
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, parameter
from explorer.engine.onnx_windows import check_axes, plain


def kernel_shapes(kernel: Shape, bias: int | None) -> dict[str, Shape]:
    """The shapes of a kernel and of the bias of so many maps, where there is one."""
    return {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": (bias,)}


def fresh_weights(needed: Mapping[str, Shape], fan_in: int, rng: np.random.Generator) -> dict[str, Array]:
    """A random kernel for outputs that each add up `fan_in` products, and a bias of zeros."""
    weights = {"kernel": he_normal(needed["kernel"], fan_in, rng)}
    if "bias" in needed:
        weights["bias"] = zeros(needed["bias"])
    return weights


def refitted_weights(old: Parameters, fresh: dict[str, Array]) -> dict[str, Array]:
    """`fresh` with what overlaps of the old weights; a kernel of another size stays centred.

    A kernel that grows gets a margin of zeros, so that it does what it did.
    """
    kernel = old.get("kernel")
    if (
        kernel is not None
        and kernel.ndim == fresh["kernel"].ndim
        and kernel.shape[2:] != fresh["kernel"].shape[2:]
    ):
        fresh["kernel"][: kernel.shape[0], : kernel.shape[1]] = 0
    return {
        name: overlapping(old.get(name), array, centred=range(2, array.ndim) if name == "kernel" else ())
        for name, array in fresh.items()
    }


def weights_formula(needed: Mapping[str, Shape], filters: int) -> str:
    """How many weights there are, filter by filter: '8x5x5x1 + 8 = 208'."""
    size, total = needed["kernel"][2:], math.prod(needed["kernel"])
    inputs = total // (filters * math.prod(size))
    product = "x".join(str(number) for number in (filters, *size, inputs))
    if "bias" not in needed:
        return f"{product} = {total:,}"
    return f"{product} + {filters} = {total + filters:,}"


def read_kernel(call: OnnxCall, axes: int) -> tuple[Array, dict[str, Any]]:
    """The kernel of an ONNX Conv or ConvTranspose along so many axes, and the settings that follow from it."""
    check_axes(call, axes)
    kernel = call.constant(1)
    if kernel is None or kernel.ndim != axes + 2:
        raise OnnxMismatch(f"The kernel of {call.operator} must be a constant of {axes + 2} axes.")
    settings = {
        "kernel": plain(kernel.shape[2:]), "groups": call.attributes.get("group", 1),
        "bias": call.constant(2) is not None,
    }  # fmt: skip
    return np.ascontiguousarray(kernel, np.float32), settings


def read_weights(call: OnnxCall, kernel: Array, filters: int) -> dict[str, Array]:
    """The kernel, and the bias of a Conv or ConvTranspose where it has one."""
    bias = call.constant(2)
    return {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": parameter(bias, (filters,))}


def check_groups(groups: int, channels: int, filters: int) -> None:
    """Raise ShapeError unless the groups divide the channels that come in and the filters."""
    for count, what in ((channels, "channels that come in"), (filters, "filters")):
        if count % groups:
            possible = ", ".join(map(str, common_divisors(channels, filters)))
            expected = f"one of {possible}" if "," in possible else possible
            raise ShapeError(f"{groups} groups do not divide the {count} {what}. Expected {expected}.")


def turned(kernel: Array, flip: bool = True) -> Array:
    """The kernel turned by 180 degrees, reversed along every axis behind its channels; as it is without `flip`."""
    if not flip:
        return kernel
    return kernel[:, :, *(slice(None, None, -1),) * (kernel.ndim - 2)]


def exchanged(kernel: Array, groups: int) -> Array:
    """The kernel (outputs, inputs / groups, *size) as (inputs, outputs / groups, *size), and the other way round."""
    outputs, inputs, *size = kernel.shape
    grouped = kernel.reshape(groups, outputs // groups, inputs, *size)
    return grouped.swapaxes(1, 2).reshape(groups * inputs, outputs // groups, *size)


def common_divisors(*counts: int) -> list[int]:
    """Numbers that divide all the counts: the group counts that are possible."""
    common = math.gcd(*counts)
    return [number for number in range(1, common + 1) if common % number == 0]
