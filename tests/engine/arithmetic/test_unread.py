"""Pixels that no window reads, and the order in which windows sweep."""

import numpy as np
import pytest

from explorer.engine.arithmetic.unread import Sweep, unread_per_axis, unread_pixels
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.layers.signals import Conv1d
from explorer.engine.layers.transposed_convolution import ConvTranspose2d


def test_a_pooling_leaves_out_the_last_odd_row():
    rows, columns = unread_per_axis(MaxPool(), [(1, 5, 4)])

    assert list(np.flatnonzero(rows)) == [4]
    assert not columns.any()


def test_ceil_mode_leaves_nothing_out():
    assert not unread_pixels(MaxPool(ceil=True), [(1, 5, 5)]).any()


def test_a_stride_beyond_the_kernel_leaves_gaps():
    layer = Conv2d(kernel=(2, 2), stride=(3, 3), padding="valid")

    rows, _ = unread_per_axis(layer, [(1, 9, 9)])

    assert list(np.flatnonzero(rows)) == [2, 5, 8]


def test_a_dilation_with_a_stride_leaves_every_second_pixel_out():
    layer = Conv2d(kernel=(2, 2), stride=(2, 2), dilation=(2, 2), padding="valid")

    assert list(np.flatnonzero(unread_per_axis(layer, [(1, 7, 7)])[0])) == [1, 3, 5]


def test_a_pixel_in_an_unread_row_or_column_is_unread():
    unread = unread_pixels(MaxPool(), [(1, 3, 3)])

    np.testing.assert_array_equal(unread, [[0, 0, 1], [0, 0, 1], [1, 1, 1]])


def test_signals_have_unread_values_too():
    layer = Conv1d(kernel=1, stride=2, padding="valid")

    np.testing.assert_array_equal(unread_pixels(layer, [(1, 5)]), [0, 1, 0, 1, 0])


def test_a_sweep_goes_row_by_row_by_its_stride():
    sweep = Sweep(MaxPool(), [(1, 4, 6)])

    assert len(sweep) == 6
    assert [stop.place for stop in sweep] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    np.testing.assert_array_equal(sweep[4].positions[1], [2, 3])
    assert sweep.index((1, 1)) == 4


def test_a_stop_in_the_padding_says_where_its_values_come_from():
    stop = Sweep(Conv2d(border="reflect-101"), [(1, 5, 5)])[0]

    np.testing.assert_array_equal(stop.positions[0], [-1, 0, 1])
    np.testing.assert_array_equal(stop.sources[0], [1, 0, 1])


def test_a_constant_of_the_padding_comes_from_nowhere():
    np.testing.assert_array_equal(Sweep(Conv2d(), [(1, 5, 5)])[0].sources[0], [-1, 0, 1])


def test_where_maps_grow_a_stop_shows_the_inputs_whose_stamps_reach_it():
    sweep = Sweep(ConvTranspose2d(kernel=(3, 3), padding="valid"), [(1, 4, 4)])

    np.testing.assert_array_equal(sweep.at((1, 2)).positions[0], [0])
    np.testing.assert_array_equal(sweep.at((1, 2)).positions[1], [0, 1])


def test_nothing_sweeps_where_everything_is_read():
    assert len(Sweep(Dense(), [(7,)])) == 0


def test_there_is_no_stop_beyond_the_last():
    with pytest.raises(IndexError, match="the sweep has 6"):
        Sweep(MaxPool(), [(1, 4, 6)])[6]
