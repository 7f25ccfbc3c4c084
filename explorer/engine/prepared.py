"""Prepared chains: the calls of a chain's tiles, made once and called again for every frame of the same shape.

To find out anew which views a tile reads takes Python a tenth of the tile's time, with the interpreter lock held,
for which all other threads wait. A prepared chain owns its outputs and keeps, for every thread, the calls that fill
them. It is used again when nobody holds any of the arrays that it handed out.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from explorer.engine.layer import Array
from explorer.engine.network import Network, Node
from explorer.engine.row_work import Call, Ready, RowWork
from explorer.engine.rows import tiles_of

Tile = tuple[tuple[int, int], ...]  # for every node of a chain the rows (first, past the last)
ALL_ROWS = 1 << 62


class Layout(NamedTuple):
    """How a chain is cut: its nodes' names, its tiles, and how many rows of other nodes must be there before each."""

    names: tuple[str, ...]
    tiles: tuple[Tile, ...]
    needs: tuple[tuple[tuple[str, int], ...], ...]


class _Outlet:
    """Where an activation that is written again and again is handed out, as an array that nobody can write into."""

    def __init__(self, activation: Array) -> None:
        self.activation = activation
        interface = activation.__array_interface__
        self.__array_interface__ = {**interface, "data": (interface["data"][0], True)}

    def hand_out(self) -> Array:
        """Another array; views of it stop at it, whose base is no array, so that it lives as long as any of them."""
        return np.asarray(self)


def owned(x: Array) -> Array | None:
    """The activation behind what a prepared chain handed out; None of any other array."""
    return x.base.activation if isinstance(x.base, _Outlet) else None


def is_preparable(works: Sequence[RowWork]) -> bool:
    """Whether all of them can be made ready."""
    return all(work.ready is not None and not work.is_whole for work in works)


@dataclass
class _Part:
    """What one member of a chain does in a tile; `reads` are of the inputs that the chain was bound to last."""

    ready: Ready
    reads: Sequence[Call] | None = None
    binding: int = 0


class _Desk(threading.local):
    """What a thread has made ready: of every chain its tiles, and None for those that it has not done yet."""

    def __init__(self) -> None:
        self.tiles: WeakKeyDictionary[PreparedChain, list[list[_Part] | None]] = WeakKeyDictionary()


_desk = _Desk()


