"""Softmax and its logarithm: from scores to probabilities."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Sequence

import numpy as np

from explorer.engine.geometry import Window
from explorer.engine.layer import Array, Layer, Parameters, Shape, setting
from explorer.engine.memory import each_channel_block
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, Value
from explorer.engine.spatial import AXIS_CHOICES, axis_name, axis_of
from explorer.engine.tape import Gradients, Needed, Tape


class Distribution(Layer):
    """What softmax and its logarithm share: scores along one axis compete with each other."""

    group = "Activation"

    axis: str = setting(
        default="channels",
        choices=AXIS_CHOICES,
        help="Along what the probabilities add up to 1: the channels at every pixel (of lists the features), or the "
        "pixels of a column, of a row, or of all slices. The length of a signal is its width.",
    )

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"axis": axis_of(self, self.axis, shapes[0]) + 1}

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        axes = len(call.shapes[0]) + 1
        place = call.attributes.get("axis", -1 if call.opset >= 13 else 1) % axes
        if call.opset < 13 and math.prod(call.shapes[0][place:]) != 1:
            raise OnnxMismatch(
                f"{call.operator} over several axes at once, as before opset 13, is not supported."
            )
        return cls(axis=axis_name(place - 1, call.shapes[0])), {}

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        axis_of(self, self.axis, shapes[0])
        return shapes[0]

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...] | None:
        return super().windows(shapes) if len(shapes[0]) > 1 and self.axis == "channels" else None

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        y = self._along_axis(self.compete, x)
        tape.keep(y)
        return y

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        (y,) = tape
        return Gradients((self._along_axis(self.derive, y, gradient),))

    def _along_axis(self, function: Callable[..., None], x: Array, *others: Array) -> Array:
        axis = axis_of(self, self.axis, x.shape[1:]) + 1
        swapped = (one.swapaxes(1, axis) for one in (x, *others))
        return each_channel_block(function, *swapped).swapaxes(1, axis)

    @abstractmethod
    def compete(self, block: Array, out: Array) -> None:
        """Write what becomes of the scores along axis 1 of `block` into `out`."""

    @abstractmethod
    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        """Write the gradient with respect to the scores into `out`, from the output and its gradient."""


class Softmax(Distribution):
    """exp(x) / sum of exp(x), over the features of a list or over the channels at every pixel of maps."""

    kind = "softmax"
    onnx_name = "Softmax"
    title = "Softmax"
    help = "Turns scores into probabilities that add up to 1, over the features or over the channels of maps."
    signed_output = False

    def compete(self, block: Array, out: Array) -> None:
        # Less the largest score: the quotient is the same and nothing overflows.
        np.subtract(block, block.max(axis=1, keepdims=True), out=out)
        np.exp(out, out=out)
        np.divide(out, out.sum(axis=1, keepdims=True), out=out)

    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        np.multiply(y, gradient, out=out)
        np.subtract(gradient, out.sum(axis=1, keepdims=True), out=out)
        np.multiply(out, y, out=out)


class LogSoftmax(Distribution):
    """x - log(sum of exp(x)): the logarithm of Softmax, without its loss of digits."""

    kind = "log_softmax"
    onnx_name = "LogSoftmax"
    title = "Log softmax"
    help = (
        "The logarithms of the probabilities that Softmax gives: 0 is certain, very negative is impossible."
    )

    def compete(self, block: Array, out: Array) -> None:
        np.subtract(block, block.max(axis=1, keepdims=True), out=out)
        np.subtract(out, np.log(np.exp(out).sum(axis=1, keepdims=True)), out=out)

    def derive(self, y: Array, gradient: Array, out: Array) -> None:
        np.exp(y, out=out)
        np.multiply(out, gradient.sum(axis=1, keepdims=True), out=out)
        np.subtract(gradient, out, out=out)
