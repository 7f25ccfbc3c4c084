"""Paints the numbers of an explanation: coloured cells, signs, pictures of large grids, and the activation's curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer.engine.arithmetic.explanation import Curve, Explanation, Flags, Part
from explorer.rendering.colors import color_at, fine_table, weights_color
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.short_number import short_number
from explorer.ui.widgets.arithmetic_column import channel_sums
from explorer.ui.widgets.arithmetic_sheet import Box, Grid, Group, Sheet, Text
from explorer.ui.widgets.cell_number import fitting_number
from explorer.ui.widgets.kernel_cells import luminance, text_colour
from explorer.ui.widgets.pixel_numbers import PALE

FONTS = (1.0, 0.9, 0.8, 0.7)  # of the window's size, the largest that fits
PADDING_DARKER = 210  # per cent
HATCH = 0.22  # of the ink, over what lies in the padding
PALE_INK, DARK_INK = QColor("#f2f5f8"), QColor("#0d1117")
VEIL = 0.6  # over what has nothing to do with the cell under the pointer
LEVELS = 256
STEPS = 254  # of a cell's colour; the middle one is exactly zero's
MOST_WIDTHS = 4096
ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}

Links = Mapping[str, Flags]


class Lettering:
    """A font with the widths of what was written in it: numbers repeat, and measuring takes as long as drawing."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetricsF(font)
        self.ascent = self._metrics.ascent()
        self.middle = (
            self.ascent - self._metrics.descent()
        ) / 2  # from the centre of a cell down to the line
        self._widths: dict[str, float] = {}

    def width(self, text: str) -> float:
        """How wide a text is."""
        if text not in self._widths:
            if len(self._widths) > MOST_WIDTHS:
                self._widths.clear()
            self._widths[text] = self._metrics.horizontalAdvance(text)
        return self._widths[text]


Letterings = tuple[Lettering, ...]


@lru_cache(maxsize=8)
def _letterings(font: str) -> Letterings:
    """The window's font and smaller ones."""
    whole = QFont()
    whole.fromString(font)
    return tuple(Lettering(theme.quiet_font(whole, scale)) for scale in FONTS)


@lru_cache(maxsize=4096)
def _cell_colours(colours: str, step: int, dark: bool) -> tuple[QColor, QColor]:
    """The colour of a cell and of its number; no name of a colour table for a weight, step -1 for NaN."""

    def color(t: float) -> QColor:
        return QColor(*(color_at(colours, t, dark) if colours else weights_color(t, dark)))

    t = step / STEPS if step >= 0 else math.nan
    return color(t), text_colour(t, color(t), color(0.5))


class ArithmeticPainter:
    """Paints one explanation as it is laid out."""

    def __init__(self, explanation: Explanation, sheet: Sheet, colours: str, font: QFont) -> None:
        self._explanation = explanation
        self._sheet = sheet
        self._colours = colours
        self._dark = theme.is_dark()
        self._font = font
        self._parts = {part.name: part for part in explanation.parts}
        self._limits = limits_of(explanation)

    def paint(self, painter: QPainter, links: Links | None) -> None:
        """Everything; `links` are the cells that hang together with the one under the pointer."""
        letterings = _letterings(self._font.toString())
        for text in self._sheet.texts:
            self._paint_text(painter, text)
        for grid in self._sheet.grids:
            self._paint_grid(painter, grid)
        for box in self._sheet.boxes:
            self._paint_box(painter, box, letterings, links)
        for group in self._sheet.groups:
            self._paint_group(painter, group, letterings, links)
        if self._sheet.curve is not None and self._explanation.curve is not None:
            paint_curve(painter, self._sheet.curve, self._explanation.curve, self._font)

    def _paint_text(self, painter: QPainter, text: Text) -> None:
        is_sign = text.align == "center" and text.role == "text"
        painter.setFont(self._font if is_sign else theme.quiet_font(self._font, 0.9))
        painter.setPen(theme.color(text.role))
        flags = ALIGN[text.align] | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(text.rect, flags, text.text)

    def _paint_box(self, painter: QPainter, box: Box, letterings: Letterings, links: Links | None) -> None:
        part = self._parts[box.part]
        value = float(part.numbers[box.cell])
        is_absent = part.absent is not None and bool(part.absent[box.cell])
        is_linked = links is not None and bool(links[box.part][box.cell])
        if is_absent:
            painter.fillRect(box.rect, QBrush(theme.color("border"), Qt.BrushStyle.BDiagPattern))
        else:
            self._paint_value(painter, part, value, box.rect, letterings, _is_padding(part, box))
        if links is not None and not is_linked:
            self._veil(painter, box.rect)
        if is_linked:
            self._frame(painter, box.rect, "hover")
        elif part.marked is not None and bool(part.marked[box.cell]):
            self._frame(painter, box.rect, "selection")

    def _paint_value(
        self,
        painter: QPainter,
        part: Part,
        value: float,
        rect: QRectF,
        letterings: Letterings,
        is_padding: bool = False,
    ) -> None:
        t = place_of(value, self._limits[part.name])
        colours = "" if part.role == "weights" else self._colours
        step = -1 if math.isnan(t) else round(min(max(t, 0.0), 1.0) * STEPS)
        fill, ink = _cell_colours(colours, step, self._dark)
        if is_padding:  # darker than the image, and hatched
            fill = fill.darker(PADDING_DARKER)
            ink = PALE_INK if luminance(fill) < PALE else DARK_INK
        painter.fillRect(rect, fill)
        if is_padding:
            hatch = QColor(ink)
            hatch.setAlphaF(HATCH)
            painter.fillRect(rect, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        text = fitting_number(value, rect.width())
        for lettering in letterings:
            wide = lettering.width(text)
            if wide <= rect.width() - 2 and lettering.ascent <= rect.height():
                painter.setFont(lettering.font)
                painter.setPen(ink)
                base = rect.center().y() + lettering.middle
                painter.drawText(QPointF(rect.center().x() - wide / 2, base), text)
                return

    def _paint_group(
        self, painter: QPainter, group: Group, letterings: Letterings, links: Links | None
    ) -> None:
        sums = channel_sums(self._explanation.parts)
        if group.group is None or sums is None:
            return
        number = float(sums.numbers[group.group.first : group.group.last + 1].sum())
        self._paint_value(painter, sums, number, group.number, letterings)
        flags = links[sums.name][group.group.first : group.group.last + 1] if links is not None else None
        if flags is not None and flags.any():
            self._frame(painter, group.number, "hover")
        elif flags is not None:
            self._veil(painter, group.number)

    def _paint_grid(self, painter: QPainter, grid: Grid) -> None:
        part = self._parts[grid.part]
        numbers = part.numbers if grid.channel is None else part.numbers[grid.channel]
        t = (numbers.reshape(grid.rows, grid.columns) / self._limits[part.name] + 1) / 2
        levels = np.clip(
            np.rint((np.nan_to_num(t, nan=0.5) - 0.5) * 2 * (LEVELS // 2 - 1)) + LEVELS // 2, 1, 255
        )
        levels[~np.isfinite(t)] = 0
        pixels = fine_table(self._colours, self._dark, 1.0, LEVELS)[levels.astype(np.intp)]
        painter.drawImage(grid.rect, image_of(np.ascontiguousarray(pixels)))
        if part.marked is not None and grid.channel is None:
            high, wide = grid.rect.height() / grid.rows, grid.rect.width() / grid.columns
            row, column = np.unravel_index(int(np.argmax(part.marked)), (grid.rows, grid.columns))
            at = QRectF(grid.rect.left() + column * wide, grid.rect.top() + row * high, wide, high)
            self._frame(painter, at.adjusted(-2, -2, 2, 2), "selection")

    def _veil(self, painter: QPainter, rect: QRectF) -> None:
        color = QColor(theme.color("panel"))
        color.setAlphaF(VEIL)
        painter.fillRect(rect, color)

    @staticmethod
    def _frame(painter: QPainter, rect: QRectF, role: str) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color(role), 1.5))
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))


