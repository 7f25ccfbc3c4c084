"""The verb that changes settings: weights survive, what is refused says why, the rest stays the same."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.document import edits
from explorer.document.document import Document
from explorer.engine.network import Network
from tests.document.changes import refused, same_nodes
from tests.document.networks import chain, wiring


def test_a_larger_kernel_keeps_its_middle() -> None:
    network = chain()
    changed = edits.set_settings("conv1", kernel=(5, 5))(network)
    assert np.array_equal(
        changed["conv1"].parameters["kernel"][:, :, 1:4, 1:4], network["conv1"].parameters["kernel"]
    )


def test_a_smaller_kernel_is_the_middle_of_the_larger() -> None:
    network = edits.set_settings("conv1", kernel=(5, 5))(chain())
    changed = edits.set_settings("conv1", kernel=(3, 3))(network)
    assert np.array_equal(
        changed["conv1"].parameters["kernel"], network["conv1"].parameters["kernel"][:, :, 1:4, 1:4]
    )


def test_more_filters_keep_the_old_ones_and_the_next_convolution_its_channels() -> None:
    network = chain()
    changed = edits.set_settings("conv1", filters=6)(network)
    assert changed["conv1"].parameters["kernel"].shape == (6, 1, 3, 3)
    assert np.array_equal(changed["conv1"].parameters["kernel"][:4], network["conv1"].parameters["kernel"])
    assert changed["conv2"].parameters["kernel"].shape == (2, 6, 3, 3)
    assert np.array_equal(changed["conv2"].parameters["kernel"][:, :4], network["conv2"].parameters["kernel"])


def test_groups_keep_the_overlapping_channels() -> None:
    network = chain()
    changed = edits.set_settings("conv2", groups=2)(network)
    assert np.array_equal(changed["conv2"].parameters["kernel"], network["conv2"].parameters["kernel"][:, :2])


def test_filters_before_a_dense_layer_may_change() -> None:
    changed = edits.set_settings("conv2", filters=3)(chain())
    assert changed["dense"].parameters["kernel"].shape == (3, 3 * 4 * 4)
    assert not changed.problems


def test_switching_the_bias_off_and_on_keeps_the_kernel() -> None:
    network = chain()
    off = edits.set_settings("conv1", bias=False)(network)
    assert list(off["conv1"].parameters) == ["kernel"]
    on = edits.set_settings("conv1", bias=True)(off)
    assert np.array_equal(on["conv1"].parameters["kernel"], network["conv1"].parameters["kernel"])


def test_nodes_that_a_setting_does_not_concern_stay_the_same_objects() -> None:
    network = chain()
    changed = edits.set_settings("conv1", stride=(1, 2))(network)
    assert same_nodes(network, changed) == {"image", "relu1", "pool1", "conv2", "flatten"}


def test_a_stride_leaves_every_weight_before_the_dense_layer_the_same_array() -> None:
    network = chain()
    changed = edits.set_settings("conv1", stride=(2, 2))(network)
    for name in ("conv1", "conv2"):
        assert changed[name].parameters["kernel"] is network[name].parameters["kernel"]


def test_the_same_setting_again_is_the_same_network() -> None:
    network = chain()
    assert edits.set_settings("conv1", kernel=(3, 3))(network) is network


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"stride": (0, 0)}, "Stride must be at least 1, got 0."),
        ({"filters": 10_000}, "Filters must be at most 4096, got 10000."),
        ({"kernel": (99, 99)}, "Kernel must be at most 15, got 99."),
        ({"padding_value": float("nan")}, "Padding value must be a finite number, got nan."),
        ({"padding": "sideways"}, "Padding must be one of valid, same, explicit, got 'sideways'."),
        ({"filters": "eight"}, "Filters must be a whole number, got 'eight'."),
    ],
)
def test_an_impossible_setting_is_refused_with_what_was_expected(values: dict, expected: str) -> None:
    assert refused(edits.set_settings("conv1", **values), chain()) == expected


def test_a_kernel_larger_than_its_padded_input_is_refused() -> None:
    network = edits.set_settings("conv1", padding="valid")(chain())
    sentence = refused(edits.set_settings("conv1", kernel=(9, 9)), network)
    assert "conv1" in sentence
    assert "9" in sentence
    assert "8" in sentence


def test_a_group_count_that_does_not_divide_is_refused_with_those_that_do() -> None:
    assert "Expected one of 1, 2." in refused(edits.set_settings("conv2", groups=3), chain())


def test_an_absurd_memory_is_refused() -> None:
    network = edits.set_input_size(1, 4096, 4096)(Network(chain().nodes[:2]).fitted())
    assert "GiB" in refused(edits.set_settings("conv1", filters=4096), network)


def test_maps_that_are_too_large_only_together_are_refused() -> None:
    network = Network(chain().nodes[:3]).fitted()
    large = edits.set_input_size(1, 4096, 4096)(network)  # conv1 and relu1: 0.25 GiB each
    sentence = refused(edits.set_settings("conv1", filters=32), edits.duplicate("relu1")(large))
    assert "All maps together would need 6.1 GiB, more than 4 GiB." in sentence


def test_an_absurd_number_of_parameters_is_refused() -> None:
    network = edits.set_input_size(1, 512, 512)(chain())
    assert "parameters, more than 50,000,000" in refused(edits.set_settings("dense", units=65536), network)


def test_a_network_that_came_in_too_large_may_shrink() -> None:
    network = chain()
    units = 20_000
    huge = network.replacing(
        network["dense"].changed(layer=network["dense"].layer.with_settings(units=units))
    )
    huge = huge.replacing(huge.input.changed(layer=huge.input.layer.with_settings(height=200, width=200)))
    assert not edits.settings_problem(huge, "dense", {"units": units - 1})
    assert edits.settings_problem(huge, "dense", {"units": units + 1})


def test_what_makes_the_rest_impossible_marks_it_and_undo_brings_all_back() -> None:
    document = Document(chain())
    before = document.network
    assert document.edit("Stride", edits.set_settings("pool1", window=(8, 8)))
    assert document.edit("Kernel", edits.set_settings("conv2", padding="valid", kernel=(1, 1)))
    assert document.edit("Remove", edits.remove("flatten"))
    assert document.network.problems
    for _ in range(3):
        document.undo()
    assert document.network is before


def test_settings_problem_says_the_same_as_the_edit_would() -> None:
    network = chain()
    assert edits.settings_problem(network, "conv2", {"groups": 3}) == refused(
        edits.set_settings("conv2", groups=3), network
    )
    assert edits.settings_problem(network, "conv2", {"groups": 2}) == ""


def test_a_node_that_cannot_run_may_be_repaired_in_two_steps() -> None:
    network = edits.remove("flatten")(chain())
    assert "dense" in network.problems
    assert edits.set_settings("dense", units=5)(network)["dense"].layer.units == 5


def test_a_bypassed_layer_keeps_parameters_that_fit_its_settings() -> None:
    network = edits.set_bypassed("conv1", True)(chain())
    changed = edits.set_settings("conv1", kernel=(5, 5))(network)
    assert changed["conv1"].parameters["kernel"].shape == (4, 1, 5, 5)
    assert changed["conv1"].bypassed
    assert same_nodes(network, changed) == set(wiring(network)) - {"conv1"}


def test_a_bypassed_layer_refuses_what_it_could_not_run_with() -> None:
    network = edits.set_bypassed("conv2", True)(chain())
    assert "Expected one of" in refused(edits.set_settings("conv2", groups=3), network)
