"""Whatever a person does in whatever order: refusals at most, always a network, and undo brings all of it back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

from explorer.document import edits
from explorer.document.document import Change, Document
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Layer, Setting, layer_kinds
from explorer.engine.network import Network
from tests.document.networks import chain, residual

Draw = Callable[[st.SearchStrategy], object]
NUMBERS = st.one_of(
    st.integers(-2, 20),
    st.sampled_from([0, 10_000, 1e308, float("nan"), float("inf"), 0.5, "eight", None]),
    st.floats(-2, 2),
)


def a_value(draw: Draw, setting: Setting) -> object:
    match setting.kind:
        case "bool":
            return draw(st.booleans())
        case "choice":
            return draw(st.sampled_from([*setting.choices, "sideways"]))
        case "int" | "float":
            return draw(NUMBERS)
        case _:
            return tuple(draw(st.lists(NUMBERS, min_size=1, max_size=len(setting.axes))))  # type: ignore[arg-type]


def a_layer(draw: Draw) -> Layer:
    return layer_kinds()[draw(st.sampled_from(sorted(layer_kinds())))]()  # type: ignore[index]


@st.composite
def changes(draw: Draw, network: Network) -> Change:
    """Any verb on any nodes with any values, sensible or not."""
    names = st.sampled_from([*(node.name for node in network.nodes), "nowhere"])
    name, other, third = str(draw(names)), str(draw(names)), str(draw(names))
    verb = draw(st.sampled_from(sorted(VERBS)))
    return VERBS[str(verb)](draw, network, name, other, third)


def change_a_setting(draw: Draw, network: Network, name: str, *_: str) -> Change:
    declared = network[name].layer.settings() if name in network else ()
    if not declared:
        return edits.set_settings(name)
    setting = declared[draw(st.integers(0, len(declared) - 1))]  # type: ignore[call-overload]
    return edits.set_settings(name, **{setting.name: a_value(draw, setting)})


def change_a_weight(draw: Draw, network: Network, name: str, *_: str) -> Change:
    index = tuple(draw(st.lists(st.integers(0, 5), max_size=4)))  # type: ignore[arg-type]
    return edits.set_weight(name, str(draw(st.sampled_from(["kernel", "bias"]))), index, draw(NUMBERS))  # type: ignore[arg-type]


VERBS: dict[str, Callable[..., Change]] = {
    "setting": change_a_setting,
    "weight": change_a_weight,
    "reset": lambda draw, network, name, *_: edits.reset_parameters(name, draw(st.integers(0, 3))),
    "bypass": lambda draw, network, name, *_: edits.set_bypassed(name, draw(st.booleans())),
    "rename": lambda draw, network, name, *_: edits.rename(
        name, draw(st.sampled_from(["a", "b", "1st", "dense"]))
    ),
    "insert": lambda draw, network, name, *_: edits.insert_after(name, a_layer(draw)),
    "between": lambda draw, network, name, other, _: edits.insert_between(name, other, a_layer(draw)),
    "branch": lambda draw, network, name, *_: edits.add_branch(name, a_layer(draw)),
    "replace": lambda draw, network, name, *_: edits.replace_layer(name, a_layer(draw)),
    "duplicate": lambda draw, network, name, *_: edits.duplicate(name),
    "remove": lambda draw, network, name, *_: edits.remove(name),
    "connect": lambda draw, network, name, other, third: edits.connect(name, (other, third)),
    "read also": lambda draw, network, name, other, _: edits.read_also(name, other),
    "move": lambda draw, network, name, other, _: edits.move_after(name, other),
    "move between": lambda draw, network, name, other, third: edits.move_between(name, other, third),
    "up": lambda draw, network, name, *_: edits.move_up(name),
    "down": lambda draw, network, name, *_: edits.move_down(name),
    "size": lambda draw, network, *_: edits.set_input_size(*draw(st.tuples(*[st.integers(0, 12)] * 3))),
}


def check(network: Network) -> None:
    """It is a network: parameters fit wherever a node can run, and what can run does."""
    for node in network.nodes:
        report = network.reports[node.name]
        if report.shape is not None and not node.bypassed:
            needed = node.layer.parameter_shapes(report.input_shapes)
            assert needed == {name: array.shape for name, array in node.parameters.items()}
        for array in node.parameters.values():
            assert array.dtype == np.float32
            assert not array.flags.writeable
    note(f"{[(n.name, n.layer, n.inputs, n.bypassed, network.reports[n.name].shape) for n in network.nodes]}")
    trace = evaluate(network, np.zeros((1, *network.input_shape), np.float32))
    assert set(trace.steps) == {node.name for node in network.nodes} - set(network.problems)
    for name, step in trace.steps.items():
        assert step.output.shape[1:] == network.reports[name].shape


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_row_of_edits_leaves_a_network_and_can_be_undone(data: st.DataObject) -> None:
    first = data.draw(st.sampled_from([chain, residual]))()
    document = Document(first)
    for _ in range(data.draw(st.integers(1, 8))):
        before = document.network
        done = document.edit("Something", data.draw(changes(before)))
        assert done or document.network is before
    check(document.network)
    last = document.network
    while document.history.undo_label:
        document.undo()
    assert document.network is first
    while document.history.redo_label:
        document.redo()
    assert document.network is last
