"""A layer is one file: put into a folder it is found, stored, evaluated, written in ONNX and held to the contract."""

import inspect
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from explorer.engine.layer import Layer, layer_of
from explorer.engine.network import Network, Node
from explorer.engine.onnx_form import OnnxCall
from explorer.engine.onnx_reading import layer_from_onnx
from tests.engine.build import input_of
from tests.engine.layers import test_contract, test_gradients
from tests.engine.layers.added_layer import hard_shrink
from tests.engine.layers.contract import cases_of
from tests.engine.run import run


@pytest.fixture
def added(tmp_path) -> Iterator[type[Layer]]:
    with hard_shrink(tmp_path) as layer_class:
        yield layer_class


def contract() -> Iterator[Callable[..., None]]:
    for module in (test_contract, test_gradients):
        for name, function in vars(module).items():
            if name.startswith("test_") and {"case", "layer_class"} & set(
                inspect.signature(function).parameters
            ):
                yield function


@pytest.mark.parametrize("promise", list(contract()), ids=lambda function: function.__name__)
def test_it_keeps_every_promise_that_layers_make(promise, added, monkeypatch):
    asked = set(inspect.signature(promise).parameters)
    given = {"monkeypatch": monkeypatch} if "monkeypatch" in asked else {}
    if "layer_class" in asked:
        monkeypatch.setattr(test_contract, "CASES", cases_of(added))
        ways = [{"layer_class": added}]
    else:
        modes = [{"training": False}, {"training": True}] if "training" in asked else [{}]
        ways = [{"case": case, **mode} for case in cases_of(added) for mode in modes]

    kept = [way for way in ways if promise(**way, **given) is None]  # a broken promise raises

    assert kept == ways
    assert ways


def test_it_is_found_by_its_kind(added):
    assert layer_of("hard_shrink", {"threshold": 2.0}) == added(threshold=2.0)


def test_it_does_in_a_network_what_it_says(added):
    network = Network((Node("image", input_of((2, 3, 4))), Node("shrink", added(), ("image",))))

    assert network.reports["shrink"].shape == (2, 3, 4)
    assert run(added(threshold=1.0), np.array([[-2.0, 0.5, 1.0, 3.0]])).tolist() == [[-2, 0, 0, 3]]


def test_it_is_read_from_onnx(added):
    layer, _ = layer_from_onnx(OnnxCall("Shrink", {"lambd": 1.5}, ((3, 4, 5),)))

    assert layer == added(threshold=1.5)
