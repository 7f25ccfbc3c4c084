"""How a confusion matrix is painted: its cells, their counts, and the names around them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from explorer.datasets.confusion import Confusion
from explorer.ui import theme
from explorer.ui.pixels_image import image_of
from explorer.ui.widgets.confusion_picture import readable_on

if TYPE_CHECKING:
    from explorer.ui.widgets.confusion_view import ConfusionView

SMALLEST_FONT = 0.6  # of the usual size
PAD = 5
Cell = tuple[int, int]  # class and guess


def paint_confusion(painter: QPainter, view: ConfusionView, confusion: Confusion) -> None:
    """Everything that is in sight of it."""
    rows, columns, inside = view.rows, view.columns, view.viewport().rect()
    left, top = view.left, view.top
    painter.setClipRect(left, top, inside.width() - left - view.reserved, inside.height() - top)
    _paint_cells(painter, view, confusion, rows, columns)
    _paint_marks(painter, view)
    painter.setClipping(False)
    _paint_names(painter, view, confusion, rows, columns)


def _paint_cells(
    painter: QPainter, view: ConfusionView, confusion: Confusion, rows: range, columns: range
) -> None:
    first, last = (
        view.rect_of((rows.start, columns.start)),
        view.rect_of((rows.stop - 1, columns.stop - 1)),
    )
    seen = view.pixels[rows.start : rows.stop, columns.start : columns.stop]
    painter.drawImage(first.united(last), image_of(seen))
    painter.setPen(theme.color("panel"))
    for row in rows:
        y = view.rect_of((row, 0)).bottom()
        painter.drawLine(first.left(), y, last.right(), y)
    for column in columns:
        x = view.rect_of((0, column)).right()
        painter.drawLine(x, first.top(), x, last.bottom())
    _paint_counts(painter, view, confusion, rows, columns)


def _paint_counts(
    painter: QPainter, view: ConfusionView, confusion: Confusion, rows: range, columns: range
) -> None:
    """Each in the largest text that fits; of the others the tips tell."""
    large, small = view.font(), view.font()
    small.setPointSizeF(large.pointSizeF() * SMALLEST_FONT)
    sizes = [(font, QFontMetrics(font)) for font in (large, small)]
    counts = confusion.counts
    visible = counts[rows.start : rows.stop, columns.start : columns.stop]
    room = view.cell.width() - 1
    texts: dict[int, tuple[str, QFont]] = {}
    for count in np.unique(visible[visible > 0]).tolist():
        short = f"{count / 1000:.0f}k" if count >= 1000 else ""
        for text, (font, metrics) in ((text, size) for text in (str(count), short) for size in sizes):
            if text and metrics.horizontalAdvance(text) <= room:
                texts[count] = text, font
                break
    for font, _ in sizes:
        painter.setFont(font)
        for row, column in np.argwhere(visible > 0).tolist():
            cell = rows.start + row, columns.start + column
            text, wanted = texts.get(int(counts[cell]), ("", large))
            if text and wanted is font:
                painter.setPen(readable_on(int(view.pixels[cell])))
                painter.drawText(view.rect_of(cell), Qt.AlignmentFlag.AlignCenter, text)


def _paint_marks(painter: QPainter, view: ConfusionView) -> None:
    if view.picked is not None:
        painter.setPen(QPen(theme.color("selection"), 2))
        painter.drawRect(view.rect_of(view.picked).adjusted(0, 0, -2, -2))
    if view.hasFocus() and view.current != view.picked:
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawRect(view.rect_of(view.current).adjusted(0, 0, -2, -2))


def _paint_names(
    painter: QPainter, view: ConfusionView, confusion: Confusion, rows: range, columns: range
) -> None:
    left, top = view.left, view.top
    metrics = view.fontMetrics()
    elide = Qt.TextElideMode.ElideRight
    painter.setFont(view.font())
    painter.setClipRect(0, top, view.viewport().width(), view.viewport().height() - top)
    for row in rows:
        rect = view.rect_of((row, 0))
        painter.setPen(theme.color("text" if row == view.current[0] else "quiet"))
        name = metrics.elidedText(confusion.classes[row], elide, left - 2 * PAD)
        place = QRect(PAD, rect.top(), left - 2 * PAD, rect.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)
        _paint_accuracy(painter, view, confusion, row, rect)
    painter.setClipRect(left, 0, view.viewport().width() - left - view.reserved, top)
    for column in columns:
        rect = view.rect_of((0, column))
        painter.setPen(theme.color("text" if column == view.current[1] else "quiet"))
        name = metrics.elidedText(
            confusion.classes[column], elide, top - PAD if view.is_upright else rect.width()
        )
        _paint_column_name(painter, view, confusion, name, rect)
    painter.setClipping(False)


def _paint_column_name(
    painter: QPainter, view: ConfusionView, confusion: Confusion, name: str, rect: QRect
) -> None:
    top = view.top
    if not view.is_upright:
        painter.drawText(QRect(rect.left(), 0, rect.width(), top), Qt.AlignmentFlag.AlignCenter, name)
        return
    painter.save()
    painter.translate(rect.left(), top - PAD)
    painter.rotate(-90)
    align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(QRect(0, 0, top - PAD, rect.width()), align, name)
    painter.restore()


def _paint_accuracy(
    painter: QPainter, view: ConfusionView, confusion: Confusion, row: int, rect: QRect
) -> None:
    width = view.shares_width
    edge = view.viewport().width() - width
    x = view.rect_of((row, len(confusion.classes))).left() if view.reaches_edge else edge
    accuracy = confusion.class_accuracy(row)
    painter.setPen(theme.color("quiet"))
    text = "–" if math.isnan(accuracy) else f"{accuracy:.0%}".replace("%", " %")
    place = QRect(x, rect.top(), width - PAD, rect.height())
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
