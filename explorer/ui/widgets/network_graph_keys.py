"""The keys of the network's graph: which of them it keeps for itself, and what each one asks for."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

Key, Modifier = Qt.Key, Qt.KeyboardModifier
Deed = Literal["rename", "remove", "add", "up", "down", "duplicate", "bypass"]

PLAIN: dict[int, Deed] = {
    Key.Key_F2: "rename", Key.Key_Delete: "remove", Key.Key_Backspace: "remove", Key.Key_Return: "add",
    Key.Key_Enter: "add", Key.Key_Plus: "add", Key.Key_Insert: "add",
}  # fmt: skip
WITH_ALT: dict[int, Deed] = {Key.Key_Up: "up", Key.Key_Down: "down"}
WITH_CONTROL: dict[int, Deed] = {Key.Key_D: "duplicate", Key.Key_B: "bypass"}
WALKING = (Key.Key_Up, Key.Key_Down, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Home, Key.Key_End)


def deed_of(event: QKeyEvent) -> Deed | None:
    """What the key asks to do with the selected layer."""
    key, modifiers = event.key(), event.modifiers() & ~Modifier.KeypadModifier
    if modifiers == Modifier.NoModifier or (modifiers == Modifier.ShiftModifier and key == Key.Key_Plus):
        return PLAIN.get(key)
    if modifiers == Modifier.AltModifier:
        return WITH_ALT.get(key)
    return WITH_CONTROL.get(key) if modifiers == Modifier.ControlModifier else None


def steps_of(event: QKeyEvent, page: int, count: int) -> int:
    """How many rows the key walks down, of `count` in all and `page` on the screen; 0 for other keys."""
    if event.modifiers() & ~Modifier.KeypadModifier != Modifier.NoModifier:
        return 0
    steps = dict(zip(WALKING, (-1, 1, -page, page, -count, count), strict=True))
    return steps.get(Key(event.key()), 0)


def is_kept(event: QKeyEvent) -> bool:
    """Whether the graph answers the key itself, before any shortcut of the window."""
    return deed_of(event) is not None or steps_of(event, 1, 1) != 0
