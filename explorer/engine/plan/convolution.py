"""The planned convolution: unfolded along the width or not at all, its windows read by products without a copy.

Backward, the gradient lies between rows of zeros, so that the same windows slide over it, and the rows of
the input's gradient need only be shifted and added along the width.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Shape
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.memory import rows_first
from explorer.engine.network import Node
from explorer.engine.plan.block import Parts, Site, Stage
from explorer.engine.plan.calls import Call, copying, make
from explorer.engine.plan.filtering import FilterBlock, is_plain, spans
from explorer.engine.plan.place import lines_of
from explorer.engine.plan.pooling import from_phases, to_phases
from explorer.engine.plan.products import LineProduct, RowProduct


class ConvolutionBlock(FilterBlock):
    """A convolution of stride 1 over maps with zeros around them."""

    @staticmethod
    def suits(layer: Conv2d, shape: Shape) -> bool:
        """Whether it can be one."""
        return is_plain(layer) and all(
            window.stride == window.dilation == 1 and max(window.before, window.after) < window.size
            for window in layer.windows([shape])
        )

    def __init__(self, nodes: Sequence[Node], inputs: Sequence[str], shape: Shape) -> None:
        super().__init__(nodes, inputs, shape)
        filters, channels, height, width = self.kernel_shape
        self.slides = 2 * channels >= filters
        self.column_weights = np.empty((width, filters, height * channels), np.float32)
        self.back_weights = np.empty((width * channels, height * filters), np.float32)  # (kw * c, kh * k)

    @property
    def raw_shape(self) -> Shape:
        """The kernel's gradient as stages give it: (kw, kh, c, k)."""
        filters, channels, height, width = self.kernel_shape
        return width, height, channels, filters

    def load(self, parameters: Parts) -> None:
        super().load(parameters)
        filters, channels, height, width = self.kernel_shape
        turned = self.kernel[:, :, ::-1].transpose(3, 1, 2, 0)  # (kw, c, kh, k), the lowest row first
        self.back_weights.reshape(width, channels, height, filters)[...] = turned
        if self.slides:
            columns = self.kernel.transpose(3, 0, 2, 1)  # (kw, k, kh, c)
            self.column_weights.reshape(width, filters, height, channels)[...] = columns

    def unload(self, gradients: Parts, parts: Parts) -> None:
        super().unload(
            {**gradients, (self.node, "kernel"): gradients[self.node, "kernel"].swapaxes(0, 1)}, parts
        )

    def stage(self, site: Site) -> Stage:
        return _ConvolutionStage(self, site)


class _Source:
    """What the windows slide over: rows (h, c, w, n), with the zeros around them if there are any."""

    def __init__(self, maps: Array, windows: Sequence[Window]) -> None:
        down, across = windows
        self.fill: list[Call] = []
        self.rows = rows = rows_first(maps)
        if down.before or down.after or across.before or across.after:
            height, channels, width, count = rows.shape
            high, wide = height + down.before + down.after, width + across.before + across.after
            self.rows = np.zeros((high, channels, wide, count), np.float32)
            inner = self.rows[down.before :, :, across.before :][:height, :, :width]
            self.fill.append(copying(inner, rows))

    def windows(self, first: int, count: int, size: tuple[int, int], line: int) -> Array:
        """For `count` rows and every column of the kernel what that reads: (rows, kw, kh * c, line), not copied."""
        height, width = size
        row, channel, column, item = self.rows.strides
        shape = count, width, height * self.rows.shape[1], line
        # Unlike as_strided(), this refuses to read beyond the rows.
        return np.ndarray(shape, np.float32, self.rows, first * row, (row, column, channel, item))

    def columns(self, first: int, count: int, width: int, line: int) -> Array:
        """Rows as every column of the kernel reads them, not copied: (rows, kw, c, line)."""
        return self.windows(first, count, (1, width), line)


class _Unfolded:
    """Some rows of the output by one product: what the columns of the kernel read lies one below the other."""

    def __init__(
        self, block: ConvolutionBlock, source: _Source, first: int, unfolded: Array, out: Array
    ) -> None:
        height, width = block.kernel_shape[2:]
        count, (lines, line) = len(out), unfolded.shape[1:]
        unfolded = unfolded[: count + height - 1]
        target = unfolded.reshape(len(unfolded), width, -1, line)
        row, down, item = unfolded.strides
        windows = as_strided(unfolded, (count, height * lines, line), (row, down, item))
        self.calls = [
            copying(target, source.columns(first, len(unfolded), width, line)),
            RowProduct(block.weights, windows, out).call,
        ]

    @staticmethod
    def paper(block: ConvolutionBlock, rows: int, line: int) -> Array:
        """Memory for bands of so many rows."""
        _, channels, height, width = block.kernel_shape
        return np.empty((rows + height - 1, width * channels, line), np.float32)


class _Sliding:
    """Some rows of the output by one product for every column of the kernel: less to write than to unfold."""

    def __init__(
        self, block: ConvolutionBlock, source: _Source, first: int, products: Array, out: Array
    ) -> None:
        height, width = block.kernel_shape[2:]
        count, _, line = out.shape
        products = products[:count]
        windows = source.windows(first, count, (height, width), line)
        others = [products[:, column] for column in range(1, width)]
        self.calls = [RowProduct(block.column_weights, windows, products).call]
        self.calls.append(
            partial(np.add, products[:, 0], others[0], out) if others else copying(out, products[:, 0])
        )
        self.calls += [partial(np.add, out, other, out) for other in others[1:]]

    @staticmethod
    def paper(block: ConvolutionBlock, rows: int, line: int) -> Array:
        """Memory for bands of so many rows."""
        filters, _, _, width = block.kernel_shape
        return np.empty((rows, width, filters, line), np.float32)


