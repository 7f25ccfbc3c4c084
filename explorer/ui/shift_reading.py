"""What the shift meter finds for one image: numbers, pictures and points of the curve, made in another thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from explorer.engine.arithmetic.shift_curve import (
    Shift,
    curve_points,
    error_of,
    measure_shift,
    step_of,
    traced_to,
)
from explorer.engine.arithmetic.shifting import Equivariance, Invariance, shifted_image
from explorer.engine.evaluate import Trace
from explorer.engine.geometry import Border
from explorer.engine.layer import Array
from explorer.rendering.flat_maps import flat_maps
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import image_pixels, largest_size, map_pixels, own_pixels
from explorer.rendering.summary import Summary, summarize
from explorer.ui.widgets.map_strip import StripMap

CURVE_SECONDS = 0.04  # per reading: the pictures stay fluid while the curve grows


@dataclass(frozen=True)
class Question:
    """What is measured: a node and a channel of it, for a shift; and along which axis the curve goes."""

    node: str
    channel: int
    shift: Shift
    border: Border
    axis: int
    look: Look
    dark: bool


class Reading(NamedTuple):
    """An answer. `maps` for a node with a place in the image, `lists` (before, after) for any other."""

    question: Question
    trace: Trace
    measured: Equivariance | Invariance
    maps: Sequence[StripMap]
    summary: Summary | None
    points: Mapping[int, float]
    step: int

    @property
    def error(self) -> float:
        """The one number."""
        return error_of(self.measured)


def is_same(one: Trace, other: Trace) -> bool:
    """Whether both are the same network on the same image: a trace is made anew when somebody only looks elsewhere."""
    return one.network is other.network and one.image is other.image


def read_shift(
    trace: Trace, question: Question, missing: Sequence[int], known: Reading | None = None
) -> Reading:
    """Measure, paint, and find some of the missing points of the curve. What is known of this trace is kept."""
    part = traced_to(trace, question.node)
    if known is not None and known.question == question and is_same(known.trace, trace):
        measured, maps, summary = known.measured, known.maps, known.summary
    else:
        measured = measure_shift(part, question.node, question.shift, question.border)
        maps, summary = _painted(trace, question, measured)
    points = curve_points(
        part, question.node, question.shift, question.axis, missing, question.border, CURVE_SECONDS
    )
    step = step_of(part, question.node, question.axis)
    return Reading(question, trace, measured, maps, summary, points, step)


def _painted(
    trace: Trace, question: Question, measured: Equivariance | Invariance
) -> tuple[Sequence[StripMap], Summary | None]:
    image = flat_maps(shifted_image(trace.image[:1], question.shift, question.border))
    shown = StripMap("shift(x)", image_pixels(image), image[0], "drag it", is_image=True)
    if isinstance(measured, Invariance):
        return (shown,), None
    unit = f"{question.node}:{question.channel}"
    moved, expected = _flat(measured.moved, question.channel), _flat(measured.expected, question.channel)
    difference = _flat(measured.difference, question.channel)
    limit = largest_size(moved, expected)

    is_input = not trace.network[question.node].inputs

    def painted(title: str, values: Array, note: str) -> StripMap:
        pixels = own_pixels(values, limit, question.look, question.dark, is_input)
        return StripMap(title, pixels, values, note)

    own = float(measured.channel_errors[question.channel])
    return (
        shown,
        painted("map(shift(x))", moved, unit),
        painted("shift(map(x))", expected, unit),
        StripMap(
            "Difference",
            map_pixels(difference, limit, question.look, question.dark),
            difference,
            f"{own:.1%} here",
        ),
    ), summarize(moved, limit)


def _flat(maps: Array, channel: int) -> Array:
    return flat_maps(maps[None])[channel]
