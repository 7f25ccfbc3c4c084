"""The stage of the flow view: scene, camera and levels, what is where, and what is wanted. No events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtWidgets import QWidget

from explorer.document.view import Unit
from explorer.engine.arithmetic.effective_field import EffectiveField
from explorer.engine.arithmetic.receptive_field import ReceptiveField
from explorer.engine.evaluate import Trace
from explorer.engine.network import Network
from explorer.rendering.picture import Picture
from explorer.rendering.wanted import Tiles
from explorer.ui.widgets.flow_camera import Camera, Placed, fitting, placed
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.flow_motion import LEVEL_MS, ZOOM_MS, Motion
from explorer.ui.widgets.flow_scene import NETWORK, FlowScene
from explorer.ui.widgets.flow_titles import title_area

ASK_AGAIN_MS = 60  # while the camera moves, the right resolution is asked for this often
EDGE = 12.0, 30.0  # pixels around a unit that is brought into sight; more above, for the title


class Spot(NamedTuple):
    """What is at a place on screen: a node's title (no cell) or a unit, and the pixel of its map."""

    place: Placed
    unit: Unit
    cell: int | None = None
    pixel: tuple[int, int] = (0, 0)


def pixel_of_spot(spot: Spot | None) -> tuple[int, int] | None:
    """Row and column of what is pointed at; None where that is no map."""
    if spot is None or spot.cell is None or len(spot.place.block.shape) != 3:
        return None
    return spot.pixel[1], spot.pixel[0]


class Passage(NamedTuple):
    """A level that is being left, as it was."""

    level: Unit
    layout: FlowLayout
    camera: Camera


