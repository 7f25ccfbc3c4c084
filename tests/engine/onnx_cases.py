"""The conformance cases that the package `onnx` ships, run node by node through the engine's layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

import explorer.engine.layers  # noqa: F401
from explorer.engine.layer import layer_kinds
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch
from explorer.engine.onnx_reading import layer_from_onnx, readable_operators
from explorer.engine.tape import Tape

FOLDER = Path(onnx.__file__).parent / "backend" / "test" / "data"
SETS = ("pytorch-converted", "pytorch-operator")
Values = dict[str, np.ndarray]


class NotOurs(Exception):
    """The case needs something that no layer is; the text says what."""


@dataclass(frozen=True)
class OnnxCase:
    """A model with what goes in and what must come out."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"

    def runs(self) -> Iterator[tuple[list[np.ndarray], list[np.ndarray]]]:
        """What comes out, and what must, for every set of inputs. Raises NotOurs."""
        model = onnx.load(self.path / "model.onnx")
        for folder in sorted(self.path.glob("test_data_set_*")):
            names = [value.name for value in model.graph.input]
            stored = {one.name for one in model.graph.initializer}
            free = [name for name in names if name not in stored]
            given = dict(zip(free, tensors(folder, "input"), strict=True))
            expected = tensors(folder, "output")
            yield evaluated(model, given), expected


def onnx_cases() -> list[OnnxCase]:
    """Every case of the sets of PyTorch's."""
    return [OnnxCase(path) for name in SETS for path in sorted((FOLDER / name).iterdir())]


def tensors(folder: Path, kind: str) -> list[np.ndarray]:
    """The tensors input_0.pb, input_1.pb, ... of a folder."""
    files = sorted(folder.glob(f"{kind}_*.pb"), key=lambda path: int(path.stem.rpartition("_")[2]))
    return [numpy_helper.to_array(onnx.TensorProto.FromString(path.read_bytes())) for path in files]


def evaluated(model: Any, given: Values) -> list[np.ndarray]:
    """The outputs of the model for these inputs, by the layers that its nodes are."""
    values = {**given, **{one.name: numpy_helper.to_array(one) for one in model.graph.initializer}}
    opset = next(one.version for one in model.opset_import if one.domain == "")
    needed = {node.op_type for node in model.graph.node}
    missing = sorted(needed - readable_operators() - {"Constant", "Transpose"})
    if missing:
        raise NotOurs(f"no layer is {' or '.join(missing)}")
    fixed = {one.name for one in model.graph.initializer}
    for node in model.graph.node:
        attributes = {one.name: plain(onnx.helper.get_attribute_value(one)) for one in node.attribute}
        if node.op_type == "Constant":
            values[node.output[0]] = numpy_helper.to_array(onnx.helper.get_attribute_value(node.attribute[0]))
            fixed.add(node.output[0])
        elif node.op_type == "Transpose":
            if node.input[0] not in fixed:
                raise NotOurs("no layer is Transpose, only constants can be transposed")
            values[node.output[0]] = np.transpose(values[node.input[0]], attributes.get("perm"))
            fixed.add(node.output[0])
        else:
            values[node.output[0]] = run_node(node, attributes, values, opset)
    return [values[output.name] for output in model.graph.output]


def run_node(node: Any, attributes: dict[str, Any], values: Values, opset: int) -> np.ndarray:
    """The output of one node: by the layer that it is."""
    inputs = [values.get(name) for name in node.input]
    candidates = [one for one in layer_kinds().values() if node.op_type in (one.onnx_name, *one.onnx_also)]
    flowing = len(inputs) if candidates[0].arity[1] is None else 1
    if any(x.dtype not in (np.float32, np.float64) for x in inputs[:flowing]):
        raise NotOurs("activations are real numbers, no whole ones")
    samples = [x.reshape(1, -1) if x.ndim < 2 else x for x in inputs[:flowing]]  # a single list of numbers
    shapes = tuple(x.shape[1:] for x in samples)
    constants = (*[None] * flowing, *inputs[flowing:])
    try:
        layer, parameters = layer_from_onnx(OnnxCall(node.op_type, attributes, shapes, constants, opset))
    except OnnxMismatch as error:
        raise NotOurs(str(error)) from error
    with np.errstate(all="ignore"):
        return layer.forward(samples, parameters, Tape())


def plain(value: Any) -> Any:
    """An attribute as a plain value: texts come as bytes."""
    return value.decode() if isinstance(value, bytes) else value
