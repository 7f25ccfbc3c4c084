"""The numbers of one unit or layer: range, mean, spread, share of zeros and the histogram for its legend."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.statistics import BINS


@dataclass(frozen=True, eq=False)
class Summary:
    """Statistics of the finite values.

    `zeros` is their share, 0..1; `histogram` counts them in BINS equal steps of -limit..limit; `broken` is the
    number of those that are not finite.
    """

    low: float
    high: float
    mean: float
    std: float
    zeros: float
    count: int
    broken: int
    limit: float
    histogram: NDArray[np.int64]


def summarize(values: Array, limit: float) -> Summary:
    """The summary of any array; `limit` is where the histogram and the colours end."""
    flat = np.ascontiguousarray(values, np.float32).reshape(1, -1)
    total = flat.size
    low, high, _, _ = cv2.minMaxLoc(flat) if total else (0.0, 0.0, None, None)
    # A sum of squares tells of every NaN and infinity at once.
    if not np.isfinite(cv2.norm(flat, cv2.NORM_L1)):
        flat = flat[np.isfinite(flat)].reshape(1, -1)
        low, high = (float(flat.min()), float(flat.max())) if flat.size else (0.0, 0.0)
    broken = total - flat.size
    if not flat.size:
        return Summary(0, 0, 0, 0, 0, 0, broken, limit, np.zeros(BINS, np.int64))
    mean, std = cv2.meanStdDev(flat)
    zeros = 1 - cv2.countNonZero(flat) / flat.size
    return Summary(
        low,
        high,
        float(mean[0, 0]),
        float(std[0, 0]),
        zeros,
        flat.size,
        broken,
        limit,
        _histogram(flat, limit),
    )


def _histogram(flat: Array, limit: float) -> NDArray[np.int64]:
    if limit <= 0:
        spike = np.zeros(BINS, np.int64)
        spike[BINS // 2] = flat.size
        return spike
    end = limit * (1 + 1e-6)  # the limit itself belongs to the last bin
    counts = cv2.calcHist([flat], [0], None, [BINS], [-end, end])
    return np.rint(counts.ravel()).astype(np.int64)
