"""Every layer is written in ONNX as nodes that compute the same, and is found again in them."""

import numpy as np
import pytest

from explorer.engine.layer import layer_kinds
from explorer.engine.onnx_form import OnnxCall
from explorer.engine.onnx_reading import layer_from_onnx
from explorer.engine.tape import Tape
from tests.engine.layers.contract import Case, cases, is_input

pytest.importorskip("onnx", reason="the package onnx is not installed")

from tests.engine.onnx_models import computed, gap, model_of

CASES = cases()
every_case = pytest.mark.parametrize("case", CASES, ids=str)


@every_case
def test_the_nodes_of_a_layer_compute_what_it_computes(case: Case):
    if reason := gap(case.layer, case.shapes):
        pytest.skip(reason)
    inputs = case.inputs(batch=4)  # the LRN of the reference implementation needs as many images as channels

    theirs = computed(model_of(case.layer, case.shapes, case.parameters(), batch=4), inputs)

    np.testing.assert_allclose(case.forward(inputs), theirs, rtol=1e-4, atol=1e-4)


def is_one_node(case: Case) -> bool:
    """Whether a layer is written as the operator that it is, and not as others that come to the same."""
    nodes = case.layer.onnx_nodes(case.shapes)
    return len(nodes) == 1 and nodes[0].operator in (case.layer.onnx_name, *case.layer.onnx_also)


@pytest.mark.parametrize("case", [case for case in CASES if is_one_node(case)], ids=str)
def test_a_layer_of_one_node_is_read_from_it_again(case: Case):
    (node,) = case.layer.onnx_nodes(case.shapes)
    given = case.layer.onnx_parameters(case.parameters(), case.shapes)
    constants = tuple(
        given[one] if isinstance(one, str) else one if isinstance(one, np.ndarray) else None
        for one in node.inputs
    )

    layer, parameters = layer_from_onnx(
        OnnxCall(node.operator, node.attributes, case.shapes, constants, node.opset)
    )

    inputs = case.inputs()
    with np.errstate(all="ignore"):
        found = layer.forward(inputs, parameters, Tape())
    assert type(layer) is type(case.layer) or case.layer.onnx_name != type(layer).onnx_name
    np.testing.assert_allclose(found, case.forward(inputs), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("layer_class", [one for one in layer_kinds().values() if not is_input(one)])
def test_every_layer_says_what_it_is_in_onnx(layer_class):
    assert any(type(case.layer) is layer_class and case.layer.onnx_nodes(case.shapes) for case in CASES)
