"""Who reads a value: the way of the data, along one axis of the output at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explanation import Flags, Unit
from explorer.engine.arithmetic.reading import boxes_read
from explorer.engine.arithmetic.regions import Box
from explorer.engine.layer import Layer, Shape
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.reshape import Reshape
from explorer.engine.network import Node


def reads_along(
    layer: Layer, shapes: Sequence[Shape], source: int, unit: Unit, axis: int, outputs: NDArray[np.intp], place: int
) -> Flags:  # fmt: skip
    """Which of `outputs`, places along an axis of the output, read `place` along the same axis of an input.

    `unit` stands for all other axes. Every layer but those that only reorder reads along each axis for itself,
    so that the readers of a value are the combinations of those along its axes.
    """
    flags = np.zeros(len(outputs), bool)
    for step, output in enumerate(outputs):
        moved = (*unit[:axis], int(output), *unit[axis + 1 :])
        boxes = boxes_read(layer, shapes, Box.of_unit(moved))[source]
        flags[step] = any(bool((box.axes[axis] == place).any()) for box in boxes)
    return flags


def new_place(node: Node, shapes: Sequence[Shape], unit: Unit) -> Unit | None:
    """Where a value stands in the output of a layer that only reorders; None for every other layer."""
    if node.bypassed:
        return unit
    if not isinstance(node.layer, Flatten | Reshape):
        return None
    number = int(np.ravel_multi_index(unit, shapes[0]))
    return tuple(int(one) for one in np.unravel_index(number, node.layer.output_shape(shapes)))
