"""The sums and single numbers of an explanation, below each other beside the grids or strips they are made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF

from explorer.engine.arithmetic.explanation import Part
from explorer.engine.arithmetic.linking import ChannelGroup, channel_groups
from explorer.ui.widgets.arithmetic_sheet import CAPTION, Box, Group, Room, Sheet, Text

LABEL = 64.0, 112.0  # least and most width of the name before a number
LETTER = 6.6  # pixels of a letter of it
NUMBER = 58.0  # width of a number
ROW = 15.0, 21.0  # least and most height of a row


def channel_sums(parts: Sequence[Part]) -> Part | None:
    """The part with one number for every channel of another, if there is one."""
    named = {part.name: part for part in parts}
    for part in parts:
        for link in part.links:
            source = named[link.part].numbers.shape
            if part.numbers.ndim == 1 and len(source) > 1 and source[0] == part.numbers.shape[0]:
                return part
    return None


def column(sheet: Sheet, parts: list[Part], sums: Part | None, room: Room, left: float) -> Sheet:
    """Sums and single numbers below each other, in as many columns as it takes."""
    high, fitting = _column_height(room)
    groups = _groups(parts, sums, room)
    row_high = within(high / min(_rows_of(parts, groups, room), fitting), ROW)
    label = _label_width(parts, groups)
    x, y = left, CAPTION

    def next_row(name: str, role: str = "quiet") -> tuple[QRectF, QRectF]:
        nonlocal x, y
        if y + row_high > CAPTION + high + 0.5:
            x, y = x + label + NUMBER + 14, CAPTION
        name_rect = QRectF(x, y, label - 6, row_high - 1)
        number = QRectF(x + label, y, NUMBER, row_high - 1)
        sheet.texts.append(Text(name, name_rect, role, "right"))
        y += row_high
        sheet.reach(x + label + NUMBER, y)
        return name_rect.united(number), number

    for part in parts:
        if part is sums:
            sheet.texts.append(Text(part.name, QRectF(x, 0, label + NUMBER, CAPTION), align="right"))
            if room.opened is not None:
                whole, number = next_row("‹ all", "accent")
                sheet.groups.append(Group(None, whole, number))
            for group in groups:
                if group.first == group.last:
                    _, number = next_row(room.name(group.first))
                    sheet.boxes.append(Box(part.name, (group.first,), number))
                else:
                    whole, number = next_row(f"{group.first}…{group.last}", "accent")
                    sheet.groups.append(Group(group, whole, number))
            continue
        for cell in np.ndindex(part.numbers.shape):
            _, number = next_row(_spoken(part), "text" if part.role == "result" else "quiet")
            sheet.boxes.append(Box(part.name, cell, number))
    return sheet


def _column_height(room: Room) -> tuple[float, int]:
    """How high a column is, and how many rows fit."""
    high = max(room.height - CAPTION, ROW[0] * 3)
    return high, int(high // ROW[0])


def _groups(parts: Sequence[Part], sums: Part | None, room: Room) -> tuple[ChannelGroup, ...]:
    """The sums of the channels that are open, in as many rows as are left beside the single numbers."""
    if sums is None:
        return ()
    fitting = _column_height(room)[1]
    first, last = room.opened or (0, len(sums.numbers) - 1)
    rest = len(parts) - 1
    most = fitting - rest if fitting - rest >= 3 else fitting
    groups = channel_groups(sums.numbers[first : last + 1], most - (room.opened is not None))
    return tuple(ChannelGroup(one.first + first, one.last + first, one.sum) for one in groups)


def _rows_of(parts: Sequence[Part], groups: Sequence[ChannelGroup], room: Room) -> int:
    singles = sum(part.numbers.size for part in parts) if not groups else len(parts) - 1
    return max(1, singles + len(groups) + (room.opened is not None))


def _label_width(parts: Sequence[Part], groups: Sequence[ChannelGroup]) -> float:
    longest = max((len(_spoken(part)) for part in parts), default=0) if not groups else 0
    return within(longest * LETTER + 6, LABEL) + (24 if any(one.last > one.first for one in groups) else 0)


def column_width(parts: Sequence[Part], sums: Part | None, room: Room) -> float:
    groups = _groups(parts, sums, room)
    columns = -(-_rows_of(parts, groups, room) // _column_height(room)[1])
    return columns * (_label_width(parts, groups) + NUMBER + 14)


def _spoken(part: Part) -> str:
    name = part.name if part.role != "result" else ""
    return f"{part.sign} {name}".strip()


def within(size: float, limits: tuple[float, float]) -> float:
    """Whole pixels where there are some, so that all cells are equal."""
    size = min(max(size, limits[0]), limits[1])
    return float(int(size)) if size >= 8 else size
