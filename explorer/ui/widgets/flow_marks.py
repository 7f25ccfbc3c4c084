"""Marks on the maps: which channels are dead or saturated, and which of them the query does not mean."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from explorer.document.view import Unit
from explorer.rendering.picture import Picture
from explorer.ui.widgets.flow_block import Block
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_painting import MARKS_FROM, draw_marks, veil
from explorer.ui.widgets.flow_stage import FlowStage

MOST_MARKS = 600  # tiles of a block that are looked at one by one

Flags = NDArray[np.bool_]


class _Found(NamedTuple):
    """The cells of a block that are marked, by whether they are dead, and of which flags and arrangement that holds."""

    dead: Flags
    saturated: Flags
    arrangement: int
    cells: dict[bool, list[int]]


class Marks:
    """Draws the marks; which cells have one is found again when a layer has been looked at again, not every frame."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int | None], _Found] = {}  # by node and the one channel that is shown

    def draw(self, painter: QPainter, stage: FlowStage, place: Placed) -> None:
        """Dead and saturated channels; and what the query does not mean steps back."""
        scene, block = stage.scene, place.block
        shown = scene.shown(block)
        if shown is None or block.count > MOST_MARKS or not scene.node(block.node).inputs:
            return
        picture = shown.picture
        if len(picture.dead) < max(block.count, (block.only or 0) + 1):
            return
        seen, has_room = QRectF(stage.rect()), min(place.pitch_x, place.pitch_y) >= MARKS_FROM
        unmeant = _unmeant(stage, block, picture) if stage.query else frozenset[int]()
        for cell in unmeant:
            if (tile := place.tile(cell)).intersects(seen):
                veil(painter, tile, 0.78)
        if not has_room:
            return
        for is_dead, cells in self._cells(stage, block, picture).items():
            tiles = [place.tile(cell) for cell in cells if cell not in unmeant]
            draw_marks(painter, [tile for tile in tiles if tile.intersects(seen)], is_dead)

    def _cells(self, stage: FlowStage, block: Block, picture: Picture) -> dict[bool, list[int]]:
        dead, saturated, arrangement = picture.dead, picture.saturated, stage.scene.arrangement
        key = block.node, block.only
        found = self._found.get(key)
        is_known = found is not None and found.dead is dead and found.saturated is saturated
        if found is None or not is_known or found.arrangement != arrangement:
            if len(self._found) > MOST_MARKS:
                self._found.clear()
            cells = _marked(dead, saturated, stage.scene.channels(block))
            found = self._found[key] = _Found(dead, saturated, arrangement, cells)
        return found.cells


def _marked(dead: Flags, saturated: Flags, channels: NDArray[np.intp]) -> dict[bool, list[int]]:
    """The marked cells of a block in which these channels stand, by whether they are dead."""
    flags = {True: dead[channels], False: saturated[channels] & ~dead[channels]}
    found = {is_dead: np.flatnonzero(flag).tolist() for is_dead, flag in flags.items()}
    return {is_dead: cells for is_dead, cells in found.items() if cells}


def _unmeant(stage: FlowStage, block: Block, picture: Picture) -> frozenset[int]:
    """The cells that the query does not mean."""
    channels = stage.scene.channels(block).tolist()
    return frozenset(
        cell
        for cell, channel in enumerate(channels[: block.count])
        if not _is_meant(stage.query, Unit(block.node, channel), picture)
    )


def _is_meant(query: str, unit: Unit, picture: Picture) -> bool:
    if query in ("dead", "saturated"):
        return bool((picture.dead if query == "dead" else picture.saturated)[unit.channel])
    return query in str(unit).lower()
