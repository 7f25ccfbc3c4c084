"""A process in which something is measured: no BLAS settings of this machine, a heap that stays warm."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent

WARM_HEAP = {  # otherwise glibc gives memory back and takes it again, which costs others more than us
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 32),
}


class ChildError(Exception):
    """A measuring process ended badly; the text is what it said."""


def environment(home: str) -> dict[str, str]:
    """What a measuring process sees. OPENBLAS_* hold BLAS back on some machines; users have none of it."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    clean.pop("PYTHONDONTWRITEBYTECODE", None)  # users' Pythons keep what they have compiled
    clean.setdefault("QT_QPA_PLATFORM", "offscreen")
    return {**clean, **WARM_HEAP, "EXPLORER_HOME": home}


def measure(module: str, *arguments: str, timeout: float = 900) -> dict[str, object]:
    """Run `python -m module arguments` and read the JSON of its last line. Raises ChildError."""
    with tempfile.TemporaryDirectory(prefix="explorer-bench-", ignore_cleanup_errors=True) as home:
        command = [sys.executable, "-m", module, *arguments]
        try:
            result = subprocess.run(
                command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=timeout
            )
        except subprocess.TimeoutExpired as error:
            raise ChildError(f"{module} {' '.join(arguments)} took longer than {timeout:g} s") from error
    if result.returncode != 0:
        raise ChildError(f"{module} {' '.join(arguments)} ended with {result.returncode}:\n{result.stderr}")
    answer: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return answer


def seconds_of(*command: str) -> float:
    """Wall time of a Python program from its start to its end, called from within a measuring process."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started
