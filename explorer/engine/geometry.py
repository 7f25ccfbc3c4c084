"""Where windows fall: output sizes, padding, border modes and receptive fields, one axis at a time."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Border = Literal["constant", "reflect", "reflect-101", "replicate", "wrap"]
BORDERS: tuple[Border, ...] = ("constant", "reflect", "reflect-101", "replicate", "wrap")


@dataclass(frozen=True)
class Window:
    """A window that slides along one axis. Sizes in input pixels; `before` and `after` is padding.

    `zoom` is the number of outputs that share a place of the window: above 1 where a layer makes maps larger.
    """

    size: int = 1
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil: bool = False
    zoom: int = 1

    @property
    def reach(self) -> int:
        """Input pixels from the first to the last one read: dilation * (size - 1) + 1."""
        return self.dilation * (self.size - 1) + 1

    def output_size(self, extent: int) -> int:
        """How many windows fit on an axis of `extent` pixels; below 1 where none does.

        floor((extent + before + after - reach) / stride) + 1 (Dumoulin & Visin 2016, relationship 6; dilation
        as in section 5.1). With `ceil`, rounded up, but a partial window that would start in the padding after
        the last pixel does not count, as in PyTorch.
        """
        room = extent + self.before + self.after - self.reach
        if room < 0:
            return 0
        whole = room // self.stride + 1
        is_partial = room % self.stride > 0 and whole * self.stride < extent + self.before
        return whole + 1 if self.ceil and is_partial else whole

    def formula(self, extent: int) -> str:
        """The output size with today's numbers: '⌊(160 + 1 + 1 - 3) / 1⌋ + 1 = 160'."""
        padding = f" + {self.before} + {self.after}" if self.before or self.after else ""
        reach = str(self.size) if self.dilation == 1 else f"({self.dilation}·({self.size} - 1) + 1)"
        left, right = "⌈⌉" if self.ceil else "⌊⌋"
        return f"{left}({extent}{padding} - {reach}) / {self.stride}{right} + 1 = {self.output_size(extent)}"

    def unread(self, extent: int) -> tuple[int, int]:
        """Input pixels after the last window's last one and, with strides beyond the reach, between windows."""
        count = self.output_size(extent)
        if count < 1:
            return extent, 0
        last = (count - 1) * self.stride - self.before + self.reach
        return max(0, extent - last), max(0, self.stride - self.reach)


def same_padding(extent: int, size: int, stride: int, dilation: int) -> tuple[int, int]:
    """Padding (before, after) that gives ceil(extent / stride) outputs; an odd pixel goes after, like Keras."""
    reach = dilation * (size - 1) + 1
    total = max(0, (math.ceil(extent / stride) - 1) * stride + reach - extent)
    return total // 2, total - total // 2


def border_index(positions: NDArray[np.intp], extent: int, border: Border) -> NDArray[np.intp]:
    """Which pixel of an axis of `extent` stands at each position, inside or outside of it; -1 for a constant.

    The modes are OpenCV's: reflect 'cba|abc|cba', reflect-101 'cb|abc|ba', replicate 'aa|abc|cc',
    wrap 'bc|abc|ab'; they repeat for positions farther out than the axis is long.
    """
    if border == "constant":
        return np.where((positions >= 0) & (positions < extent), positions, -1)
    if border == "replicate":
        return np.clip(positions, 0, extent - 1)
    if border == "wrap":
        return positions % extent
    if border == "reflect":
        folded = positions % (2 * extent)
        return np.where(folded < extent, folded, 2 * extent - 1 - folded)
    if extent == 1:
        return np.zeros_like(positions)
    folded = positions % (2 * extent - 2)
    return np.where(folded < extent, folded, 2 * extent - 2 - folded)


@dataclass(frozen=True)
class Field:
    """The receptive field of a unit along one axis, in pixels of the network's input.

    `size` pixels wide, `step` pixels from one unit to the next (a fraction where maps are finer than
    the image), the first unit's field starts at `start` (negative: in the padding). Araujo et al. 2019,
    'Computing Receptive Fields', section 2.
    """

    size: int = 1
    step: int | Fraction = 1
    start: int = 0
    # Where it came from: through a window, of one field, or of several; and how many steps from the image.
    window: Window | None = dataclasses.field(default=None, compare=False, repr=False)
    behind: tuple[Field, ...] = dataclasses.field(default=(), compare=False, repr=False)
    depth: int = dataclasses.field(default=0, compare=False, repr=False)

    def through(self, window: Window) -> Field:
        """The field of the units behind a layer that slides this window."""
        step = Fraction(self.step * window.stride, window.zoom)
        return Field(
            size=math.ceil(self.size + (window.reach - 1) * self.step),
            step=int(step) if step.denominator == 1 else step,
            start=math.floor(self.start - window.before * self.step),
            window=window,
            behind=(self,),
            depth=self.depth + 1,
        )

    def of_unit(self, index: int) -> tuple[int, int]:
        """First pixel and one past the last pixel that the unit at `index` reads."""
        # Step by step, the latest first: where maps grow several units share a place, and no sum of steps tells that.
        read = {id(self): (self, index, index)}
        while True:
            field, first, last = read.pop(max(read, key=lambda one: read[one][0].depth))
            if not field.behind:
                start = math.floor(field.start + first * field.step)
                return start, math.floor(field.start + last * field.step) + field.size
            if field.window is not None:
                one = field.window
                first = first // one.zoom * one.stride - one.before
                last = last // one.zoom * one.stride - one.before + one.reach - 1
            for source in field.behind:
                _, begin, end = read.get(id(source), (source, first, last))
                read[id(source)] = source, min(begin, first), max(end, last)

    def merged(self, other: Field) -> Field:
        """The field of a unit that reads units of both fields (add, concatenate)."""
        start = min(self.start, other.start)
        end = max(self.start + self.size, other.start + other.size)
        depth = 1 + max(self.depth, other.depth)
        return Field(end - start, max(self.step, other.step), start, behind=(self, other), depth=depth)
