"""The verbs on parameters and single nodes: what is refused says why, the rest stays the same."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.document import edits
from explorer.document.document import REFUSALS, Change
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.pooling import AveragePool
from tests.document.changes import refused, same_nodes
from tests.document.networks import chain, residual, wiring

# ---- parameters ---------------------------------------------------------------------------------------------------


def test_one_weight_is_set_and_every_other_node_stays() -> None:
    network = chain()
    changed = edits.set_weight("conv1", "kernel", (2, 0, 1, 1), 0.5)(network)
    assert changed["conv1"].parameters["kernel"][2, 0, 1, 1] == 0.5
    assert same_nodes(network, changed) == set(wiring(network)) - {"conv1"}


def test_a_slice_of_a_kernel_is_set() -> None:
    sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], np.float32)
    changed = edits.set_weight("conv1", "kernel", (3, 0), sobel)(chain())
    assert np.array_equal(changed["conv1"].parameters["kernel"][3, 0], sobel)


def test_setting_a_weight_to_what_it_is_changes_nothing() -> None:
    network = chain()
    weight = float(network["conv1"].parameters["kernel"][0, 0, 0, 0])
    assert edits.set_weight("conv1", "kernel", (0, 0, 0, 0), weight)(network) is network


def test_the_kernel_of_before_is_not_written_into() -> None:
    network = chain()
    kernel = network["conv1"].parameters["kernel"].copy()
    edits.set_weight("conv1", "kernel", (0, 0), 7.0)(network)
    assert np.array_equal(network["conv1"].parameters["kernel"], kernel)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e308, -1e7, "letters", None])
def test_a_weight_that_is_no_sensible_number_is_refused(value: object) -> None:
    sentence = refused(edits.set_weight("conv1", "kernel", (0, 0, 0, 0), value), chain())  # type: ignore[arg-type]
    assert "kernel of conv1 must hold finite numbers between -1e+06 and 1e+06" in sentence
    assert "Nothing was changed" in sentence


def test_a_nan_among_many_weights_is_refused() -> None:
    kernel = np.zeros((4, 1, 3, 3), np.float32)
    kernel[1, 0, 2, 2] = np.nan
    assert "got nan" in refused(edits.set_parameter("conv1", "kernel", kernel), chain())


def test_a_parameter_of_another_shape_is_refused() -> None:
    sentence = refused(edits.set_parameter("conv1", "kernel", np.zeros((4, 1, 5, 5), np.float32)), chain())
    assert sentence == "kernel of conv1 has shape (4, 1, 3, 3), got (4, 1, 5, 5)."


def test_an_index_that_is_not_there_is_refused() -> None:
    assert "there is nothing at (9, 0)" in refused(edits.set_weight("conv1", "kernel", (9, 0), 1.0), chain())


def test_a_slice_of_another_shape_is_refused() -> None:
    sentence = refused(edits.set_weight("conv1", "kernel", (0, 0), np.zeros((2, 5), np.float32)), chain())
    assert sentence == "kernel of conv1 has shape (3, 3) at (0, 0), got (2, 5)."


def test_a_parameter_that_a_layer_does_not_have_is_refused_with_those_it_has() -> None:
    assert "it has kernel, bias" in refused(edits.set_weight("conv1", "gamma", (0,), 1.0), chain())


def test_a_reset_with_the_same_seed_gives_the_same_numbers() -> None:
    network = chain()
    first = edits.reset_parameters("conv1", 7)(network)
    second = edits.reset_parameters("conv1", 7)(edits.set_weight("conv1", "kernel", (0, 0), 1.0)(network))
    assert np.array_equal(first["conv1"].parameters["kernel"], second["conv1"].parameters["kernel"])
    assert not np.array_equal(first["conv1"].parameters["kernel"], network["conv1"].parameters["kernel"])


def test_a_layer_without_parameters_has_nothing_to_reset() -> None:
    assert refused(edits.reset_parameters("relu1", 1), chain()) == "relu1 (ReLU) has no parameters."


# ---- one node -----------------------------------------------------------------------------------------------------


def test_renaming_takes_the_readers_along() -> None:
    changed = edits.rename("conv1", "edges")(chain())
    assert wiring(changed)["relu1"] == ("edges",)
    assert "conv1" not in changed


@pytest.mark.parametrize("name", ["", "1st", "two words", "a" * 41, "ovál"])
def test_a_name_that_cannot_be_one_is_refused_with_what_it_may_hold(name: str) -> None:
    assert "Use letters, digits" in refused(edits.rename("conv1", name), chain())


def test_a_name_that_is_taken_is_refused() -> None:
    assert refused(edits.rename("conv1", "relu1"), chain()).startswith(
        "There is a layer called 'relu1' already."
    )


def test_a_layer_that_is_not_there_is_refused_with_those_that_are() -> None:
    assert refused(edits.remove("conv9"), chain()).startswith("There is no layer called 'conv9'.")


def test_a_bypassed_layer_hands_on_its_input_and_keeps_its_weights() -> None:
    network = chain()
    changed = edits.set_bypassed("pool1", True)(network)
    assert changed.reports["conv2"].shape == (2, 8, 8)
    assert edits.set_bypassed("conv1", True)(network)["conv1"].parameters == network["conv1"].parameters


def test_bypassing_what_is_bypassed_is_the_same_network() -> None:
    network = edits.set_bypassed("pool1", True)(chain())
    assert edits.set_bypassed("pool1", True)(network) is network


@pytest.mark.parametrize(
    ("verb", "participle"),
    [
        (edits.remove("image"), "removed"),
        (edits.duplicate("image"), "duplicated"),
        (edits.set_bypassed("image", True), "bypassed"),
        (edits.move_after("image", "conv1"), "moved"),
        (edits.replace_layer("image", Conv2d()), "replaced"),
    ],
)
def test_the_input_stays_what_and_where_it_is(verb: Change, participle: str) -> None:
    assert refused(verb, chain()) == (f"The input cannot be {participle}: it is where the image comes from.")


def test_a_duplicate_has_the_settings_and_the_weights_of_the_original() -> None:
    network = edits.set_settings("conv2", filters=4)(chain())
    changed = edits.duplicate("conv2")(network)
    assert wiring(changed)["conv3"] == ("conv2",)
    assert wiring(changed)["flatten"] == ("conv3",)
    assert np.array_equal(changed["conv3"].parameters["kernel"], network["conv2"].parameters["kernel"])


def test_a_duplicate_between_other_channels_keeps_what_overlaps() -> None:
    network = chain()  # conv1 reads 1 channel and gives 4
    changed = edits.duplicate("conv1")(network)
    assert changed["conv3"].parameters["kernel"].shape == (4, 4, 3, 3)
    assert np.array_equal(changed["conv3"].parameters["kernel"][:, :1], network["conv1"].parameters["kernel"])


def test_a_replaced_pooling_keeps_its_window_and_its_readers() -> None:
    network = edits.set_settings("pool1", window=(3, 3), stride=(2, 2))(chain())
    changed = edits.replace_layer("pool1", AveragePool())(network)
    assert isinstance(changed["pool1"].layer, AveragePool)
    assert changed["pool1"].layer.window == (3, 3)
    assert same_nodes(network, changed) == set(wiring(network)) - {"pool1"}


def test_a_join_replaced_by_a_layer_with_one_input_reads_the_first() -> None:
    assert wiring(edits.replace_layer("add", AveragePool())(residual()))["add"] == ("conv2",)


def test_the_input_size_changes_and_convolutions_keep_their_weights() -> None:
    network = chain()
    changed = edits.set_input_size(1, 16, 16)(network)
    assert changed.reports["pool1"].shape == (4, 8, 8)
    assert changed["conv1"] is network["conv1"]
    assert edits.set_input_size(1, 8, 8)(network) is network


def test_an_input_size_beyond_the_limits_is_refused() -> None:
    assert (
        refused(edits.set_input_size(1, 20_000, 20_000), chain()) == "Height must be at most 4096, got 20000."
    )


def test_another_network_takes_the_place_of_the_first() -> None:
    other = residual()
    assert edits.replace_network(other)(chain()) is other


def test_every_refusal_is_one_that_the_document_catches() -> None:
    for change in (edits.remove("x"), edits.connect("conv1", ["x"]), edits.insert_after("x", Conv2d())):
        with pytest.raises(REFUSALS):
            change(chain())
