"""Pooling compared: one map through every kind of pooling and a strided convolution, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.arithmetic.comparisons import PooledMap, compare_poolings, steepness
from explorer.engine.layer import Array
from explorer.engine.setting import Declared, setting
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import largest_size, own_pixels
from explorer.rendering.summary import summarize
from explorer.ui.comparison import Compared, ComparisonPanel
from explorer.ui.pinned_map import PinnedMap
from explorer.ui.widgets.map_strip import StripMap
from explorer.ui.workspace import Workspace

MAPS, EDGES = "the maps", "their edges"


class Pooling(Declared):
    """The windows that all kinds have."""

    window: tuple[int, int] = setting(default=(2, 2), low=1, high=64, help="Size of the windows.")
    stride: tuple[int, int] = setting(
        default=(2, 2), low=1, high=64, help="Steps from one window to the next."
    )
    show: str = setting(
        default=MAPS, choices=(MAPS, EDGES),
        help="The maps themselves, or how steep they are at every pixel: what is left of the edges.",
    )  # fmt: skip


class PoolingPanel(ComparisonPanel):
    """Max, average, min, L2, weighted and strided convolution side by side."""

    name = "pooling"
    title = "Pooling compared"
    area = "bottom"
    order = 62
    icon = "pool"
    tabbed_with = "summary"
    shown_at_first = False
    notes = 3
    lowest = 260  # two rows of pictures on a small screen
    help = (
        "The pinned map through six ways of making it smaller, with the same windows. Under each stands how much it "
        "keeps: of the differences between neighbours (edges) and of the largest value (peak). The strided "
        "convolution takes the pixel in the middle of every window and drops the others."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, Pooling())

    def compare(self, pinned: PinnedMap, look: Look, dark: bool) -> Callable[[], Compared]:
        chosen = self.settings
        assert isinstance(chosen, Pooling)
        return lambda: _compared(pinned, chosen, look, dark)


def _compared(pinned: PinnedMap, chosen: Pooling, look: Look, dark: bool) -> Compared:
    pooled = compare_poolings(pinned.values, chosen.window, chosen.stride)
    shows_edges = chosen.show == EDGES
    before = steepness(pinned.values) if shows_edges else pinned.values
    limit = largest_size(before)
    is_input = pinned.is_input and not shows_edges

    def painted(title: str, values: Array, note: str) -> StripMap:
        return StripMap(title, own_pixels(values, limit, look, dark, is_input), values, note)

    first = painted(str(pinned.unit), before, _size(pinned.values))
    others = [painted(_title(one), one.edges if shows_edges else one.map, _kept(one)) for one in pooled]
    best = max(pooled, key=lambda one: min(one.edges_kept, 1 / one.edges_kept) if one.edges_kept else 0.0)
    headline = f"{pinned.unit} · nearest to its edges: {_title(best)}, {best.edges_kept:.0%}"
    return Compared([first, *others], summarize(before, limit), headline, is_input)


def _kept(one: PooledMap) -> str:
    return f"{_size(one.map)}\nedges {one.edges_kept:.0%}\npeak {one.peak_kept:.0%}"


def _title(one: PooledMap) -> str:
    return one.title.removesuffix(" pool").removesuffix(" convolution")  # short enough for a narrow column


def _size(values: Array) -> str:
    height, width = values.shape
    return f"{height}×{width}"
