"""A pattern that was taken from what a convolution reads, and where it is found again; made in another thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from explorer.engine.arithmetic.templates import Place, best_place, match_map, patch_kernel
from explorer.engine.kernel_limits import size_text
from explorer.engine.kernel_operations import centre
from explorer.engine.layer import Array
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import image_pixels, largest_size, map_pixels
from explorer.rendering.mosaic import Pixels
from explorer.rendering.summary import Summary, summarize
from explorer.ui.kernel_pixels import kernel_pixels
from explorer.ui.widgets.map_strip import Frame, StripMap

Rect = tuple[int, int, int, int]  # top, left, height, width


@dataclass(frozen=True, eq=False)
class Pattern:
    """A kernel (channels, height, width) of mean 0 and length 1, and where it was taken."""

    source: str
    rect: Rect
    kernel: Array
    patch: Array


class Match(NamedTuple):
    """The pattern in the newest maps."""

    pattern: Pattern
    maps: Sequence[StripMap]
    summary: Summary
    best: Place


def take_pattern(source: str, maps: Array, rect: Rect) -> Pattern:
    """The pattern within a rectangle of maps (channels, height, width); raises KernelError."""
    top, left, height, width = rect
    kernel = patch_kernel(maps, (top, top + height), (left, left + width))
    patch = np.array(maps[:, top : top + height, left : left + width], np.float32)
    return Pattern(source, rect, kernel, patch)


def find_pattern(maps: Array, pattern: Pattern, is_image: bool, look: Look, dark: bool) -> Match:
    """Where the pattern is in maps of as many channels as it has."""
    fits = match_map(maps, pattern.kernel)
    best = best_place(fits)
    _, _, height, width = pattern.rect
    found: Frame = (best.row - centre(height), best.column - centre(width), height, width, "good")
    taken: Frame = (*pattern.rect, "selection")
    strips = (
        picture_of(pattern.source, maps, (taken, found), is_image, look, dark),
        StripMap("Patch", _pixels(pattern.patch, is_image, look, dark), pattern.patch.mean(axis=0),
                 size_text(height, width), scene=1, is_image=is_image),
        StripMap("Kernel", kernel_pixels(pattern.kernel.mean(axis=0), dark), pattern.kernel.mean(axis=0),
                 "mean 0, length 1", scene=1),
        StripMap("Match", map_pixels(fits, 1.0, look, dark), fits,
                 f"best {best.strength:.2f} at ({best.row}, {best.column})", (found,)),
    )  # fmt: skip
    return Match(pattern, strips, summarize(fits, 1.0), best)


def picture_of(
    source: str, maps: Array, frames: tuple[Frame, ...], is_image: bool, look: Look, dark: bool
) -> StripMap:
    """What a rectangle is drawn on."""
    seen = np.asarray(maps.mean(axis=0))
    return StripMap(
        source, _pixels(maps, is_image, look, dark), seen, "drag a rectangle", frames, is_image=is_image
    )


def _pixels(maps: Array, is_image: bool, look: Look, dark: bool) -> Pixels:
    """An image in its own colours, of other maps their mean."""
    return image_pixels(maps) if is_image else _mean_pixels(maps, look, dark)


def _mean_pixels(maps: Array, look: Look, dark: bool) -> Pixels:
    mean = np.asarray(maps.mean(axis=0), np.float32)
    return map_pixels(mean, largest_size(mean), look, dark)
