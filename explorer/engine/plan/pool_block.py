"""Max pooling 2 x 2 that does not follow a convolution at once, such as behind a batch normalisation."""

from __future__ import annotations

from explorer.engine.layer import Array
from explorer.engine.memory import rows_first
from explorer.engine.plan.block import Block, Site, Stage
from explorer.engine.plan.calls import Call, make
from explorer.engine.plan.filtering import spans
from explorer.engine.plan.place import lines_of
from explorer.engine.plan.pooling import Tail, from_phases, to_phases


class PoolBlock(Block):
    """Max pooling of windows of 2 x 2 side by side."""

    def stage(self, site: Site) -> Stage:
        return _PoolStage(site)


class _PoolStage(Stage):
    def __init__(self, site: Site) -> None:
        self.is_needed = site.needed[0]
        self.count = len(site.output.values)
        out, gradient = lines_of(site.output.values), lines_of(site.output.gradient)
        rows, channels, line = out.shape
        self.spans = spans(rows, 4 * channels * line)
        longest = self.spans[0].stop
        self.tail = Tail(out, gradient, None, rectify=False, pool=True, longest=longest)
        self.source = self._whole_windows(site.inputs[0].values, rows, line)
        # What no window reads stays zero.
        self.target = self._whole_windows(site.inputs[0].gradient, rows, line)
        self.descent = self.tail.phases[:, :longest].copy()
        self.there, self.back = self._calls()

    def _calls(self) -> tuple[list[Call], list[Call]]:
        """What is done on the way there, and on the way back."""
        there: list[Call] = []
        back: list[Call] = []
        for rows in self.spans:
            wide = slice(2 * rows.start, 2 * rows.stop)
            there.append(to_phases(self.source[wide], self.tail.phases[:, rows], self.count))
            there += self.tail.there(rows)
            descent = self.descent[:, : rows.stop - rows.start]
            back += self.tail.back(rows, descent)
            back.append(from_phases(descent, self.target[wide], self.count))
        return there, back if self.is_needed else []

    def _whole_windows(self, maps: Array, rows: int, line: int) -> Array:
        """The part of maps that windows read: (2 rows, c, 2 columns, n)."""
        return rows_first(maps)[: 2 * rows, :, : 2 * line // self.count]

    def forward(self) -> None:
        make(self.there)

    def backward(self) -> None:
        make(self.back)
