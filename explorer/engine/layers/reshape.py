"""Reshape: the same numbers in the same order, as another kind of activation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, setting, shape_text
from explorer.engine.memory import empty_activation
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, OnnxNode, integers
from explorer.engine.tape import Gradients, Needed, Tape

AXES_OF = {
    "list": ("channels",),
    "signal": ("channels", "length"),
    "maps": ("channels", "height", "width"),
    "volume": ("channels", "depth", "height", "width"),
}


def _extent_setting(axis: str, help: str) -> Any:
    return setting(
        default=0, low=0, high=1_000_000, help=help, when=lambda layer: axis in AXES_OF[layer.form]
    )


class Reshape(Layer):
    """The values in their order, channel by channel, row by row (PyTorch's and ONNX's), cut into other pieces."""

    kind = "reshape"
    onnx_name = "Reshape"
    onnx_also = ("Squeeze", "Unsqueeze")
    title = "Reshape"
    group = "Shape"
    help = "Takes the same numbers for something else: a list for maps, the rows of an image for one signal."

    form: str = setting(
        default="signal",
        choices=tuple(AXES_OF),
        help="What comes out: a list, a signal (channels x length), maps (channels x height x width) or a volume "
        "(channels x depth x height x width).",
    )
    channels: int = setting(
        default=0,
        low=0,
        high=1_000_000,
        help="Channels, of a list features. 0 is what the others leave over; of several zeros the last takes it all.",
    )
    length: int = _extent_setting("length", "Length; 0 is what the others leave over.")
    depth: int = _extent_setting("depth", "Depth; 0 is what the others leave over.")
    height: int = _extent_setting("height", "Height; 0 is what the others leave over.")
    width: int = _extent_setting("width", "Width; 0 is what the others leave over.")

    def onnx_nodes(self, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:
        batch = 0  # as many images as come in
        return (OnnxNode("Reshape", (0, integers(batch, *self.output_shape(shapes)))),)

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        wanted = _wanted(call)
        batch, *sizes = wanted or (0,)
        if batch > 0 and -1 not in sizes and math.prod(sizes) == math.prod(call.shapes[0]):
            batch = 0
        if batch != 0 or not 1 <= len(sizes) <= len(AXES_OF) or 0 in sizes[len(call.shapes[0]) :]:
            raise OnnxMismatch(
                f"{call.operator} to {wanted} is not supported: it must leave the number of images as it is, and "
                "a list, a signal, maps or a volume of each."
            )
        kept = [call.shapes[0][place] if size == 0 else max(0, size) for place, size in enumerate(sizes)]
        form = list(AXES_OF)[len(sizes) - 1]
        return cls(form=form, **dict(zip(AXES_OF[form], kept, strict=True))), {}

    def summary(self) -> str:
        return f"reshape to {self.form}"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        wanted = [int(getattr(self, axis)) for axis in AXES_OF[self.form]]
        total = math.prod(shapes[0])
        if wanted.count(0) > 1:
            last = len(wanted) - 1 - wanted[::-1].index(0)
            wanted = [size or (0 if place == last else 1) for place, size in enumerate(wanted)]
        known = math.prod(size for size in wanted if size)
        if total % known or (0 not in wanted and known != total):
            raise ShapeError(
                f"Reshape cannot make {shape_text([size or '?' for size in wanted])} of {shape_text(shapes[0])}, "
                f"which are {total} numbers. Set one of the sizes to 0, which is what the others leave over, and the "
                f"others to divisors of {total}."
            )
        return tuple(size or total // known for size in wanted)

    def windows(self, shapes: Sequence[Shape]) -> None:
        return None  # neighbours may get far from each other

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        tape.keep(x.shape)
        return _laid_out(x, self.output_shape([x.shape[1:]]))

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (shape,) = tape
        return Gradients((_laid_out(gradient, shape[1:]),))


def _wanted(call: OnnxCall) -> tuple[int, ...]:
    """The shape that a node asks for, the number of images (0 for as many as come in) included."""
    constant = call.constant(1)
    if call.operator == "Reshape":
        return call.numbers("shape", ()) if constant is None else tuple(constant.tolist())
    axes = call.numbers("axes", ()) if constant is None else tuple(constant.tolist())
    old = 0, *call.shapes[0]
    if call.operator == "Squeeze":
        dropped = {axis % len(old) for axis in axes} or {place for place, size in enumerate(old) if size == 1}
        return tuple(size for place, size in enumerate(old) if place not in dropped)
    count = len(old) + len(axes)
    added, sizes = {axis % count for axis in axes}, iter(old)
    return tuple(1 if place in added else next(sizes) for place in range(count))


def _laid_out(x: Array, shape: Shape) -> Array:
    """The values of `x` in the order in which they read, as an activation of this shape."""
    result = empty_activation(len(x), shape, x.dtype)
    result[...] = np.ascontiguousarray(x).reshape(len(x), *shape)
    return result
