"""The layers give the gradients that PyTorch gives (vectors/gradients.npz, made by make_gradient_vectors.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401
from explorer.engine.layer import layer_of
from explorer.engine.tape import Needed, Tape

with np.load(Path(__file__).parent / "vectors" / "gradients.npz") as stored:
    ARRAYS = dict(stored)
CASES = json.loads(str(ARRAYS["cases"]))


def case_id(case: dict) -> str:
    mode = " in training" if case["training"] else ""
    return f"{case['kind']} " + " ".join(f"{name}={value}" for name, value in case["settings"].items()) + mode


def assert_close(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    """To 1e-5 of each number, or of the largest one where numbers of that size cancelled."""
    rounding = 2e-6 * max(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=rounding, err_msg=what)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case_id(case) for case in CASES])
def test_a_layer_gives_the_gradients_that_pytorch_gives(number):
    case = CASES[number]
    layer = layer_of(case["kind"], case["settings"])
    inputs = [ARRAYS[f"{number}.input{index}"] for index in range(case["inputs"])]
    parameters = {name: ARRAYS[f"{number}.{name}"] for name in (*case["parameters"], *case["statistics"])}
    tape = Tape(record=True, rng=np.random.default_rng(0) if case["training"] else None)

    with np.errstate(all="ignore"):
        output = layer.forward(inputs, parameters, tape)
        found = layer.backward(ARRAYS[f"{number}.seed"], tape, Needed((True,) * len(inputs), True))

    assert_close(output, ARRAYS[f"{number}.output"], "output")
    for index, gradient in enumerate(found.inputs):
        assert_close(gradient, ARRAYS[f"{number}.gradient{index}"], f"gradient of input {index}")
    assert list(found.parameters) == case["parameters"]
    for name, gradient in found.parameters.items():
        assert_close(gradient, ARRAYS[f"{number}.{name}.gradient"], f"gradient of {name}")
    for name, statistic in tape.statistics.items():
        assert_close(statistic, ARRAYS[f"{number}.{name}.new"], f"running {name}")
