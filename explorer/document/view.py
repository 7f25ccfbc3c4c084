"""How the document is looked at: the selected and the hovered unit, ranges and colours. Saved, not undoable."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from explorer.engine.arithmetic.effective_field import EffectiveField
from explorer.engine.arithmetic.receptive_field import ReceptiveField
from explorer.rendering.look import Look

Pixel = tuple[int, int]  # row and column of a flat map


class Unit(NamedTuple):
    """A channel of a node, or the whole node where `channel` is None. Its name can be copied and jumped to."""

    node: str
    channel: int | None = None

    def __str__(self) -> str:
        return self.node if self.channel is None else f"{self.node}:{self.channel}"

    @classmethod
    def parse(cls, text: str) -> Unit | None:
        """The unit of a name such as 'conv2:7' or 'conv2'; None for anything else."""
        found = re.fullmatch(r"\s*([A-Za-z_][\w.-]*)(?::(\d+))?\s*", text)
        if not found:
            return None
        return cls(found[1], None if found[2] is None else int(found[2]))


class Pointed(NamedTuple):
    """A unit and the pixel of it that is looked at, None where none is; `is_pinned` is off for a preview."""

    unit: Unit
    pixel: Pixel | None
    is_pinned: bool


class View(QObject):
    """The look, the selection (pinned by a click) and the hovered unit (a preview), each with a pixel of it."""

    look_changed = Signal(object)  # Look
    selected = Signal(object)  # Unit or None
    hovered = Signal(object)  # Unit or None
    pixel_changed = Signal()  # the pinned pixel or the one under the pointer
    field_changed = Signal(object)  # ReceptiveField that is drawn over the maps, or None
    effective_changed = Signal(object)  # EffectiveField by node, drawn within that field, or None
    close_up_changed = Signal(bool)  # whether the pinned pixel is shown enlarged beside what it reads

    def __init__(self) -> None:
        super().__init__()
        self._look = Look()
        self._selection: Unit | None = None
        self._hover: Unit | None = None
        self._pixel: Pixel | None = None
        self._hover_pixel: Pixel | None = None
        self._field: ReceptiveField | None = None
        self._effective: Mapping[str, EffectiveField] | None = None
        self._is_close_up = False

    @property
    def look(self) -> Look:
        """Ranges, colours and order as they are now."""
        return self._look

    @property
    def selection(self) -> Unit | None:
        """The pinned unit."""
        return self._selection

    @property
    def hover(self) -> Unit | None:
        """The unit under the pointer."""
        return self._hover

    @property
    def pixel(self) -> Pixel | None:
        """The pinned pixel of the selection; it stays where it is when another unit is selected."""
        return self._pixel

    @property
    def hover_pixel(self) -> Pixel | None:
        """The pixel under the pointer: of the hovered unit, or of the selection where none is hovered."""
        return self._hover_pixel

    @property
    def pointed(self) -> Pointed | None:
        """What the arithmetic is about: what is pointed at, else what is pinned."""
        if self._hover is not None and (self._hover.channel, self._hover_pixel) != (None, None):
            return Pointed(self._hover, self._hover_pixel, False)
        if self._selection is None:
            return None
        if self._hover_pixel is not None and self._hover is None:
            is_pinned = self._hover_pixel == self._pixel
            return Pointed(self._selection, self._hover_pixel, is_pinned)
        return Pointed(self._selection, self._pixel, True)

    @property
    def field(self) -> ReceptiveField | None:
        """What is drawn over the maps: everything that one unit reads."""
        return self._field

    @property
    def effective(self) -> Mapping[str, EffectiveField] | None:
        """How much every value within the field moves the unit, by node; None where that is not shown."""
        return self._effective

    @property
    def is_close_up(self) -> bool:
        """Whether the pinned pixel is shown enlarged beside what it reads."""
        return self._is_close_up

    def change(self, **changes: object) -> None:
        """Change ranges, colours or order."""
        look = dataclasses.replace(self._look, **changes)  # type: ignore[arg-type]
        if look != self._look:
            self._look = look
            self.look_changed.emit(look)

    def select(self, unit: Unit | None) -> None:
        """Pin a unit, or nothing."""
        if unit != self._selection:
            self._selection = unit
            self._pixel = self._pixel if unit is not None else None
            self.selected.emit(unit)

    def point_at(self, unit: Unit | None) -> None:
        """Preview a unit while the pointer is on it."""
        if unit != self._hover:
            self._hover, self._hover_pixel = unit, None
            self.hovered.emit(unit)

    def pin_pixel(self, pixel: Pixel | None) -> None:
        """Pin a pixel of the selection, or none."""
        if pixel != self._pixel:
            self._pixel = pixel
            self.pixel_changed.emit()

    def point_at_pixel(self, pixel: Pixel | None) -> None:
        """Preview a pixel while the pointer is on it."""
        if pixel != self._hover_pixel:
            self._hover_pixel = pixel
            self.pixel_changed.emit()

    def show_field(self, field: ReceptiveField | None) -> None:
        """Let the maps show what one unit reads, or no longer."""
        if field is not self._field:
            self._field = field
            self.field_changed.emit(field)

    def show_effective(self, fields: Mapping[str, EffectiveField] | None) -> None:
        """Let the maps show how much everything that a unit reads moves it, or no longer."""
        if fields is not self._effective:
            self._effective = fields
            self.effective_changed.emit(fields)

    def show_close_up(self, shown: bool) -> None:
        """Show the pinned pixel enlarged beside what it reads, or no longer."""
        if shown != self._is_close_up:
            self._is_close_up = shown
            self.close_up_changed.emit(shown)
