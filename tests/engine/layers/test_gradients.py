"""What holds for the gradients of every layer, checked for every layer that is registered."""

import sys

import numpy as np
import pytest

from explorer.engine.pool import pool
from explorer.engine.tape import Gradients, Needed, Tape
from tests.engine.layers.contract import Case, cases

CASES = cases()
STEP = 1e-6
every_case = pytest.mark.parametrize("case", CASES, ids=str)
both_modes = pytest.mark.parametrize("training", [False, True], ids=["in use", "in training"])


class Run:
    """One forward and one backward pass of a case, in float64 unless told otherwise."""

    def __init__(self, case: Case, *, training: bool = False, dtype=np.float64) -> None:
        self.case, self.training, self.dtype = case, training, dtype
        self.inputs = [x.astype(dtype) for x in case.inputs()]
        self.parameters = {name: array.astype(dtype) for name, array in case.parameters().items()}
        self.tape = self.new_tape()
        with np.errstate(all="ignore"):
            self.output = case.layer.forward(self.inputs, self.parameters, self.tape)
        self.seed = np.random.default_rng(3).normal(size=self.output.shape).astype(dtype)
        for array in (*self.inputs, *self.parameters.values(), self.seed):
            array.flags.writeable = False  # whoever writes into them raises

    def new_tape(self) -> Tape:
        return Tape(record=True, rng=np.random.default_rng(4) if self.training else None)

    def gradients(self, needed: Needed | None = None) -> Gradients:
        needed = needed or Needed((True,) * len(self.inputs), True)
        with np.errstate(all="ignore"):
            return self.case.layer.backward(self.seed, self.tape, needed)

    def value(self, inputs, parameters) -> float:
        """What the gradients are gradients of."""
        with np.errstate(all="ignore"):
            return float((self.seed * self.case.layer.forward(inputs, parameters, self.new_tape())).sum())


@both_modes
@every_case
def test_a_small_step_changes_the_output_as_the_gradient_says(case: Case, training: bool):
    run = Run(case, training=training)
    found = run.gradients()
    rng = np.random.default_rng(5)
    learned = [name for name in run.parameters if name not in case.layer.statistics]
    assert set(found.parameters) == set(learned)
    steps = [rng.normal(size=x.shape) for x in run.inputs]
    steps_of = {name: rng.normal(size=run.parameters[name].shape) for name in learned}

    def moved(by: float) -> float:
        inputs = [x + by * step for x, step in zip(run.inputs, steps)]
        parameters = {name: array + by * steps_of.get(name, 0) for name, array in run.parameters.items()}
        return run.value(inputs, parameters)

    slope = (moved(STEP) - moved(-STEP)) / (2 * STEP)

    predicted = sum((gradient * step).sum() for gradient, step in zip(found.inputs, steps))
    predicted += sum((found.parameters[name] * steps_of[name]).sum() for name in learned)
    assert predicted == pytest.approx(slope, rel=2e-6, abs=2e-6)


@every_case
def test_every_gradient_has_the_shape_and_type_of_what_it_belongs_to(case: Case):
    run = Run(case, dtype=np.float32)
    found = run.gradients()

    for gradient, x in zip(found.inputs, run.inputs, strict=True):
        assert (gradient.shape, gradient.dtype) == (x.shape, np.float32)
    for name, gradient in found.parameters.items():
        assert (gradient.shape, gradient.dtype) == (run.parameters[name].shape, np.float32)


@every_case
def test_how_the_gradient_lies_in_memory_does_not_matter(case: Case):
    run = Run(case)
    expected = run.gradients()
    run.seed = np.repeat(run.seed, 2, axis=-1)[..., ::2]

    found = run.gradients()

    for left, right in zip(found.inputs, expected.inputs, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-12, atol=1e-12)
    for name, right in expected.parameters.items():
        np.testing.assert_allclose(found.parameters[name], right, rtol=1e-12, atol=1e-12)


@every_case
def test_the_number_of_threads_changes_no_gradient(case: Case, monkeypatch):
    run = Run(case, dtype=np.float32)
    for name, module in list(sys.modules.items()):
        for pieces in ("BLOCK", "TILE"):
            if name.startswith("explorer.engine") and hasattr(module, pieces):
                monkeypatch.setattr(module, pieces, 200)  # several blocks even of small maps
    monkeypatch.setattr(pool, "threads", 1)
    alone = run.gradients()

    monkeypatch.setattr(pool, "threads", 3)
    together = run.gradients()

    for left, right in zip(together.inputs, alone.inputs, strict=True):
        np.testing.assert_array_equal(left, right)
    for name, right in alone.parameters.items():
        np.testing.assert_array_equal(together.parameters[name], right)


@every_case
def test_a_gradient_that_is_not_needed_does_not_change_the_others(case: Case):
    run = Run(case, dtype=np.float32)
    everything = run.gradients()
    count = len(run.inputs)

    only_inputs = run.gradients(Needed((True,) * count, False))
    only_parameters = run.gradients(Needed((False,) * count, True))

    for left, right in zip(only_inputs.inputs, everything.inputs, strict=True):
        np.testing.assert_array_equal(left, right)
    for name, right in everything.parameters.items():
        np.testing.assert_array_equal(only_parameters.parameters[name], right)