def _column_spans(window: Window, columns: int, width: int) -> list[tuple[int, slice, slice]]:
    """For every place of the window: which of the outputs read a column there, and which columns."""
    found = []
    for tap in range(window.size):
        left = tap - window.before
        begin, end = max(0, -left), min(columns, width - left)
        if begin < end:
            found.append((tap, slice(begin, end), slice(begin + left, end + left)))
    return found


class _ConvolutionStage(Stage):
    def __init__(self, block: ConvolutionBlock, site: Site) -> None:
        self.block, self.site = block, site
        filters, channels, taps, width = block.kernel_shape
        self.count = len(site.output.values)
        self.source = _Source(site.inputs[0].values, block.windows)
        out = lines_of(site.output.values)
        each = 2 if block.is_pooled else 1
        rows, self.line = each * len(out), each * out.shape[2]
        self.spans = spans(len(out), each * width * min(channels, filters) * self.line)  # rows of the output
        self.back_spans = spans(len(out), each * filters * self.line)
        longest, back = self.spans[0].stop, self.back_spans[0].stop
        self.tail = block.tail(site, max(longest, back))
        self.products = np.empty((each * longest, filters, self.line), np.float32) if block.is_pooled else out
        # The gradient of the products, between rows of zeros: windows of it make the input's gradient.
        self.above = taps - 1 - block.windows[0].before
        height = site.inputs[0].values.shape[2]
        self.between = np.zeros((height + taps - 1, filters, self.line), np.float32)
        self.inner = self.between[self.above : self.above + rows]
        self.descent = np.empty((4, back, filters, out.shape[2]), np.float32) if block.is_pooled else None
        self.returns = self._returns() if site.needed[0] else []
        self.there, self.back = self._way_there(longest), self._way_back()

    def _returns(self) -> list[_Return]:
        gradient = rows_first(self.site.inputs[0].gradient)
        height = len(gradient)
        lines, line = self.block.back_weights.shape[0], self.between.shape[2]
        bands = spans(height, lines * line)
        product = np.empty((bands[0].stop, lines, line), np.float32)
        return [_Return(self.block, gradient[rows], self.between[rows.start :], product) for rows in bands]

    def forward(self) -> None:
        make(self.there)

    def backward(self) -> None:
        make(self.back)

    def _way_there(self, longest: int) -> list[Call]:
        block, each = self.block, 2 if self.block.is_pooled else 1
        kind = _Sliding if block.slides else _Unfolded
        paper = kind.paper(block, each * longest, self.line)
        calls = [*self.source.fill]
        for rows in self.spans:
            wide = slice(each * rows.start, each * rows.stop)
            products = self.products[: wide.stop - wide.start] if block.is_pooled else self.products[wide]
            calls += kind(block, self.source, wide.start, paper, products).calls
            if block.is_pooled:
                calls.append(to_phases(products, self.tail.phases[:, rows], self.count))
            calls += self.tail.there(rows)
        return calls

    def _way_back(self) -> list[Call]:
        calls: list[Call] = []
        for rows in self.back_spans:
            calls += self._back_to_products(rows)
        if self.site.gradients:
            calls += self._learning()
        for one in self.returns:
            calls += one.calls
        return calls

    def _back_to_products(self, rows: slice) -> list[Call]:
        if self.descent is None:
            return self.tail.back(rows, self.inner[None, rows])
        descent = self.descent[:, : rows.stop - rows.start]
        wide = slice(2 * rows.start, 2 * rows.stop)
        return [*self.tail.back(rows, descent), from_phases(descent, self.inner[wide], self.count)]

    def _learning(self) -> list[Call]:
        kernel = self.site.gradients[self.block.node, "kernel"].reshape(-1)
        filters, channels, *size = self.block.kernel_shape
        bands = spans(len(self.inner), (channels + 2 * filters) * self.line)
        turned = np.empty((bands[0].stop, self.line, filters), np.float32)
        calls: list[Call] = []
        for index, band in enumerate(bands):
            rows = self.inner[band]
            right = turned[: len(rows)]  # (rows, line, k)
            windows = self.source.windows(band.start, len(rows), (size[0], size[1]), self.line)
            calls.append(copying(right, rows.transpose(0, 2, 1)))
            calls += LineProduct(windows, right).calls(kernel, add=index > 0)
        if self.block.bias is not None:
            calls.append(self.tail.bias_gradient(self.site.gradients[self.block.node, "bias"]))
        return calls


class _Return:
    """Some rows of the input's gradient: gathered from the rows of the output's that read them."""

    def __init__(self, block: ConvolutionBlock, gradient: Array, between: Array, product: Array) -> None:
        filters, channels, taps, size = block.kernel_shape
        count, _, width, batch = gradient.shape
        line = between.shape[2]
        row, down, item = between.strides
        windows = as_strided(between, (count, taps * filters, line), (row, down, item), writeable=False)
        product = product[:count]
        self.product = RowProduct(block.back_weights, windows, product)
        columns = product.reshape(count, size, channels, line // batch, batch)
        places = _column_spans(block.windows[1], line // batch, width)
        # The widest first: what it leaves is zero.
        places.sort(key=lambda place: place[2].start - place[2].stop)
        self.first, *self.others = [
            (gradient[:, :, inputs], columns[:, tap, :, outputs]) for tap, outputs, inputs in places
        ]
        covered = places[0][2]
        rest = gradient[:, :, : covered.start], gradient[:, :, covered.stop :]
        self.rest = [part for part in rest if part.size]

    @property
    def calls(self) -> list[Call]:
        """What gathers them."""
        return [
            self.product.call,
            copying(*self.first),
            *(partial(rest.fill, 0) for rest in self.rest),
            *(partial(np.add, target, source, target) for target, source in self.others),
        ]
