"""Paints the flow view: blocks, titles, lines, frames, what is stale, and the card at the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.document.view import Unit
from explorer.rendering.colors import color_at
from explorer.ui import theme
from explorer.ui.short_number import short_number
from explorer.ui.widgets.flow_camera import Camera, Placed
from explorer.ui.widgets.flow_card import draw_card
from explorer.ui.widgets.flow_edges import edges_of
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.flow_lines import Route, draw_edges, draw_frame, draw_routes
from explorer.ui.widgets.flow_painting import (
    MARKS_FROM,
    SMALL,
    draw_bars,
    draw_mark,
    draw_tile,
    draw_tiles,
    draw_title,
    tile_rect,
    veil,
)  # fmt: skip

if TYPE_CHECKING:
    from explorer.ui.widgets.flow_view import FlowView

MOST_MARKS = 600  # tiles of a block that are looked at one by one


class FlowPainter:
    """The painting half of a FlowView; it changes nothing."""

    def __init__(self, view: FlowView) -> None:
        self._view = view
        self._fonts: tuple[QFont, QFont] | None = None

    def forget(self) -> None:
        """The font or the theme has changed."""
        self._fonts = None

    def paint(
        self, layout: FlowLayout, camera: Camera, before: tuple[Unit, FlowLayout, Camera] | None, share: float
    ) -> None:
        """Everything, on the view."""
        view = self._view
        painter = QPainter(view)
        try:
            painter.fillRect(view.rect(), theme.color("ground"))
            if before is not None and share < 1:
                self._paint_passage(painter, layout, camera, before, share)
            else:
                places = view.places()
                self._paint_places(painter, layout, places, camera)
                self._paint_hover(painter, layout, places, camera)
                self._paint_problems(painter, places)
            self._paint_badges(painter)
        finally:
            painter.end()  # or Qt would crash after any error in here

    # ---- blocks -----------------------------------------------------------------------------------------------

    def _paint_places(
        self, painter: QPainter, layout: FlowLayout, places: list[Placed], camera: Camera
    ) -> None:
        view = self._view
        self._paint_skips(painter, layout, places, camera)
        titled: set[str] = set()
        font, small = self._both_fonts()
        for place in places:
            name = place.block.node
            has_title = name not in titled
            titled.add(name)
            reach = QRectF(place.x, place.y - 40, place.width, place.height + 40)
            if not reach.intersects(QRectF(view.rect())):
                continue
            self._paint_block(painter, place)
            if has_title:
                draw_title(painter, place, camera.scale, font, small, self._state(name))

    def _paint_block(self, painter: QPainter, place: Placed) -> None:
        view, block = self._view, place.block
        if block.kind == "bars":
            _, small = self._both_fonts()
            node = view.scene.node(block.node)
            values = view.scene.values(block.node)
            draw_bars(painter, place, values, node.layer.kind == "softmax", small)
        else:
            draw_tiles(painter, place, view.scene.shown(block), view.width(), view.height())
            if block.kind == "maps":
                self._paint_marks(painter, place)
        if view.scene.problem(block.node):
            veil(painter, QRectF(place.x, place.y, place.width, place.height), 0.62)

    def _paint_marks(self, painter: QPainter, place: Placed) -> None:
        """Dead and saturated channels; and what the query does not mean steps back."""
        view, block = self._view, place.block
        shown = view.scene.shown(block)
        if shown is None or block.count > MOST_MARKS or not view.scene.node(block.node).inputs:
            return
        picture, query = shown.picture, view.query
        if len(picture.dead) <= max(block.count - 1, block.only or 0):
            return
        flagged = picture.dead | picture.saturated
        if not query and (not flagged.any() or min(place.pitch_x, place.pitch_y) < MARKS_FROM):
            return
        for cell in range(block.count):
            channel = view.scene.channel_at(block, cell)
            tile = tile_rect(place, cell)
            if not tile.intersects(QRectF(view.rect())):
                continue
            if query and not _matches(query, Unit(block.node, channel), picture.dead, picture.saturated):
                veil(painter, tile, 0.78)
            elif flagged[channel]:
                draw_mark(painter, tile, bool(picture.dead[channel]))

    def _paint_skips(
        self, painter: QPainter, layout: FlowLayout, places: list[Placed], camera: Camera
    ) -> None:
        if layout.skips:
            draw_routes(painter, _routes(layout, places, camera, layout.skips))

    def _state(self, name: str) -> str:
        view = self._view
        if view.scene.problem(name):
            return "stale"
        if view.spot is not None and view.spot.unit == Unit(name):
            return "hover"
        if view.selection is not None and view.selection.node == name:
            return "selected" if view.selection.channel is None else ""
        return ""

    # ---- what is pointed at -----------------------------------------------------------------------------------

    def _paint_hover(
        self, painter: QPainter, layout: FlowLayout, places: list[Placed], camera: Camera
    ) -> None:
        view = self._view
        spot = view.spot
        if spot is not None:
            if spot.unit.channel is None and spot.cell is None and not view.level.node:
                self._paint_node_edges(painter, layout, places, camera, spot.unit)
            else:
                self._paint_edges(painter, spot.unit)
        if view.selection is not None:
            self._frame(painter, view.selection, "selection")
        if spot is None:
            return
        if spot.unit != view.selection and spot.cell is not None:
            draw_frame(painter, tile_rect(spot.place, spot.cell), "hover", 1.5)
        draw_card(
            painter,
            view.pointer,
            self._card(),
            view.font(),
            view.width(),
            view.height(),
            self._swatch(),
        )

    def _frame(self, painter: QPainter, unit: Unit, role: str) -> None:
        place, cell = self._view.find(unit)
        if place is None or (unit.channel is not None and cell is None):
            return
        if cell is not None:
            draw_frame(painter, tile_rect(place, cell), role)
        elif unit.channel is None and self._view.level.node == "":
            draw_frame(
                painter, QRectF(place.x - 2, place.y - 2, place.width + 4, place.height + 4), role, 1.2
            )

    def _paint_edges(self, painter: QPainter, unit: Unit) -> None:
        view = self._view
        if view.scene.network is None or view.level.node or unit.channel is None:
            return
        target_place, target_cell = view.find(unit)
        if target_place is None:
            return
        target = tile_rect(target_place, target_cell) if target_cell is not None else _area(target_place)
        sources = []
        for edge in edges_of(view.scene.network, unit, view.scene.shapes):
            place, cell = view.find(edge.source)
            if place is not None:
                sources.append((tile_rect(place, cell) if cell is not None else _area(place), edge.weight))
        draw_edges(painter, target, sources)
        for rect, _ in sources[:8]:
            draw_frame(painter, rect, "edge", 1.0)

    def _paint_node_edges(
        self, painter: QPainter, layout: FlowLayout, places: list[Placed], camera: Camera, unit: Unit
    ) -> None:
        """All connections of a node whose title is pointed at: what it reads and who reads it."""
        network = self._view.scene.network
        if network is not None:
            pairs = [(name, unit.node) for name in network[unit.node].inputs]
            pairs += [(unit.node, name) for name in network.readers[unit.node]]
            draw_routes(painter, _routes(layout, places, camera, pairs), strong=True)

    def _card(self) -> list[tuple[str, str]]:
        view, spot = self._view, self._view.spot
        if spot is None:
            return []
        scene, unit = view.scene, spot.unit
        node = scene.node(unit.node)
        if spot.cell is None:
            lines = [("text", f"{unit.node}   {node.layer.summary()}")]
            report = scene.network.reports[unit.node] if scene.network else None
            if report and report.parameter_formula:
                lines.append(("quiet", report.parameter_formula.replace("x", "×")))
            lines.append(("faint", "Click selects, double click opens"))
            return lines
        x, y = spot.pixel
        if spot.place.block.kind == "image":
            values = [scene.value(Unit(unit.node, c), x, y) for c in range(scene.count(unit.node))]
            text = "  ".join(short_number(value) for value in values if value is not None)
            return [("text", unit.node), ("text", text), ("quiet", f"at {x}, {y}")]
        value = scene.value(unit, x, y)
        lines = [("text", str(unit))]
        if value is not None:
            is_map = len(spot.place.block.shape) == 3
            lines.append(("text", short_number(value) + (f"   at {x}, {y}" if is_map else "")))
        picture = scene.any_picture(unit.node)
        if picture is not None and unit.channel is not None and len(spot.place.block.shape) == 3:
            low, high = float(picture.low[unit.channel]), float(picture.high[unit.channel])
            note = "  dead" if picture.dead[unit.channel] else ""
            note = "  saturated" if picture.saturated[unit.channel] else note
            lines.append(("quiet", f"{short_number(low)} … {short_number(high)}{note}"))
        return lines

    def _swatch(self) -> QColor | None:
        view, spot = self._view, self._view.spot
        if spot is None or spot.cell is None or spot.place.block.kind == "image" or spot.unit.channel is None:
            return None
        value, picture = view.scene.value(spot.unit, *spot.pixel), view.scene.any_picture(spot.unit.node)
        if value is None or picture is None or not view.scene.node(spot.unit.node).inputs:
            return None
        limit = picture.limit_of(spot.unit.channel) or 1.0
        return QColor(*color_at(view.colours, 0.5 + value / limit / 2, theme.is_dark()))

    # ---- from level to level ----------------------------------------------------------------------------------

    def _paint_passage(
        self, painter: QPainter, layout: FlowLayout, camera: Camera, before: tuple[Unit, FlowLayout, Camera],
        share: float,
    ) -> None:  # fmt: skip
        """The tiles of the layer fly to their new places while everything else fades."""
        view = self._view
        level, old_layout, old_camera = before
        deeper = view.level.node != "" and (level.node == "" or view.level.channel is not None)
        old, new = view.places_of(old_layout, old_camera), view.places_of(layout, camera)
        name = view.level.node or level.node
        wide, wide_layout, wide_camera = (old, old_layout, old_camera) if deeper else (new, layout, camera)
        painter.setOpacity(1 - share if deeper else share)
        self._paint_places(painter, wide_layout, wide, wide_camera)
        painter.setOpacity(1.0)
        start, end = _block_place(old, name), _block_place(new, name)
        if start is None or end is None:
            return
        single = view.level.channel if view.level.channel is not None else level.channel
        shown = view.scene.shown(end.block) or view.scene.shown(start.block)
        for channel in [single] if single is not None else range(min(end.block.count, start.block.count)):
            first, last = view.scene.cell_of(start.block, channel), view.scene.cell_of(end.block, channel)
            a = tile_rect(start, first) if first is not None else _area(start)
            b = tile_rect(end, last) if last is not None else _area(end)
            draw_tile(painter, shown, channel, _between(a, b, share).adjusted(0, 0, -1, -1))

    # ---- notes ------------------------------------------------------------------------------------------------

    def _paint_problems(self, painter: QPainter, places: list[Placed]) -> None:
        """The sentence of every node that cannot run, on its block; those that wait for it say stale."""
        view = self._view
        small = self._both_fonts()[1]
        for place in places:
            name = place.block.node
            problem = view.scene.problem(name)
            if not problem or not place.meets(view.width(), view.height()):
                continue
            if view.scene.waits(name):
                text, role, ground = "stale", "stale", "bar"
                width = QFontMetricsF(small).horizontalAdvance(text) + 12
            else:
                text, role, ground = problem.removeprefix(f"{name}: "), "error", "error_ground"
                width = max(place.width, 210.0)
            self._note(painter, place.x + place.width / 2, place.y + 8, width, text, small, role, ground)

    def _note(
        self, painter: QPainter, center: float, top: float, width: float, text: str, font: QFont, role: str,
        ground: str,
    ) -> None:  # fmt: skip
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter)
        left = min(max(4.0, center - width / 2), max(4.0, self._view.width() - width - 4))
        bounds = QFontMetricsF(font).boundingRect(QRectF(0, 0, width - 12, 400), flags, text)
        area = QRectF(left, top, width, bounds.height() + 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color(role), 1))
        painter.setBrush(theme.color(ground))
        painter.drawRoundedRect(area, 5, 5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        painter.drawText(area.adjusted(6, 4, -6, -4), flags, text)

    def _paint_badges(self, painter: QPainter) -> None:
        view = self._view
        badges = [("frozen", "Frozen")] if view.is_frozen else []
        badges += [("stale", "Stale")] if view.is_stale else []
        font = self._both_fonts()[0]
        metrics = QFontMetricsF(font)
        right = view.width() - 10.0
        for role, text in badges:
            width = metrics.horizontalAdvance(text) + 18
            area = QRectF(right - width, 10, width, metrics.height() + 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color(role), 1))
            painter.setBrush(theme.color("bar"))
            painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setFont(font)
            painter.setPen(theme.color(role))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
            right -= width + 8

    def _both_fonts(self) -> tuple[QFont, QFont]:
        if self._fonts is None:
            font = QFont(self._view.font())
            font.setWeight(QFont.Weight.DemiBold)
            self._fonts = font, theme.quiet_font(self._view.font(), SMALL)
        return self._fonts


def _area(place: Placed) -> QRectF:
    return QRectF(place.x, place.y, place.width, place.height)


def _routes(
    layout: FlowLayout, places: list[Placed], camera: Camera, pairs: Sequence[tuple[str, str]]
) -> list[Route]:
    """The ways of connections between nodes on screen."""
    rects: dict[str, QRectF] = {}
    for place in places:
        name = place.block.node
        rects[name] = rects[name].united(_area(place)) if name in rects else _area(place)
    routes = []
    for source, target in pairs:
        line = layout.lines.get(source, 0)
        floor = camera.to_screen(0, layout.floors[line] + 9)[1] if layout.floors else 0.0
        routes.append(Route(rects[source], rects[target], floor, line == layout.lines.get(target, 0)))
    return routes


def _between(a: QRectF, b: QRectF, share: float) -> QRectF:
    def mix(one: float, other: float) -> float:
        return one + (other - one) * share

    return QRectF(
        mix(a.x(), b.x()), mix(a.y(), b.y()), mix(a.width(), b.width()), mix(a.height(), b.height())
    )


def _block_place(places: list[Placed], name: str) -> Placed | None:
    """The block with the tiles of a node."""
    found = None
    for place in places:
        if place.block.node == name and (found is None or place.block.kind == "maps"):
            found = place
    return found


def _matches(query: str, unit: Unit, dead: object, saturated: object) -> bool:
    if query in ("dead", "saturated"):
        return bool((dead if query == "dead" else saturated)[unit.channel])  # type: ignore[index]
    return query in str(unit).lower()
