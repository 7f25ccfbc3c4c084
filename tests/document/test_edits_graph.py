"""The verbs on the graph: layers put in, taken out, moved and connected; no circles; nothing else touched."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.document import edits
from explorer.document.document import Document
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add, Concatenate
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Network
from tests.document.changes import refused, same_nodes
from tests.document.networks import chain, residual, wiring


def order(network: Network) -> list[str]:
    return [node.name for node in network.nodes]


# ---- adding -------------------------------------------------------------------------------------------------------


def test_a_layer_put_behind_another_is_read_by_its_readers() -> None:
    changed = edits.insert_after("relu1", Conv2d(filters=4))(chain())
    assert wiring(changed)["conv3"] == ("relu1",)
    assert wiring(changed)["pool1"] == ("conv3",)
    assert not changed.problems


def test_inserting_leaves_everything_but_the_readers_the_same_objects() -> None:
    network = chain()
    changed = edits.insert_after("relu1", ReLU())(network)
    assert same_nodes(network, changed) == set(wiring(network)) - {"pool1"}


def test_above_an_inserted_layer_nothing_is_evaluated_again() -> None:
    network = chain()
    image = np.ones((1, 1, 8, 8), np.float32)
    first = evaluate(network, image)
    second = evaluate(edits.insert_after("pool1", ReLU())(network), image, first)
    assert second.reused == 4  # image, conv1, relu1, pool1


def test_a_layer_on_a_connection_leaves_the_other_readers_alone() -> None:
    changed = edits.insert_between("image", "add", Conv2d(filters=4), "shortcut")(residual())
    assert wiring(changed)["add"] == ("conv2", "shortcut")
    assert wiring(changed)["conv1"] == ("image",)


def test_a_connection_that_is_not_there_is_refused() -> None:
    assert refused(edits.insert_between("image", "relu2", ReLU()), residual()).startswith(
        "relu2 does not read image"
    )


def test_a_branch_is_read_by_nobody_yet() -> None:
    network = chain()
    changed = edits.add_branch("relu1", Conv2d(filters=4))(network)
    assert wiring(changed)["conv3"] == ("relu1",)
    assert {node.name for node in changed.outputs} == {"conv3", "dense"}
    assert same_nodes(network, changed) == set(wiring(network))


def test_two_branches_meet_in_a_concatenate() -> None:
    network = edits.add_branch("relu1", Conv2d(filters=4))(chain())
    network = edits.insert_between("relu1", "pool1", ReLU(), "left")(network)
    network = edits.insert_after("left", Concatenate(), "join")(network)
    network = edits.read_also("join", "conv3")(network)
    assert wiring(network)["join"] == ("left", "conv3")
    assert network.reports["join"].shape == (8, 8, 8)


def test_a_join_from_the_palette_reads_its_neighbour_twice_until_it_is_connected() -> None:
    changed = edits.insert_after("relu1", Add())(chain())
    assert wiring(changed)["add1"] == ("relu1", "relu1")
    assert not changed.problems


def test_a_second_input_is_refused() -> None:
    assert refused(edits.insert_after("conv1", Input()), chain()).startswith("A network has one input")


def test_a_name_that_is_taken_is_refused_for_a_new_layer() -> None:
    assert "Two layers are called 'conv1'" in refused(edits.insert_after("relu1", ReLU(), "conv1"), chain())


def test_a_layer_that_cannot_run_where_it_is_put_is_marked() -> None:
    changed = edits.insert_after("flatten", MaxPool())(chain())
    assert "works on maps" in changed.problems["pool2"]
    assert changed.reports["dense"].waits_for == "pool2"


# ---- removing -----------------------------------------------------------------------------------------------------


def test_the_readers_of_a_removed_layer_read_what_it_read() -> None:
    assert wiring(edits.remove("relu1")(chain()))["pool1"] == ("conv1",)


def test_removing_what_the_rest_needs_marks_the_rest_and_undo_brings_back_every_bit() -> None:
    document = Document(chain())
    before = document.network
    weights = {name: array.copy() for name, array in before["dense"].parameters.items()}
    assert document.edit("Remove flatten", edits.remove("flatten"))
    assert "Put a Flatten before it" in document.network.problems["dense"]
    document.undo()
    assert document.network is before
    for name, array in weights.items():
        assert np.array_equal(before["dense"].parameters[name], array)


def test_a_node_that_cannot_run_keeps_its_weights_meanwhile() -> None:
    network = chain()
    without = edits.remove("flatten")(network)
    assert without["dense"].parameters["kernel"] is network["dense"].parameters["kernel"]


def test_a_removed_join_leaves_its_first_branch() -> None:
    assert wiring(edits.remove("add")(residual()))["relu2"] == ("conv2",)


def test_every_layer_can_be_removed_until_only_the_input_is_left() -> None:
    network = residual()
    for name in ("conv1", "add", "conv2", "relu1", "relu2"):
        network = edits.remove(name)(network)
    assert order(network) == ["image"]


# ---- moving -------------------------------------------------------------------------------------------------------


def test_a_moved_layer_takes_its_weights_along() -> None:
    network = chain()
    changed = edits.move_after("pool1", "conv1")(network)
    assert order(changed)[1:4] == ["conv1", "pool1", "relu1"]
    assert wiring(changed)["conv2"] == ("relu1",)
    assert changed["conv2"].parameters["kernel"] is network["conv2"].parameters["kernel"]


def test_a_move_there_and_back_leaves_every_weight_bit_for_bit() -> None:
    network = (
        chain()
    )  # on the way the dense layer would have another size: its weights must not be fitted to it
    there = edits.move_after("pool1", "relu1")(edits.move_after("pool1", "conv1")(network))
    assert wiring(there) == wiring(network)
    for node in network.nodes:
        assert there[node.name].parameters.keys() == node.parameters.keys()
        for name, array in node.parameters.items():
            assert there[node.name].parameters[name] is array


def test_a_layer_moves_before_the_one_it_reads_and_back() -> None:
    network = chain()
    up = edits.move_up("relu1")(network)
    assert order(up)[:3] == ["image", "relu1", "conv1"]
    assert wiring(edits.move_down("relu1")(up)) == wiring(network)


def test_moving_up_within_a_branch_stays_in_the_branch() -> None:
    changed = edits.move_up("relu1")(residual())
    assert wiring(changed) == {
        "image": (), "relu1": ("image",), "conv1": ("relu1",), "conv2": ("conv1",), "add": ("conv2", "image"),
        "relu2": ("add",),
    }  # fmt: skip


def test_moving_down_passes_a_join() -> None:
    assert wiring(edits.move_down("conv2")(residual())) == {
        "image": (), "conv1": ("image",), "relu1": ("conv1",), "add": ("relu1", "image"), "conv2": ("add",),
        "relu2": ("conv2",),
    }  # fmt: skip


def test_the_first_layer_cannot_go_up_nor_the_last_one_down() -> None:
    assert refused(edits.move_up("conv1"), chain()).startswith("conv1 is the first layer already")
    assert refused(edits.move_down("dense"), chain()).startswith("dense is the last layer already")


def test_a_layer_moves_onto_a_connection() -> None:
    changed = edits.move_between("relu2", "image", "add")(residual())
    assert wiring(changed)["add"] == ("conv2", "relu2")
    assert wiring(changed)["conv1"] == ("image",)


def test_moving_a_layer_where_it_is_changes_nothing() -> None:
    network = chain()
    assert edits.move_after("relu1", "conv1")(network) is network
    assert edits.move_after("relu1", "relu1")(network) is network
    assert edits.move_between("relu1", "conv1", "relu1")(network) is network


def test_a_join_is_connected_and_not_moved() -> None:
    assert "connect its inputs" in refused(edits.move_up("add"), residual())


# ---- connecting ---------------------------------------------------------------------------------------------------


def test_a_join_reads_one_more() -> None:
    assert wiring(edits.read_also("add", "relu1")(residual()))["add"] == ("conv2", "image", "relu1")


def test_a_layer_with_one_input_reads_another_instead() -> None:
    changed = edits.read_also("relu2", "conv1")(residual())
    assert wiring(changed)["relu2"] == ("conv1",)


def test_reading_what_it_reads_already_changes_nothing() -> None:
    network = residual()
    assert edits.read_also("add", "image")(network) is network
    assert edits.connect("add", ("conv2", "image"))(network) is network


def test_a_layer_that_reads_a_later_one_moves_behind_it() -> None:
    network = edits.add_branch("image", Conv2d(filters=4), "side")(residual())
    changed = edits.connect("side", ["relu2"])(network)
    assert order(changed)[-1] == "side"


@pytest.mark.parametrize("source", ["conv1", "relu1", "conv2"])
def test_a_circle_is_refused(source: str) -> None:
    assert "A network has no circles." in refused(edits.connect("conv1", [source]), residual())


def test_a_source_that_is_not_there_is_refused() -> None:
    assert refused(edits.connect("conv1", ["nowhere"]), residual()).startswith(
        "There is no layer called 'nowhere'"
    )


def test_the_input_reads_nothing() -> None:
    assert refused(edits.connect("image", ["conv1"]), residual()).startswith("The input reads no layer")


def test_a_join_with_one_input_is_refused() -> None:
    assert "has 1 inputs, expected 2 or more" in refused(edits.connect("add", ["image"]), residual())
