"""How the document is looked at: the selected and the hovered unit, ranges and colours. Saved, not undoable."""

from __future__ import annotations

import dataclasses
import re
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from explorer.rendering.look import Look


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


class View(QObject):
    """The look, the selection (pinned by a click) and the hovered unit (a preview)."""

    look_changed = Signal(object)  # Look
    selected = Signal(object)  # Unit or None
    hovered = Signal(object)  # Unit or None

    def __init__(self) -> None:
        super().__init__()
        self._look = Look()
        self._selection: Unit | None = None
        self._hover: Unit | None = None

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
            self.selected.emit(unit)

    def point_at(self, unit: Unit | None) -> None:
        """Preview a unit while the pointer is on it."""
        if unit != self._hover:
            self._hover = unit
            self.hovered.emit(unit)
