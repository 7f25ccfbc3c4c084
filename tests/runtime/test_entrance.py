"""Frames become what the network's input asks for."""

import numpy as np

from explorer.runtime.entrance import Entrance
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame


def frame(value: int) -> Frame:
    return Frame(np.full((6, 8, 1), value, np.uint8), value, arrived=0.0)


def test_an_image_is_fitted_to_the_input():
    assert Entrance().enter(frame(255), Preparation(), (3, 4, 5)).shape == (1, 3, 4, 5)


def test_a_signal_and_a_list_are_a_row_of_the_frame():
    entrance = Entrance()

    assert entrance.enter(frame(255), Preparation(), (1, 7)).tolist() == [[[1.0] * 7]]
    assert entrance.enter(frame(0), Preparation(), (7,)).tolist() == [[0.0] * 7]


def test_a_volume_holds_the_last_frames_the_newest_last():
    entrance = Entrance()
    for value in (0, 51, 102, 255):
        volume = entrance.enter(frame(value), Preparation(), (1, 3, 2, 2))

    assert volume.shape == (1, 1, 3, 2, 2)
    np.testing.assert_allclose(volume[0, 0, :, 0, 0], [0.2, 0.4, 1.0], rtol=1e-6)


def test_a_volume_of_another_size_begins_anew():
    entrance = Entrance()
    entrance.enter(frame(0), Preparation(), (1, 3, 2, 2))

    volume = entrance.enter(frame(255), Preparation(), (1, 2, 2, 2))

    assert (volume == 1).all()
