"""Prepared chains: the calls of a chain's tiles, made once and called again for every frame of the same shape.

To find out anew which views a tile reads takes Python a tenth of the tile's time, with the interpreter lock held,
for which all other threads wait. A prepared chain owns its outputs and keeps, for every thread, the calls that fill
them. It is used again when nobody holds any of the arrays that it handed out.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from explorer.engine.layer import Array
from explorer.engine.network import Network, Node
from explorer.engine.pool import pool
from explorer.engine.row_work import Call, Ready, RowWork
from explorer.engine.rows import tiles_of


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
        self.bytes = sum(work.output.nbytes for work in works)
        self.last_use = 0
        self._nodes, self._works = list(nodes), list(works)
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

    @property
    def is_free(self) -> bool:
        """Whether nobody holds what was handed out last."""
        return all(one() is None for one in self._lent)

    def fits(self, network: Network, known: Mapping[str, Array]) -> bool:
        """Whether it computes what the network asks for, from inputs that lie as those before did."""
        return (
            network.readers.get(self._nodes[-1].name) == self._readers
            and all(_serves(old, network, work) for old, work in zip(self._nodes, self._works, strict=True))
            and all(name in known and _lie(known[name]) == lie for name, lie in self._lies.items())
        )

    def is_bound_to(self, known: Mapping[str, Array]) -> bool:
        """Whether its calls read these inputs already."""
        return all(owned(known[name]) is self._bound.get(name) for name in self._lies)

    def run(self, network: Network, known: Mapping[str, Array]) -> list[float]:
        """Compute all outputs; returns the seconds that each took: its share in the time that all took together."""
        started = time.perf_counter()
        self._bind(known)
        self._load(network)
        shares = [[0.0] * len(self._works) for _ in self._tiles]
        try:
            pool.each(lambda index: self._compute(index, shares[index]), range(len(self._tiles)))
        finally:
            self._sources = []  # what belongs to others is not held on to
        taken = [sum(parts) for parts in zip(*shares, strict=True)]
        share = (time.perf_counter() - started) / max(sum(taken), 1e-12)
        return [one * share for one in taken]

    def hand_out(self) -> list[Array]:
        """The outputs as arrays that nobody can write into, and that are never written while somebody holds them."""
        handed = [outlet.hand_out() for outlet in self._outlets]
        self._lent = [weakref.ref(one) for one in handed]
        return handed

    @property
    def nodes(self) -> Sequence[Node]:
        """The nodes whose outputs were computed last."""
        return self._nodes

    def _bind(self, known: Mapping[str, Array]) -> None:
        bound = {name: own for name in self._lies if (own := owned(known[name])) is not None}
        if bound.keys() != self._bound.keys() or any(bound[name] is not self._bound[name] for name in bound):
            self._bound, self._binding = bound, self._binding + 1
        self._sources = [
            tuple(self._own.get(name, bound.get(name, known.get(name))) for name in node.inputs)  # type: ignore[misc]
            for node in self._nodes
        ]
        # Calls that read arrays of others would keep them alive.
        self._keeps = [
            all(name in self._own or name in bound for name in node.inputs) for node in self._nodes
        ]

    def _load(self, network: Network) -> None:
        for place, (old, work) in enumerate(zip(self._nodes, self._works, strict=True)):
            new = network[old.name]
            if work.load is not None and not _same_parameters(old, new):
                work.load(new.parameters)
            self._nodes[place] = new

    def _compute(self, index: int, shares: list[float]) -> None:
        tiles = _desk.tiles.get(self)
        if tiles is None:
            tiles = _desk.tiles[self] = [None] * len(self._tiles)
        parts = tiles[index]
        if parts is None:
            parts = tiles[index] = self._parts(index)
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
            shares[place] = ended - begun
            begun = ended

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