class PreparedChain:
    """The works of nodes that are computed together, ready to be done again on other numbers.

    One evaluation at a time may use it, and only while `is_free`.
    """

    def __init__(
        self, network: Network, nodes: Sequence[Node], works: Sequence[RowWork], known: Mapping[str, Array]
    ) -> None:
        self.name = nodes[0].name
        self.batch = len(works[0].output)
        self.bytes = sum(work.output.nbytes for work in works)
        self.last_use = 0
        self._network, self._nodes, self._works = network, list(nodes), list(works)
        self._readers = network.readers[nodes[-1].name]
        self._tiles = tiles_of(works)
        self._own = {node.name: work.output for node, work in zip(nodes, works, strict=True)}
        self._outlets = [_Outlet(work.output) for work in works]
        self._lent: list[weakref.ref[Array]] = []
        outer = {name for node in nodes for name in node.inputs} - self._own.keys()
        self._lies = {name: _lie(known[name]) for name in outer}
        self._bound: dict[str, Array] = {}  # what the calls read of other prepared chains
        self._binding = 0
        self._sources: list[tuple[Array, ...]] = []
        self._keeps: list[bool] = []
        self._shares: list[list[float]] = []
        self.layout = Layout(
            tuple(self._own), tuple(self._tiles), tuple(self._needs(tile, outer) for tile in self._tiles)
        )

    @property
    def is_free(self) -> bool:
        """Whether nobody holds what was handed out last."""
        return all(one() is None for one in self._lent)

    def fits(self, network: Network, known: Mapping[str, Array]) -> bool:
        """Whether it computes what the network asks for, from inputs that lie as those before did."""
        if network is not self._network and not (
            network.readers.get(self._nodes[-1].name) == self._readers
            and all(_serves(old, network, work) for old, work in zip(self._nodes, self._works, strict=True))
        ):
            return False
        return all(name in known and _lie(known[name]) == lie for name, lie in self._lies.items())

    def is_bound_to(self, known: Mapping[str, Array]) -> bool:
        """Whether its calls read these inputs already."""
        return all(owned(known[name]) is self._bound.get(name) for name in self._lies)

    def begin(self, network: Network, known: Mapping[str, Array]) -> list[Array]:
        """Get ready for these inputs; returns what the outputs will be once all tiles are computed."""
        self._bind(known)
        self._load(network)
        self._shares = [[0.0] * len(self._works) for _ in self._tiles]
        return self._hand_out()

    def compute(self, tile: int) -> None:
        """Compute one of the tiles; different ones may be computed at once."""
        tiles = _desk.tiles.get(self)
        if tiles is None:
            tiles = _desk.tiles[self] = [None] * len(self._tiles)
        parts = tiles[tile]
        if parts is None:
            parts = tiles[tile] = self._parts(tile)
        begun = time.perf_counter()
        for place, part in enumerate(parts):
            reads = part.reads
            if reads is None or part.binding != self._binding or not self._keeps[place]:
                reads = part.ready.reads(self._sources[place])
                part.reads, part.binding = reads if self._keeps[place] else None, self._binding
            for call in reads:
                call()
            for call in part.ready.calls:
                call()
            ended = time.perf_counter()
            self._shares[tile][place] = ended - begun
            begun = ended

    def finish(self) -> list[float]:
        """Let go of what belongs to others; returns the seconds that all threads together took for every node."""
        if not all(self._keeps):
            self._sources = []
        return [sum(parts) for parts in zip(*self._shares, strict=True)]

    def _hand_out(self) -> list[Array]:
        """The outputs as arrays that nobody can write into, and that are never written while somebody holds them."""
        handed = [outlet.hand_out() for outlet in self._outlets]
        self._lent = [weakref.ref(one) for one in handed]
        return handed

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes whose outputs it computes, those of the network for which it was used last."""
        return self._nodes

    def _bind(self, known: Mapping[str, Array]) -> None:
        bound = {name: own for name in self._lies if (own := owned(known[name])) is not None}
        is_other = bound.keys() != self._bound.keys() or any(
            bound[name] is not self._bound[name] for name in bound
        )
        if not is_other and self._sources:
            return
        if is_other:
            self._bound, self._binding = bound, self._binding + 1
        found = {**known, **self._own, **bound}
        self._sources = [tuple(found[name] for name in node.inputs) for node in self._nodes]
        # Calls that read arrays of others would keep them alive.
        ours = self._own.keys() | bound.keys()
        self._keeps = [ours >= set(node.inputs) for node in self._nodes]

    def _load(self, network: Network) -> None:
        if network is self._network:
            return
        for place, (old, work) in enumerate(zip(self._nodes, self._works, strict=True)):
            new = network[old.name]
            if work.load is not None and not _same_parameters(old, new):
                work.load(new.parameters)
            self._nodes[place] = new
        self._network = network

    def _needs(self, tile: Tile, outer: Set[str]) -> tuple[tuple[str, int], ...]:
        """How many rows of what is computed outside of the chain must be there before a tile."""
        needs: dict[str, int] = {}
        for node, work, (begin, end) in zip(self._nodes, self._works, tile, strict=True):
            for name in outer & set(node.inputs) if begin < end else ():
                rows = ALL_ROWS if work.last_read is None else work.last_read(end)
                needs[name] = max(rows, needs.get(name, 0))
        return tuple(needs.items())

    def _parts(self, index: int) -> list[_Part]:
        parts = []
        for work, (begin, end) in zip(self._works, self._tiles[index], strict=True):
            assert work.ready is not None, "only what can be made ready is prepared"
            parts.append(_Part(work.ready(begin, end) if begin < end else Ready(lambda inputs: ())))
        return parts


def _lie(x: Array) -> tuple[Any, ...]:
    return x.shape, x.strides, x.dtype


def _serves(old: Node, network: Network, work: RowWork) -> bool:
    """Whether the work prepared for a node is that of the node which has its name now."""
    report = network.reports.get(old.name)
    if report is None or report.problem:
        return False
    new = network[old.name]
    return new is old or (
        not new.bypassed
        and new.inputs == old.inputs
        and new.layer == old.layer
        and (_same_parameters(old, new) or (work.load is not None and _alike(old, new)))
    )


def _same_parameters(old: Node, new: Node) -> bool:
    return old.parameters is new.parameters or (
        old.parameters.keys() == new.parameters.keys()
        and all(array is new.parameters[name] for name, array in old.parameters.items())
    )


def _alike(old: Node, new: Node) -> bool:
    """Whether the parameters have the same names and shapes."""
    return {name: array.shape for name, array in old.parameters.items()} == {
        name: array.shape for name, array in new.parameters.items()
    }
