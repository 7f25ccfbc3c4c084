"""Notes on the maps: why a layer cannot run, what is stale, and that the source is frozen."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from explorer.ui import theme
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_stage import FlowStage

SENTENCE = 230.0  # pixels of the width of a sentence
WRAPPED = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter)


def draw_problems(painter: QPainter, stage: FlowStage, places: list[Placed], font: QFont) -> None:
    """The sentence of every node that cannot run, on its block; those that wait for it say stale."""
    if not any(stage.scene.problem(place.block.node) for place in places):
        return  # as nearly always
    causes: list[tuple[Placed, str]] = []
    stale = QFontMetricsF(font).horizontalAdvance("stale") + 12
    for place in places:
        name = place.block.node
        problem = stage.scene.problem(name)
        if not problem or not place.meets(stage.width(), stage.height()):
            continue
        if stage.scene.waits(name):
            area = QRectF(place.x + (place.width - stale) / 2, place.y + 8, stale, 100)
            _draw_note(painter, area, "stale", font, "stale", "bar")
        else:
            causes.append((place, problem.removeprefix(f"{name}: ")))
    for place, sentence in causes:
        width = max(place.width, SENTENCE)
        left = min(max(4.0, place.x), max(4.0, stage.width() - width - 4))
        area = QRectF(left, max(30.0, place.y + 8), width, 400)
        _draw_note(painter, area, sentence, font, "error", "error_ground")


def draw_badges(painter: QPainter, stage: FlowStage, font: QFont) -> None:
    """In the upper right corner: frozen, stale."""
    badges = [("frozen", "Frozen")] if stage.is_frozen else []
    badges += [("stale", "Stale")] if stage.is_stale else []
    if not badges:
        return
    metrics = QFontMetricsF(font)
    right = stage.width() - 10.0
    for role, text in badges:
        width = metrics.horizontalAdvance(text) + 18
        area = QRectF(right - width, 3, width, metrics.height() + 6)
        _draw_box(painter, area, area.height() / 2, role, "bar")
        painter.setFont(font)
        painter.setPen(theme.color(role))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        right -= width + 8


def _draw_note(painter: QPainter, room: QRectF, text: str, font: QFont, role: str, ground: str) -> None:
    inside = QRectF(0, 0, room.width() - 12, room.height())
    bounds = QFontMetricsF(font).boundingRect(inside, WRAPPED, text)
    area = QRectF(room.left(), room.top(), room.width(), bounds.height() + 8)
    _draw_box(painter, area, 5, role, ground)
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    painter.drawText(area.adjusted(6, 4, -6, -4), WRAPPED, text)


def _draw_box(painter: QPainter, area: QRectF, radius: float, role: str, ground: str) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color(role), 1))
    painter.setBrush(theme.color(ground))
    painter.drawRoundedRect(area, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
