"""How the numbers of plots are written."""

from __future__ import annotations


def plain(value: float) -> str:
    """12,000 rather than 12000, and no more digits than there are."""
    return f"{value:,.10g}"


def percent(value: float) -> str:
    """0.25 as 25 %, as an axis says it."""
    return f"{value * 100:.6g} %"


def share(value: float) -> str:
    """0.1234 as 12.3 %."""
    return f"{value * 100:.1f} %"
