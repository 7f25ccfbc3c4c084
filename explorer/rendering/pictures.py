"""Pictures of what is visible of a trace: mosaics of coloured tiles, ready to be drawn."""

from __future__ import annotations

import itertools
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.engine.evaluate import Trace
from explorer.engine.layer import Array
from explorer.engine.layers.activation import ReLU
from explorer.engine.network import Network
from explorer.engine.pool import pool
from explorer.rendering.averages import Averages
from explorer.rendering.flat_maps import is_list
from explorer.rendering.look import Look
from explorer.rendering.picture import Picture
from explorer.rendering.ranges import Ranges
from explorer.rendering.sheet import Sheet, grid_of, is_shrunk, list_sheet, unit_picture
from explorer.rendering.summary import Summary
from explorer.rendering.survey import NOBODY, Scan, memory_order, survey_list
from explorer.rendering.wanted import Tiles, Wanted, unit_key

READABLE = 0.1  # seconds that the numbers of a unit stay while frames come: faster ones cannot be read

__all__ = ["Painter", "Picture", "Summary", "Tiles", "Wanted", "unit_key"]


_Painted = tuple[tuple[object, ...], Picture]  # what a picture was made of, and the picture
_Piece = Callable[[], None]
_BY_IDENTITY = np.ndarray, weakref.ref


class _Numbers(NamedTuple):
    """The summary of a unit, when it was made, and whether another frame has come since."""

    summary: Summary
    made: float
    are_old: bool


class _Averages(NamedTuple):
    """Averages with the activation that they were made of; only whoever shows a trace keeps its memory."""

    source: weakref.ref[Array]
    averages: Averages

    def serve(self, source: Array, channels: NDArray[np.intp], tiles: Tiles, in_haste: bool) -> bool:
        """Whether they are what a request needs."""
        averages = self.averages
        rows, columns = averages.vertical, averages.horizontal
        size = min(tiles.height, rows.extent), min(tiles.width, columns.extent)
        fits = (rows.count, columns.count) == size
        is_good = (averages.is_exact or in_haste) and fits
        return is_good and self.source() is source and np.array_equal(averages.channels, channels)


