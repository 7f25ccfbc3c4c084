"""A patch becomes a filter: what finds the pattern, and what stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.document.document import EditError
from explorer.document.patch_edits import convolutions_of_maps, use_patch
from explorer.engine.arithmetic.templates import patch_kernel
from explorer.engine.evaluate import evaluate
from explorer.engine.kernel_limits import KernelError
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node

IMAGE = np.random.default_rng(3).random((1, 4, 20, 22)).astype(np.float32)


def network(**settings: object) -> Network:
    return Network(
        (
            Node("image", Input(channels=4, height=20, width=22)),
            Node("conv1", Conv2d(filters=4, **settings), ("image",)),  # type: ignore[arg-type]
            Node("conv2", Conv2d(filters=2), ("conv1",)),
        )
    ).fitted()


PATTERN = patch_kernel(IMAGE[0], (6, 11), (9, 14))


@pytest.mark.parametrize("flip", [False, True])
def test_the_new_filter_answers_most_where_the_patch_was(flip: bool) -> None:
    changed = use_patch("conv1", PATTERN, None)(network(flip=flip))
    found = evaluate(changed, IMAGE).activations["conv1"][0, 4]
    assert np.unravel_index(found.argmax(), found.shape) == (8, 11)


def test_the_others_keep_their_numbers_around_the_middle() -> None:
    before = network()
    changed = use_patch("conv1", PATTERN, 1)(before)
    kernels = changed["conv1"].parameters["kernel"]
    assert kernels.shape == (4, 4, 5, 5)
    assert np.array_equal(kernels[0, :, 1:4, 1:4], before["conv1"].parameters["kernel"][0])
    assert changed["conv1"].parameters["bias"][1] == 0
    assert changed["image"] is before["image"]


def test_of_groups_a_filter_gets_the_channels_that_it_reads() -> None:
    changed = use_patch("conv1", PATTERN, 3)(network(groups=2))
    assert np.array_equal(changed["conv1"].parameters["kernel"][3], PATTERN[2:])


def test_what_does_not_fit_is_refused_in_a_sentence() -> None:
    wider = use_patch("conv1", PATTERN, None)(network())
    with pytest.raises(EditError, match="has 4 channels, but conv2 reads 5"):
        use_patch("conv2", PATTERN, 0)(wider)
    with pytest.raises(EditError, match="no convolution of maps"):
        use_patch("image", PATTERN, 0)(network())
    with pytest.raises(EditError, match="There is no 9"):
        use_patch("conv1", PATTERN, 9)(network())
    with pytest.raises(KernelError, match="16"):
        use_patch("conv1", np.ones((4, 16, 3), np.float32), 0)(network())


def test_only_convolutions_of_maps_are_offered() -> None:
    assert convolutions_of_maps(network()) == ["conv1", "conv2"]
