"""Evaluation of a network on an image, reusing whatever has not changed since the previous trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType

from explorer.engine.chain import Link, chained
from explorer.engine.chain import Step as Step
from explorer.engine.layer import Array, ShapeError, shape_text
from explorer.engine.network import Network, Node, NodeReport
from explorer.engine.tape import Randomness, Tape

BUDGET = 2 * 2**30  # bytes that all activations of an evaluation may take together; beyond it a laptop swaps


class Cancelled(Exception):
    """The evaluation was given up between two steps because somebody asked for it; `steps` had been made."""

    def __init__(self, steps: Mapping[str, Step]) -> None:
        super().__init__("The evaluation was given up.")
        self.steps = steps


@dataclass(frozen=True, eq=False)
class Trace:
    """All activations of one evaluation, by the name of the node. Missing is what cannot run or was not kept.

    Activations are float32 of logical order (batch, channel, height, width) or (batch, feature); they are
    never written again, and how they lie in memory is up to the engine.
    """

    network: Network
    image: Array
    steps: Mapping[str, Step]
    seconds: float = 0.0
    reused: int = field(default=0)

    @cached_property
    def activations(self) -> Mapping[str, Array]:
        """The output of every node that ran."""
        return MappingProxyType({name: step.output for name, step in self.steps.items()})

    @cached_property
    def statistics(self) -> Mapping[str, Mapping[str, Array]]:
        """New running statistics that training measured: by node, the parameters that have changed."""
        return {
            name: step.tape.statistics
            for name, step in self.steps.items()
            if step.tape is not None and step.tape.statistics
        }


def evaluate(
    network: Network,
    image: Array,
    previous: Trace | None = None,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[float], object] = lambda share: None,
    record: bool = False,
    training: Randomness | None = None,
    keep: Set[str] | None = None,
    budget: int = BUDGET,
) -> Trace:
    """Evaluate every node that can run on `image`, of shape (batch, *network.input_shape), float32.

    A step of `previous` is reused if its node is the same object and its inputs are the same arrays: above an
    edit everything is reused, below it everything is computed. With `record` every step gets the tape that
    `backpropagate` needs. A generator for `training` (or one for every PIECE images) switches to training mode,
    which records, reuses nothing and leaves the new running statistics in the trace.

    `keep` names the nodes that somebody asks for. If all activations together would take more than `budget`
    bytes, only those are computed and kept, what they need on the way is let go as soon as it can be, and their
    steps forget what they read; None, and a recorded evaluation, keeps everything. `progress` is told the share of
    the work that is done, 0 to 1, after every step.

    Raises ShapeError if the image does not fit, Cancelled if `cancelled()` says so between two steps.
    """
    _check_image(network, image)
    started = time.perf_counter()
    is_recorded = record or training is not None
    if keep is None or is_recorded or activation_bytes(network, len(image)) <= budget:
        keep = None
    nodes = _nodes_to_run(network, keep)
    last_reader = {source: node for node in nodes for source in node.inputs}
    costs = list(accumulate(_cost(network.reports[node.name]) for node in nodes))
    activations: dict[str, Array] = {}
    steps: dict[str, Step] = {}
    ahead: dict[str, Step] = {}  # made in the chain of a node before them
    spare: dict[str, Link] = {}
    reused = 0
    for place, node in enumerate(nodes):
        if cancelled():
            raise Cancelled(steps | ahead)
        inputs = tuple(activations[name] for name in node.inputs) or (image,)
        old = previous.steps.get(node.name) if previous is not None and training is None else None
        if node.name in ahead:
            step = ahead.pop(node.name)
        elif (
            old is not None and old.node is node and _same_arrays(old.inputs, inputs) and _serves(old, record)
        ):
            step = old
            reused += 1
        else:
            # Where only some are kept, chains would hold what memory does not suffice for.
            known = activations if keep is None else None
            step, *behind = chained(network, node, inputs, known, lambda: Tape(is_recorded, training), spare)
            ahead |= {one.node.name: one for one in behind}
        activations[node.name] = step.output
        if keep is None:
            steps[node.name] = step
        else:
            if node.name in keep:
                steps[node.name] = step if keep >= set(node.inputs) else replace(step, inputs=())
            for source in {name for name in node.inputs if last_reader[name] is node} - keep:
                del activations[source]
        progress(costs[place] / costs[-1])
    return Trace(network, image, MappingProxyType(steps), time.perf_counter() - started, reused)


def activation_bytes(network: Network, batch: int = 1) -> int:
    """What all activations of an evaluation take together, of so many images."""
    return batch * sum(report.memory for report in network.reports.values())


def _nodes_to_run(network: Network, keep: Set[str] | None) -> list[Node]:
    """The nodes that can run, all of them or those that the kept ones depend on."""
    able = [node for node in network.nodes if not network.reports[node.name].problem]
    if keep is None:
        return able
    needed = set(keep).union(*(network.ancestors(node.name) for node in able if node.name in keep))
    return [node for node in able if node.name in needed]


def _cost(report: NodeReport) -> int:
    """What a node costs, roughly: multiply-adds, and the numbers that are written."""
    return 1 + report.multiply_adds + report.memory // 4


def _check_image(network: Network, image: Array) -> None:
    if image.shape[1:] != network.input_shape or image.ndim == 0:
        raise ShapeError(
            f"The network expects images of {shape_text(network.input_shape)}, got an array of shape {image.shape}. "
            "Prepare the frame for the network's input first."
        )
    if len(image) == 0:
        raise ShapeError("The batch is empty: there is nothing to evaluate. Hand over at least one image.")


def _same_arrays(left: tuple[Array, ...], right: tuple[Array, ...]) -> bool:
    return len(left) == len(right) and all(a is b for a, b in zip(left, right, strict=True))


def _serves(step: Step, record: bool) -> bool:
    """Whether a step made earlier says what an evaluation out of training would, with a tape if there must be one."""
    if step.tape is None:
        return not record
    return not step.tape.is_training
