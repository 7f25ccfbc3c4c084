"""Paints the flow view: blocks with their titles and routes, and the passage from level to level."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.document.view import Unit
from explorer.ui import theme
from explorer.ui.widgets.flow_camera import Camera, Placed
from explorer.ui.widgets.flow_field import FieldDrawing
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.flow_lines import draw_routes, routes
from explorer.ui.widgets.flow_marks import Marks
from explorer.ui.widgets.flow_notes import draw_badges, draw_problems
from explorer.ui.widgets.flow_numbers import draw_numbers
from explorer.ui.widgets.flow_painting import draw_bars, draw_tile, draw_tiles, veil
from explorer.ui.widgets.flow_pointing import Pointing
from explorer.ui.widgets.flow_scene import NETWORK
from explorer.ui.widgets.flow_stage import FlowStage, Passage
from explorer.ui.widgets.flow_titles import ABOVE, Titles
from explorer.ui.widgets.flow_unread import draw_unread
from explorer.ui.widgets.pixel_numbers import PixelNumbers


class FlowPainter:
    """Paints a stage; it changes nothing there."""

    def __init__(self) -> None:
        self._titles: Titles | None = None
        self._field = FieldDrawing()
        self._pointing = Pointing()
        self._marks = Marks()
        self._numbers = PixelNumbers()

    def forget(self) -> None:
        """The font or the theme has changed."""
        self._titles = None
        self._pointing.forget()
        self._numbers.forget()

    def prepare(self, stage: FlowStage) -> None:
        """Make what is kept for many frames in an event of its own: a painting that makes it would be long."""
        self._field.prepare(stage)
        self._pointing.prepare(stage)

    def paint(self, stage: FlowStage) -> None:
        """Everything."""
        if self._titles is None:
            self._titles = Titles(stage.font())
        painter = QPainter(stage)
        try:
            painter.fillRect(stage.rect(), theme.color("ground"))
            if stage.passage is not None and stage.share < 1:
                self._paint_passage(painter, stage, stage.passage)
            else:
                places = stage.places()
                self._paint_blocks(painter, stage, stage.layout_now, places, stage.camera)
                self._field.draw(painter, stage, places)
                draw_unread(painter, stage, places)
                self._pointing.draw(painter, stage, places)
                draw_problems(painter, stage, places, self._titles.small)
            draw_badges(painter, stage, self._titles.font)
        finally:
            painter.end()  # or Qt would crash after any error in here

    def _paint_blocks(
        self, painter: QPainter, stage: FlowStage, layout: FlowLayout, places: list[Placed], camera: Camera
    ) -> None:
        if layout.skips:
            draw_routes(painter, routes(layout, places, camera, layout.skips))
        assert self._titles is not None
        seen = QRectF(stage.rect())
        for place in places:
            if place.area.adjusted(0, -ABOVE, 0, 0).intersects(seen):
                self._paint_block(painter, stage, place)
        self._titles.draw(painter, places, camera.scale, stage.size(), lambda name: _state(stage, name))

    def _paint_block(self, painter: QPainter, stage: FlowStage, place: Placed) -> None:
        scene, block = stage.scene, place.block
        if block.kind == "bars":
            assert self._titles is not None
            is_share = scene.node(block.node).layer.kind == "softmax"
            names = scene.class_names(block.node)
            draw_bars(painter, place, scene.values(block.node), is_share, self._titles.small, names)
        else:
            draw_tiles(painter, place, scene.shown(block), stage.width(), stage.height())
            draw_numbers(painter, stage, place, self._numbers)
            if block.kind == "maps":
                self._marks.draw(painter, stage, place)
        if scene.problem(block.node):
            veil(painter, place.area, 0.62)

    def _paint_passage(self, painter: QPainter, stage: FlowStage, passage: Passage) -> None:
        """The tiles of the layer fly to their new places while everything else fades."""
        level, share = stage.level, stage.share
        deeper = passage.level == NETWORK or (level.channel is not None and passage.level.channel is None)
        old, new = stage.places_in(passage), stage.places()
        painter.setOpacity(1 - share if deeper else share)
        if deeper:
            self._paint_blocks(painter, stage, passage.layout, old, passage.camera)
        else:
            self._paint_blocks(painter, stage, stage.layout_now, new, stage.camera)
        painter.setOpacity(1.0)
        name = level.node or passage.level.node
        start, end = _block_place(old, name), _block_place(new, name)
        if start is None or end is None:
            return
        single = level.channel if level.channel is not None else passage.level.channel
        every = [single] if single is not None else range(min(end.block.count, start.block.count))
        shown = stage.scene.shown(end.block) or stage.scene.shown(start.block)
        for channel in every:
            before, after = (_tile_of(stage, place, channel) for place in (start, end))
            draw_tile(painter, shown, channel, _between(before, after, share).adjusted(0, 0, -1, -1))


def _state(stage: FlowStage, name: str) -> str:
    """How a title is coloured."""
    if stage.scene.problem(name):
        return "stale"
    if stage.spot is not None and stage.spot.unit == Unit(name):
        return "hover"
    return "selected" if stage.selection == Unit(name) else ""


def _tile_of(stage: FlowStage, place: Placed, channel: int) -> QRectF:
    cell = stage.scene.cell_of(place.block, channel)
    return place.tile(cell) if cell is not None else place.area


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
