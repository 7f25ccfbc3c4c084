"""Edits by hand in the middle of a training: what was edited is the hand's, everything else the training's."""

from __future__ import annotations

import numpy as np

from explorer.document import edits
from explorer.engine.network import Network
from explorer.engine.optimizers import Adam
from explorer.engine.training import Checkpoint
from explorer.runtime.hand_edits import going_on_with, is_of_one_structure, merged
from tests.runtime.trainings import network


def moved(of: Network, by: float) -> Network:
    """What a training may have made of it."""
    return of.with_parameters(
        {
            node.name: {name: array + np.float32(by) for name, array in node.parameters.items()}
            for node in of.nodes
        }
    )


def test_one_edited_number_stays_and_all_others_are_the_trained_ones() -> None:
    shown, trained = network(), moved(network(), 0.5)
    edited = edits.set_weight("dense5", "bias", (1,), 7.0)(shown)
    result = merged(shown, edited, trained)
    assert result["dense5"].parameters["bias"].tolist() == [trained["dense5"].parameters["bias"][0], 7.0]
    assert result["conv2d1"].parameters["kernel"] is trained["conv2d1"].parameters["kernel"]


def test_without_training_meanwhile_the_edited_network_comes_back_itself() -> None:
    edited = edits.set_weight("dense5", "bias", (1,), 7.0)(network())
    assert merged(network(), edited, network()) is edited


def test_a_parameter_of_another_shape_is_the_edits() -> None:
    edited = edits.set_settings("conv2d1", filters=6)(network())
    result = merged(network(), edited, moved(network(), 0.5))
    assert result["conv2d1"].parameters["kernel"].shape[0] == 6
    assert result["dense5"].parameters["bias"][0] == 0.5


def test_a_new_layer_is_another_structure_and_a_rate_is_not() -> None:
    assert is_of_one_structure(network(), edits.set_settings("dropout4", rate=0.1)(network()))
    assert not is_of_one_structure(network(), edits.set_bypassed("relu2", True)(network()))
    assert not is_of_one_structure(network(), edits.duplicate("relu2")(network()))
    assert not is_of_one_structure(network(), edits.set_settings("conv2d1", filters=6)(network()))


def test_what_the_optimizer_remembers_moves_with_its_layer() -> None:
    count = sum(array.size for node in network().nodes for array in node.parameters.values())
    vector = np.arange(count, dtype=np.float32)
    state = Adam().start(vector)._replace(steps=9, vectors=(vector, vector))
    grown = edits.set_settings("dense5", units=3)(network())
    result = going_on_with(Checkpoint(network(), state, 9), grown)
    assert result.state is not None
    assert result.state.steps == 9
    assert result.state.vectors[0][:40].tolist() == list(range(40))  # conv2d1: 4 x 1 x 3 x 3, and 4
    assert not result.state.vectors[0][40:].any()
