"""Chains: a node and those behind it that can be computed together, rows by rows while they are in the cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.engine.layer import Array, Layer
from explorer.engine.network import Network, Node
from explorer.engine.preparations import preparations
from explorer.engine.prepared import PreparedChain, owned
from explorer.engine.row_work import RowWork
from explorer.engine.rows import compute_chain
from explorer.engine.tape import Tape
from explorer.engine.wave import compute_wave

# Multiply-adds of what is done without asking whether it is still wanted: 10 to 20 ms.
LONGEST_WAVE = 2_000_000_000


@dataclass(frozen=True, eq=False)
class Step:
    """One node evaluated: what it read and what it gave. `seconds` is what the computation took.

    `tape` is None unless it was recorded; `inputs` is empty where the memory did not suffice to keep them.
    """

    node: Node
    inputs: tuple[Array, ...]
    output: Array
    seconds: float = 0.0
    tape: Tape | None = None


@dataclass(frozen=True, eq=False)
class Link:
    """A member of a chain: a node whose work is known and not done yet."""

    node: Node
    inputs: tuple[Array, ...]
    tape: Tape
    work: RowWork
    output: Array


def chained(
    network: Network,
    node: Node,
    inputs: tuple[Array, ...],
    known: Mapping[str, Array] | None,
    new_tape: Callable[[], Tape],
    spare: dict[str, Link] | None = None,
) -> list[Step]:
    """The step of `node`, and those of the nodes behind it that were computed with it, in their order.

    `known` are the activations so far; what a chain reads besides its own rows is among them. None: no chain.
    `spare` keeps what was prepared for nodes that turned out to begin a chain of their own.
    """
    if node.bypassed or not node.inputs:
        return [_alone(node, inputs, new_tape())]
    with np.errstate(all="ignore"):  # NaN, infinity and overflow travel as IEEE 754 says; the maps show them
        spare = {} if spare is None else spare
        if known is None:
            return [_alone(node, inputs, new_tape())]
        is_recorded = new_tape().record
        prepared = None if is_recorded else preparations.take(network, node, known)
        if prepared is not None:
            return _prepared_steps(prepared, network, known)
        first = spare.pop(node.name, None) or _link(node, inputs, new_tape())
        if first is None:
            return [_alone(node, inputs, new_tape())]
        chain = [first]
        while link := _next_link(network, chain[-1], known, new_tape, spare):
            chain.append(link)
        works = [link.work for link in chain]
        if not is_recorded and preparations.wants(node, works, known):
            nodes = [link.node for link in chain]
            return _prepared_steps(PreparedChain(network, nodes, works, known), network, known)
        seconds = compute_chain(works)
    return [
        Step(link.node, link.inputs, link.output, taken, link.tape if link.tape.record else None)
        for link, taken in zip(chain, seconds, strict=True)
    ]


def _prepared_steps(first: PreparedChain, network: Network, known: Mapping[str, Array]) -> list[Step]:
    """The steps of a prepared chain and of all those behind it; if that fails, they are not used again."""
    started = time.perf_counter()
    activations = dict(known)
    chains: list[PreparedChain] = []
    work = 0

    def join(chain: PreparedChain) -> None:
        nonlocal work
        work += chain.batch * sum(network.reports[one.name].multiply_adds for one in chain.nodes)
        outputs = chain.begin(network, activations)
        activations.update((node.name, output) for node, output in zip(chain.nodes, outputs, strict=True))
        chains.append(chain)

    join(first)
    for chain in chains:  # it grows
        for reader in (name for node in chain.nodes for name in network.readers[node.name]):
            if work > LONGEST_WAVE or reader in activations:
                continue
            if behind := preparations.take(network, network[reader], activations):
                join(behind)
    compute_wave(chains)
    taken = [chain.finish() for chain in chains]
    share = (time.perf_counter() - started) / max(sum(map(sum, taken)), 1e-12)
    for chain in chains:
        preparations.put(chain)
    return [
        Step(node, tuple(activations[name] for name in node.inputs), activations[node.name], seconds * share)
        for chain, found in zip(chains, taken, strict=True)
        for node, seconds in zip(chain.nodes, found, strict=True)
    ]


def _link(node: Node, inputs: tuple[Array, ...], tape: Tape) -> Link | None:
    if node.bypassed or not node.inputs or not _says_both(type(node.layer)):
        return None
    # A work that held on to what a prepared chain handed out would keep it from being used again.
    sources = inputs if tape.record else tuple(own if (own := owned(x)) is not None else x for x in inputs)
    work = node.layer.by_rows(sources, node.parameters, tape)
    return None if work is None else Link(node, inputs, tape, work, handed_out(work.output))


def _says_both(kind: type[Layer]) -> bool:
    """Whether `by_rows` is about the forward pass that the layer has, and not about one that a subclass replaced."""
    if kind not in _SAYS_BOTH:
        latest = next(one for one in kind.__mro__ if {"forward", "by_rows"} & vars(one).keys())
        _SAYS_BOTH[kind] = "by_rows" in vars(latest)
    return _SAYS_BOTH[kind]


_SAYS_BOTH: dict[type[Layer], bool] = {}


def _next_link(
    network: Network,
    last: Link,
    known: Mapping[str, Array],
    new_tape: Callable[[], Tape],
    spare: dict[str, Link],
) -> Link | None:
    """The first node that reads the last one row by row, and nothing that is not there yet."""
    for name in network.readers[last.node.name]:
        node = network[name]
        others = [source for source in node.inputs if source != last.node.name]
        if name in spare or network.reports[name].problem or not known.keys() >= set(others):
            continue
        inputs = tuple(last.output if source == last.node.name else known[source] for source in node.inputs)
        link = _link(node, inputs, new_tape())
        if link is not None and link.work.first_read is not None:
            return link
        if link is not None:
            spare[name] = link
    return None


def _alone(node: Node, inputs: tuple[Array, ...], tape: Tape) -> Step:
    kept = tape if tape.record else None
    if node.bypassed or not node.inputs:
        return Step(node, inputs, inputs[0], tape=kept)
    started = time.perf_counter()
    output = handed_out(node.layer.forward(inputs, node.parameters, tape))
    return Step(node, inputs, output, time.perf_counter() - started, kept)


def handed_out(output: Array) -> Array:
    """A view that nobody can write into: whoever holds a trace may rely on it."""
    fixed = output.view()
    fixed.flags.writeable = False
    return fixed
