"""Preparations: the chains that are ready to be used again, found by what a network asks for."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from explorer.engine.layer import Array
from explorer.engine.network import Network, Node
from explorer.engine.prepared import PreparedChain, is_preparable
from explorer.engine.row_work import RowWork

COPIES = 6  # of chains that begin with a node of one name: two or three take turns, in two networks at a time
LARGEST = 1 << 27  # bytes of the outputs of a chain; in larger ones the calls take no time
MOST = 1 << 29  # bytes of all outputs that are kept
PATIENCE = 400  # uses of chains after which one that nobody asked for is forgotten, sooner or later


class Preparations:
    """Prepared chains by the name of the node with which they begin; whoever takes one has it for himself."""

    def __init__(self) -> None:
        self._chains: dict[str, list[PreparedChain]] = {}
        self._seen: dict[str, tuple[tuple[int, ...], ...]] = {}
        self._uses = 0
        self._lock = threading.Lock()

    def take(self, network: Network, node: Node, known: Mapping[str, Array]) -> PreparedChain | None:
        """A chain that begins with `node`, and whose outputs nobody holds; None if there is none."""
        with self._lock:
            chains = self._chains.get(node.name, [])
            found = None
            for chain in chains:
                if chain.is_free and chain.fits(network, known):
                    found = chain
                    if chain.is_bound_to(known):
                        break
            if found is not None:
                chains.remove(found)
            return found

    def wants(self, node: Node, works: Sequence[RowWork], known: Mapping[str, Array]) -> bool:
        """Whether a chain that was just made is worth being prepared: it comes for the second time."""
        shapes = tuple(known[name].shape for name in node.inputs)
        with self._lock:
            is_known = self._seen.get(node.name) == shapes
            self._seen[node.name] = shapes
        return is_known and is_preparable(works) and sum(work.output.nbytes for work in works) <= LARGEST

    def put(self, chain: PreparedChain) -> None:
        """Keep a chain for later; what has not been used for long is forgotten."""
        with self._lock:
            self._uses += 1
            is_new, chain.last_use = not chain.last_use, self._uses
            alike = self._chains.setdefault(chain.name, [])
            alike.append(chain)
            del alike[:-COPIES]
            if is_new or self._uses % PATIENCE == 0:
                self._forget()

    def clear(self) -> None:
        """Keep none: somebody else evaluates from now on."""
        with self._lock:
            self._chains.clear()
            self._seen.clear()

    def of(self, name: str) -> list[PreparedChain]:
        """The chains that are kept and begin with a node of this name, the one that was used last at the end."""
        return list(self._chains.get(name, ()))

    def _forget(self) -> None:
        by_age = sorted(
            (one for chains in self._chains.values() for one in chains), key=lambda one: -one.last_use
        )
        total = 0
        for one in by_age:
            total += one.bytes
            if total > MOST or one.last_use < self._uses - PATIENCE:
                self._chains[one.name].remove(one)


preparations = Preparations()
