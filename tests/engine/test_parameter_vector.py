"""All learned parameters in one vector, and back into the network."""

import numpy as np
import pytest

from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.network import NetworkError
from explorer.engine.parameter_vector import PIECE, ParameterVector, norm_of, sum_of
from tests.engine.build import chain

NETWORK = chain(
    1, 6, 6, Conv2d(filters=2), BatchNormalization()
)  # 18 + 2 learned in the first, 2 + 2 in the second
LAYOUT = ParameterVector.of(NETWORK)


def test_it_holds_what_is_learned_and_nothing_that_is_measured():
    assert LAYOUT.size == 24
    assert LAYOUT.names[-1] == ("batch_norm2", "shift")


def test_a_network_comes_back_out_of_its_vector():
    vector = LAYOUT.of_network(NETWORK) + 1

    moved = LAYOUT.placed(NETWORK, vector)

    np.testing.assert_array_equal(
        moved["conv2d1"].parameters["kernel"], NETWORK["conv2d1"].parameters["kernel"] + 1
    )
    np.testing.assert_array_equal(LAYOUT.of_network(moved), vector)


def test_placing_copies_nothing_and_nobody_can_write_into_it():
    vector = LAYOUT.of_network(NETWORK)

    moved = LAYOUT.placed(NETWORK, vector)

    assert np.shares_memory(moved["conv2d1"].parameters["kernel"], vector)
    assert not vector.flags.writeable


def test_a_changed_parameter_keeps_what_is_known_of_the_shapes():
    reports = NETWORK.reports

    changed = NETWORK.with_parameters({"conv2d1": {"bias": np.ones(2, np.float32)}})

    assert changed.reports is reports
    assert changed["batch_norm2"] is NETWORK["batch_norm2"]
    np.testing.assert_array_equal(changed["conv2d1"].parameters["bias"], [1, 1])
    np.testing.assert_array_equal(NETWORK["conv2d1"].parameters["bias"], [0, 0])


def test_a_parameter_of_another_shape_is_refused():
    with pytest.raises(NetworkError, match=r"conv2d1 has no parameter bias of shape \(3,\)"):
        NETWORK.with_parameters({"conv2d1": {"bias": np.ones(3, np.float32)}})


def test_long_vectors_are_added_and_measured_in_pieces():
    vectors = [np.full(2 * PIECE + 5, value, np.float32) for value in (1, 2, 4)]

    assert set(sum_of(vectors)) == {7}
    assert norm_of(np.full(2 * PIECE + 5, 2, np.float32)) == pytest.approx(2 * (2 * PIECE + 5) ** 0.5)
