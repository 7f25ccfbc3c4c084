"""The planned convolution: unfolded along the width only, its windows read by matrix products without a copy.

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
        self.back_weights = np.empty((width * channels, height * filters), np.float32)  # (kw * c, kh * k)

    def load(self, parameters: Parts) -> None:
        super().load(parameters)
        filters, channels, height, width = self.kernel_shape
        turned = self.kernel[:, :, ::-1].transpose(3, 1, 2, 0)  # (kw, c, kh, k), the lowest row first
        self.back_weights.reshape(width, channels, height, filters)[...] = turned

    def stage(self, site: Site) -> Stage:
        return _ConvolutionStage(self, site)


class _Band:
    """Some rows of the output: what they read, unfolded, and the products that are made of it."""

    def __init__(
        self, block: ConvolutionBlock, source: Array, rows: slice, unfolded: Array, out: Array
    ) -> None:
        height, taps = len(source), block.kernel_shape[2]
        count, (lines, line) = len(out), unfolded.shape[1:]
        self.rows = rows
        unfolded = unfolded[: count + taps - 1]
        first = rows.start - block.windows[0].before  # the input row that the band's first one is
        low, high = max(0, -first), min(len(unfolded), height - first)
        self.outside = [part for part in (unfolded[:low], unfolded[high:]) if len(part)]
        self.copies = _column_copies(source[first + low : first + high], unfolded[low:high], block.windows[1])
        row, down, item = unfolded.strides
        self.windows = as_strided(unfolded, (count, taps * lines, line), (row, down, item))
        self.product = RowProduct(block.weights, self.windows, out)

    @property
    def unfold(self) -> list[Call]:
        """What unfolds it."""
        copies = [copying(target, source) for target, source in self.copies]
        return copies + [partial(rows.fill, 0) for rows in self.outside]


def _column_copies(rows: Array, unfolded: Array, window: Window) -> list[tuple[Array, Array]]:
    """Which part of `unfolded` (h, kw * c, line) is which part of `rows` (h, c, w, n); the rest stays zero."""
    height, channels, width, count = rows.shape
    columns = unfolded.shape[2] // count
    target = unfolded.reshape(height, window.size, channels, columns, count)
    if not (window.before or window.after):
        row, channel, column, item = rows.strides
        source = as_strided(rows, target.shape, (row, column, channel, column, item), writeable=False)
        return [(target, source)]
    return [
        (target[:, tap, :, outputs], rows[:, :, inputs])
        for tap, outputs, inputs in _column_spans(window, columns, width)
    ]


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
        source = rows_first(site.inputs[0].values)
        out = lines_of(site.output.values)
        each = 2 if block.is_pooled else 1
        rows, line, lines = each * len(out), each * out.shape[2], width * channels
        self.spans = spans(len(out), each * lines * line)  # rows of the output
        self.back_spans = spans(len(out), each * each * filters * out.shape[2])
        longest, back = self.spans[0].stop, self.back_spans[0].stop
        self.tail = block.tail(site, max(longest, back))
        unfolded = np.zeros((each * longest + taps - 1, lines, line), np.float32)
        self.products = np.empty((each * longest, filters, line), np.float32) if block.is_pooled else out
        self.bands = [self._band(one, source, unfolded) for one in self.spans]
        # The gradient of the products, between rows of zeros: windows of it make the input's gradient.
        self.above = taps - 1 - block.windows[0].before
        self.between = np.zeros((len(source) + taps - 1, filters, line), np.float32)
        self.inner = self.between[self.above : self.above + rows]
        self.descent = np.empty((4, back, filters, out.shape[2]), np.float32) if block.is_pooled else None
        self.turned = np.empty((each * longest, line, filters), np.float32)
        self.returns = self._returns() if site.needed[0] else []
        self.there, self.back = self._way_there(), self._way_back()

    def _band(self, rows: slice, source: Array, unfolded: Array) -> _Band:
        if not self.block.is_pooled:
            return _Band(self.block, source, rows, unfolded, self.products[rows])
        wide = slice(2 * rows.start, 2 * rows.stop)
        return _Band(self.block, source, wide, unfolded, self.products[: wide.stop - wide.start])

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

    def _way_there(self) -> list[Call]:
        calls: list[Call] = []
        for rows, band in zip(self.spans, self.bands, strict=True):
            calls += [*band.unfold, band.product.call]
            if self.block.is_pooled:
                products = self.products[: 2 * (rows.stop - rows.start)]
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
        calls: list[Call] = []
        for index, band in enumerate(self.bands):
            if len(self.bands) > 1:
                calls += band.unfold  # the others used the same memory
            rows = self.inner[band.rows]
            turned = self.turned[: len(rows)]  # (rows, line, k)
            calls.append(copying(turned, rows.transpose(0, 2, 1)))
            calls += LineProduct(band.windows, turned).calls(kernel, add=index > 0)
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
