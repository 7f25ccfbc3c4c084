"""Pixels that no window of the explained layer reaches, hatched on the maps before it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPainter

from explorer.engine.arithmetic.unread import unread_per_axis
from explorer.engine.layer import Layer, Shape
from explorer.rendering.flat_maps import flat_shape
from explorer.ui import theme
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_stage import FlowStage

LEAST = 1.5  # pixels of the screen that a row must have to be hatched

Runs = tuple[tuple[int, int], ...]


def draw_unread(painter: QPainter, stage: FlowStage, places: list[Placed]) -> None:
    """While a unit's field is shown: the rows and columns of its layer's input that nothing reads."""
    field, network = stage.field, stage.scene.network
    if field is None or network is None or field.node not in network:
        return
    node, report = network[field.node], network.reports[field.node]
    if node.bypassed or not node.inputs or len(report.input_shapes[0]) not in (2, 3) or report.shape is None:
        return
    rows, columns = unread_runs(node.layer, tuple(report.input_shapes))
    if not rows and not columns:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(theme.color("stale"), Qt.BrushStyle.FDiagPattern))
    seen = QRectF(stage.rect())
    _, height, width = flat_shape(report.input_shapes[0])
    for place in places:
        if place.block.node != node.inputs[0] or len(place.block.shape) != 3:
            continue
        high, wide = place.pitch_y / height, place.pitch_x / width
        for cell in range(place.block.count):
            tile = place.tile(cell)
            if tile.intersects(seen):
                painter.drawRects(_stripes(tile, rows, columns, high, wide))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _stripes(tile: QRectF, rows: Runs, columns: Runs, high: float, wide: float) -> list[QRectF]:
    found = [
        QRectF(tile.left(), tile.top() + first * high, tile.width(), (last - first) * high)
        for first, last in rows
        if (last - first) * high >= LEAST
    ]
    return found + [
        QRectF(tile.left() + first * wide, tile.top(), (last - first) * wide, tile.height())
        for first, last in columns
        if (last - first) * wide >= LEAST
    ]


@lru_cache(maxsize=64)
def unread_runs(layer: Layer, shapes: tuple[Shape, ...]) -> tuple[Runs, Runs]:
    """First and one past the last of every run of rows, and of columns, that no window reaches."""
    flags = unread_per_axis(layer, shapes)
    if len(flags) == 1:
        return (), _runs(flags[0])
    return _runs(flags[0]), _runs(flags[1])


def _runs(flags: np.ndarray) -> Runs:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return tuple((int(first), int(last)) for first, last in edges.reshape(-1, 2))
