"""Layers as ONNX models, for the package `onnx` to compute: the way out of the engine, for tests."""

from typing import Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from explorer.engine.layer import Array, Layer, Shape

try:
    import onnxruntime
except ImportError:  # the reference implementation is slow but enough
    onnxruntime = None


def computed(model: Any, inputs: tuple[Array, ...]) -> Array:
    """The output of a model: by onnxruntime where that is installed, else by the reference implementation of ONNX."""
    feeds = {f"x{i}": np.ascontiguousarray(x) for i, x in enumerate(inputs)}
    with np.errstate(all="ignore"):
        if onnxruntime is not None:
            session = onnxruntime.InferenceSession(
                model.SerializeToString(), providers=["CPUExecutionProvider"]
            )
            return session.run(None, feeds)[0]
        return ReferenceEvaluator(model).run(None, feeds)[0]


def gap(layer: Layer, shapes: tuple[Shape, ...]) -> str:
    """Why the reference implementation cannot say what a layer's nodes mean; empty where it can."""
    if onnxruntime is not None:
        return ""
    operators = {node.operator for node in layer.onnx_nodes(shapes)}
    if "GlobalLpPool" in operators:
        return "the reference implementation has no GlobalLpPool"
    if "GlobalMaxPool" in operators and len(shapes[0]) != 3:
        return "the GlobalMaxPool of the reference implementation works on maps only"
    if "ConvTranspose" in operators and layer.values()["groups"] > 1:
        return "the ConvTranspose of the reference implementation cannot split its channels into groups"
    return ""


def model_of(layer: Layer, shapes: tuple[Shape, ...], parameters: dict[str, Array], batch: int) -> Any:
    """A checked model of one layer, whose inputs are called x0, x1, ..."""
    nodes, constants = [], []
    forms = layer.onnx_nodes(shapes)
    given = layer.onnx_parameters(parameters, shapes)
    for place, form in enumerate(forms):
        names = []
        for source in form.inputs:
            if source is None:
                names.append("")
            elif isinstance(source, int):
                names.append(f"x{source}" if source >= 0 else f"y{place + source}")
            else:
                array = given[source] if isinstance(source, str) else source
                names.append(f"c{len(constants)}")
                constants.append(
                    numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), names[-1])
                )
        nodes.append(helper.make_node(form.operator, names, [f"y{place}"], **form.attributes))
    values = [
        helper.make_tensor_value_info(f"x{i}", TensorProto.FLOAT, (batch, *shape))
        for i, shape in enumerate(shapes)
    ]
    output = helper.make_tensor_value_info(
        f"y{len(forms) - 1}", TensorProto.FLOAT, (batch, *layer.output_shape(shapes))
    )
    opset = helper.make_opsetid("", max(form.opset for form in forms))
    graph = helper.make_graph(nodes, "layer", values, [output], constants)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
    checker.check_model(model, full_check=True)
    return model
