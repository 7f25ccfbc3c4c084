"""Titles: name and shape above every block, held at the upper edge while the block reaches beyond it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from explorer.document.view import Unit
from explorer.engine.layer import Shape
from explorer.ui import theme
from explorer.ui.widgets.flow_block import TITLE
from explorer.ui.widgets.flow_camera import Placed

MOST_FITTED = 2000
SMALL = 0.86  # of the size of quiet text
NARROWEST = 26.0  # pixels; less would be nothing but dots
REACH = 26.0  # pixels above a block where its title can be clicked
HELD = 24.0  # pixels of the strip at the upper edge
ABOVE = 40.0  # pixels above a block that belong to it
ROLES = {"": "text", "hover": "accent", "selected": "selection", "stale": "stale"}


def is_held(place: Placed) -> bool:
    """Whether the title would be out of sight, and so stands at the upper edge of the view."""
    return place.y < HELD and place.y + place.height > 3 * HELD


def title_area(place: Placed, width: float) -> QRectF:
    """Where the title of a block can be pointed at, on a view of this width."""
    if is_held(place):
        left, right = max(0.0, place.x), min(width, place.x + place.width)
        return QRectF(left, 0, max(0.0, right - left), HELD)
    return QRectF(place.x - 4, place.y - REACH, max(place.width + 8, 50), REACH)


class _Title(NamedTuple):
    """A title laid out: its texts with the places of their upper left corners, and the ground behind them."""

    node: str
    name: tuple[QPointF, QStaticText]
    shape: tuple[QPointF, QStaticText] | None
    ground: QRectF | None


class Titles:
    """Draws titles in the fonts of a view; how they are laid out is kept as long as the blocks stay where they are."""

    def __init__(self, font: QFont) -> None:
        self.font = QFont(font)
        self.font.setWeight(QFont.Weight.DemiBold)
        self.small = theme.quiet_font(font, SMALL)
        self._metrics = QFontMetricsF(self.font)
        self._small_metrics = QFontMetricsF(self.small)
        self._fitted: dict[tuple[str, Shape, int], tuple[QStaticText, float, QStaticText | None, float]] = {}
        self._laid_out: tuple[list[Placed], tuple[float, ...], list[_Title]] | None = None

    def draw(
        self, painter: QPainter, places: list[Placed], scale: float, size: QSize, state: Callable[[str], str]
    ) -> None:
        """Name and shape above the first block of every node, as much of it as there is room for.

        `state` tells of a node which of ROLES its name has.
        """
        titles = self._titles(places, scale, size)
        for title in titles:
            if title.ground is not None:
                _draw_ground(painter, title.ground)
        painter.setFont(self.small)
        painter.setPen(theme.color("quiet"))
        for title in titles:
            if title.shape is not None:
                painter.drawStaticText(*title.shape)
        painter.setFont(self.font)
        role = ""
        for title in titles:
            if role != (role := ROLES[state(title.node)]):
                painter.setPen(theme.color(role))
            painter.drawStaticText(*title.name)

    def _titles(self, places: list[Placed], scale: float, size: QSize) -> list[_Title]:
        key = scale, size.width(), size.height()
        if self._laid_out is None or self._laid_out[0] is not places or self._laid_out[1] != key:
            seen = QRectF(0, 0, size.width(), size.height())
            first = {place.block.node: place for place in reversed(places)}  # the first block has the title
            titles = [
                self._lay_out(place, scale, size.width())
                for place in reversed(first.values())
                if place.area.adjusted(0, -ABOVE, 0, 0).intersects(seen)
            ]
            self._laid_out = places, key, [title for title in titles if title is not None]
        return self._laid_out[2]

    def _lay_out(self, place: Placed, scale: float, width: float) -> _Title | None:
        block, held = place.block, is_held(place)
        line, small_line = self._metrics.height(), self._small_metrics.height()
        room = HELD if held else TITLE * scale
        area = title_area(place, width)
        widest = area.width() - 8 if held else max(block.room * scale, place.width)
        if room < line * 0.8 or widest < NARROWEST:
            return None
        center = area.center().x() if held else place.x + place.width / 2
        shape = block.shape if block.only is None else block.shape[1:]
        name, name_width, below, below_width = self._fit(
            str(Unit(block.node, block.only)), shape, int(widest)
        )
        bottom = HELD - 6 if held else place.y - 5
        base = bottom - self._metrics.descent()
        together = name_width + below_width + 7
        wide = min(widest, together if together <= widest else name_width)
        ground = QRectF(center - wide / 2 - 8, bottom - line - 2, wide + 16, line + 5) if held else None
        if below is not None and together <= widest:
            left = center - together / 2
            beside = self._at(left + name_width + 7, base, below, self._small_metrics)
            return _Title(block.node, self._at(left, base, name, self._metrics), beside, ground)
        lower = None
        if below is not None and room >= line + small_line + 2:
            low = bottom - self._small_metrics.descent()
            lower = self._at(center - below_width / 2, low, below, self._small_metrics)
            base -= small_line
        return _Title(block.node, self._at(center - name_width / 2, base, name, self._metrics), lower, ground)

    def _at(
        self, x: float, base: float, text: QStaticText, metrics: QFontMetricsF
    ) -> tuple[QPointF, QStaticText]:
        return QPointF(x, base - metrics.ascent()), text

    def _fit(
        self, name: str, shape: Shape, widest: int
    ) -> tuple[QStaticText, float, QStaticText | None, float]:
        """The name and the shape in as many letters as fit, with their widths."""
        key = name, shape, widest
        if key not in self._fitted:
            if len(self._fitted) > MOST_FITTED:
                self._fitted.clear()
            short = self._metrics.elidedText(name, Qt.TextElideMode.ElideLeft, widest)
            measured = ((text, self._small_metrics.horizontalAdvance(text)) for text in _shape_texts(shape))
            below, below_width = next((one for one in measured if one[1] <= widest), ("", 0.0))
            self._fitted[key] = (
                _prepared(short, self.font), self._metrics.horizontalAdvance(short),
                _prepared(below, self.small) if below else None, below_width,
            )  # fmt: skip
        return self._fitted[key]


def _prepared(text: str, font: QFont) -> QStaticText:
    """A text whose letters are chosen once and not for every painting."""
    static = QStaticText(text)
    static.setTextFormat(Qt.TextFormat.PlainText)
    static.prepare(QTransform(), font)
    return static


def _draw_ground(painter: QPainter, area: QRectF) -> None:
    color = QColor(theme.color("ground"))
    color.setAlphaF(0.86)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(area, 6, 6)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _shape_texts(shape: Shape) -> tuple[str, ...]:
    """The shape in ever fewer letters."""
    sizes = [str(size) for size in shape]
    return " × ".join(sizes), "×".join(sizes), "×".join(sizes[1:]) or sizes[0], sizes[0]