def limits_of(explanation: Explanation) -> dict[str, float]:
    """The size that has the full colour, by part: grids and strips have their own, sums and numbers share one."""
    sums = channel_sums(explanation.parts)
    shared = [part for part in explanation.parts if part.numbers.ndim == 0 or part is sums]
    # A count of 1600 or a sum on the way to a mean must not make the value itself look like nothing.
    counted = [part for part in shared if part is sums or part.role in ("read", "result")]
    common = max((_largest(part.numbers) for part in counted), default=0.0) or 1.0
    return {
        part.name: common if part in shared else _largest(part.numbers) or 1.0 for part in explanation.parts
    }


def place_of(value: float, limit: float) -> float:
    """t = (v + m) / 2m; NaN stays one."""
    if math.isinf(value):
        return 1.0 if value > 0 else 0.0
    return (value + limit) / (2 * limit)


def _largest(numbers: np.ndarray) -> float:
    sizes = np.abs(numbers)
    return float(sizes.max(initial=0, where=np.isfinite(sizes)))


def _is_padding(part: Part, box: Box) -> bool:
    places = part.places
    if places is None or not box.cell or places.is_padding.shape != part.numbers.shape:
        return False
    return bool(places.is_padding[box.cell])


def paint_curve(painter: QPainter, area: QRectF, curve: Curve, font: QFont) -> None:
    """An activation with its axes, and the point on it with its two numbers."""
    inner = area.adjusted(8, 8, -8, -8)
    low, high = min(float(np.nanmin(curve.y)), 0.0), max(float(np.nanmax(curve.y)), 0.0)
    left, right = float(curve.x[0]), float(curve.x[-1])
    span = (high - low) or 1.0

    def at(x: float, y: float) -> QPointF:
        share = (min(max(y, low), high) - low) / span
        return QPointF(
            inner.left() + (x - left) / (right - left) * inner.width(),
            inner.bottom() - share * inner.height(),
        )

    painter.fillRect(area, theme.color("ground"))
    painter.setPen(QPen(theme.color("border"), 1))
    painter.drawLine(at(left, 0), at(right, 0))
    painter.drawLine(at(0, low), at(0, high))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("accent"), 1.6))
    painter.drawPolyline(
        QPolygonF([at(float(x), float(y)) for x, y in zip(curve.x, curve.y, strict=True) if math.isfinite(y)])
    )
    x, y = curve.point
    point = at(x, y)
    painter.setPen(QPen(theme.color("selection"), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(point.x(), at(0, 0).y()), point)
    painter.drawLine(QPointF(at(0, 0).x(), point.y()), point)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("selection"))
    painter.drawEllipse(point, 3.5, 3.5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(theme.quiet_font(font, 0.85))
    painter.setPen(theme.color("quiet"))
    painter.drawText(
        inner,
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop,
        f"{short_number(x)} → {short_number(y)}",
    )
