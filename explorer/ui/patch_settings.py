"""Where a patch is taken from, and which filter it becomes."""

from __future__ import annotations

from explorer.engine.kernel_limits import LARGEST_SIDE
from explorer.engine.setting import Declared, setting

NEW, EXISTING = "a new filter", "filter number"
SIDE = 9  # of the first rectangle


class Patch(Declared):
    """The rectangle, and which filter it becomes."""

    top: int = setting(default=0, low=0, high=100_000, help="First row of the rectangle.")
    left: int = setting(default=0, low=0, high=100_000, help="First column of the rectangle.")
    height: int = setting(default=SIDE, low=1, high=LARGEST_SIDE, help="Rows of the rectangle.")
    width: int = setting(default=SIDE, low=1, high=LARGEST_SIDE, help="Columns of the rectangle.")
    target: str = setting(
        default=NEW, choices=(NEW, EXISTING), label="Becomes",
        help="Add a filter to the layer, or overwrite one that it has.",
    )  # fmt: skip
    number: int = setting(
        default=0, low=0, high=4095, label="Filter", help="The filter that is overwritten.",
        when=lambda patch: patch.target == EXISTING,
    )  # fmt: skip
