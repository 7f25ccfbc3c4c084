"""How values become colours: the choices that a person makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["unit", "layer", "network"]
Order = Literal["index", "activity"]


@dataclass(frozen=True)
class Look:
    """How maps are coloured and ordered.

    scope    what shares one range: each unit, all units of a layer, or the whole network
    held     the ranges stay as they were when holding began (no flicker)
    gamma    exponent on |t|; below 1 it lifts small values
    boost    0 to 1: how far each channel is lifted towards its own full range
    colours  name of the colour map (see colors.py)
    order    the order of a layer's tiles
    """

    scope: Scope = "layer"
    held: bool = False
    gamma: float = 1.0
    boost: float = 0.0
    colours: str = "red-blue"
    order: Order = "index"
