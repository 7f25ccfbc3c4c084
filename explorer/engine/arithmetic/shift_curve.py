"""The error of one node against the shift: where it falls back to 0 shows the step of the layer."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.arithmetic.shifting import Equivariance, Invariance, shift_meter
from explorer.engine.evaluate import Trace
from explorer.engine.geometry import Border

Shift = tuple[int, ...]
FEWEST, MOST = 8, 32  # pixels that a curve reaches at least and at most
PERIODS = 2  # of the layer's step, so that one sees it come back


def traced_to(trace: Trace, node: str) -> Trace:
    """The trace without what the node does not depend on: a shifted image is not evaluated any further."""
    if node not in trace.steps:
        raise ExplanationError(f"{node} has not been computed yet.")
    needed = trace.network.ancestors(node) | {node}
    network = trace.network.with_nodes(one for one in trace.network.nodes if one.name in needed)
    steps = {name: step for name, step in trace.steps.items() if name in needed}
    return Trace(network, trace.image, MappingProxyType(steps))


def measure_shift(trace: Trace, node: str, shift: Shift, border: Border) -> Equivariance | Invariance:
    """How far the node's maps move along, or where they have no place in the image, how far they stay."""
    meter = shift_meter(trace, shift, border=border)
    return meter.equivariance(node) or meter.invariance(node)


def error_of(measured: Equivariance | Invariance) -> float:
    """The one number: 0 for maps that move along exactly, or for a list that stays as it is."""
    return measured.error if isinstance(measured, Equivariance) else measured.change


def reach_of(trace: Trace, node: str, axis: int, distance: int = 0) -> int:
    """How far a curve along an axis of the image goes, in pixels: so far at least, if that is not too far."""
    step = step_of(trace, node, axis)
    extent = int(trace.image.shape[axis + 2])
    return min(extent - 1, MOST, max(FEWEST, PERIODS * step, distance))


def step_of(trace: Trace, node: str, axis: int) -> int:
    """How many pixels of the image lie between two neighbours of the node's maps, rounded up; 1 for a list."""
    fields = trace.network.reports[node].fields
    return max(1, math.ceil(fields[axis].step)) if fields else 1


def curve_points(
    trace: Trace, node: str, shift: Shift, axis: int, distances: Iterable[int], border: Border, seconds: float
) -> Mapping[int, float]:
    """Errors by the distance along an axis, the rest of the shift as it is; as many as the seconds suffice for."""
    ends = time.perf_counter() + seconds
    found: dict[int, float] = {}
    for distance in distances:
        moved = (*shift[:axis], distance, *shift[axis + 1 :])
        found[distance] = error_of(measure_shift(trace, node, moved, border))
        if time.perf_counter() > ends:
            break
    return found
