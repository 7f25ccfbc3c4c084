"""What the first layer asks of the BLAS, while the window imports what it opens."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PATIENCE_S = 60.0
ASKING_AND_IMPORTING = """
import faulthandler, importlib.machinery, importlib.util, os, shutil, sys, threading, time
import numpy
from explorer.engine.pool import has_small_product_kernel

faulthandler.dump_traceback_later(20, exit=True)
sys.setswitchinterval(2e-4)
folder = sys.argv[1]
origin = next(
    spec.origin for spec in map(importlib.util.find_spec, ("_statistics", "_queue", "_ctypes", "numpy._core._simd"))
    if spec is not None and os.path.isfile(spec.origin or "")
)
name = os.path.basename(origin).partition(".")[0]
over = False

def ask():
    while not over:
        has_small_product_kernel.__wrapped__()

asking = threading.Thread(target=ask)
asking.start()
ends, number = time.monotonic() + 2, 0
while time.monotonic() < ends:
    file = os.path.join(folder, f"{number}-{os.path.basename(origin)}")
    shutil.copy(origin, file)
    loader = importlib.machinery.ExtensionFileLoader(name, file)
    importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, file, loader=loader))
    os.unlink(file)
    number += 1
over = True
asking.join()
"""


def test_a_thread_that_asks_and_one_that_imports_do_not_lock_each_other_out(tmp_path: Path) -> None:
    """The list of libraries has a lock of its own: nobody may want the interpreter while holding that one."""
    done = subprocess.run(
        [sys.executable, "-c", ASKING_AND_IMPORTING, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
