"""What layers share that work along one, two or three axes: signals, maps and volumes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from explorer.engine.layer import Layer, Shape, ShapeError, setting, shape_text

PerAxis = int | tuple[int, ...]  # a number per axis; a signal, which has one axis, says it plainly

WORKS_ON = {
    1: "signals (channels x length)",
    2: "maps (channels x height x width)",
    3: "volumes (channels x depth x height x width)",
}
AXES_TEXT = {1: "length", 2: "height and width", 3: "depth, height and width"}
SIDES_TEXT = {
    1: "start and end",
    2: "top, bottom, left and right",
    3: "front, back, top, bottom, left and right",
}


class Spatial(Layer):
    """A layer whose inputs have so many axes behind their channels."""

    axes: ClassVar[int] = 2

    def extents(self, shape: Shape) -> tuple[int, ...]:
        """The extents of an input of this shape, without its channels; raises ShapeError where it has other axes."""
        if len(shape) - 1 != self.axes:
            advice = (
                "Put it before the layer that flattens them."
                if len(shape) == 1
                else "Put a Reshape before it, or take the layer for as many axes."
            )
            raise ShapeError(
                f"{self.title} works on {WORKS_ON[self.axes]}, got {shape_text(shape)}. {advice}"
            )
        return shape[1:]


AXIS_CHOICES = ("channels", "depth", "height", "width")


def axis_of(layer: Layer, name: str, shape: Shape) -> int:
    """Which number of a shape belongs to one of AXIS_CHOICES; raises ShapeError where it has no such axis.

    The channels come first, the width last; a list has features for channels, a signal its length for the width.
    """
    index = 0 if name == "channels" else len(shape) - 4 + AXIS_CHOICES.index(name)
    if name != "channels" and index < 1:
        raise ShapeError(
            f"{layer.title} along the {name} needs inputs that have one, got {shape_text(shape)}. "
            "Choose another axis."
        )
    return index


def axis_name(index: int, shape: Shape) -> str:
    """Which of AXIS_CHOICES a number of a shape belongs to; the way back from `axis_of`."""
    if not 0 <= index < len(shape):
        raise ShapeError(f"A layer works on every image by itself, so it has no axis {index + 1}.")
    return "channels" if index == 0 else AXIS_CHOICES[index - len(shape) + 4]


def any_extents(layer: Layer, shape: Shape) -> tuple[int, ...]:
    """The extents of a signal, maps or a volume; raises ShapeError for a plain list of numbers."""
    if len(shape) < 2:
        raise ShapeError(
            f"{layer.title} works on {WORKS_ON[2]}, signals and volumes, got {shape_text(shape)}. "
            "Put it before the layer that flattens them."
        )
    return shape[1:]


def per_axis(value: PerAxis) -> tuple[int, ...]:
    """The numbers of a setting, one per axis."""
    return (value,) if isinstance(value, int) else value


def times(value: PerAxis) -> str:
    """The numbers as a size: '3x3'; one number where they are all the same and there is no doubt how many."""
    return "x".join(str(number) for number in per_axis(value))


def axis_setting(
    axes: int,
    value: int,
    *,
    help: str,
    low: int = 1,
    high: int = 64,
    when: Callable[[Any], bool] | None = None,
) -> Any:
    """Declare a setting with a number per axis: plain, a pair or a triple. `{axes}` in the help is filled in."""
    default = value if axes == 1 else (value,) * axes
    text = help.replace("{axes}", AXES_TEXT[axes])
    return setting(default=default, low=low, high=high, help=text[0].upper() + text[1:], when=when)


def sides_setting(
    axes: int, value: int, *, high: int = 512, when: Callable[[Any], bool] | None = None, what: str = "added"
) -> Any:
    """Declare what is added (or cut off) at the sides of every axis."""
    names: Sequence[str] = ("start", "end") if axes == 1 else ()
    text = f"What is {what} at {SIDES_TEXT[axes]}."
    return setting(default=(value,) * (2 * axes), low=0, high=high, help=text, when=when, names=names)


def is_explicit(layer: Any) -> bool:
    """Whether the sides of the padding are set one by one."""
    return bool(layer.padding == "explicit")