class Painter:
    """Paints pictures of traces; what did not change since the last time costs nothing.

    Belongs to one thread. Only sample 0 of a batch is shown.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._ranges = Ranges(now)
        self._averages: dict[str, _Averages] = {}
        self._painted: dict[str, _Painted] = {}
        self._numbers: dict[str, _Numbers] = {}
        self._network: Network | None = None
        self._in_haste = False
        self._each: Callable[[Callable[[_Piece], None], Iterable[_Piece]], None] = pool.each
        self.is_exact = True
        """Whether the last pictures are those that a still trace would have."""

    def paint(self, trace: Trace, wanted: Wanted, *, moving: bool = False) -> Mapping[str, Picture]:
        """The pictures of everything wanted that ran, by `Tiles.key` and `unit_key`.

        While frames come one after the other (`moving`), all this is one thread's work and leaves the others to
        the next frame; ranges may then be those of a few frames ago, the numbers of units a tenth of a second old,
        and what is shown much smaller averages of some of its rows. Of another network everything is made anew.
        """
        may_be_old = moving and trace.network is self._network
        self._network, self._in_haste = trace.network, may_be_old
        self._each = _in_turn if may_be_old else pool.each
        inputs = [node.name for node in trace.network.nodes if not node.inputs]
        self._ranges.begin(trace.activations, inputs, may_be_old=may_be_old)
        tiles = [one for one in wanted.tiles if one.node in trace.activations]
        units = [one for one in wanted.units if _exists(trace, *one)]
        self._survey(trace, tiles, units, wanted.look)
        self._average(trace, tiles, wanted.look)
        painted: dict[str, _Painted] = {}
        work: list[_Piece] = []
        for one in tiles:
            sheet = self._sheet(trace, one, wanted)
            before = self._painted.get(one.key)
            if before is not None and same(before[0], sheet.identity):
                painted[one.key] = before
            else:
                work.extend(sheet.pieces())
                painted[one.key] = (sheet.identity, sheet.picture)
        self._each(_call, work)
        for node, channel in units:
            painted[unit_key(node, channel)] = self._unit(trace, node, channel, wanted, may_be_old)
        self._painted = painted
        self._numbers = {key: one for key, one in self._numbers.items() if key in painted}
        has_old = any(one.are_old for one in self._numbers.values())
        has_read_all = all(one.averages.is_exact for one in self._averages.values())
        self.is_exact = self._ranges.is_exact and has_read_all and not has_old
        return {key: picture for key, (_, picture) in painted.items()}

    # ---- every value once -------------------------------------------------------------------------------------

    def _survey(
        self, trace: Trace, tiles: list[Tiles], units: list[tuple[str, int | None]], look: Look
    ) -> None:
        """Know the ranges of the nodes that are needed; on the way average what is shown smaller."""
        names = dict.fromkeys([one.node for one in tiles] + [node for node, _ in units])
        if look.scope == "network":
            names |= dict.fromkeys(trace.activations)
        scans: dict[str, Scan] = {}
        requests: dict[str, Tiles] = {}
        derived: dict[str, str] = {}  # a ReLU's ranges follow from those of its input
        for name in names:
            activation = trace.activations[name]
            if self._ranges.knows(name):
                continue
            if is_list(activation):
                self._ranges.learn(name, activation, survey_list(activation[0]))
                continue
            request = self._sure_request(activation, name, tiles, look)
            channels = NOBODY if request is None else self._channels(request, activation.shape[1], look)
            size = (1, 1) if request is None else (request.height, request.width)
            node = trace.steps[name].node
            source = node.inputs[0] if node.inputs else ""
            is_derived = isinstance(node.layer, ReLU) and not node.bypassed
            if is_derived and (source in scans or self._ranges.is_fresh(source)):
                derived[name] = source
            scans[name] = Scan(
                memory_order(activation), ranges=name not in derived, channels=channels, size=size,
                plateaus=node.layer.plateaus(), in_haste=self._in_haste,
            )  # fmt: skip
            if request is not None:
                requests[name] = request
        self._work_off(scans.values())
        for name, scan in scans.items():
            activation = trace.activations[name]
            survey = (
                scan.survey_behind(self._ranges.survey(derived[name])) if name in derived else scan.survey
            )
            self._ranges.learn(name, activation, survey)
            if scan.averages is not None:
                self._averages[requests[name].key] = _Averages(weakref.ref(activation), scan.averages)

    def _sure_request(self, activation: Array, name: str, tiles: list[Tiles], look: Look) -> Tiles | None:
        """A request whose averages can be made on the way, since its channels are known before the survey."""
        sure = look.order == "index" or self._ranges.has_order(name, activation.shape[1])
        fitting = (one for one in tiles if one.node == name and sure and is_shrunk(one, activation))
        return next(fitting, None)

    def _average(self, trace: Trace, tiles: list[Tiles], look: Look) -> None:
        """Average what is shown smaller and was not averaged on the way; forget what nobody sees."""
        scans: list[Scan] = []
        needed: dict[str, _Averages] = {}
        for one in tiles:
            activation = trace.activations[one.node]
            if not is_shrunk(one, activation):
                continue
            channels = self._channels(one, activation.shape[1], look)
            known = self._averages.get(one.key)
            if known is not None and known.serve(activation, channels, one, self._in_haste):
                needed[one.key] = known
                continue
            scan = Scan(
                memory_order(activation), ranges=False, channels=channels, size=(one.height, one.width),
                in_haste=self._in_haste,
            )  # fmt: skip
            if scan.averages is not None:
                needed[one.key] = _Averages(weakref.ref(activation), scan.averages)
                scans.append(scan)
        self._work_off(scans)
        self._averages = needed

    def _work_off(self, scans: Iterable[Scan]) -> None:
        """All pieces of all scans among the compute pool, and then what needs them all."""
        every = list(scans)
        self._each(_call, _interleaved([scan.pieces() for scan in every]))
        self._each(_call, [scan.finish for scan in every])

    def _channels(self, tiles: Tiles, count: int, look: Look) -> NDArray[np.intp]:
        """The channels that are averaged for a request, ascending."""
        if tiles.kind == "image":
            return np.arange(count)
        if tiles.only is not None:
            return np.array([min(tiles.only, count - 1)])
        order = self._ranges.order(tiles.node, count, look)
        return np.sort(order[grid_of(tiles, count).cells])

    # ---- colours ----------------------------------------------------------------------------------------------

    def _sheet(self, trace: Trace, tiles: Tiles, wanted: Wanted) -> Sheet:
        activation = trace.activations[tiles.node]
        survey = self._ranges.survey(tiles.node)
        limits = self._ranges.limits(tiles.node, wanted.look)
        if is_list(activation):
            return list_sheet(activation, tiles, survey, limits, wanted)
        order = self._ranges.order(tiles.node, activation.shape[1], wanted.look)
        if tiles.only is not None:
            order = np.array([min(tiles.only, activation.shape[1] - 1)])
        averages = self._averages.get(tiles.key)
        if averages is None:
            maps, stored, is_exact = memory_order(activation), np.arange(activation.shape[1]), True
        else:
            found = averages.averages
            maps, stored, is_exact = found.values, found.channels, found.is_exact
        is_input = not trace.network[tiles.node].inputs
        return Sheet(activation, maps, stored, tiles, order, survey, limits, wanted, is_input, is_exact)

    def _unit(
        self, trace: Trace, node: str, channel: int | None, wanted: Wanted, may_be_old: bool
    ) -> _Painted:
        activation, key, look = trace.activations[node], unit_key(node, channel), wanted.look
        limits, survey = self._ranges.limits(node, look), self._ranges.survey(node)
        identity = (
            weakref.ref(activation), survey, node, channel, look.gamma, look.colours, wanted.dark, limits.tobytes()
        )  # fmt: skip
        before, numbers = self._painted.get(key), self._numbers.get(key)
        if numbers is not None and not may_be_old and numbers.are_old:
            before = numbers = None
        if before is not None and same(before[0], identity):
            return before
        is_input = not trace.network[node].inputs
        if may_be_old and numbers is not None and self._now() - numbers.made < READABLE:
            self._numbers[key] = numbers._replace(are_old=True)
            return identity, unit_picture(
                activation, node, channel, survey, limits, wanted, is_input, numbers.summary
            )
        picture = unit_picture(activation, node, channel, survey, limits, wanted, is_input)
        if picture.summary is not None:
            self._numbers[key] = _Numbers(picture.summary, self._now(), False)
        return identity, picture


def same(left: tuple[object, ...], right: tuple[object, ...]) -> bool:
    """Whether two identities are the same: arrays and references by identity, everything else by value."""
    return len(left) == len(right) and all(
        a is b or not (isinstance(a, _BY_IDENTITY) or isinstance(b, _BY_IDENTITY) or a != b)
        for a, b in zip(left, right, strict=True)
    )


def _exists(trace: Trace, node: str, channel: int | None) -> bool:
    activation = trace.activations.get(node)
    return activation is not None and (channel is None or 0 <= channel < activation.shape[1])


def _interleaved(lists: list[list[_Piece]]) -> list[_Piece]:
    """Pieces of all lists in turn, largest lists first, so that no thread is left with one long list."""
    rounds = itertools.zip_longest(*sorted(lists, key=len, reverse=True))
    return [piece for pieces in rounds for piece in pieces if piece is not None]


def _call(piece: _Piece) -> None:
    piece()


def _in_turn(work: Callable[[_Piece], None], items: Iterable[_Piece]) -> None:
    """What the compute pool does, on this thread alone."""
    for item in items:
        work(item)
