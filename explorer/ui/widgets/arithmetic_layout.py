"""Where the numbers of an explanation stand: grids, strips or single numbers in a row, by the shapes of its parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF

from explorer.engine.arithmetic.explanation import Cell, Explanation, Part
from explorer.engine.arithmetic.linking import ChannelGroup, channel_groups, leading_terms
from explorer.ui.widgets.arithmetic_sheet import Box, Grid, Group, Room, Sheet, Text

CAPTION = 15.0  # height of the names above the numbers
SIGN = 22.0  # width of a sign between two parts
LETTER = 9.0, 6.6  # pixels of a letter of a sign, and of a name before a number
GAP = 6.0  # between the channels of a part
LABEL = 64.0, 112.0  # least and most width of the name before a number in a column
NUMBER = 58.0  # width of a number in a column
CELL = (4.0, 42.0), (4.0, 28.0)  # least and most width and height of a cell
READABLE = 17.0  # height of a cell with a comfortable number
ROW = 15.0, 21.0  # least and most height of a row in a column
STRIP_LABEL = 110.0
FLAT = 10.0  # height of a cell that holds no number
LINE = 12.0, 26.0  # least and most height of a row of a strip
CURVE = 60.0  # least height of a curve
MOST_CELLS = 400  # of one grid; larger ones are pictures


def lay_out(explanation: Explanation, room: Room) -> Sheet:
    """Grids where a part has one, else strips, else single numbers with the curve beside them."""
    deepest = max(part.numbers.ndim for part in explanation.parts)
    if deepest >= 2:
        return _lay_out_grids(explanation, room)
    if deepest == 1:
        return _lay_out_strips(explanation, room)
    return _lay_out_numbers(explanation, room)


def channel_sums(parts: Sequence[Part]) -> Part | None:
    """The part with one number for every channel of another, if there is one."""
    named = {part.name: part for part in parts}
    for part in parts:
        for link in part.links:
            source = named[link.part].numbers.shape
            if part.numbers.ndim == 1 and len(source) > 1 and source[0] == part.numbers.shape[0]:
                return part
    return None


# ---- grids --------------------------------------------------------------------------------------------------------


def _lay_out_grids(explanation: Explanation, room: Room) -> Sheet:
    sheet, parts = Sheet(), explanation.parts
    sums = channel_sums(parts)
    grids = [part for part in parts if part.numbers.ndim >= 2]
    others = [part for part in parts if part.numbers.ndim < 2]
    shape = grids[0].numbers.shape
    has_channels = sums is not None or len(shape) > 2
    # A transposed convolution may leave places that nothing reaches: its patch has no cells then.
    channels, columns = (shape[0] if has_channels else 1), max(1, shape[-1])
    rows = max(1, int(np.prod(shape[1:-1] if has_channels else shape[:-1], dtype=int)))
    high = max(room.height - CAPTION, 40.0)
    wide = room.width - len(grids) * SIGN - 20 - _column_width(others, sums, room)
    is_picture = rows * columns > MOST_CELLS
    shown = 1 if is_picture else min(channels, max(1, int((high + GAP) // (rows * READABLE + GAP))))
    inset = 18.0 if channels > 1 and shown > 1 else 0.0
    wide -= inset
    first = min(room.channel, channels - shown)
    cell_wide = _within(wide / (len(grids) * columns), CELL[0])
    cell_high = _within((high - (shown - 1) * GAP) / shown / rows, CELL[1])
    if is_picture:
        cell_wide = cell_high = min(wide / (len(grids) * columns), high / rows)
    if cell_high < FLAT:  # too low for numbers: then rather in the map's proportions
        cell_wide = min(cell_wide, cell_high * 1.5)
    pitch = rows * cell_high + GAP
    x = 0.0
    for part in grids:
        if part.sign:
            _sign(sheet, part.sign, x + (inset if x == 0 else 0), shown * pitch - GAP)
            x += SIGN
        x += inset if part is grids[0] else 0
        title = f"{part.name} · {room.name(first)}" if channels > shown == 1 else part.name
        sheet.texts.append(Text(title, QRectF(x, 0, max(columns * cell_wide, 70.0), CAPTION)))
        for place, channel in enumerate(range(first, first + shown)):
            top = CAPTION + place * pitch
            if part is grids[0] and inset:
                area = QRectF(0, top, inset - 5, rows * cell_high)
                sheet.texts.append(Text(room.name(channel), area, "faint", "right"))
            area = QRectF(x, top, columns * cell_wide, rows * cell_high)
            if not part.numbers.size:
                sheet.texts.append(Text("–", area, "faint"))
            elif is_picture:
                sheet.grids.append(Grid(part.name, channel if has_channels else None, area, rows, columns))
            else:
                lead = (channel,) if has_channels else ()
                sheet.boxes += _cells(part, lead, area, shape[len(lead) :], columns, cell_wide, cell_high)
        x += columns * cell_wide
        sheet.reach(x, CAPTION + shown * pitch - GAP)
    x = max(x, 70.0)
    return _column(sheet, others, sums, room, x + 16)


def _cells(
    part: Part, lead: Cell, area: QRectF, shape: tuple[int, ...], columns: int, wide: float, high: float
) -> list[Box]:  # fmt: skip
    gap = 1.0 if min(wide, high) > 8 else 0.0
    boxes = []
    for number, cell in enumerate(np.ndindex(shape)):
        row, column = divmod(number, columns)
        rect = QRectF(area.left() + column * wide, area.top() + row * high, wide - gap, high - gap)
        boxes.append(Box(part.name, (*lead, *cell), rect))
    return boxes


def _column(sheet: Sheet, parts: list[Part], sums: Part | None, room: Room, left: float) -> Sheet:
    """Sums and single numbers below each other, in as many columns as it takes."""
    high, fitting = _column_height(room)
    groups = _groups(parts, sums, room)
    row_high = _within(high / min(_rows_of(parts, groups, room), fitting), ROW)
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
    return _within(longest * LETTER[1] + 6, LABEL) + (
        24 if any(one.last > one.first for one in groups) else 0
    )


def _column_width(parts: Sequence[Part], sums: Part | None, room: Room) -> float:
    groups = _groups(parts, sums, room)
    columns = -(-_rows_of(parts, groups, room) // _column_height(room)[1])
    return columns * (_label_width(parts, groups) + NUMBER + 14)


def _spoken(part: Part) -> str:
    name = part.name if part.role != "result" else ""
    return f"{part.sign} {name}".strip()


# ---- strips -------------------------------------------------------------------------------------------------------


def _lay_out_strips(explanation: Explanation, room: Room) -> Sheet:
    """Parts of many numbers as rows, the largest terms first where not all fit; what follows them beside them."""
    sheet, parts = Sheet(), explanation.parts
    last = max(place for place, part in enumerate(parts) if part.numbers.ndim)
    rows, after = parts[: last + 1], list(parts[last + 1 :])
    room_wide = room.width - STRIP_LABEL - _column_width(after, None, room) - 20
    length = parts[last].numbers.size
    fitting = max(2, int(room_wide // 40))
    order = _order(parts[last], fitting - 1) if length > fitting else tuple(range(length))
    wide = _within(room_wide / max(1, len(order) + (length > fitting)), CELL[0])
    high = _within((room.height - CAPTION) / len(rows), LINE)
    for place, index in enumerate(order):
        area = QRectF(STRIP_LABEL + place * wide, 0, wide - 1, CAPTION)
        sheet.texts.append(Text(str(index), area, "faint", "center"))
    for line, part in enumerate(rows):
        y = CAPTION + line * high
        sheet.texts.append(Text(f"{part.sign} {part.name}".strip(), QRectF(0, y, STRIP_LABEL - 8, high - 1)))
        cells = [(index,) for index in order] if part.numbers.ndim else [()]
        for place, cell in enumerate(cells):
            sheet.boxes.append(
                Box(part.name, cell, QRectF(STRIP_LABEL + place * wide, y, wide - 1, high - 1))
            )
    x = STRIP_LABEL + len(order) * wide
    if length > len(order):
        _lay_out_others(sheet, parts[last], order, QRectF(x, CAPTION + (len(rows) - 1) * high, wide, high))
        x += wide
    sheet.reach(x, CAPTION + len(rows) * high)
    return _column(sheet, after, None, room, x + 14) if after else sheet


def _lay_out_others(sheet: Sheet, part: Part, order: Sequence[int], area: QRectF) -> None:
    """What the terms come to that are not among the shown ones, as the last number of their row."""
    rest = float(np.delete(part.numbers, order).sum())
    sheet.texts += [
        Text(f"{len(order)} of {part.numbers.size:,}", QRectF(0, 0, STRIP_LABEL - 8, CAPTION), "faint"),
        Text("others", QRectF(area.left(), 0, area.width(), CAPTION), "faint", "center"),
        Text(f"{rest:.2f}".replace("-", "−"), area, "quiet", "center"),
    ]


def _order(part: Part, most: int) -> tuple[int, ...]:
    """The terms that count most; the unit's own, or the one that won, is always among them."""
    marked = tuple(int(one) for one in np.flatnonzero(part.marked)) if part.marked is not None else ()
    leading = leading_terms(part, most).indices
    kept = [index for index in leading if index not in marked]
    return (*marked[:1], *kept[: most - len(marked[:1])])


