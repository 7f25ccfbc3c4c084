"""The norms of every layer at a step: weights, gradient, and the update as a share of the weights."""

from __future__ import annotations

import math

import numpy as np

from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.engine.parameter_vector import ParameterVector
from explorer.engine.training import Progress
from explorer.runtime.curves import Curves

NORMS_EVERY = 20  # steps


def write_norms(curves: Curves, before: Network, progress: Progress) -> None:
    """Add a row for every layer that learns. `before` is the network that the step began with."""
    gradients = ParameterVector.of(before).parts(progress.gradient)
    squares: dict[str, list[float]] = {}
    for (node, name), gradient in gradients.items():
        old, new = before[node].parameters[name], progress.network[node].parameters[name]
        sums = squares.setdefault(node, [0.0, 0.0, 0.0])
        for place, array in enumerate((old, gradient, new - old)):
            sums[place] += _squared(array)
    for node, sums in squares.items():
        weight, gradient_norm, update = map(math.sqrt, sums)
        curves.add_norms(progress.step, node, weight, gradient_norm, update / weight if weight else math.nan)


def _squared(array: Array) -> float:
    flat = np.ascontiguousarray(array).reshape(-1)
    return float(np.dot(flat, flat))
