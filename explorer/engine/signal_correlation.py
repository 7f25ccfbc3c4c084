"""Correlations of signals: maps of one row, the long ones cut into pieces that threads can share."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np

from explorer.engine.axes import as_sheets, from_sheets
from explorer.engine.correlation import correlate
from explorer.engine.correlation_gradients import input_gradient, kernel_gradient
from explorer.engine.geometry import Border, Window
from explorer.engine.layer import Array
from explorer.engine.memory import empty_activation
from explorer.engine.pool import pool

Piece = tuple[int, int]
PIECE = 1 << 20  # numbers of an unfolded piece: smaller ones would cost more to begin than they save
SHORTEST = 128  # outputs of a piece: shorter ones would repeat too much of what windows share


def correlate_signal(
    x: Array, kernel: Array, bias: Array | None, window: Window, groups: int, border: Border, value: float
) -> Array:
    """Cross-correlation of x (n, c, l) with kernel (k, c / groups, size), plus bias (k): (n, k, l')."""
    length = window.output_size(x.shape[2])
    y = empty_activation(len(x), (len(kernel), length), x.dtype)

    def work(piece: Piece) -> None:
        windows = Window(), _window_of(piece, window, x.shape[2])
        out = as_sheets(y[:, :, slice(*piece)])
        correlate(as_sheets(x), kernel[:, :, None], bias, windows, groups, border, value, out)

    pool.each(work, _pieces(length, kernel.shape[1] * kernel.shape[2] * groups * len(x)))
    return y


def signal_kernel_gradient(
    gradient: Array, x: Array, size: int, window: Window, groups: int, border: Border, value: float
) -> Array:
    """The gradient of a kernel of `size` that slid over x (n, c, l): (k, c / groups, size)."""
    pieces = _pieces(gradient.shape[2], x.shape[1] * size * len(x))
    shape = len(pieces), gradient.shape[1], x.shape[1] // groups, size
    partial = np.empty(shape, x.dtype)

    def work(index: int) -> None:
        windows = Window(), _window_of(pieces[index], window, x.shape[2])
        seed = as_sheets(gradient[:, :, slice(*pieces[index])])
        found = kernel_gradient(seed, as_sheets(x), (1, size), windows, groups, border, value)
        partial[index] = found[:, :, 0]

    pool.each(work, range(len(pieces)))
    return np.asarray(partial.sum(0))


def signal_input_gradient(
    gradient: Array,
    kernel: Array,
    window: Window,
    length: int,
    groups: int,
    border: Border,
    bias: Array | None = None,
) -> Array:
    """The gradient of a signal of `length` that `kernel` (k, c / groups, size) slid over, plus bias (c): (n, c, l)."""
    sheet = kernel[:, :, None]
    if border != "constant":  # what stood in for the outside lies in other pieces
        whole = input_gradient(as_sheets(gradient), sheet, (Window(), window), (1, length), groups, border)
        return from_sheets(whole, 1, whole.shape[1])
    channels = kernel.shape[1] * groups
    result = empty_activation(len(gradient), (channels, length), gradient.dtype)

    def work(piece: Piece) -> None:
        begin, end = piece
        # The outputs whose windows reach into the piece, and those windows as seen from its first value.
        first = max(0, -((window.reach - 1 - window.before - begin) // window.stride))
        last = max(first, min(gradient.shape[2], (end - 1 + window.before) // window.stride + 1))
        moved = dataclasses.replace(window, before=window.before + begin - first * window.stride)
        seed = as_sheets(gradient[:, :, first:last])
        found = input_gradient(seed, sheet, (Window(), moved), (1, end - begin), groups, "constant", bias)
        result[:, :, begin:end] = found[:, :, 0]

    pool.each(work, _pieces(length, channels * kernel.shape[2] * len(gradient) // window.stride))
    return result


def _pieces(length: int, line: int) -> list[Piece]:
    """A signal in pieces, each of about PIECE numbers where every value stands for `line` of them."""
    step = max(SHORTEST, PIECE // max(1, line))
    return list(pairwise([*range(0, length, step), length]))


def _window_of(piece: Piece, window: Window, length: int) -> Window:
    """The window that slides over a signal of `length` for the outputs of a piece only."""
    begin, end = piece
    before = window.before - begin * window.stride
    after = (end - begin - 1) * window.stride + window.reach - length - before
    return dataclasses.replace(window, before=before, after=after)
