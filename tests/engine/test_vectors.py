"""The layers give the numbers that PyTorch gives (vectors/pytorch.npz, made by make_vectors.py)."""

import json
from pathlib import Path

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401
from explorer.engine.layer import layer_of
from explorer.engine.tape import Tape

with np.load(Path(__file__).parent / "vectors" / "pytorch.npz") as stored:
    ARRAYS = dict(stored)
SUMS = ("conv2d", "dense")  # of many products, whose order may differ
CASES = json.loads(str(ARRAYS["cases"]))


def case_id(case: dict) -> str:
    return f"{case['kind']} " + " ".join(f"{name}={value}" for name, value in case["settings"].items())


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case_id(case) for case in CASES])
def test_a_layer_gives_the_numbers_that_pytorch_gives(number):
    case = CASES[number]
    layer = layer_of(case["kind"], case["settings"])
    x, expected = ARRAYS[f"{number}.input"], ARRAYS[f"{number}.output"]
    parameters = {name: ARRAYS[f"{number}.{name}"] for name in case["parameters"]}

    with np.errstate(all="ignore"):
        output = layer.forward([x], parameters, Tape())

    assert layer.output_shape([x.shape[1:]]) == expected.shape[1:]
    rounding = 2e-6 * max(1, np.abs(expected).max()) if case["kind"] in SUMS else 2e-6
    np.testing.assert_allclose(output, expected, rtol=1e-5, atol=rounding)
