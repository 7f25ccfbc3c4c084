"""Where the numbers of an explanation stand: grids, strips or single numbers in a row, by the shapes of its parts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from explorer.engine.arithmetic.explanation import Cell, Explanation, Part
from explorer.engine.arithmetic.linking import leading_terms
from explorer.ui.widgets.arithmetic_column import NUMBER, channel_sums, column, column_width, within
from explorer.ui.widgets.arithmetic_sheet import CAPTION, Box, Grid, Room, Sheet, Text

SIGN = 22.0  # width of a sign between two parts
LETTER = 9.0  # pixels of a letter of a sign
NAME_LETTER = 7.0  # of a channel's name
GAP = 6.0  # between the channels of a part
CELL = (4.0, 42.0), (4.0, 28.0)  # least and most width and height of a cell
READABLE = 17.0  # height of a cell with a comfortable number
SLIM = 18.0  # width of a cell with a short one
VOLUME = 3  # axes of a window with slices
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
    wide = room.width - len(grids) * SIGN - 20 - column_width(others, sums, room)
    inner = shape[1:] if has_channels else shape
    slices = _slices_abreast(inner, high, wide / len(grids))
    rows, columns = rows // slices, columns * slices
    wide -= len(grids) * (slices - 1) * GAP
    is_picture = rows * columns > MOST_CELLS
    shown = 1 if is_picture else min(channels, max(1, int((high + GAP) // (rows * READABLE + GAP))))
    first = min(room.channel, channels - shown)
    letters = len(room.name(first + shown - 1))  # of the names of the channels, at the left
    inset = 6.0 + max(2, letters) * NAME_LETTER if channels > 1 and shown > 1 else 0.0
    wide -= inset
    cell_wide = within(wide / (len(grids) * columns), CELL[0])
    cell_high = within((high - (shown - 1) * GAP) / shown / rows, CELL[1])
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
        part_wide = columns * cell_wide + (slices - 1) * GAP
        sheet.texts.append(Text(title, QRectF(x, 0, max(part_wide, 70.0), CAPTION)))
        for place, channel in enumerate(range(first, first + shown)):
            top = CAPTION + place * pitch
            if part is grids[0] and inset:
                area = QRectF(0, top, inset - 5, rows * cell_high)
                sheet.texts.append(Text(room.name(channel), area, "faint", "right"))
            area = QRectF(x, top, part_wide, rows * cell_high)
            if not part.numbers.size:
                sheet.texts.append(Text("–", area, "faint"))
            elif is_picture:
                sheet.grids.append(Grid(part.name, channel if has_channels else None, area, rows, columns))
            else:
                lead = (channel,) if has_channels else ()
                corner = area.topLeft()
                sheet.boxes += _cells(part, lead, corner, inner, slices, QSizeF(cell_wide, cell_high))
        x += part_wide
        sheet.reach(x, CAPTION + shown * pitch - GAP)
    x = max(x, 70.0)
    return column(sheet, others, sums, room, x + 16)


def _slices_abreast(inner: Cell, high: float, wide: float) -> int:
    """How many slices of a volume's window stand beside each other: all, where below each other they were too low."""
    if len(inner) != VOLUME:
        return 1
    slices, rows, columns = inner
    return slices if slices * rows * READABLE > high and slices * (columns * SLIM + GAP) <= wide else 1


def _cells(part: Part, lead: Cell, corner: QPointF, shape: Cell, slices: int, size: QSizeF) -> list[Box]:
    wide, high = size.width(), size.height()
    gap = 1.0 if min(wide, high) > 8 else 0.0
    rows, columns = int(np.prod(shape[:-1], dtype=int)) // slices, shape[-1]
    boxes = []
    for number, cell in enumerate(np.ndindex(shape)):
        row, column = divmod(number, columns)
        slice_, row = divmod(row, rows)
        x = corner.x() + slice_ * (columns * wide + GAP) + column * wide
        boxes.append(
            Box(part.name, (*lead, *cell), QRectF(x, corner.y() + row * high, wide - gap, high - gap))
        )
    return boxes


# ---- strips -------------------------------------------------------------------------------------------------------


def _lay_out_strips(explanation: Explanation, room: Room) -> Sheet:
    """Parts of many numbers as rows, the largest terms first where not all fit; what follows them beside them."""
    sheet, parts = Sheet(), explanation.parts
    last = max(place for place, part in enumerate(parts) if part.numbers.ndim)
    rows, after = parts[: last + 1], list(parts[last + 1 :])
    room_wide = room.width - STRIP_LABEL - column_width(after, None, room) - 20
    length = parts[last].numbers.size
    fitting = max(2, int(room_wide // 40))
    order = _order(parts[last], fitting - 1) if length > fitting else tuple(range(length))
    wide = within(room_wide / max(1, len(order) + (length > fitting)), CELL[0])
    high = within((room.height - CAPTION) / len(rows), LINE)
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
    return column(sheet, after, None, room, x + 14) if after else sheet


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
    wide, high = within(free / count, (NUMBER - 8, NUMBER + 12)), 26.0
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
    return SIGN if len(sign) <= 2 else len(sign) * LETTER
