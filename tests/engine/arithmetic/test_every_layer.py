"""What is shown is the engine's own number: for every layer, with every setting moved, at drawn units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer.engine.layers  # noqa: F401
from explorer.engine.arithmetic import explain, explainer_of, formula_text
from explorer.engine.arithmetic.activations import rule_of
from explorer.engine.arithmetic.linking import linked
from explorer.engine.layer import layer_kinds
from explorer.engine.layers.activation import Activation
from tests.engine.arithmetic.traces import assert_agrees, trace_of
from tests.engine.layers.contract import Case, cases

UNITS = 40  # drawn per case


def units_of(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The first and the last unit, whose windows meet the borders, and others drawn at random."""
    rng = np.random.default_rng(0)
    drawn = [tuple(int(rng.integers(size)) for size in shape) for _ in range(UNITS - 2)]
    return [(0,) * len(shape), tuple(size - 1 for size in shape), *drawn]


@pytest.mark.parametrize("kind", layer_kinds())
def test_every_layer_has_an_explanation(kind):
    assert explainer_of(layer_kinds()[kind]) is not None, (
        f"Nothing explains {kind}. Register a function for it in explorer/engine/arithmetic with @explains."
    )


@pytest.mark.parametrize("kind", [kind for kind, one in layer_kinds().items() if issubclass(one, Activation)])
def test_every_activation_has_a_rule_of_its_own(kind):
    assert rule_of(layer_kinds()[kind]) is not None


@pytest.mark.parametrize("case", cases(), ids=str)
def test_the_total_is_the_engines_value(case: Case):
    trace = trace_of(case.layer, *case.inputs(), **case.parameters())

    for unit in units_of(trace.steps["it"].output.shape[1:]):
        assert_agrees(explain(trace, "it", unit, image=1))


@pytest.mark.parametrize("case", cases(), ids=str)
def test_what_was_read_is_what_stands_there(case: Case):
    trace = trace_of(case.layer, *case.inputs(), **case.parameters())
    node = trace.steps["it"].node

    for unit in units_of(trace.steps["it"].output.shape[1:])[:8]:
        for part in explain(trace, "it", unit, image=2).parts:
            if part.places is None:
                continue
            sources = (
                node.parameters if part.places.parameter else dict(zip(node.inputs, trace.steps["it"].inputs))
            )
            array = sources[part.places.parameter or part.places.node]
            sample = array if part.places.parameter else array[part.places.image]
            for cell in np.ndindex(part.numbers.shape):
                place = part.places.unit(cell)
                if place is not None:
                    assert part.numbers[cell] == sample[place]
                    assert cell in part.places.cells_of(place)


@pytest.mark.parametrize("case", cases(), ids=str)
def test_every_number_that_counts_leads_to_the_total(case: Case):
    trace = trace_of(case.layer, *case.inputs(), **case.parameters())
    explanation = explain(trace, "it", units_of(trace.steps["it"].output.shape[1:])[2])

    behind = linked(explanation, "total", ())

    for part in explanation.readings:
        assert behind[part.name].any() or not part.numbers.size
    assert formula_text(explanation).endswith(f"= {explanation.total:.6g}")


@pytest.mark.parametrize("kind", ["batch_norm", "dropout"])
def test_in_training_the_total_is_the_engines_value_too(kind):
    layer = layer_kinds()[kind]()
    x = np.random.default_rng(1).normal(3, 2, (4, 3, 5, 6)).astype(np.float32)
    parameters = layer.initial_parameters([x.shape[1:]], np.random.default_rng(2))
    trace = trace_of(layer, x, training=True, **parameters)

    for unit in units_of(x.shape[1:]):
        assert_agrees(explain(trace, "it", unit, image=3))


ACTIVATIONS = [kind for kind, one in layer_kinds().items() if issubclass(one, Activation)]


@given(number=st.floats(-30, 30, width=32), kind=st.sampled_from(ACTIVATIONS))
@settings(deadline=None, max_examples=300)
def test_activations_agree_for_any_number(number, kind):
    layer = layer_kinds()[kind]()
    assert_agrees(explain(trace_of(layer, np.full((1, 1), number)), "it", (0,)))


@pytest.mark.parametrize("case", cases(), ids=str)
def test_values_that_are_not_finite_are_shown_as_the_engine_has_them(case: Case):
    if getattr(case.layer, "mode", "nearest") != "nearest":
        return  # blending reads a neighbour of weight 0 too, which only then makes a difference
    x, *others = case.inputs(batch=1)
    for special in (np.nan, np.inf, -np.inf):
        poisoned = np.where(np.arange(x.size).reshape(x.shape) % 3 == 1, np.float32(special), x)
        trace = trace_of(case.layer, poisoned, *others, **case.parameters())

        for unit in units_of(trace.steps["it"].output.shape[1:])[:6]:
            assert_agrees(explain(trace, "it", unit))
