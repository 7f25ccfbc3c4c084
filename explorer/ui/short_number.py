"""Numbers as they are read at a glance: three digits that count."""

from __future__ import annotations

import math


def short_number(value: float) -> str:
    """'0.012', '−3.14', '1 250', '2.5e6'; never more than seven characters or so."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if size == 0:
        text = "0"
    elif size < 1e-3 or size >= 1e5:
        mantissa, exponent = f"{size:.1e}".split("e")
        text = f"{mantissa.removesuffix('.0')}e{int(exponent)}"
    elif size < 10:
        text = f"{size:.3f}" if size < 1 else f"{size:.2f}"
    else:
        text = f"{size:.1f}" if size < 100 else f"{size:.0f}"
    return f"−{text}" if value < 0 else text


def share_or_number(value: float, is_share: bool) -> str:
    """'12.5%' of a share, else the number; what is not finite is said as it is."""
    return f"{value:.1%}" if is_share and math.isfinite(value) else short_number(value)
