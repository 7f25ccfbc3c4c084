"""What the figures were measured on: processor, BLAS core type, versions."""

import os
import platform
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata

import numpy as np
from threadpoolctl import threadpool_info

PACKAGES = ("numpy", "opencv-python", "PySide6-Essentials", "torch", "onnxruntime")


def machine() -> dict[str, object]:
    np.ones((2, 2), np.float32) @ np.ones((2, 2), np.float32)  # BLAS is asked after it was used
    blas = {f"{one['internal_api']} {one['version']} {one.get('architecture')}" for one in threadpool_info()}
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "blas": sorted(blas),
        "openblas_settings": sorted(name for name in os.environ if name.startswith("OPENBLAS_")),
        "python": platform.python_version(),
        "versions": {name: version for name in PACKAGES if (version := _version(name))},
    }


def speed_up(threads: int) -> float:
    """How much faster so many threads do what needs nothing but cores: the number of cores that are free for us."""

    def work(_: int) -> None:
        x = np.ones((256, 256), np.float32)
        for _ in range(150):
            np.exp(x, out=x)
            np.log(x, out=x)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))  # threads started, code in the cache
        started = time.perf_counter()
        for item in range(threads):
            work(item)
        between = time.perf_counter()
        list(pool.map(work, range(threads)))
        return (between - started) / (time.perf_counter() - between)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