class FlowStage(QWidget):
    """A FlowScene with a camera in front of it, on three levels: the network, a layer, a unit."""

    wanted_changed = Signal(object)  # tuple of Tiles: what is visible
    level_changed = Signal(object)  # Unit: the level that is shown

    def __init__(self) -> None:
        super().__init__()
        self.scene = FlowScene()
        self.selection: Unit | None = None
        self.spot: Spot | None = None
        self.pointer = QPointF(-1, -1)
        self.is_frozen = False
        self.is_stale = False
        self.colours = "red-blue"  # name of the colour table, for the card
        self.query = ""
        self.field: ReceptiveField | None = None  # what one unit reads, drawn over the maps
        self.effective: Mapping[str, EffectiveField] | None = None  # and how much each value of it counts
        self.layout_now = FlowLayout()
        self.camera = Camera()
        self.passage: Passage | None = None
        self.share = 1.0  # of the way from the level that is being left
        self._is_fitted = True
        self._goal: Camera | None = None  # of the zoom on its way
        self._zooming = Motion(self)
        self._leveling = Motion(self)
        self._trail: list[Unit] = []  # the levels one came through
        self._kept: dict[Unit, Camera] = {}  # and where one was on them
        self._tiles: tuple[Tiles, ...] = ()
        self._places: tuple[tuple[FlowLayout, Camera, float, bool], list[Placed]] | None = None
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.timeout.connect(self.ask_now)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def set_network(self, network: Network) -> None:
        """Show a network; the zoom stays where it is unless other layers or shapes came."""
        level, before = self.level, self.scene.network
        if self.scene.set_network(network):
            self._leveling.finish()  # on the way it would draw layers that are gone
            self._trail = [one for one in self._trail if one == NETWORK or self.scene.exists(one)]
            self._kept.clear()
            self._lay_out(fit=self._is_fitted or self.level != level)
            if self.level != level:
                self.level_changed.emit(self.level)
        if not self.scene.exists(self.selection):
            self.selection = None
        if before is None or not network.differs_in_numbers_only(before):  # else the answer shows what is new
            self.update()

    def show_answer(self, trace: Trace, pictures: Mapping[str, Picture]) -> None:
        """Show the newest maps."""
        self.scene.show(trace, pictures)
        self.update()

    def select(self, unit: Unit | None) -> None:
        """Show another selection, without telling anybody."""
        if unit != self.selection:
            self.selection = unit if self.scene.exists(unit) else None
            self.reveal(self.selection)
            self.update()

    def show_field(self, field: ReceptiveField | None) -> None:
        """Show what one unit reads of every earlier map, with the rest veiled; None for nothing."""
        if field is not self.field:
            self.field = field
            self.update()

    def show_effective(self, fields: Mapping[str, EffectiveField] | None) -> None:
        """Show within that field how much everything moves the unit; None for not at all."""
        self.effective = fields
        self.update()

    # ---- levels -----------------------------------------------------------------------------------------------

    @property
    def level(self) -> Unit:
        """The level that is shown: NETWORK, a layer or a unit."""
        return self.scene.level

    def open(self, unit: Unit) -> None:
        """Show a layer or a unit large (NETWORK: everything)."""
        if unit == self.level or (unit != NETWORK and not self.scene.exists(unit)):
            return
        self.finish_motion()
        self.passage = Passage(self.level, self.layout_now, self.camera)
        self._kept[self.level] = self.camera
        if unit == NETWORK or unit in self._trail:
            self._trail = self._trail[: self._trail.index(unit)] if unit in self._trail else []
            self._enter(unit, self._kept.get(unit))
        else:
            self._trail.append(self.level)
            self._enter(unit, None)
        self.share = 0.0
        self._leveling.start(LEVEL_MS, self._step_level, self._end_level)

    def back(self) -> bool:
        """One level back; False on the last one."""
        if self.level == NETWORK:
            return False
        self.open(self._trail[-1] if self._trail else NETWORK)
        return True

    def open_or_back(self, unit: Unit) -> None:
        """Show a unit large, or go back if it is shown large already."""
        if self.level == unit:
            self.back()
        else:
            self.open(unit)

    def exchange(self, unit: Unit) -> None:
        """Another layer or unit on the level that is shown, at once: a walk does not wait for motion."""
        level = unit if self.level.channel is not None else Unit(unit.node)
        if level != self.level:
            self.finish_motion()
            self._enter(level, None)

    def _enter(self, level: Unit, camera: Camera | None) -> None:
        self.scene.level = level
        self._lay_out(fit=True)
        if camera is not None and camera != self.camera:
            self.camera, self._is_fitted = camera, False
        self.level_changed.emit(level)
        self.ask_now()
        self.update()

    def _step_level(self, share: float) -> None:
        self.share = share
        self.update()

    def _end_level(self) -> None:
        self.share, self.passage = 1.0, None
        self.settled()
        self.update()

    def settled(self) -> None:
        """The camera has come to rest."""

    # ---- camera -----------------------------------------------------------------------------------------------

    @property
    def is_still(self) -> bool:
        """Whether nothing is on its way."""
        return not self._zooming.is_running and not self._leveling.is_running

    def finish_motion(self) -> None:
        """Arrive at once wherever the view is going."""
        self._zooming.finish()
        self._leveling.finish()

    def fit(self) -> None:
        """Show everything of the level."""
        self.layout_now = self.scene.laid_out(self.level, self.width(), self.height())
        self._glide(fitting(self.layout_now, self.width(), self.height()), LEVEL_MS)
        self._is_fitted = True

    def zoom(self, factor: float, at: QPointF | None = None, duration_ms: int = ZOOM_MS) -> None:
        """Larger or smaller around a place on screen (else around the middle), smoothly."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        self._glide((self._goal or self.camera).zoomed(factor, at.x(), at.y()), duration_ms)

    def pan(self, dx: float, dy: float) -> None:
        """Push the scene by so many pixels."""
        self._zooming.finish()
        self._is_fitted = False
        self._look(self.camera.moved(dx, dy))

    def reveal(self, unit: Unit | None) -> None:
        """Bring a unit into sight if it is not."""
        place, cell = self.find(unit) if unit is not None else (None, None)
        if place is None:
            return
        rect = place.tile(cell) if cell is not None else place.area
        side, above = EDGE
        dx = max(0.0, side - rect.left()) - max(0.0, rect.right() + side - self.width())
        dy = max(0.0, above - rect.top()) - max(0.0, rect.bottom() + side - self.height())
        is_small = rect.width() < self.width() - 2 * side and rect.height() < self.height() - side - above
        if (dx or dy) and is_small:
            self._glide((self._goal or self.camera).moved(dx, dy), ZOOM_MS)

    def _glide(self, goal: Camera, duration_ms: int) -> None:
        start, self._goal = self.camera, goal
        self._is_fitted = False
        soft = duration_ms > ZOOM_MS
        self._zooming.start(
            duration_ms, lambda share: self._look(start.between(goal, share)), self._arrive, soft
        )

    def _look(self, camera: Camera) -> None:
        self.camera = camera
        self._ask_later()
        self.update()

    def _arrive(self) -> None:
        if self._goal is not None:
            self.camera, self._goal = self._goal, None
        self.settled()
        self.ask_now()
        self.update()

    def _lay_out(self, fit: bool) -> None:
        self.layout_now = self.scene.laid_out(self.level, self.width(), self.height())
        if fit:
            self._zooming.finish()
            self.camera = fitting(self.layout_now, self.width(), self.height())
            self._is_fitted = True
        self._ask_later()

    def resized(self) -> None:
        """The view has another size; what was in view as a whole is so again."""
        if self.scene.network is not None:
            self._leveling.finish()
            self._kept.clear()
            self._lay_out(fit=self._is_fitted or self.level != NETWORK)

    # ---- where things are -------------------------------------------------------------------------------------

    def places(self) -> list[Placed]:
        """Every block where it is on screen now."""
        key = self.layout_now, self.camera, self.devicePixelRatioF(), not self._zooming.is_running
        if self._places is None or any(
            a is not b and a != b for a, b in zip(self._places[0], key, strict=True)
        ):
            layout, camera, ratio, still = key
            self._places = key, [placed(block, camera, ratio, still) for block in layout.blocks]
        return self._places[1]

    def places_in(self, passage: Passage) -> list[Placed]:
        """Every block of a level that is being left."""
        return [placed(block, passage.camera, self.devicePixelRatioF()) for block in passage.layout.blocks]

    def find(self, unit: Unit, places: list[Placed] | None = None) -> tuple[Placed | None, int | None]:
        """The block and the cell of a unit, where they are on this level (or among these places)."""
        nearest: tuple[Placed | None, int | None] = (None, None)
        for place in self.places() if places is None else places:
            if place.block.node == unit.node:
                cell = self.scene.cell_of(place.block, unit.channel) if unit.channel is not None else None
                if cell is not None or nearest[0] is None:
                    nearest = (place, cell)
        return nearest

    def spot_at(self, at: QPointF) -> Spot | None:
        """What is under a place on screen."""
        places = self.places()
        titled = {place.block.node: place for place in reversed(places)}  # the first block has the title
        for place in titled.values():
            if title_area(place, self.width()).contains(at):
                return Spot(place, Unit(place.block.node, place.block.only))
        for place in places:
            cell = place.cell_at(at.x(), at.y())
            if cell is not None:
                block = place.block
                channel = None if block.kind == "image" else self.scene.channel_at(block, cell)
                return Spot(place, Unit(block.node, channel), cell, place.pixel_at(cell, at))
        return None

    # ---- what is wanted ---------------------------------------------------------------------------------------

    def _ask_later(self) -> None:
        if not self._ask.isActive():
            self._ask.start(ASK_AGAIN_MS if self._zooming.is_running else 0)

    def ask_now(self) -> None:
        """Tell what is visible, if that is something else than before."""
        self._ask.stop()
        if self.scene.network is None:
            return
        size = self.width(), self.height()
        tiles = tuple(self.scene.wanted(self.places(), *size, self.devicePixelRatioF()))
        if tiles != self._tiles:
            self._tiles = tiles
            self.wanted_changed.emit(tiles)
