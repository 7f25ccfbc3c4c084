"""The convolution at the entry of a network: few channels, and nobody asks for the gradient of the image.

Everything that a window reads is unfolded once. Where pooling follows, its four phases are unfolded apart, so
that pooling is three maximums of contiguous memory.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.layer import Array
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.memory import rows_first
from explorer.engine.plan.block import Site, Stage
from explorer.engine.plan.calls import Call, copying, make
from explorer.engine.plan.filtering import FilterBlock, is_plain, spans
from explorer.engine.plan.place import Pixels, lines_of, pixels_of

MOST_READ = 48  # numbers that a window may read; with more, unfolding costs more than it gains


class EntryBlock(FilterBlock):
    """A convolution that reads little and hands no gradient back."""

    @staticmethod
    def suits(layer: Conv2d, kernel: Array) -> bool:
        """Whether it can be one."""
        return is_plain(layer) and kernel[0].size <= MOST_READ

    def stage(self, site: Site) -> Stage:
        return _EntryStage(self, site)


class _EntryStage(Stage):
    def __init__(self, block: EntryBlock, site: Site) -> None:
        self.block, self.site = block, site
        count = len(site.output.values)
        rows, filters, line = lines_of(site.output.values).shape
        phases, read = 4 if block.is_pooled else 1, block.weights.shape[1]
        self.spans = spans(rows, phases * (filters + read) * line)
        longest = self.spans[0].stop
        self.tail = block.tail(site, longest)
        self.image, self.padded = self._padded()
        self.source = self._windows(rows, line // count)
        self.unfolded = np.empty((phases, rows, read, line), np.float32)
        self.target = pixels_of(self.unfolded.reshape(*self.source.shape, count))
        self.descent = np.empty((phases, longest, filters, line), np.float32)
        self.products = np.empty((phases, rows, filters, read), np.float32)
        self.there, self.back = self._way_there(), self._way_back()

    def _padded(self) -> tuple[Array, Array]:
        """The image (h, c, w, n), and rows of which it is the inner part; both are one where nothing is padded."""
        image = rows_first(self.site.inputs[0].values)
        down, across = self.block.windows
        if not any((down.before, down.after, across.before, across.after)):
            return image, image
        height, channels, width, count = image.shape
        shape = height + down.before + down.after, channels, width + across.before + across.after, count
        padded = np.zeros(shape, np.float32)
        return padded[down.before :, :, across.before :][:height, :, :width], padded

    def _windows(self, rows: int, columns: int) -> Pixels:
        """What is read, without copying: pixels (2, 2, rows, kh, kw, c, columns), and (1, 1, ...) without pooling."""
        down, across = self.block.windows
        height, width, channels = self.block.raw_shape[:3]
        pixels = pixels_of(self.padded)  # (h, c, w)
        each = 2 if self.block.is_pooled else 1
        row, channel, column = pixels.strides
        row, column = row * down.stride, column * across.stride
        strides = (
            row, column, each * row, pixels.strides[0] * down.dilation, pixels.strides[2] * across.dilation,
            channel, each * column,
        )  # fmt: skip
        return as_strided(
            pixels, (each, each, rows, height, width, channels, columns), strides, writeable=False
        )

    def forward(self) -> None:
        make(self.there)

    def backward(self) -> None:
        make(self.back)

    def _way_there(self) -> list[Call]:
        calls = [copying(self.target, self.source)]
        if self.padded is not self.image:
            calls.insert(0, copying(self.image, rows_first(self.site.inputs[0].values)))
        for rows in self.spans:
            phases = self.tail.phases[:, rows]
            calls.append(partial(np.matmul, self.block.weights, self.unfolded[:, rows], phases))
            calls += self.tail.there(rows)
        return calls

    def _way_back(self) -> list[Call]:
        if not self.site.gradients:
            return []
        calls: list[Call] = []
        for rows in self.spans:
            descent = self.descent[:, : rows.stop - rows.start]
            read = self.unfolded[:, rows].transpose(0, 1, 3, 2)  # (phase, rows, line, kh * kw * c)
            calls += self.tail.back(rows, descent)
            calls.append(partial(np.matmul, descent, read, self.products[:, rows]))
        *_, filters, count = self.products.shape
        kernel = self.site.gradients[self.block.node, "kernel"].reshape(count, filters)
        total = np.empty((filters, count), np.float32)
        calls += [
            partial(np.add.reduce, self.products.reshape(-1, filters, count), 0, None, total),
            copying(kernel, total.T),
        ]
        if self.block.bias is not None:
            calls.append(self.tail.bias_gradient(self.site.gradients[self.block.node, "bias"]))
        return calls
