"""Telling that something is ready, in the thread that has it ready; whoever is told cannot end that thread."""

from __future__ import annotations

import sys
from collections.abc import Callable

Told = Callable[[], object]


def nobody() -> None:
    """Nobody wants to be told."""


def tell(told: Told) -> None:
    """Call whoever wants to be told; what goes wrong there is reported as every unexpected error, and not raised."""
    try:
        told()
    except Exception:
        sys.excepthook(*sys.exc_info())
