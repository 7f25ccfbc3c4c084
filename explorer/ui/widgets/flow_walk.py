"""Walking with the keyboard: from unit to unit, from layer to layer."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer.document.view import Unit
from explorer.ui.widgets.flow_block import Block
from explorer.ui.widgets.flow_layout import FlowLayout
from explorer.ui.widgets.flow_scene import FlowScene

FAR = 3  # cells with Shift
Key = Qt.Key


def step(scene: FlowScene, layout: FlowLayout, unit: Unit | None, key: int, far: bool = False) -> Unit | None:
    """The unit to which a key leads, None for keys that lead nowhere.

    Arrows go to the neighbouring tile, beyond the edge of a layer to the next layer; far by three or to the
    end of the row. U and O keep the unit's number.
    """
    if key not in (
        Key.Key_Left,
        Key.Key_Right,
        Key.Key_Up,
        Key.Key_Down,
        Key.Key_Home,
        Key.Key_End,
        Key.Key_U,
        Key.Key_O,
    ):
        return None  # fmt: skip
    names = [node.name for node in scene.network.nodes] if scene.network else []
    if not names:
        return None
    if unit is None or unit.node not in names:
        return Unit(names[1] if len(names) > 1 else names[0], 0)
    if key in (Key.Key_U, Key.Key_O):
        return _neighbour(scene, names, unit, -1 if key == Key.Key_U else 1)
    if unit.channel is None:
        sideways = key in (Key.Key_Left, Key.Key_Right)
        if sideways:
            return _neighbour(scene, names, unit, -1 if key == Key.Key_Left else 1)
        return Unit(unit.node, 0)
    if key in (Key.Key_Home, Key.Key_End):
        block = _block(layout, unit.node)
        cell = 0 if key == Key.Key_Home else scene.count(unit.node) - 1
        return Unit(unit.node, scene.channel_at(block, cell) if block and block.only is None else cell)
    return _arrow(scene, layout, names, unit, key, far)


def _arrow(
    scene: FlowScene, layout: FlowLayout, names: list[str], unit: Unit, key: int, far: bool
) -> Unit | None:
    block = _block(layout, unit.node)
    channel = unit.channel or 0
    if block is None:
        return unit
    if block.only is not None:  # one unit fills the view: the neighbours are the next numbers
        by = (FAR if far else 1) * (-1 if key in (Key.Key_Left, Key.Key_Up) else 1)
        return Unit(unit.node, min(max(channel + by, 0), scene.count(unit.node) - 1))
    cell = scene.cell_of(block, channel) or 0
    row, column = divmod(cell, block.columns)
    if key in (Key.Key_Up, Key.Key_Down):
        row += (FAR if far else 1) * (-1 if key == Key.Key_Up else 1)
        row = min(max(row, 0), block.rows - 1)
    else:
        by = -1 if key == Key.Key_Left else 1
        if not far and not 0 <= column + by < block.columns:
            return _neighbour(scene, names, unit, by)
        column = (
            (0 if by < 0 else block.columns - 1)
            if far and block.columns <= FAR
            else column + by * (FAR if far else 1)
        )
        column = min(max(column, 0), block.columns - 1)
    return Unit(unit.node, scene.channel_at(block, min(row * block.columns + column, block.count - 1)))


def _neighbour(scene: FlowScene, names: list[str], unit: Unit, by: int) -> Unit:
    """The layer before or behind, with the same number of the unit as far as it has so many."""
    place = min(max(names.index(unit.node) + by, 0), len(names) - 1)
    name = names[place]
    if unit.channel is None:
        return Unit(name)
    return Unit(name, min(unit.channel, max(0, scene.count(name) - 1)))


def _block(layout: FlowLayout, name: str) -> Block | None:
    """The block with the tiles of a node; of an input the one with its channels, if there is one."""
    found = None
    for block in layout.of(name):
        if found is None or block.kind != "image":
            found = block
    return found
