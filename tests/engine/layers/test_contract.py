"""What holds for every layer, checked for every layer that is registered."""

import json
import pickle
import sys

import numpy as np
import pytest

from explorer.engine.evaluate import evaluate
from explorer.engine.geometry import Field
from explorer.engine.layer import layer_kinds, layer_of
from explorer.engine.network import Network, Node
from explorer.engine.pool import pool
from tests.engine.build import input_of
from tests.engine.layers.contract import Case, cases, is_input

CASES = cases()
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_kind = pytest.mark.parametrize("layer_class", layer_kinds().values(), ids=layer_kinds())


@every_kind
def test_a_layer_says_what_it_is_and_what_each_setting_does(layer_class):
    assert layer_class.title
    assert layer_class.group
    assert layer_class.help.endswith(".")
    for declared in layer_class.settings():
        assert declared.help.endswith("."), f"{declared.name} needs a sentence of help"


@every_kind
def test_every_setting_moves_alone(layer_class):
    """The case list reaches every setting, so a new one is tested without anybody thinking of it."""
    if is_input(layer_class):
        return
    moved = set()
    for case in CASES:
        if type(case.layer) is layer_class:
            defaults = layer_class().values()
            moved |= {name for name, value in case.layer.values().items() if value != defaults[name]}
    assert moved == {declared.name for declared in layer_class.settings()}


@every_case
def test_settings_survive_a_session_file(case: Case):
    stored = json.loads(json.dumps(case.layer.values()))

    assert layer_of(case.layer.kind, stored) == case.layer


@every_case
def test_it_goes_to_another_process_with_its_numbers_and_is_the_same_there(case: Case):
    inputs = [Node(f"input{number}", input_of(shape)) for number, shape in enumerate(case.shapes)]
    node = Node("it", case.layer, tuple(one.name for one in inputs), case.parameters())
    network = Network((*inputs, node), "Case")
    assert network.reports  # known here, to be found again there

    there = pickle.loads(pickle.dumps(network))  # noqa: S301 (our own bytes)

    assert there.title == "Case"
    assert [(one.name, one.layer, one.inputs) for one in there.nodes] == [
        (one.name, one.layer, one.inputs) for one in network.nodes
    ]
    assert there.reports["it"] == network.reports["it"]
    assert dict(there["it"].parameters).keys() == node.parameters.keys()
    for name, array in there["it"].parameters.items():
        np.testing.assert_array_equal(array, node.parameters[name])
        assert array.dtype == np.float32
        assert not array.flags.writeable
    with pytest.raises(TypeError):
        there["it"].parameters["kernel"] = np.zeros(1, np.float32)


@every_case
def test_it_delivers_the_shapes_it_announces(case: Case):
    announced = case.layer.parameter_shapes(case.shapes)
    output = case.forward(case.inputs(batch=2))

    assert {name: array.shape for name, array in case.parameters().items()} == announced
    assert output.shape == (2, *case.layer.output_shape(case.shapes))
    assert output.dtype == np.float32
    assert case.layer.summary()
    assert case.layer.multiply_adds(case.shapes) >= 0
    assert bool(case.layer.parameter_formula(case.shapes)) == bool(announced)


@every_case
def test_a_batch_equals_its_images_one_by_one(case: Case):
    inputs = case.inputs(batch=3)
    together = case.forward(inputs)

    one_by_one = [case.forward(tuple(x[i : i + 1] for x in inputs)) for i in range(3)]

    np.testing.assert_allclose(together, np.concatenate(one_by_one), rtol=2e-5, atol=1e-5)


@every_case
def test_how_the_input_lies_in_memory_does_not_matter(case: Case):
    inputs = case.inputs()
    strided = tuple(np.repeat(np.flip(x), 2, axis=-1)[..., ::2] for x in inputs)
    strided = tuple(np.flip(x) for x in strided)
    assert not strided[0].flags.c_contiguous

    np.testing.assert_allclose(case.forward(strided), case.forward(inputs), rtol=2e-5, atol=1e-5)


@every_case
def test_a_result_stays_when_the_layer_runs_again(case: Case):
    first = case.forward(case.inputs(seed=0))
    kept = first.copy()

    case.forward(case.inputs(seed=1))

    np.testing.assert_array_equal(first, kept)


@every_case
def test_an_input_is_never_written(case: Case):
    inputs = case.inputs()
    kept = [x.copy() for x in inputs]

    case.forward(inputs)  # the inputs are read-only: writing would raise

    for x, before in zip(inputs, kept, strict=True):
        np.testing.assert_array_equal(x, before)


@every_case
def test_the_number_of_threads_changes_nothing(case: Case, monkeypatch):
    inputs = case.inputs()
    for name, module in list(sys.modules.items()):
        if name.startswith("explorer.engine") and hasattr(module, "BLOCK"):
            monkeypatch.setattr(module, "BLOCK", 200)  # several blocks even of small maps
    monkeypatch.setattr(pool, "threads", 1)
    alone = case.forward(inputs)

    monkeypatch.setattr(pool, "threads", 3)

    np.testing.assert_array_equal(case.forward(inputs), alone)


@every_case
def test_an_output_reads_nothing_outside_its_window(case: Case):
    windows = case.layer.windows(case.shapes)
    if not windows:
        return
    _, *outputs = case.layer.output_shape(case.shapes)
    middle = tuple(extent // 2 for extent in outputs)
    _, *extents = case.shapes[0]
    outside = np.ones(extents, bool)
    fields = (Field().through(window).of_unit(unit) for window, unit in zip(windows, middle, strict=True))
    outside[*(slice(max(0, first), max(0, last)) for first, last in fields)] = False

    poisoned = tuple(np.where(outside, np.nan, x).astype(np.float32) for x in case.inputs())

    assert np.isfinite(case.forward(poisoned)[:, :, *middle]).all()


@every_case
def test_incremental_evaluation_equals_a_fresh_one(case: Case):
    network = _network_around(case)
    image = np.random.default_rng(5).normal(size=(2, *network.input_shape)).astype(np.float32)
    before = evaluate(network, image)
    under_test = network["under_test"]
    doubled = {name: array * 2 for name, array in under_test.parameters.items()}
    edited = network.replacing(under_test.changed(parameters=doubled))

    incremental, fresh = evaluate(edited, image, before), evaluate(edited, image)

    assert incremental.reused == len(network.nodes) - 1
    np.testing.assert_array_equal(incremental.activations["under_test"], fresh.activations["under_test"])


def _network_around(case: Case) -> Network:
    """The layer behind an input of its shape."""
    nodes = [Node("image", input_of(case.shapes[0]))]
    nodes.append(Node("under_test", case.layer, ("image",) * len(case.shapes), case.parameters()))
    return Network(tuple(nodes))
