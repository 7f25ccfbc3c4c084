"""Finding the layer that an ONNX node is: every layer declares in its own file what it can be read from."""

from __future__ import annotations

from explorer.engine.layer import Array, Layer, ShapeError
from explorer.engine.onnx_form import OnnxCall, OnnxMismatch
from explorer.engine.setting import SettingError


def readable_operators() -> set[str]:
    """The ONNX operators that some layer can be read from."""
    return {name for layer in Layer.kinds.values() for name in (layer.onnx_name, *layer.onnx_also) if name}


def layer_from_onnx(call: OnnxCall) -> tuple[Layer, dict[str, Array]]:
    """The first registered layer that the node can be, with its parameters.

    Raises OnnxMismatch with what every candidate says against it, or that there is none.
    """
    reasons: dict[str, None] = {}
    for layer_class in Layer.kinds.values():
        if call.operator not in (layer_class.onnx_name, *layer_class.onnx_also):
            continue
        try:
            layer, parameters = layer_class.from_onnx(call)
            layer.output_shape(call.shapes)
        except (OnnxMismatch, SettingError, ShapeError) as error:
            reasons[str(error)] = None
        else:
            return layer, parameters
    if not reasons:
        raise OnnxMismatch(f"There is no layer for the ONNX operator {call.operator}.")
    raise OnnxMismatch(" ".join(reasons))
