"""Where branches, skips and merges run when the network is drawn as a list with lanes."""

from __future__ import annotations

from itertools import pairwise

from explorer.ui.widgets.network_graph_lanes import Line, lane_count, lane_rows


def lanes(inputs: dict[str, tuple[str, ...]]) -> dict[str, int]:
    return {row.name: row.lane for row in lane_rows(inputs)}


def test_a_chain_has_one_lane() -> None:
    rows = lane_rows({"x": (), "a": ("x",), "b": ("a",)})
    assert lane_count(rows) == 1
    assert rows[1].lines == (Line("x", 0, None), Line("a", None, 0))


def test_a_skip_goes_past_its_block_in_a_lane_of_its_own() -> None:
    rows = lane_rows({"x": (), "a": ("x",), "b": ("a",), "add": ("b", "x"), "out": ("add",)})
    assert [row.lane for row in rows] == [0, 0, 0, 0, 0]
    assert Line("x", 0, 1) in rows[1].lines
    assert Line("x", 1, 1) in rows[2].lines
    assert Line("x", 1, None) in rows[3].lines


def test_two_branches_stand_side_by_side() -> None:
    inputs = {"x": (), "a1": ("x",), "a2": ("a1",), "b1": ("x",), "b2": ("b1",), "join": ("a2", "b2")}
    assert lanes(inputs) == {"x": 0, "a1": 0, "a2": 0, "b1": 1, "b2": 1, "join": 0}


def test_a_dead_end_steps_aside() -> None:
    assert lanes({"x": (), "side": ("x",), "a": ("x",), "b": ("a",)}) == {"x": 0, "side": 1, "a": 0, "b": 0}


def test_a_node_read_twice_by_one_reader_is_one_line() -> None:
    rows = lane_rows({"x": (), "add": ("x", "x")})
    assert rows[1].lines == (Line("x", 0, None),)


def test_every_line_that_enters_a_row_left_the_row_above() -> None:
    inputs = {
        "x": (), "a": ("x",), "b": ("x",), "c": ("a", "x"), "d": ("b",), "e": ("c", "d", "b"), "f": ("e", "x"),
    }  # fmt: skip
    rows = lane_rows(inputs)
    for above, below in pairwise(rows):
        leaving = {(line.source, line.bottom) for line in above.lines if line.bottom is not None}
        entering = {(line.source, line.top) for line in below.lines if line.top is not None}
        assert leaving == entering


def test_an_inception_block_needs_a_lane_for_every_branch() -> None:
    inputs = {"x": (), "a": ("x",), "b": ("x",), "c": ("x",), "d": ("x",), "join": ("a", "b", "c", "d")}
    assert lane_count(lane_rows(inputs)) == 4
