"""How a layer is written in ONNX, and how it is read from there: plain values, without the package onnx."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from explorer.engine.layer import Array, Layer, Parameters, Shape

Value = int | float | str | tuple[int, ...] | tuple[float, ...]
Source = int | str | NDArray[Any] | None


class OnnxMismatch(ValueError):
    """An ONNX node means something that a layer cannot be; the text says what."""


@dataclass(frozen=True, eq=False)
class OnnxNode:
    """One of the few ONNX nodes, mostly a single one, that a layer is written as. The last one is its output.

    What it reads: a number from 0 is the layer's input of that number, a negative one the output of the node so
    many places before (-1 is the one before), a text the layer's parameter of that name, an array a constant,
    None an input that is left out. `opset` is the first in which the node means what is meant here.
    """

    operator: str
    inputs: tuple[Source, ...] = (0,)
    attributes: Mapping[str, Value] = field(default_factory=dict)
    opset: int = 14


@dataclass(frozen=True, eq=False)
class OnnxCall:
    """An ONNX node as a file has it: what is known of it before anything runs.

    `shapes` are those of the samples (without the batch) that flow into it; `constants` are all its inputs by their
    places, None where an activation flows or nothing is given. `opset` is the file's.
    """

    operator: str
    attributes: Mapping[str, Any]
    shapes: tuple[Shape, ...]
    constants: tuple[NDArray[Any] | None, ...] = ()
    opset: int = 13

    def constant(self, place: int) -> NDArray[Any] | None:
        """The constant input at this place, or None."""
        return self.constants[place] if place < len(self.constants) else None

    def numbers(self, name: str, default: Sequence[int]) -> tuple[int, ...]:
        """An attribute of whole numbers."""
        return tuple(int(one) for one in self.attributes.get(name, default))

    def expect(self, name: str, default: Any, *allowed: Any) -> Any:
        """An attribute that may have only some values; raises OnnxMismatch for others."""
        value = self.attributes.get(name, default)
        if value not in allowed:
            expected = " or ".join(str(one) for one in allowed)
            raise OnnxMismatch(f"{self.operator} with {name} = {value} is not supported, only {expected}.")
        return value


class OnnxForm:
    """The part of a layer that knows ONNX. Most layers need to declare two names only.

    `onnx_name` is the operator that the layer is; `onnx_also` others that it can be read from. `onnx_settings`
    gives for settings the attribute and what ONNX takes it for where a node does not have it.
    """

    onnx_name: ClassVar[str] = ""
    onnx_also: ClassVar[tuple[str, ...]] = ()
    onnx_settings: ClassVar[Mapping[str, tuple[str, Value]]] = {}
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def onnx_attributes(self, shapes: Sequence[Shape]) -> dict[str, Value]:
        """The attributes of the layer's node for inputs of these shapes."""
        return {attribute: getattr(self, name) for name, (attribute, _) in self.onnx_settings.items()}

    def onnx_nodes(self: Layer, shapes: Sequence[Shape]) -> tuple[OnnxNode, ...]:  # type: ignore[misc]
        """The nodes that compute what the layer computes for inputs of these shapes."""
        inputs: tuple[Source, ...] = (*range(len(shapes)), *self.parameter_shapes(shapes))
        return (OnnxNode(self.onnx_name, inputs, self.onnx_attributes(shapes)),)

    def onnx_parameters(
        self, parameters: Parameters, shapes: Sequence[Shape]
    ) -> Mapping[str, NDArray[np.float32]]:
        """The parameters as the nodes read them."""
        return parameters

    @classmethod
    def onnx_values(cls, call: OnnxCall) -> dict[str, Any]:
        """The declared settings as the attributes of a node give them; ONNX writes on and off as 1 and 0."""
        found = {}
        for name, (attribute, default) in cls.onnx_settings.items():
            value = call.attributes.get(attribute, default)
            found[name] = bool(value) if isinstance(cls.__dataclass_fields__[name].default, bool) else value
        return found

    @classmethod
    def from_onnx(cls, call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
        """The layer that a node is, and its parameters; raises OnnxMismatch (or SettingError) where it is none."""
        layer: Layer = cls(**cls.onnx_values(call))  # type: ignore[assignment]
        names = layer.parameter_shapes(call.shapes)
        constants = [one for one in call.constants[len(call.shapes) :] if one is not None]
        if len(constants) != len(names):
            raise OnnxMismatch(
                f"{call.operator} has {len(constants)} constant inputs, expected {len(names)}: {', '.join(names)}."
            )
        return layer, {
            name: parameter(array, shape)
            for (name, shape), array in zip(names.items(), constants, strict=True)
        }


def parameter(array: NDArray[Any], shape: Shape) -> Array:
    """A constant as a parameter of this shape; raises OnnxMismatch where it has other numbers of values."""
    if array.size != int(np.prod(shape)):
        raise OnnxMismatch(f"A constant of shape {array.shape} cannot be a parameter of shape {shape}.")
    return np.ascontiguousarray(array, np.float32).reshape(shape)


def chained(*operators: str) -> tuple[OnnxNode, ...]:
    """Nodes without attributes of which each reads the one before."""
    return tuple(OnnxNode(name, (-1 if place else 0,)) for place, name in enumerate(operators))


def integers(*numbers: int) -> NDArray[np.int64]:
    """A constant of whole numbers, as ONNX takes shapes and pads."""
    return np.array(numbers, np.int64)
