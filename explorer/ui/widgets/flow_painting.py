"""Painting the blocks of the flow view: mosaics, strips, bars and marks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from explorer.rendering.colors import ground
from explorer.ui import theme
from explorer.ui.short_number import share_or_number
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_scene import Shown

NUMBERS_FROM = 11.0  # pixels of a bar that make room for its numbers
WIDEST_NAME = 0.57  # of a bar with its name and number
LEAST_BAR = 0.22  # what of that is left for the bar itself
MARKS_FROM = 20.0  # pixels of a tile that make room for a mark


def draw_tiles(painter: QPainter, place: Placed, shown: Shown | None, width: float, height: float) -> None:
    """The tiles of a block from its newest picture, whatever size and cells that was made for."""
    if shown is None:
        draw_nothing(painter, place)
        return
    picture, block = shown.picture, place.block
    is_for_another = picture.columns != block.columns or len(picture.channels) != block.count
    if is_for_another and block.kind == "maps":
        _draw_singly(painter, place, shown)
        return
    target = QRectF(
        place.x + picture.left * place.pitch_x,
        place.y + picture.top * place.pitch_y,
        (picture.right - picture.left) * place.pitch_x,
        (picture.bottom - picture.top) * place.pitch_y,
    )
    if block.kind == "strip":
        target = place.area
    image = shown.image
    source = QRectF(0, 0, image.width(), image.height())
    if picture.gap == 0 and block.count > 1 and block.kind == "maps":
        painter.drawImage(target, image, source)
        _rule(painter, place, picture.top, picture.bottom, picture.left, picture.right)
    else:
        shrinks = target.width() < image.width() * 0.98
        if shrinks:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image, source)
        if shrinks:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    _clear_free_cells(painter, place)
    covers = picture.left == 0 and picture.top == 0 and picture.right >= block.columns
    if not covers or picture.bottom < block.rows:
        _draw_uncovered(painter, place, target, width, height)


def draw_nothing(painter: QPainter, place: Placed) -> None:
    """Quiet tiles where no map is known yet."""
    painter.fillRect(place.area, theme.color("neutral"))


def tile_source(shown: Shown, channel: int) -> QRectF | None:
    """Where the tile of a channel is in its picture, None if it was not visible when that was made."""
    picture = shown.picture
    found = np.flatnonzero(picture.channels == channel)
    if not len(found):
        return None
    row, column = divmod(int(found[0]), picture.columns)
    if not (picture.top <= row < picture.bottom and picture.left <= column < picture.right):
        return None
    wide, high = picture.tile_width + picture.gap, picture.tile_height + picture.gap
    return QRectF(
        (column - picture.left) * wide, (row - picture.top) * high, picture.tile_width, picture.tile_height
    )


def draw_tile(painter: QPainter, shown: Shown | None, channel: int, target: QRectF) -> None:
    """One tile of a picture anywhere."""
    source = tile_source(shown, channel) if shown else None
    if shown is None or source is None:
        painter.fillRect(target, theme.color("neutral"))
    else:
        painter.drawImage(target, shown.image, source)


def _draw_singly(painter: QPainter, place: Placed, shown: Shown) -> None:
    """Tile by tile, for a picture that was made for another grid."""
    ground_color = QColor.fromRgb(ground(theme.is_dark()))
    painter.fillRect(place.area, ground_color)
    for cell in range(place.block.count):
        channel = place.block.only if place.block.only is not None else cell
        draw_tile(painter, shown, channel, place.tile(cell).adjusted(0, 0, -1, -1))
    _clear_free_cells(painter, place)


def _draw_uncovered(painter: QPainter, place: Placed, target: QRectF, width: float, height: float) -> None:
    """What came into sight since the picture was made."""
    whole = place.area.intersected(QRectF(0, 0, width, height))
    fill = theme.color("neutral")
    for part in (
        QRectF(whole.left(), whole.top(), whole.width(), target.top() - whole.top()),
        QRectF(whole.left(), target.bottom(), whole.width(), whole.bottom() - target.bottom()),
        QRectF(whole.left(), whole.top(), target.left() - whole.left(), whole.height()),
        QRectF(target.right(), whole.top(), whole.right() - target.right(), whole.height()),
    ):
        if part.width() > 0 and part.height() > 0:
            painter.fillRect(part, fill)


def _clear_free_cells(painter: QPainter, place: Placed) -> None:
    """The end of the last row, where there are no more channels."""
    block = place.block
    free = block.rows * block.columns - block.count
    if free:
        left = place.x + (block.columns - free) * place.pitch_x
        top = place.y + (block.rows - 1) * place.pitch_y
        painter.fillRect(
            QRectF(left, top, free * place.pitch_x + 1, place.pitch_y + 1), theme.color("ground")
        )


def _rule(painter: QPainter, place: Placed, top: int, bottom: int, left: int, right: int) -> None:
    """The gaps between enlarged tiles, drawn over them."""
    color = QColor.fromRgb(ground(theme.is_dark()))
    x0, x1 = place.x + left * place.pitch_x, place.x + right * place.pitch_x
    y0, y1 = place.y + top * place.pitch_y, place.y + bottom * place.pitch_y
    for column in range(left + 1, right + 1):
        painter.fillRect(QRectF(place.x + column * place.pitch_x - 1, y0, 1, y1 - y0), color)
    for row in range(top + 1, bottom + 1):
        painter.fillRect(QRectF(x0, place.y + row * place.pitch_y - 1, x1 - x0, 1), color)


# ---- lists of features --------------------------------------------------------------------------------------------


def draw_bars(
    painter: QPainter,
    place: Placed,
    values: np.ndarray | None,
    is_share: bool,
    font: QFont,
    names: Sequence[str] = (),
) -> None:
    """One bar per feature with its number; shares of one start at the left, signed values in the middle.

    `names` stand before them in the place of their indices, where there is one for each.
    """
    count, width, pitch = place.block.count, place.width, place.pitch_y
    area = QRectF(place.x, place.y, width, place.height)
    painter.fillRect(area, theme.color("neutral"))
    if values is None or len(values) != count:
        return
    finite = np.where(np.isfinite(values), values, 0)
    largest = 1.0 if is_share else max(float(np.abs(finite).max(initial=0)), 1e-12)
    best = int(np.argmax(finite))
    has_numbers = pitch >= NUMBERS_FROM and width > 70
    metrics = QFontMetricsF(font)
    labels = names if len(names) == count else [str(index) for index in range(count)]
    widest = max(map(metrics.horizontalAdvance, labels)) + 8
    number = metrics.horizontalAdvance("−0.000") + 6 if has_numbers else 2
    most = min(width * WIDEST_NAME, max(0.0, width * (1 - LEAST_BAR) - number))
    label = min(widest, most) if has_numbers else 2
    left, room = place.x + label, max(4.0, width - label - number)
    signed = not is_share and float(finite.min()) < 0
    zero = left + room / 2 if signed else left
    scale = (room / 2 if signed else room) / largest
    positive, negative = theme.color("positive"), theme.color("negative")
    painter.setFont(font)
    for index, value in enumerate(finite.tolist()):
        y = place.y + index * pitch
        inset = max(0.5, pitch * 0.18)
        length = value * scale
        bar = QRectF(min(zero, zero + length), y + inset, max(abs(length), 0.5), pitch - 2 * inset)
        color = positive if value >= 0 else negative
        if is_share and index != best:
            color = QColor(color.red(), color.green(), color.blue(), 130)
        painter.fillRect(bar, color)
        if has_numbers:
            painter.setPen(theme.color("text" if index == best else "quiet"))
            row = QRectF(place.x, y, label - 5, pitch)
            name = metrics.elidedText(labels[index], Qt.TextElideMode.ElideRight, row.width())
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name)
            text = share_or_number(float(values[index]), is_share)
            row = QRectF(left + room, y, number - 2, pitch)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    if signed:
        painter.fillRect(QRectF(zero - 0.5, place.y, 1, place.height), theme.color("border"))


# ---- notes ---------------------------------------------------------------------------------------------------------


def draw_marks(painter: QPainter, tiles: Sequence[QRectF], dead: bool) -> None:
    """The small marks of channels that say nothing: hollow for dead, filled for saturated."""
    radius, color = 3.0, theme.color("faint" if dead else "stale")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(color)
    painter.setBrush(Qt.BrushStyle.NoBrush if dead else color)
    for tile in tiles:
        painter.drawEllipse(QPointF(tile.right() - radius - 4, tile.top() + radius + 3), radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def veil(painter: QPainter, area: QRectF, strength: float) -> None:
    """Lay the ground over something, so that it steps back."""
    color = QColor(theme.color("ground"))
    color.setAlphaF(strength)
    painter.fillRect(area, color)
