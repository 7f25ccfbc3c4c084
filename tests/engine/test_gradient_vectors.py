"""The layers give the numbers and the gradients that PyTorch gives.

The vectors are made by make_gradient_vectors.py (gradients.npz) and make_axes_vectors.py (axes.npz).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401
from explorer.engine.layer import layer_of
from explorer.engine.tape import Needed, Tape

Case = dict[str, Any]
Arrays = dict[str, np.ndarray]


def stored(name: str) -> list[tuple[Case, Arrays]]:
    """The cases of a file, each with its arrays."""
    with np.load(Path(__file__).parent / "vectors" / name) as file:
        arrays = dict(file)
    cases = json.loads(str(arrays["cases"]))
    found: list[Arrays] = [{} for _ in cases]
    for key, array in arrays.items():
        number, _, rest = key.partition(".")
        if rest:
            found[int(number)][rest] = array
    return list(zip(cases, found, strict=True))


CASES = [*stored("gradients.npz"), *stored("axes.npz")]


def case_id(case: dict) -> str:
    mode = " in training" if case["training"] else ""
    return f"{case['kind']} " + " ".join(f"{name}={value}" for name, value in case["settings"].items()) + mode


def assert_close(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    """To 1e-5 of each number, or of the largest one where numbers of that size cancelled."""
    rounding = 2e-6 * max(1.0, np.abs(expected[np.isfinite(expected)]).max(initial=0))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=rounding, err_msg=what)


@pytest.mark.parametrize(("case", "arrays"), CASES, ids=[case_id(case) for case, _ in CASES])
def test_a_layer_gives_the_gradients_that_pytorch_gives(case: Case, arrays: Arrays):
    layer = layer_of(case["kind"], case["settings"])
    inputs = [arrays[f"input{index}"] for index in range(case["inputs"])]
    parameters = {name: arrays[f"{name}"] for name in (*case["parameters"], *case["statistics"])}
    tape = Tape(record=True, rng=np.random.default_rng(0) if case["training"] else None)

    with np.errstate(all="ignore"):
        output = layer.forward(inputs, parameters, tape)
        found = layer.backward(arrays["seed"], tape, Needed((True,) * len(inputs), True))

    assert_close(output, arrays["output"], "output")
    for index, gradient in enumerate(found.inputs):
        assert_close(gradient, arrays[f"gradient{index}"], f"gradient of input {index}")
    assert list(found.parameters) == case["parameters"]
    for name, gradient in found.parameters.items():
        assert_close(gradient, arrays[f"{name}.gradient"], f"gradient of {name}")
    for name, statistic in tape.statistics.items():
        assert_close(statistic, arrays[f"{name}.new"], f"running {name}")
