"""How many weights an edit may draw while somebody waits for it at the window."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from explorer.engine.network import Network

MANY = 2_000_000  # weights: to draw and to copy so many takes a window two frames

_most: ContextVar[float] = ContextVar("most", default=math.inf)  # for every thread its own


class Laborious(Exception):
    """An edit would draw more weights than anybody wants to wait for."""


@contextmanager
def hurry() -> Iterator[None]:
    """Within it an edit that takes long raises Laborious, in the thread that said so."""
    token = _most.set(MANY)
    try:
        yield
    finally:
        _most.reset(token)


def check_labour(network: Network) -> None:
    """Raise Laborious if fitting the network's parameters takes longer than there is time."""
    most = _most.get()
    if math.isfinite(most) and _weights_to_fit(network) > most:
        raise Laborious


def _weights_to_fit(network: Network) -> int:
    """Weights of all parameters that are not of the shape they must have."""
    count = 0
    for node in network.nodes:
        report = network.reports[node.name]
        if report.shape is None or node.bypassed:
            continue
        for name, shape in node.layer.parameter_shapes(report.input_shapes).items():
            present = node.parameters.get(name)
            if present is None or present.shape != shape:
                count += math.prod(shape)
    return count