# ---- single numbers -----------------------------------------------------------------------------------------------


def _lay_out_numbers(explanation: Explanation, room: Room) -> Sheet:
    sheet = Sheet()
    curve = min(240.0, room.width * 0.45) if explanation.curve is not None else 0.0
    count = len(explanation.parts)
    signs = sum(_sign_width(part.sign) for part in explanation.parts)
    free = room.width - (curve + 20 if curve else 0) - signs
    wide, high = _within(free / count, (NUMBER - 8, NUMBER + 12)), 26.0
    x, y = 0.0, 0.0
    for part in explanation.parts:
        sign = _sign_width(part.sign) if part.sign or x else 0.0
        if x and x + sign + wide > room.width - (curve + 20 if curve else 0):
            x, y = 0.0, y + CAPTION + high + 8
        if part.sign:
            _sign(sheet, part.sign, x, high, y)
        x += sign
        name = "value" if part.role == "result" else part.name
        caption = QRectF(x - SIGN / 2, y, wide + SIGN, CAPTION)
        sheet.texts.append(Text(name, caption, align="center"))
        sheet.boxes.append(Box(part.name, (), QRectF(x, y + CAPTION, wide, high)))
        x += wide
        sheet.reach(x, y + CAPTION + high)
    if curve:
        left = sheet.width + 24
        sheet.curve = QRectF(left, 0, min(curve, max(room.height * 2.2, 120.0)), max(room.height - 2, CURVE))
        sheet.reach(sheet.curve.right(), sheet.curve.bottom())
    return sheet


def _sign(sheet: Sheet, sign: str, x: float, high: float, top: float = 0.0) -> None:
    area = QRectF(x, top + CAPTION, _sign_width(sign), high)
    sheet.texts.append(Text(sign, area, "text", "center"))


def _sign_width(sign: str) -> float:
    return SIGN if len(sign) <= 2 else len(sign) * LETTER[0]


def _within(size: float, limits: tuple[float, float]) -> float:
    """Whole pixels where there are some, so that all cells are equal."""
    size = min(max(size, limits[0]), limits[1])
    return float(int(size)) if size >= 8 else size
