"""Losses: how wrong a batch of outputs is, as one number and as a gradient with respect to the outputs."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array, Shape, shape_text
from explorer.engine.setting import Declared, setting

Targets = NDArray[Any]  # class numbers (batch,) or (batch, height, width), or values of the outputs' shape


class Measured(NamedTuple):
    """A loss and its gradient with respect to the outputs, of their shape."""

    value: float
    gradient: Array


class Loss(Declared):
    """Something to make small: a sum over a batch, divided by the batch's weight.

    The two are apart so that a batch can be taken in pieces. Sums are taken in float64, gradients have the
    outputs' type. Outputs are (batch, feature) or (batch, channel, height, width). Where targets are class
    numbers and a loss compares values, a class stands for 1 at its place and 0 elsewhere.
    """

    family = "loss"
    kinds: ClassVar[dict[str, type[Loss]]] = {}
    reads_before: ClassVar[tuple[str, ...]] = ()  # kinds of layers whose input is measured, not their output

    def measure(self, outputs: Array, targets: Targets) -> Measured:
        """The loss of a batch. Raises ValueError where the targets do not fit the outputs."""
        weight = self.weight(outputs.shape, targets) or 1.0
        total, gradient = self.total(outputs, targets)
        return Measured(total / weight, gradient / outputs.dtype.type(weight))

    @abstractmethod
    def weight(self, shape: Shape, targets: Targets) -> float:
        """What the sum over outputs of `shape`, batch included, is to be divided by.

        It is 0 where nothing counts; then the sum is 0 as well, and so is the mean.
        """

    @abstractmethod
    def total(self, outputs: Array, targets: Targets) -> Measured:
        """The sum over a batch, and its gradient."""

    def hits(self, outputs: Array, targets: Targets) -> NDArray[np.bool_] | None:
        """Per class number in `targets` whether the outputs say so; None where the targets are values."""
        if not is_classes(targets):
            return None
        if outputs.shape[1] == 1:
            return np.asarray((outputs[:, 0] > self.threshold) == (targets > 0))
        return np.asarray(outputs.argmax(1) == targets)

    threshold: ClassVar[float] = 0.5  # above it, a single output says yes

    def for_counts(self, counts: Sequence[int]) -> Loss:
        """The loss to take where there are so many examples of every class to learn from."""
        return self


class CrossEntropy(Loss):
    """-log of the probability that softmax gives to the right class, computed from the scores before it.

    Where it is `balanced`, `for_counts` gives every class the weight that makes it count like any other.
    With label smoothing s of C classes the target is 1 - s + s / C for the right class and s / C for the others
    (Szegedy et al. 2015, section 7). `class_weights`, one per class, weigh the images, and the mean is then the
    weighted one; all as in PyTorch.
    """

    kind = "cross_entropy"
    title = "Cross-entropy"
    help = "For one class out of several: how surprised the network is by the right answer. Takes scores."
    reads_before = ("softmax",)
    threshold = 0.0

    label_smoothing: float = setting(
        default=0.0, low=0, high=1, step=0.01, help="Share of the target that is spread over all classes."
    )
    balanced: bool = setting(
        default=False, label="Balance classes",
        help="Images of rare classes weigh more, so that every class counts alike in what is learned.",
    )  # fmt: skip
    class_weights: tuple[float, ...] = ()

    def for_counts(self, counts: Sequence[int]) -> Loss:
        return self.with_settings(class_weights=balancing_weights(counts)) if self.balanced else self

    def weight(self, shape: Shape, targets: Targets) -> float:
        labels = _checked_classes(shape, targets)
        return float(self._weights(shape[1])[labels].sum()) if self.class_weights else float(labels.size)

    def total(self, outputs: Array, targets: Targets) -> Measured:
        labels = _checked_classes(outputs.shape, targets).reshape(-1)
        classes = outputs.shape[1]
        lying = outputs if outputs.ndim == 2 else np.moveaxis(outputs, 1, -1)  # (n, ..., class)
        scores = lying.astype(np.float64).reshape(-1, classes)
        scores -= scores.max(1, keepdims=True)
        chances = np.exp(scores)
        sums = chances.sum(1, keepdims=True)
        right = np.arange(len(labels)), labels
        if self.class_weights or self.label_smoothing:
            goal = self._goal(right, classes)
            scores -= np.log(sums)  # the logarithms of the chances
            chances *= goal.sum(1, keepdims=True) / sums
            chances -= goal
            value = -(goal * scores)[goal > 0].sum()
        else:  # the same where only the right class counts, and counts 1
            value = np.log(sums).sum() - scores[right].sum()
            chances /= sums
            chances[right] -= 1
        gradient = chances.astype(outputs.dtype).reshape(lying.shape)
        return Measured(float(value), gradient if outputs.ndim == 2 else np.moveaxis(gradient, -1, 1))

    def _goal(self, right: tuple[NDArray[np.intp], NDArray[np.intp]], classes: int) -> NDArray[np.float64]:
        """What every score (n, class) counts; `right` are the places of the right ones."""
        weights = self._weights(classes)
        goal = np.full((len(right[0]), classes), self.label_smoothing / classes)
        goal *= weights
        goal[right] += (1 - self.label_smoothing) * weights[right[1]]
        return goal

    def _weights(self, classes: int) -> NDArray[np.float64]:
        if not self.class_weights:
            return np.ones(classes)
        if len(self.class_weights) != classes:
            raise ValueError(
                f"There are {len(self.class_weights)} class weights for {classes} classes. "
                "Give one per class, or none."
            )
        return np.asarray(self.class_weights, np.float64)


class MeanSquaredError(Loss):
    """The mean of (output - target)² over all outputs of all images."""

    kind = "mean_squared_error"
    title = "Mean squared error"
    help = "For values: the mean of the squared differences. Far-off values count most."

    def weight(self, shape: Shape, targets: Targets) -> float:
        return float(math.prod(shape))

    def total(self, outputs: Array, targets: Targets) -> Measured:
        difference = outputs.astype(np.float64) - _as_values(outputs.shape, targets)
        return Measured(float(np.square(difference).sum()), (2 * difference).astype(outputs.dtype))


class BinaryCrossEntropy(Loss):
    """-log of the probability that sigmoid gives to each right yes or no, computed from the scores before it."""

    kind = "binary_cross_entropy"
    title = "Binary cross-entropy"
    help = "For outputs that are each a yes or no of their own. Takes scores, before a sigmoid."
    reads_before = ("sigmoid", "softmax")
    threshold = 0.0

    def weight(self, shape: Shape, targets: Targets) -> float:
        return float(math.prod(shape))

    def total(self, outputs: Array, targets: Targets) -> Measured:
        scores, goal = outputs.astype(np.float64), _as_values(outputs.shape, targets)
        small = np.exp(-np.abs(scores))  # never overflows
        value = np.maximum(scores, 0) - scores * goal + np.log1p(small)
        chance = np.where(scores < 0, small, 1) / (1 + small)
        return Measured(float(value.sum()), (chance - goal).astype(outputs.dtype))


def balancing_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Weights by which classes of so many examples count alike; the mean weight of an example is 1.

    A class without any keeps the weight 1, since nothing of it is there to be weighed.
    """
    present = [count for count in counts if count]
    share = sum(present) / max(1, len(present))
    return tuple(share / count if count else 1.0 for count in counts)


