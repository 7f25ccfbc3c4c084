"""The terms of a list enlarged: a row for every feature that is read, the largest contributions first."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from explorer.engine.arithmetic.explanation import Explanation, Part
from explorer.engine.arithmetic.linking import leading_terms
from explorer.ui.widgets.arithmetic_layout import lay_out
from explorer.ui.widgets.arithmetic_sheet import CAPTION, Box, Room, Sheet, Text

LETTER = 6.3  # pixels of a letter of a name
NAME = 24.0, 96.0  # least and most width of the names of the rows
CELL = 46.0, 104.0  # least and most width of a cell
CAPTION_CELL = 60.0  # from this width of a cell on there is a space between the sign and the name above it
BAR = 16.0  # width of a scroll bar, which comes only after the rows
ROW = 20.0
GAP = 2.0
MOST_ROWS = 100


def lay_out_table(explanation: Explanation, room: Room) -> Sheet:
    """Strips as the columns of a table; what has none stands as it does everywhere."""
    if max(part.numbers.ndim for part in explanation.parts) != 1:
        return lay_out(explanation, room)
    last = max(place for place, part in enumerate(explanation.parts) if part.numbers.ndim)
    columns = explanation.parts[: last + 1]
    sheet = Sheet()
    order = order_of(columns[-1])
    names = [row_name(explanation, index, room) for index in order]
    left = min(max(max(map(len, names)) * LETTER + 8, NAME[0]), NAME[1])
    wide = float(int(min(max((room.width - left - BAR) / len(columns), CELL[0]), CELL[1])))
    for place, part in enumerate(columns):
        area = QRectF(left + place * wide - GAP, 0, wide + GAP, CAPTION)
        between = " " if wide >= CAPTION_CELL else ""
        sheet.texts.append(Text(f"{part.sign}{between}{part.name}".strip(), area, align="center"))
    for row, (index, name) in enumerate(zip(order, names, strict=True)):
        y = CAPTION + row * ROW
        sheet.texts.append(Text(name, QRectF(0, y, left - 6, ROW - GAP), align="right"))
        for place, part in enumerate(columns):
            cell = (index,) if part.numbers.ndim else ()
            sheet.boxes.append(Box(part.name, cell, QRectF(left + place * wide, y, wide - GAP, ROW - GAP)))
    bottom = CAPTION + len(order) * ROW
    rest = columns[-1].numbers.size - len(order)
    if rest:
        sheet.texts.append(Text(f"{rest:,} smaller ones", QRectF(left, bottom, 220, CAPTION), "faint"))
        bottom += CAPTION
    sheet.reach(left + len(columns) * wide, bottom)
    return sheet


def order_of(part: Part) -> tuple[int, ...]:
    """The largest terms first; the unit's own is always among them."""
    order = leading_terms(part, MOST_ROWS).indices
    own = [int(one) for one in np.flatnonzero(part.marked)] if part.marked is not None else []
    if all(one in order for one in own):
        return order
    return (*own, *order[: MOST_ROWS - len(own)])


def row_name(explanation: Explanation, index: int, room: Room) -> str:
    """What a row is about: the name of its class, else the feature that is read."""
    if index < len(room.channel_names):
        return room.channel_names[index]
    places = next((part.places for part in explanation.readings if part.numbers.ndim == 1), None)
    unit = places.unit((index,)) if places is not None else None
    return str(index) if places is None or unit is None else f"{places.node}:{unit[0]}"
