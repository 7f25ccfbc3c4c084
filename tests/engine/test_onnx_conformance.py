"""The conformance cases that the package `onnx` ships pass, for the operators that there are layers for.

`pytest -rs` lists those left out, with the reason.
"""

import numpy as np
import pytest

pytest.importorskip("onnx", reason="the package onnx is not installed")

from tests.engine.onnx_cases import NotOurs, OnnxCase, onnx_cases

CASES = onnx_cases()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_conformance_case_passes(case: OnnxCase):
    try:
        runs = list(case.runs())
    except NotOurs as reason:
        pytest.skip(f"{case}: {reason}")
    assert runs
    for found, expected in runs:
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours.reshape(theirs.shape), theirs, rtol=1e-4, atol=1e-5)


def test_most_of_the_cases_are_ours():
    def is_ours(case: OnnxCase) -> bool:
        try:
            next(case.runs())
        except NotOurs:
            return False
        return True

    assert sum(is_ours(case) for case in CASES if case.path.parent.name == "pytorch-converted") >= 70