def is_classes(targets: Targets) -> bool:
    """Whether targets are class numbers rather than values."""
    return bool(np.issubdtype(targets.dtype, np.integer))


def _checked_classes(shape: Shape, targets: Targets) -> NDArray[np.intp]:
    expected = shape[:1] + shape[2:]
    if not is_classes(targets) or targets.shape != expected:
        raise ValueError(
            f"Cross-entropy needs class numbers of shape {shape_text(expected)} for outputs of {shape_text(shape)}, "
            f"got {targets.dtype} of {shape_text(targets.shape)}."
        )
    if targets.size and (targets.min() < 0 or targets.max() >= shape[1]):
        raise ValueError(
            f"The class numbers must lie between 0 and {shape[1] - 1}, since there are {shape[1]} outputs; "
            f"got {targets.min()} to {targets.max()}."
        )
    return targets.astype(np.intp)


def _as_values(shape: Shape, targets: Targets) -> NDArray[np.float64]:
    """Targets of the outputs' shape; class numbers become a 1 among zeros."""
    if targets.shape == shape:
        return targets.astype(np.float64)
    if is_classes(targets) and targets.shape == shape[:1] + shape[2:]:
        if shape[1] == 1:
            return np.expand_dims(targets, 1).astype(np.float64)
        classes = _checked_classes(shape, targets)
        return np.moveaxis(np.eye(shape[1])[classes], -1, 1)  # (n, class, ...)
    raise ValueError(
        f"The targets must be values of the outputs' shape {shape_text(shape)}, or class numbers; "
        f"got {targets.dtype} of {shape_text(targets.shape)}."
    )
