"""Paints the two boards of a close-up: values, padding, the window with its weights, and the part that is filled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from explorer.rendering import mosaic
from explorer.rendering.colors import weights_color
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import map_pixels
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.widgets.cell_number import cell_number
from explorer.ui.widgets.close_up_cells import CloseCells
from explorer.ui.widgets.close_up_places import Board
from explorer.ui.widgets.kernel_cells import luminance
from explorer.ui.widgets.pixel_numbers import NARROWEST, PALE, Cells, PixelNumbers, pale_pixels

DARKER = 0.5  # of the brightness of what lies in the padding
VEIL = 0.45  # over what the window does not read
WEIGHT_SHARE = 0.42  # of a cell's height
WEIGHTS_FROM = 30.0  # pixels of a cell with room for its weight below its value
MOST_TIES = 60  # lines from the padding to what it repeats

Flags = NDArray[np.bool_]


class CloseUpPainter:
    """Paints boards with what they show."""

    def __init__(self) -> None:
        self._numbers = PixelNumbers()

    def forget(self) -> None:
        """The font or the theme has changed."""
        self._numbers.forget()

    def paint_read(
        self, painter: QPainter, board: Board, cells: CloseCells, pixels: NDArray[np.uint32], font: QFont, ratio: float
    ) -> None:  # fmt: skip
        """The map that is read, with the window over it."""
        pixels = np.where(cells.is_padding, _darker(pixels), pixels)
        self._paint_cells(painter, board, pixels)
        _outline_map(painter, board, cells.is_padding)
        _hatch(painter, board, cells.is_absent, "faint", Qt.BrushStyle.BDiagPattern)
        _hatch(painter, board, cells.is_unread, "stale", Qt.BrushStyle.FDiagPattern)
        has_weights = cells.weights is not None and board.side >= WEIGHTS_FROM
        self._write(painter, board, cells, pixels, font, ratio, has_weights)
        _veil(painter, board, ~cells.in_window)
        if has_weights and cells.weights is not None:
            _paint_weights(painter, board, cells.weights, font)
        _part_slices(painter, board, cells.slices)
        for part in np.split(np.arange(board.rows), cells.slices):
            _frame_window(painter, board, np.isin(np.arange(board.rows), part)[:, None] & cells.in_window)
        _paint_ties(painter, board, cells)

    def paint_own(
        self, painter: QPainter, board: Board, cells: CloseCells, pixels: NDArray[np.uint32], is_filled: Flags,
        font: QFont, ratio: float,
    ) -> None:  # fmt: skip
        """The unit's own map, as far as it is filled."""
        empty = np.uint32(theme.color("neutral").rgb())
        pixels = np.where(is_filled, pixels, empty)
        self._paint_cells(painter, board, pixels)
        is_pale = pale_pixels(pixels)
        self._numbers.draw(painter, cells.values, is_pale, board.cells, font, ratio, ~is_filled)

    def _write(
        self, painter: QPainter, board: Board, cells: CloseCells, pixels: NDArray[np.uint32], font: QFont,
        ratio: float, has_weights: bool,
    ) -> None:  # fmt: skip
        is_pale = pale_pixels(pixels)
        whole = board.cells
        if not has_weights:
            self._numbers.draw(painter, cells.values, is_pale, whole, font, ratio, cells.is_absent)
            return
        self._numbers.draw(
            painter, cells.values, is_pale, whole, font, ratio, cells.is_absent | cells.in_window
        )
        upper = Cells(whole.lefts, whole.tops, whole.width, whole.height * (1 - WEIGHT_SHARE))
        self._numbers.draw(
            painter, cells.values, is_pale, upper, font, ratio, cells.is_absent | ~cells.in_window
        )

    @staticmethod
    def _paint_cells(painter: QPainter, board: Board, pixels: NDArray[np.uint32]) -> None:
        painter.drawImage(board.rect, image_of(pixels))
        if board.side < 9:
            return
        painter.setPen(QPen(theme.color("divider"), 1))  # seen also between zeros, around them too
        rect, side = board.rect, board.side
        across = [rect.left() + i * side - 0.5 for i in range(board.columns + 1)]
        down = [rect.top() + i * side - 0.5 for i in range(board.rows + 1)]
        lines = [QLineF(x, rect.top(), x, rect.bottom()) for x in across]
        painter.drawLines(lines + [QLineF(rect.left(), y, rect.right(), y) for y in down])


def value_pixels(
    values: NDArray[np.float64], limit: float, look: Look, dark: bool, is_input: bool
) -> NDArray[np.uint32]:
    """The colours of values as the maps have them: an input in grey, everything else around zero."""
    if not is_input:
        return map_pixels(values.astype(np.float32), limit, look, dark)
    grey = mosaic.grey_colors(np.ascontiguousarray(values, np.float32)[:, None])  # (h, 1, w)
    return np.asarray(grey[:, 0].view(np.uint32)).reshape(values.shape)


