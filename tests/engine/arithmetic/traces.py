"""Traces of a single layer on arrays that a test writes down, without a network around it."""

from types import MappingProxyType

import numpy as np

import explorer.engine.arithmetic  # noqa: F401  - registers the explanations
from explorer.engine.arithmetic import Explanation, explain
from explorer.engine.evaluate import Step, Trace
from explorer.engine.layer import Array, Layer
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.engine.tape import Tape


def trace_of(layer: Layer, *inputs: Array, training: bool = False, **parameters: object) -> Trace:
    """The layer, called 'it', evaluated on inputs (batch, channels, ...) called 'x0', 'x1', ..."""
    given = {name: np.array(array, np.float32) for name, array in parameters.items()}
    arrays = tuple(np.asarray(x, np.float32) for x in inputs)
    node = Node("it", layer, tuple(f"x{index}" for index in range(len(arrays))), given)
    tape = Tape(training, np.random.default_rng(0) if training else None)
    with np.errstate(all="ignore"):
        output = layer.forward(arrays, node.parameters, tape)
    step = Step(node, arrays, output, tape=tape if training else None)
    network = Network((Node("image", Input(channels=1, height=1, width=1)),))
    return Trace(network, arrays[0], MappingProxyType({"it": step}))


def explained(layer: Layer, *inputs: object, unit: tuple[int, ...], **parameters: object) -> Explanation:
    """The explanation of one unit of the layer for inputs of one sample each."""
    arrays = [np.asarray(x, np.float32)[None] for x in inputs]
    return explain(trace_of(layer, *arrays, **parameters), "it", unit)


def magnitude(explanation: Explanation) -> float:
    """What 1e-5 is relative to: the sum of the absolute numbers that went into the total, at least 1."""
    sizes = [1.0, abs(explanation.value)]
    for name in ("products", "squares", "patch", "x", "x1"):
        if name in explanation:
            sizes.append(float(np.nansum(np.abs(explanation[name].numbers))))
    return max(sizes)


def assert_agrees(explanation: Explanation) -> None:
    """The shown total is the engine's number."""
    if np.isfinite(explanation.value):
        difference = abs(explanation.total - explanation.value)
        assert difference <= 1e-5 * magnitude(explanation), (explanation.name, explanation.total)
    else:
        np.testing.assert_equal(explanation.total, explanation.value)
