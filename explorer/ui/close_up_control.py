"""Joins the close-up with the view, the maps and the arithmetic: opens it, moves it, and lets it move the pixel."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import QObject, QRect

from explorer.document.view import Unit
from explorer.engine.arithmetic import Explanation
from explorer.engine.layer import Shape
from explorer.rendering.flat_maps import flat_shape, pixel_of
from explorer.ui.pixel_arithmetic import Explained, pixel_arithmetic
from explorer.ui.short_number import short_number
from explorer.ui.widgets.close_up import CloseUp
from explorer.ui.widgets.flow_view import FlowView
from explorer.ui.workspace import Workspace

VOLUME = 3  # axes of what lies in slices
NO_UNIT = "Click a map first: the close-up enlarges a pixel of it."


class CloseUpControl(QObject):
    """Shows the close-up over the maps while the view asks for it."""

    def __init__(self, workspace: Workspace, flow: FlowView) -> None:
        super().__init__(flow)
        self.workspace = workspace
        self.flow = flow
        self.close_up: CloseUp | None = None  # made when it is first asked for
        self._shown: Explanation | None = None
        self._sweeps = False  # the output is shown only as far as the sweep has come
        self._is_moving = False  # the sweep moves the pin just now
        self._placed: object = None
        self._told: dict[str, str] = {}
        workspace.view.close_up_changed.connect(self._show)
        arithmetic = pixel_arithmetic(workspace)
        arithmetic.attend("close_up", flow, self._is_seen)
        arithmetic.explained.connect(self._take)
        arithmetic.silent.connect(self._say)
        workspace.view.pixel_changed.connect(self._stop_filling)
        workspace.view.selected.connect(self._stop_filling)

    def close(self) -> bool:
        """Close it; whether it was open."""
        was_open = self.workspace.view.is_close_up
        self.workspace.view.show_close_up(False)
        return was_open

    def fit(self) -> None:
        """The maps have another size."""
        self._placed = None
        found = self.close_up.body.shown if self.close_up is not None else None
        if found is not None and self._is_seen():
            self._place(found)

    def _is_seen(self) -> bool:
        return self.close_up is not None and self.close_up.isVisible()

    def _show(self, shown: bool) -> None:
        if not shown:
            if self.close_up is not None:
                self.close_up.hide()
            self.workspace.view.point_at_pixel(None)
            pixel_arithmetic(self.workspace).refresh()
            return
        close_up = self.close_up = self.close_up or self._made()
        self._sweeps, self._placed = False, None
        close_up.body.fill_to(None)
        self._pin_something()
        close_up.place_beside(self.flow.rect(), QRect())
        close_up.show()
        close_up.raise_()
        pixel_arithmetic(self.workspace).refresh()

    def _made(self) -> CloseUp:
        close_up = CloseUp(self.flow)
        view = self.workspace.view
        close_up.closed.connect(lambda: view.show_close_up(False))
        close_up.player.moved.connect(self._move)
        close_up.view.pointed.connect(view.point_at_pixel)
        close_up.view.chosen.connect(view.pin_pixel)
        close_up.view.told.connect(lambda text: self._tell("boards", text))
        body = close_up.body
        for name, numbers in (("table", body.table), ("steps", body.steps)):
            numbers.followed.connect(pixel_arithmetic(self.workspace).follow)
            numbers.cell_pointed.connect(lambda text, name=name: self._tell(name, text))
        body.own_list.pointed.connect(self._point_at_feature)
        body.own_list.chosen.connect(self._choose_feature)
        return close_up

    def _pin_something(self) -> None:
        """Where no map is pinned, the one that is pointed at; where no pixel is, the one in the middle."""
        view, answer = self.workspace.view, self.workspace.answer
        if view.selection is None and view.hover is not None:
            pixel = view.hover_pixel
            view.select(view.hover)
            view.pin_pixel(pixel)
        unit = view.selection
        if unit is None or answer is None or unit.node not in answer.trace.activations:
            return
        if unit.channel is None:
            view.select(Unit(unit.node, 0))
        shape = answer.trace.activations[unit.node].shape[1:]
        if view.pixel is None and len(shape) > 1:
            _, height, width = flat_shape(shape)
            view.pin_pixel((height // 2, width // 2))

    # ---- what is shown ----------------------------------------------------------------------------------------

    def _take(self, found: Explained) -> None:
        close_up = self.close_up
        if close_up is None or not close_up.isVisible():
            return
        explanation = self._shown = found.explanation
        close_up.body.set_look(self.workspace.view.look)
        close_up.body.expected = self.workspace.trainer.classes
        close_up.show_explained(found)
        shape = found.trace.activations[explanation.node].shape[1:]
        index, count = stop_of(shape, explanation.unit)
        close_up.show_place(index, count, found.pointed.is_pinned)
        close_up.body.fill_to(self._pinned_stop(shape) if self._sweeps else None)
        place = f" at ({', '.join(map(str, explanation.unit[1:]))})" if len(explanation.unit) > 1 else ""
        close_up.title.setText(f"{found.pointed.unit}{place} = {short_number(explanation.value)}")
        close_up.show_channel()
        self._show_note()
        if self._placed != found.pointed.unit:
            self._place(found)

    def _place(self, found: Explained) -> None:
        assert self.close_up is not None
        self._placed = found.pointed.unit
        place, cell = self.flow.find(found.pointed.unit)
        thing = QRect()
        if place is not None:
            thing = (place.tile(cell) if cell is not None else place.area).toRect()
        is_volume = len(found.explanation.unit) == 1 + VOLUME
        self.close_up.place_beside(self.flow.rect(), thing, is_volume)

    def _say(self, sentence: str) -> None:
        close_up, self._shown = self.close_up, None
        if close_up is not None and close_up.isVisible():
            close_up.title.setText("")
            close_up.show_sentence(sentence if self.workspace.view.selection is not None else NO_UNIT)
            close_up.show_place(0, 0, True)
            close_up.show_channel()
            self._told.clear()
            self._show_note()

    def _tell(self, name: str, text: str) -> None:
        """What is under the pointer, told by the part of the close-up in which it is; '' where it is not."""
        self._told[name] = text
        self._show_note()

    def _show_note(self) -> None:
        """What is under the pointer, also while frames go by; else the rule."""
        close_up = self.close_up
        if close_up is None:
            return
        found = self._shown
        rule = ""
        if found is not None:
            rule = "   ·   ".join(one for one in (found.note, found.formula) if one)
        close_up.show_note(next(filter(None, self._told.values()), rule), rule)

    # ---- the sweep --------------------------------------------------------------------------------------------

    def _move(self, index: int) -> None:
        found = self.close_up.body.shown if self.close_up is not None else None
        if found is None:
            return
        shape = found.trace.activations[found.explanation.node].shape[1:]
        self._sweeps, self._is_moving = True, True
        self.flow.let_go()  # a pointer that rests on a map does not hide where the sweep is
        try:
            if len(shape) == 1:
                self.workspace.view.select(Unit(found.explanation.node, index))
            else:
                self.workspace.view.pin_pixel(pixel_at_stop(shape, index))
        finally:
            self._is_moving = False

    def _pinned_stop(self, shape: Shape) -> int | None:
        """The stop of the pinned pixel, or feature: what the pointer previews fills nothing."""
        view = self.workspace.view
        if len(shape) == 1:
            return view.selection.channel if view.selection is not None else None
        return None if view.pixel is None else view.pixel[0] * flat_shape(shape)[2] + view.pixel[1]

    def _stop_filling(self, _: object = None) -> None:
        """Another pixel was pinned by hand: everything is shown again."""
        if not self._is_moving and self._sweeps and not self._is_at_stop():
            self._sweeps = False
            if self.close_up is not None:
                self.close_up.player.pause()

    def _is_at_stop(self) -> bool:
        """Whether what is pinned is where the sweep has come to."""
        close_up = self.close_up
        found = close_up.body.shown if close_up is not None else None
        if found is None or close_up is None:
            return False
        shape = found.trace.activations[found.explanation.node].shape[1:]
        return self._pinned_stop(shape) == close_up.player.index

    # ---- lists ------------------------------------------------------------------------------------------------

    def _point_at_feature(self, feature: int | None) -> None:
        found = self._shown
        unit = Unit(found.node, feature) if found is not None and feature is not None else None
        self.workspace.view.point_at(unit)

    def _choose_feature(self, feature: int) -> None:
        if self._shown is not None:
            self.workspace.view.select(Unit(self._shown.node, feature))


def stop_of(shape: Shape, unit: tuple[int, ...]) -> tuple[int, int]:
    """The number of a unit's pixel in reading order, of a list of the feature, and how many there are."""
    if len(shape) < 2:
        return unit[0], shape[0]
    row, column = pixel_of(shape, unit)
    return row * flat_shape(shape)[2] + column, prod(shape[1:])


def pixel_at_stop(shape: Shape, index: int) -> tuple[int, int]:
    """Row and column of the flat map at a stop."""
    return divmod(index, flat_shape(shape)[2])
