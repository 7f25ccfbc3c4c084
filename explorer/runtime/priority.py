"""The priority of threads: those that compute let the one of the window go first."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

LESS = 4  # steps of nice: the window's thread gets about 70 % of a processor on which both want to work


def step_back() -> None:
    """Give the thread that calls this, and those it starts from now on, less of a processor that others want.

    Only Linux has priorities of single threads that everybody may lower; elsewhere nothing happens. There is no way
    back without rights, so it is for threads that do the same as long as they live.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), own + LESS)
