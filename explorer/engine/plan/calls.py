"""Calls: operations with all that they work on, prepared once and then made in every step.

Python holds the interpreter while it looks up a name or cuts an array, and whoever works beside it has to sleep and
be woken, which takes longer than most operations. A list of prepared calls holds it hardly ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.row_work import Call as Call
from explorer.engine.selection import bits


def make(calls: Iterable[Call]) -> None:
    """Make all calls, in their order."""
    for call in calls:
        call()


def copying(target: NDArray[np.generic], source: NDArray[np.generic]) -> Call:
    """target[...] = source."""
    return partial(np.copyto, target, source)


def selecting(gradient: Array, mask: NDArray[np.bool_], out: Array) -> Call:
    """`select` of selection.py."""
    return partial(np.multiply, bits(gradient), mask, bits(out))


def leaving(gradient: Array, selected: Array, out: Array) -> Call:
    """What is left of `gradient` after `selecting`, written into `out`."""
    return partial(np.bitwise_xor, bits(gradient), bits(selected), bits(out))
