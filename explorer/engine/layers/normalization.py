"""Batch normalisation: by the batch's own means and variances in training, by fixed ones afterwards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.initializers import ones, zeros
from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, setting
from explorer.engine.memory import each_channel_block
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch, Value, parameter
from explorer.engine.row_work import RowWork
from explorer.engine.rows import rows_of_blocks
from explorer.engine.sums import channel_sums, itself
from explorer.engine.tape import Gradients, Needed, Tape


class BatchNormalization(Layer):
    """(x - mean) / sqrt(variance + epsilon) * scale + shift, per channel (Ioffe & Szegedy 2015).

    In training mean and variance are those of the batch, over all its images and pixels, and leave their mark
    on the running ones (algorithm 1); a batch's running variance counts with n / (n - 1), as in PyTorch.
    """

    kind = "batch_norm"
    onnx_name = "BatchNormalization"
    title = "Batch normalisation"
    group = "Normalisation"
    statistics = ("mean", "variance")
    mixes_images = True
    help = "Brings every channel to mean 0 and variance 1 of the training images, then scales and shifts it."

    epsilon: float = setting(
        default=1e-5,
        low=0,
        high=1,
        help="Added to the variance, so that a constant channel is not divided by zero.",
    )
    momentum: float = setting(
        default=0.1,
        low=0,
        high=1,
        step=0.01,
        help="What each batch of a training counts in the running mean and variance (Keras counts the rest).",
    )

    def summary(self) -> str:
        return "batch norm"

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        return {"epsilon": self.epsilon, "momentum": 1 - self.momentum}  # ONNX counts what stays

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        call.expect("spatial", 1, 1)
        arrays = [call.constant(place) for place in range(1, 5)]
        if any(array is None for array in arrays):
            raise OnnxMismatch("Scale, shift, mean and variance of BatchNormalization must be constants.")
        layer = cls(
            epsilon=call.attributes.get("epsilon", 1e-5),
            momentum=min(1.0, max(0.0, 1 - call.attributes.get("momentum", 0.9))),
        )
        named = zip(layer.parameter_shapes(call.shapes).items(), arrays, strict=True)
        return layer, {name: parameter(array, shape) for (name, shape), array in named if array is not None}

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        return dict.fromkeys(("scale", "shift", "mean", "variance"), (shapes[0][0],))

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        channels = shapes[0][:1]
        return {
            "scale": ones(channels),
            "shift": zeros(channels),
            "mean": zeros(channels),
            "variance": ones(channels),
        }

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        return math.prod(shapes[0])

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        (x,) = inputs
        return each_channel_block(_normalise, x, *self._vectors(x, parameters, tape))

    def by_rows(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> RowWork | None:
        (x,) = inputs
        if tape.is_training or x.ndim != 4:
            return None  # the batch's own mean is not known before all its rows are there
        return rows_of_blocks(_normalise, x, *self._vectors(x, parameters, tape))

    def _vectors(self, x: Array, parameters: Parameters, tape: Tape) -> tuple[Array, Array, Array]:
        """Mean, factor and shift of every channel."""
        if tape.is_training:
            mean, variance = self._measure(x, parameters, tape)
        else:
            mean, variance = parameters["mean"], parameters["variance"].astype(np.float64)
        spread = np.sqrt(variance + self.epsilon)
        scale = parameters["scale"]
        factor = (scale / spread).astype(x.dtype)
        tape.keep(x, mean, (1 / spread).astype(x.dtype), scale)
        return mean, factor, parameters["shift"]

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        x, mean, sharpness, scale = tape
        shift = channel_sums(itself, gradient)
        tilt = channel_sums(lambda g, x, mean: g * (x - mean), gradient, x, mean) * sharpness
        learned = {"scale": tilt, "shift": shift} if needed.parameters else {}
        if not needed.inputs[0]:
            return Gradients((None,), learned)
        if not tape.is_training:
            return Gradients((each_channel_block(np.multiply, gradient, scale * sharpness),), learned)
        # The batch's mean and variance move with every value (Ioffe & Szegedy 2015, section 3):
        # scale / spread * (g - mean of g - normalised x * mean of g times normalised x)
        count = x.size // x.shape[1]

        def descend(
            g: Array, x: Array, mean: Array, tilt: Array, shift: Array, factor: Array, out: Array
        ) -> None:
            np.subtract(x, mean, out=out)
            np.multiply(out, tilt, out=out)
            np.add(out, shift, out=out)
            np.subtract(g, out, out=out)
            np.multiply(out, factor, out=out)

        vectors = mean, tilt * sharpness / count, shift / count, scale * sharpness
        return Gradients((each_channel_block(descend, gradient, x, *vectors),), learned)

    def _measure(self, x: Array, parameters: Parameters, tape: Tape) -> tuple[Array, NDArray[np.float64]]:
        """Mean and variance of the batch; what they make of the running ones goes on the tape."""
        count = x.size // x.shape[1]
        if count < 2:
            raise ShapeError(
                "Batch normalisation cannot train on one value per channel, whose variance is 0. "
                "Use batches of more than one image."
            )
        mean = channel_sums(itself, x) / count
        mean = mean.astype(x.dtype)
        squares = channel_sums(lambda x, mean: np.square(x - mean), x, mean).astype(np.float64)
        share = self.momentum
        tape.statistics = {
            "mean": _fixed((1 - share) * parameters["mean"] + share * mean),
            "variance": _fixed((1 - share) * parameters["variance"] + share * squares / (count - 1)),
        }
        return mean, squares / count


def _normalise(block: Array, mean: Array, factor: Array, shift: Array, out: Array) -> None:
    np.subtract(block, mean, out=out)  # first, so that a large mean costs no digits
    np.multiply(out, factor, out=out)
    np.add(out, shift, out=out)


def _fixed(statistic: NDArray[Any]) -> Array:
    result = statistic.astype(np.float32)
    result.flags.writeable = False
    return result
