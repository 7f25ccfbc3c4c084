"""Where a network's nodes and connections lie when it is drawn as a list with lanes, as histories of branches are.

A lane carries the output of one node down to the last node that reads it. A node stays in the lane of what it
reads; whatever else still has to go past it moves to a lane of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A piece of connection within one row: from a lane at its top to a lane at its bottom.

    The node itself stands for the end that is None: a line into it has no `bottom`, a line out of it no `top`.
    """

    source: str
    top: int | None
    bottom: int | None


@dataclass(frozen=True)
class LaneRow:
    """One row: the lane of its node, and the lines that run through the row."""

    name: str
    lane: int
    lines: tuple[Line, ...]


def lane_rows(inputs: Mapping[str, Sequence[str]]) -> list[LaneRow]:
    """A row for every node; `inputs` has for each node, in reading order, the names that it reads."""
    last_reader: dict[str, str] = {}
    for name, sources in inputs.items():
        for source in sources:
            last_reader[source] = name
    rows: list[LaneRow] = []
    lanes: dict[int, str] = {}  # which node's output each lane carries into the next row
    for name, sources in inputs.items():
        rows.append(_row(name, sources, lanes, last_reader))
    return rows


def lane_count(rows: Sequence[LaneRow]) -> int:
    """How many lanes the rows need side by side."""
    used = [row.lane for row in rows]
    used += [
        lane for row in rows for line in row.lines for lane in (line.top, line.bottom) if lane is not None
    ]
    return max(used, default=0) + 1


def _row(name: str, sources: Sequence[str], lanes: dict[int, str], last_reader: Mapping[str, str]) -> LaneRow:
    """The next row; `lanes` becomes what leaves it at its bottom."""
    above = dict(lanes)
    lane_of = {source: lane for lane, source in above.items()}
    ending = [lane_of[one] for one in sources if last_reader[one] == name and one in lane_of]
    for lane in ending:
        lanes.pop(lane, None)
    lane = _lane_of_node(name, sources, lanes, lane_of, ending, last_reader)
    lines: list[Line] = [Line(one, lane_of[one], None) for one in dict.fromkeys(sources) if one in lane_of]
    displaced = lanes.pop(lane, None)
    if displaced is not None:
        aside = _free(lanes, other_than=lane)
        lanes[aside] = displaced
    if name in last_reader:
        lanes[lane] = name
        lines.append(Line(name, None, lane))
    below = {source: place for place, source in lanes.items()}
    lines += [Line(one, place, below[one]) for place, one in above.items() if one in below]
    return LaneRow(name, lane, tuple(lines))


def _lane_of_node(
    name: str,
    sources: Sequence[str],
    lanes: Mapping[int, str],
    lane_of: Mapping[str, int],
    ending: Sequence[int],
    last_reader: Mapping[str, str],
) -> int:
    if ending or not sources:
        return min([*ending, _free(lanes)])
    if name not in last_reader:
        return _free(lanes)  # a dead end steps aside, what goes on stays where it is
    return min([lane_of[one] for one in sources])


def _free(lanes: Mapping[int, str], other_than: int = -1) -> int:
    lane = 0
    while lane in lanes or lane == other_than:
        lane += 1
    return lane
