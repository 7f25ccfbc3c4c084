"""A kernel that slides along one, two or three axes: what convolutions and their transposes compute.

Signals are maps of one row (signal_correlation.py). In a volume, the slices that a window reads are taken for
channels of maps: every slice of the output is then one correlation of maps, and three axes need nothing that two
do not have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from explorer.engine.axes import as_depths, from_depths
from explorer.engine.correlation import correlate, correlated_rows
from explorer.engine.correlation_gradients import input_gradient, kernel_gradient
from explorer.engine.depthwise import channels_input_gradient, channels_kernel_gradient
from explorer.engine.geometry import Border, Window, border_index
from explorer.engine.layer import Array
from explorer.engine.memory import empty_activation
from explorer.engine.row_work import RowWork
from explorer.engine.short_rows import SHORT
from explorer.engine.signal_correlation import (
    correlate_signal,
    signal_input_gradient,
    signal_kernel_gradient,
)
from explorer.engine.stamp_gradients import stamp_gradients
from explorer.engine.sums import channel_sums, itself
from explorer.engine.windows import fold_border


@dataclass(frozen=True)
class SlidingKernel:
    """How a kernel slides: a window per axis, groups of channels, and what stands outside of the input.

    Kernels are (filters, channels / groups, *size), activations (batch, channels, *extents).
    """

    windows: tuple[Window, ...]
    groups: int = 1
    border: Border = "constant"
    value: float = 0.0

    def correlate(self, x: Array, kernel: Array, bias: Array | None = None) -> Array:
        """Cross-correlation of `x` with `kernel`, plus `bias` per filter: (batch, filters, *outputs)."""
        if len(self.windows) == 1:
            return correlate_signal(x, kernel, bias, *self.windows, self.groups, self.border, self.value)
        if len(self.windows) == 2:
            return correlate(x, kernel, bias, self._flat, self.groups, self.border, self.value)
        deep = self.windows[0]
        depth = deep.output_size(x.shape[2])
        down, across = self._flat
        extents = down.output_size(x.shape[3]), across.output_size(x.shape[4])
        y = empty_activation(len(x), (len(kernel), depth, *extents), x.dtype)
        weights, padded = _as_channels(kernel), self._deepened(x)
        for index, out in enumerate(_slices(y)):
            read = self._read(padded, index)
            correlate(read, weights, bias, self._flat, self.groups, self.border, self.value, out)
        return y

    def by_rows(self, x: Array, kernel: Array, bias: Array | None = None) -> RowWork | None:
        """The same along two axes as work on rows; None along one or three."""
        if len(self.windows) != 2:
            return None
        return correlated_rows(x, kernel, bias, self._flat, self.groups, self.border, self.value)

    def kernel_gradient(self, gradient: Array, x: Array, size: tuple[int, ...]) -> Array:
        """The gradient of a kernel of this size that was correlated with `x`."""
        if len(self.windows) == 1:
            (length,), (window,) = size, self.windows
            return signal_kernel_gradient(gradient, x, length, window, self.groups, self.border, self.value)
        if len(self.windows) == 2:
            height, width = size
            if self.groups == x.shape[1] == gradient.shape[1] > 1:
                return channels_kernel_gradient(
                    gradient, x, (height, width), self._flat, self.border, self.value
                )
            flat = self._flat, self.groups, self.border, self.value
            return kernel_gradient(gradient, x, (height, width), *flat)
        depth, height, width = size
        padded = self._deepened(x)
        total: Array | None = None
        for index, seed in enumerate(_slices(gradient)):
            read = self._read(padded, index)
            part = kernel_gradient(
                seed, read, (height, width), self._flat, self.groups, self.border, self.value
            )
            total = part if total is None else np.add(total, part, out=total)
        assert total is not None, "a correlation has at least one output"
        slices = total.reshape(len(total), depth, -1, height, width)
        return slices.transpose(0, 2, 1, 3, 4)  # (k, c, kd, kh, kw)

    def input_gradient(
        self, gradient: Array, kernel: Array, extents: tuple[int, ...], bias: Array | None = None
    ) -> Array:
        """The gradient of an input of `extents`: the transpose of `correlate`, plus `bias` per channel of the input.

        Every value of `gradient` (batch, filters, *outputs) times the kernel, added up where the kernel read.
        """
        if len(self.windows) == 1:
            (length,), (window,) = extents, self.windows
            return signal_input_gradient(gradient, kernel, window, length, self.groups, self.border, bias)
        if len(self.windows) == 2:
            height, width = extents
            if self.groups == len(kernel) and self.border == "constant" and bias is None:
                found = channels_input_gradient(gradient, kernel, self._flat, (height, width))
                if found is not None:
                    return found
            return input_gradient(
                gradient, kernel, self._flat, (height, width), self.groups, self.border, bias
            )
        deep = self.windows[0]
        weights = _as_channels(kernel)
        depth, height, width = extents
        channels = self.groups * kernel.shape[1]
        reached = (gradient.shape[2] - 1) * deep.stride + deep.reach
        padded = empty_activation(
            len(gradient), (channels, max(deep.before + depth, reached), height, width), gradient.dtype
        )
        padded[...] = 0 if bias is None else bias[:, None, None, None]
        for index, seed in enumerate(_slices(gradient)):
            part = input_gradient(seed, weights, self._flat, (height, width), self.groups, self.border)
            read = self._span(index)
            rows = part.reshape(len(part), self.groups, deep.size, -1, height, width)
            rows = rows.transpose(0, 1, 3, 2, 4, 5)  # (n, g, c, kd, h, w)
            target = padded.reshape(len(padded), self.groups, -1, *padded.shape[2:])
            target[:, :, :, read] += rows
        return self._undeepened(padded, depth)

    def all_gradients(self, gradient: Array, x: Array, kernel: Array) -> tuple[Array, Array, Array]:
        """Where `x` was put through the transpose (`input_gradient`): the gradients of `x`, kernel and bias."""
        is_alone = self.groups > 1 and kernel.shape[1] == 1
        if len(self.windows) == 2 and not is_alone and len(x) * x.shape[3] >= SHORT:
            return stamp_gradients(gradient, x, kernel, self._flat, self.groups)
        learned = self.kernel_gradient(x, gradient, kernel.shape[2:])
        return self.correlate(gradient, kernel), learned, channel_sums(itself, gradient)

    @property
    def _flat(self) -> tuple[Window, Window]:
        """The windows along height and width."""
        down, across = self.windows[-2:]
        return down, across

    def _span(self, index: int) -> slice:
        """The slices of the padded depth that the output slice at `index` reads."""
        deep = self.windows[0]
        begin = index * deep.stride
        return slice(begin, begin + deep.reach, deep.dilation)

    def _read(self, padded: Array, index: int) -> Array:
        """What the output slice at `index` reads of a volume, as maps whose channels are (group, slice, channel)."""
        taken = padded[:, :, self._span(index)].transpose(3, 2, 1, 4, 0)  # (h, kd, c, w, n)
        height, size, channels, width, batch = taken.shape
        grouped = taken.reshape(height, size, self.groups, channels // self.groups, width, batch)
        rows = grouped.transpose(0, 2, 1, 3, 4, 5).reshape(height, size * channels, width, batch)
        return rows.transpose(3, 1, 0, 2)  # (n, g * kd * c, h, w)

    def _deepened(self, x: Array) -> Array:
        """The volume with the padding of its depth."""
        deep = self.windows[0]
        depth = x.shape[2]
        reached = (deep.output_size(depth) - 1) * deep.stride + deep.reach
        if deep.before == 0 and reached <= depth:
            return x
        sources = border_index(np.arange(-deep.before, reached - deep.before), depth, self.border)
        padded = empty_activation(len(x), (x.shape[1], len(sources), *x.shape[3:]), x.dtype)
        for index, source in enumerate(sources):
            padded[:, :, index] = self.value if source < 0 else x[:, :, source]
        return padded

    def _undeepened(self, padded: Array, depth: int) -> Array:
        """The way back from `_deepened`: what stood for a slice outside gives it its gradient."""
        before = self.windows[0].before
        if self.border == "constant":
            return padded[:, :, before : before + depth]
        after = padded.shape[2] - before - depth
        folded = fold_border(as_depths(padded), (0, 0, before, after), self.border)
        return from_depths(folded, len(padded), padded.shape[1])


def _as_channels(kernel: Array) -> Array:
    """The kernel (k, c, kd, kh, kw) of a volume as one of maps whose channels are (slice, channel)."""
    filters, channels, depth, height, width = kernel.shape
    return kernel.transpose(0, 2, 1, 3, 4).reshape(filters, depth * channels, height, width)


def _slices(x: Array) -> Iterator[Array]:
    """The slices of a volume, each as maps."""
    return (x[:, :, index] for index in range(x.shape[2]))
