"""Rows and columns that no window reaches, as runs to hatch."""

from __future__ import annotations

from explorer.engine.layer import layer_of
from explorer.ui.widgets.flow_unread import unread_runs


def test_between_windows_and_behind_the_last_one() -> None:
    pool = layer_of("max_pool", {"window": (2, 2), "stride": (3, 3)})
    assert unread_runs(pool, ((1, 8, 7),)) == (((2, 3), (5, 6)), ((2, 3), (5, 7)))


def test_where_everything_is_read_there_is_nothing() -> None:
    assert unread_runs(layer_of("conv2d", {}), ((3, 8, 8),)) == ((), ())


def test_a_signal_has_columns_only() -> None:
    pool = layer_of("max_pool1d", {"window": 2, "stride": 2})
    assert unread_runs(pool, ((1, 5),)) == ((), ((4, 5),))
