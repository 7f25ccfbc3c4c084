"""What is pointed at and pinned: the units it reads, frames, and the card with its numbers."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from explorer.document.view import Unit
from explorer.engine.network import Network
from explorer.rendering.colors import color_at
from explorer.ui import theme
from explorer.ui.short_number import short_number
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_card import Card, Line
from explorer.ui.widgets.flow_edges import edges_of
from explorer.ui.widgets.flow_lines import draw_edges, draw_frame, draw_frames, draw_routes, routes
from explorer.ui.widgets.flow_scene import NETWORK
from explorer.ui.widgets.flow_stage import FlowStage, Spot
from explorer.ui.widgets.network_graph_rows import signed

FRAMED_SOURCES = 8  # of the units that are read, so many get a frame


class _Edges(NamedTuple):
    """The curves to a unit as a picture, where its corner and the tiles that are read are on screen, and when so."""

    network: Network
    places: list[Placed]
    seen: tuple[object, ...]
    picture: QPixmap
    corner: QPointF
    read: list[QRectF]


class Pointing:
    """Draws everything that the pointer and the selection add to the maps.

    Stroking two dozen soft curves takes longer than all the maps, so they are kept as a picture.
    """

    def __init__(self) -> None:
        self._edges: _Edges | None = None
        self._card: Card | None = None

    def forget(self) -> None:
        """The font has changed."""
        self._card = None

    def prepare(self, stage: FlowStage) -> None:
        """Make the picture of the curves in an event of its own, so that the next painting is shorter."""
        spot = stage.spot
        if spot is not None and spot.cell is not None and stage.level == NETWORK:
            self._edges_to(stage, stage.places(), spot.unit)

    def draw(self, painter: QPainter, stage: FlowStage, places: list[Placed]) -> None:
        """On top of the blocks."""
        spot = stage.spot
        if spot is not None and stage.level == NETWORK:
            if spot.cell is None:
                _draw_node_routes(painter, stage, places, spot.unit.node)
            else:
                self._draw_edges(painter, stage, places, spot.unit)
        if stage.selection is not None and stage.selection != stage.level:
            _draw_selection(painter, stage, places, stage.selection)
        if spot is None:
            return
        if spot.cell is not None and spot.unit not in (stage.selection, stage.level):
            draw_frame(painter, spot.place.tile(spot.cell), "hover", 1.5)
        if self._card is None:
            self._card = Card(stage.font())
        self._card.draw(painter, stage.pointer, card_lines(stage, spot), stage.size(), _swatch(stage, spot))

    def _draw_edges(self, painter: QPainter, stage: FlowStage, places: list[Placed], unit: Unit) -> None:
        edges = self._edges_to(stage, places, unit)
        if edges is not None and edges.read:
            painter.drawPixmap(edges.corner, edges.picture)
            draw_frames(painter, edges.read[:FRAMED_SOURCES], "edge", 1.0)

    def _edges_to(self, stage: FlowStage, places: list[Placed], unit: Unit) -> _Edges | None:
        network, edges = stage.scene.network, self._edges
        if network is None or unit.channel is None:
            return None
        seen = unit, stage.scene.arrangement, stage.size(), stage.devicePixelRatioF(), theme.is_dark()
        is_known = edges is not None and edges.network is network and edges.places is places
        if edges is None or not is_known or edges.seen != seen:
            target, sources = _read_by(stage, network, places, unit)
            picture, corner = _edges_picture(stage, target, sources) if sources else (QPixmap(), QPointF())
            edges = _Edges(network, places, seen, picture, corner, [rect for rect, _ in sources])
            self._edges = edges
        return edges


def _read_by(
    stage: FlowStage, network: Network, places: list[Placed], unit: Unit
) -> tuple[QRectF, list[tuple[QRectF, float | None]]]:
    """Where a unit is on screen, and what it reads, with the weights."""
    place, cell = stage.find(unit, places)
    if place is None or unit.node not in network:  # the maps of the network before are still on screen
        return QRectF(), []
    sources: list[tuple[QRectF, float | None]] = []
    for edge in edges_of(network, unit, stage.scene.shapes):
        source, source_cell = stage.find(edge.source, places)
        if source is not None:
            rect = source.tile(source_cell) if source_cell is not None else source.area
            sources.append((rect, edge.weight))
    return place.tile(cell) if cell is not None else place.area, sources


def _edges_picture(
    stage: FlowStage, target: QRectF, sources: list[tuple[QRectF, float | None]]
) -> tuple[QPixmap, QPointF]:
    """The curves as a picture, and where its corner is on screen."""
    bounds = QRectF(target)
    for rect, _ in sources:
        bounds = bounds.united(rect)
    bounds = bounds.adjusted(-20, -8, 20, 8).intersected(QRectF(stage.rect()))
    ratio = stage.devicePixelRatioF()
    picture = QPixmap(max(1, round(bounds.width() * ratio)), max(1, round(bounds.height() * ratio)))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.translate(-bounds.topLeft())
    draw_edges(painter, target, sources)
    painter.end()
    return picture, bounds.topLeft()


def _draw_selection(painter: QPainter, stage: FlowStage, places: list[Placed], unit: Unit) -> None:
    place, cell = stage.find(unit, places)
    if place is not None and cell is not None:
        draw_frame(painter, place.tile(cell), "selection")
    elif place is not None and unit.channel is None and stage.level == NETWORK:
        draw_frame(painter, place.area.adjusted(-2, -2, 4, 4), "selection", 1.2)


def _draw_node_routes(painter: QPainter, stage: FlowStage, places: list[Placed], name: str) -> None:
    """All connections of a node whose title is pointed at: what it reads and who reads it."""
    network = stage.scene.network
    if network is not None:
        pairs = [(source, name) for source in network[name].inputs]
        pairs += [(name, reader) for reader in network.readers[name]]
        draw_routes(painter, routes(stage.layout_now, places, stage.camera, pairs), strong=True)


# ---- the card -----------------------------------------------------------------------------------------------------


def card_lines(stage: FlowStage, spot: Spot) -> list[Line]:
    """What the card says, with the colours of its lines."""
    if spot.cell is None:
        return _title_lines(stage, spot)
    scene, unit = stage.scene, spot.unit
    x, y = spot.pixel
    if unit.channel is None:
        values = [scene.value(Unit(unit.node, c), x, y) for c in range(scene.count(unit.node))]
        text = "  ".join(short_number(value) for value in values if value is not None)
        return [("text", unit.node), ("text", text), ("quiet", f"at {scene.place_text(unit.node, x, y)}")]
    lines: list[Line] = [("text", str(unit))]
    is_map = len(spot.place.block.shape) == 3
    value = scene.value(unit, x, y)
    if value is not None:
        lines.append(
            ("text", short_number(value) + (f"   at {scene.place_text(unit.node, x, y)}" if is_map else ""))
        )
    picture = scene.any_picture(unit.node)
    if picture is not None and is_map:
        low, high = float(picture.low[unit.channel]), float(picture.high[unit.channel])
        note = "   dead" if picture.dead[unit.channel] else ""
        note = "   saturated" if picture.saturated[unit.channel] else note
        lines.append(("quiet", f"{short_number(low)} … {short_number(high)}{note}"))
    return lines


def _title_lines(stage: FlowStage, spot: Spot) -> list[Line]:
    node = stage.scene.node(spot.unit.node)
    lines: list[Line] = [("text", node.name), ("text", signed(node.layer.summary()))]
    report = stage.scene.network.reports[node.name] if stage.scene.network else None
    if report is not None and report.problem:
        lines.append(("stale", "cannot run; the last maps stay"))
    elif report is not None and report.parameter_formula:
        lines.append(("quiet", report.parameter_formula))
    return lines


def _swatch(stage: FlowStage, spot: Spot) -> QColor | None:
    """The colour of the value under the pointer."""
    unit, scene = spot.unit, stage.scene
    if spot.cell is None or unit.channel is None or not scene.node(unit.node).inputs:
        return None
    value, picture = scene.value(unit, *spot.pixel), scene.any_picture(unit.node)
    if value is None or picture is None:
        return None
    limit = picture.limit_of(unit.channel) or 1.0
    return QColor(*color_at(stage.colours, 0.5 + value / limit / 2, theme.is_dark()))