def _darker(pixels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    parts = [((pixels >> shift & 255) * DARKER).astype(np.uint32) << np.uint32(shift) for shift in (16, 8, 0)]
    return np.asarray(np.uint32(0xFF000000) | parts[0] | parts[1] | parts[2])


def _cells_of(flags: Flags) -> list[tuple[int, int]]:
    return [(int(row), int(column)) for row, column in np.argwhere(flags)]


def _hatch(painter: QPainter, board: Board, flags: Flags, role: str, pattern: Qt.BrushStyle) -> None:
    for row, column in _cells_of(flags):
        painter.fillRect(board.cell(row, column).adjusted(0, 0, -1, -1), QBrush(theme.color(role), pattern))


def _outline_map(painter: QPainter, board: Board, is_padding: Flags) -> None:
    """A line along the edge of the map, between its pixels and the padding."""
    if not is_padding.any():
        return
    painter.setPen(QPen(theme.color("accent"), 1.5))
    lines = [
        QLineF(cell.left() - 0.5, cell.top(), cell.left() - 0.5, cell.bottom())
        for cell in (
            board.cell(row, column + 1) for row, column in _cells_of(is_padding[:, 1:] != is_padding[:, :-1])
        )
    ]
    lines += [
        QLineF(cell.left(), cell.top() - 0.5, cell.right(), cell.top() - 0.5)
        for cell in (
            board.cell(row + 1, column) for row, column in _cells_of(is_padding[1:] != is_padding[:-1])
        )
    ]
    painter.drawLines(lines)


def _veil(painter: QPainter, board: Board, flags: Flags) -> None:
    color = QColor(theme.color("panel"))
    color.setAlphaF(VEIL)
    cover = np.where(flags, np.uint32(color.rgba()), np.uint32(0))
    image = QImage(
        cover.data.cast("B"), cover.shape[1], cover.shape[0], cover.shape[1] * 4, QImage.Format.Format_ARGB32
    )
    painter.drawImage(board.rect, image)


def _paint_weights(painter: QPainter, board: Board, weights: NDArray[np.float64], font: QFont) -> None:
    """Each weight on the lower part of the cell that it multiplies."""
    dark = theme.is_dark()
    limit = float(np.nanmax(np.abs(weights))) or 1.0
    smaller = theme.quiet_font(font, 0.82)
    painter.setFont(smaller)
    metrics = QFontMetricsF(smaller)
    for row, column in _cells_of(np.isfinite(weights)):
        weight = float(weights[row, column])
        cell = board.cell(row, column)
        high = round(cell.height() * WEIGHT_SHARE)
        strip = QRectF(cell.left(), cell.bottom() - high, cell.width() - 1, high - 1)
        color = QColor(*weights_color((weight / limit + 1) / 2, dark))
        painter.fillRect(strip, color)
        text = f"×{cell_number(weight)}"
        if metrics.horizontalAdvance(text) > strip.width():
            text = text.replace("0.", ".", 1)
        if metrics.horizontalAdvance(text) > strip.width():
            text = text.removeprefix("×")
        painter.setPen(QColor("#0d1117" if luminance(color) > PALE else "#f2f5f8"))
        painter.drawText(strip, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)


def _part_slices(painter: QPainter, board: Board, slices: int) -> None:
    """A gap between the slices of a volume."""
    high = board.rect.height() / slices
    for number in range(1, slices):
        y = board.top + number * high
        painter.fillRect(QRectF(board.left, y - 2, board.rect.width(), 3), theme.color("panel"))


def _frame_window(painter: QPainter, board: Board, in_window: Flags) -> None:
    """A frame around the window; where it has holes (dilation) around every cell of it."""
    cells = _cells_of(in_window)
    if not cells:
        return
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    hull = board.cell(min(rows), min(columns)).united(board.cell(max(rows), max(columns)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if len(cells) < (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1):
        painter.setPen(QPen(theme.color("selection"), 1))
        for row, column in cells:
            painter.drawRect(board.cell(row, column).adjusted(-0.5, -0.5, -0.5, -0.5))
        painter.setPen(QPen(theme.color("selection"), 1, Qt.PenStyle.DotLine))
        painter.drawRect(hull.adjusted(-2, -2, 1, 1))
        return
    painter.setPen(QPen(theme.color("selection"), 2))
    painter.drawRect(hull.adjusted(-1, -1, 0, 0))


def _paint_ties(painter: QPainter, board: Board, cells: CloseCells) -> None:
    """From what the window reads in the padding a line to the pixel that is repeated there."""
    if board.side < NARROWEST / 2:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(theme.color("selection"))
    painter.setPen(QPen(color, 1.2))
    painter.setBrush(color)
    for cell, source in cells.repeated[:MOST_TIES]:
        end, start = board.cell(*cell).center(), board.cell(*source).center()
        lift = QPointF(0.0, -board.side * 0.42)
        painter.drawLine(QLineF(start + lift, end + lift))
        painter.drawEllipse(start + lift, 2.2, 2.2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
