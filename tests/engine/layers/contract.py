"""What the contract of layers is checked on: every registered layer with its settings moved one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import explorer.engine.layers  # noqa: F401
from explorer.engine.layer import Array, Layer, Setting, Shape, ShapeError, layer_kinds
from explorer.engine.tape import Tape

# Maps that are not square, a list, a signal, a volume of three different extents.
SHAPES: tuple[Shape, ...] = ((4, 11, 14), (6,), (4, 13), (4, 6, 7, 9))


@dataclass(frozen=True)
class Case:
    """A layer with inputs that it accepts."""

    layer: Layer
    shapes: tuple[Shape, ...]

    def __str__(self) -> str:
        defaults = type(self.layer)().values()
        moved = [f"{name}={value}" for name, value in self.layer.values().items() if value != defaults[name]]
        return (
            f"{self.layer.kind}({', '.join(moved)})-{len(self.shapes)}x{'x'.join(map(str, self.shapes[0]))}"
        )

    def inputs(self, batch: int = 3, seed: int = 0) -> tuple[Array, ...]:
        """Random inputs, positive and negative, of different sizes, that nobody can write into."""
        rng = np.random.default_rng(seed)
        arrays = [rng.normal(0, 2, (batch, *shape)).astype(np.float32) for shape in self.shapes]
        for array in arrays:
            array.flags.writeable = False
        return tuple(arrays)

    def parameters(self) -> dict[str, Array]:
        """Parameters that are not what they start as, and where they must be, are positive."""
        rng = np.random.default_rng(1)
        fresh = self.layer.initial_parameters(self.shapes, rng)
        return {
            name: (array + rng.uniform(0.1, 0.5, array.shape)).astype(np.float32)
            for name, array in fresh.items()
        }

    def forward(self, inputs: tuple[Array, ...]) -> Array:
        """The layer's output, with overflow and NaN as silent as in an evaluation."""
        with np.errstate(all="ignore"):
            return self.layer.forward(inputs, self.parameters(), Tape())


def cases() -> list[Case]:
    """Every layer but the inputs, as it is by default and with each setting moved, on every shape it accepts."""
    return [
        case
        for layer_class in layer_kinds().values()
        if not is_input(layer_class)
        for case in cases_of(layer_class)
    ]


def is_input(layer_class: type[Layer]) -> bool:
    """Whether a layer reads nothing, because something enters the network there."""
    return layer_class.arity == (0, 0)


def cases_of(layer_class: type[Layer]) -> list[Case]:
    """One layer by default and with each setting moved, on every shape it accepts."""
    fewest, most = layer_class.arity
    counts = {fewest, fewest + 1 if most is None else most}
    accepted = [
        Case(layer, (shape,) * count)
        for layer in _variants(layer_class)
        for shape in SHAPES
        for count in sorted(counts)
        if _accepts(layer, (shape,) * count)
    ]
    assert accepted, f"{layer_class.kind} accepts none of {SHAPES}"
    return accepted


def _accepts(layer: Layer, shapes: tuple[Shape, ...]) -> bool:
    try:
        layer.output_shape(shapes)
    except ShapeError:
        return False
    return True


def _variants(layer_class: type[Layer]) -> Iterator[Layer]:
    """The layer by default, then with one setting moved at a time, where that setting matters."""
    yield layer_class()
    for declared in layer_class.settings():
        base = _base_where_it_matters(layer_class, declared)
        for value in _other_values(declared):
            yield base.with_settings(**{declared.name: value})


def _base_where_it_matters(layer_class: type[Layer], declared: Setting) -> Layer:
    layer = layer_class()
    if declared.matters(layer):
        return layer
    for other in layer_class.settings():
        for value in _other_values(other):
            changed = layer.with_settings(**{other.name: value})
            if declared.matters(changed):
                return changed
    raise AssertionError(f"{layer_class.kind}: nothing makes {declared.name} matter")


def _other_values(declared: Setting) -> list[Any]:
    match declared.kind:
        case "bool":
            return [not declared.default]
        case "choice":
            return [choice for choice in declared.choices if choice != declared.default]
        case "int":
            return [declared.default + 1, declared.default * 2]
        case "float":
            return [declared.default / 2 + 0.125]
        case "pair" | "triple":
            return [
                tuple(one + i + 1 for i, one in enumerate(declared.default)),
                (1,) * len(declared.default),
            ]
        case _:
            half = len(declared.default) // 2
            return [(1, 0) * half, (0, 1) * half]
