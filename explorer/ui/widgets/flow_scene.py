"""What the flow view shows: the network, its newest maps, and the level one looks at it from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from explorer.document.view import Unit
from explorer.engine.class_answer import class_names
from explorer.engine.evaluate import Trace
from explorer.engine.layer import Shape
from explorer.engine.network import Network, Node
from explorer.rendering.flat_maps import flat_maps, flat_shape, is_list, unit_at
from explorer.rendering.picture import Picture
from explorer.rendering.wanted import Tiles
from explorer.ui.pixels_image import image_of
from explorer.ui.widgets.flow_block import Block
from explorer.ui.widgets.flow_camera import Placed
from explorer.ui.widgets.flow_grids import MOST_BARS
from explorer.ui.widgets.flow_layout import FlowLayout, lay_out, lay_out_layer, lay_out_unit

NETWORK = Unit("")  # the level on which everything is seen


@dataclass(frozen=True, eq=False)
class Shown:
    """A picture as Qt draws it; the image reads the picture's own pixels."""

    picture: Picture
    image: QImage

    @classmethod
    def of(cls, picture: Picture) -> Shown:
        """Wraps the pixels without copying them."""
        return cls(picture, image_of(picture.pixels))


class FlowScene:
    """Network, trace, pictures and level; no painting and no events."""

    def __init__(self) -> None:
        self.network: Network | None = None
        self.trace: Trace | None = None
        self.level = NETWORK
        self.expected: tuple[str, ...] = ()  # classes that a network which knows none yet will learn
        self.shapes: dict[str, Shape] = {}  # the last that each node had
        self.arrangement = 0  # grows whenever the channels of a grid may stand in other cells than before
        self._shown: dict[str, Shown] = {}
        self._lists: dict[str, np.ndarray] = {}  # the last numbers of short lists of features

    # ---- what is known ----------------------------------------------------------------------------------------

    def set_network(self, network: Network) -> bool:
        """Show another network; whether its nodes, connections or shapes differ from those before."""
        before = self._outline()
        self.network = network
        self.arrangement += 1
        names = {node.name for node in network.nodes}
        for name, report in network.reports.items():
            if report.shape is not None:
                self.shapes[name] = flat_shape(report.shape)
        self.shapes = {name: shape for name, shape in self.shapes.items() if name in names}
        self._shown = {key: shown for key, shown in self._shown.items() if shown.picture.node in names}
        self._lists = {name: values for name, values in self._lists.items() if name in names}
        if not self.exists(self.level):
            self.level = NETWORK
        return before != self._outline()

    def show(self, trace: Trace, pictures: Mapping[str, Picture]) -> None:
        """Take the newest maps; nodes that did not run keep their last ones."""
        self.trace = trace
        for name, activation in trace.activations.items():
            if is_list(activation) and activation.shape[1] <= MOST_BARS:
                self._lists[name] = activation[0]
        for key, picture in pictures.items():
            known = self._shown.get(key)
            if known is not None and known.picture is picture:
                continue
            if key == picture.node and (
                known is None or not np.array_equal(known.picture.channels, picture.channels)
            ):
                self.arrangement += 1
            self._shown[key] = Shown.of(picture)
        for key in [key for key in self._shown if ":" in key and key not in pictures]:
            if key not in self._kept_keys():
                del self._shown[key]

    def _kept_keys(self) -> set[str]:
        """Pictures beside the grids of whole layers that stay although nobody asks for them just now."""
        inputs = [node.name for node in self.network.nodes if not node.inputs] if self.network else []
        return {f"{name}:image" for name in inputs} | {f"{self.level.node}:{self.level.channel}:large"}

    def _outline(self) -> tuple[object, ...]:
        if self.network is None:
            return ()
        nodes = tuple((node.name, node.inputs, node.layer.group) for node in self.network.nodes)
        return (*nodes, *self.shapes.items())

    def node(self, name: str) -> Node:
        """A node of the network; KeyError."""
        if self.network is None:
            raise KeyError(name)
        return self.network[name]

    def problem(self, name: str) -> str:
        """Why a node cannot run, or nothing."""
        return self.network.reports[name].problem if self.network else ""

    def waits(self, name: str) -> bool:
        """Whether the reason lies in another node."""
        return bool(self.network and self.network.reports[name].waits_for)

    def exists(self, unit: Unit | None) -> bool:
        """Whether there is such a unit."""
        if unit is None or self.network is None or unit.node not in self.network:
            return False
        return unit.channel is None or 0 <= unit.channel < self.count(unit.node)

    def count(self, name: str) -> int:
        """The number of units of a node."""
        return self.shapes[name][0] if name in self.shapes else 0

    def shown(self, block: Block) -> Shown | None:
        """The best picture there is for a block."""
        keys = [f"{block.node}:image"] if block.kind == "image" else [block.node]
        if block.only is not None:
            keys.insert(0, f"{block.node}:{block.only}:large")
        for key in keys:
            if key in self._shown:
                return self._shown[key]
        return None

    def any_picture(self, name: str) -> Picture | None:
        """Ranges, limits and flags of a node, from whatever was painted of it."""
        for shown in self._shown.values():
            if shown.picture.node == name and len(shown.picture.low) == self.count(name):
                return shown.picture
        return None

    def channel_at(self, block: Block, cell: int) -> int:
        """The channel that stands in a cell; an order by activity changes it."""
        if block.only is not None:
            return block.only
        shown = self.shown(block)
        if shown is not None and cell < len(shown.picture.channels) == block.count:
            return int(shown.picture.channels[cell])
        return cell

    def channels(self, block: Block) -> NDArray[np.intp]:
        """The channels that stand in all cells."""
        if block.only is not None:
            return np.full(block.count, block.only)
        shown = self.shown(block)
        if shown is not None and len(shown.picture.channels) == block.count:
            return shown.picture.channels
        return np.arange(block.count)

    def cell_of(self, block: Block, channel: int) -> int | None:
        """The cell in which a channel stands."""
        if block.kind == "image" or (block.only is not None and block.only != channel):
            return None
        if block.only is not None:
            return 0
        shown = self.shown(block)
        if channel >= block.count:  # another network has just come, of whose maps some are fewer
            return None
        if shown is not None and len(shown.picture.channels) == block.count:
            return shown.picture.cell_of(channel)
        return channel

    def class_names(self, name: str) -> tuple[str, ...]:
        """What the features of a list stand for: those of the network's answer, and its scores, are its classes."""
        return class_names(self.network, name, self.expected) if self.network is not None else ()

    def values(self, name: str) -> np.ndarray | None:
        """The newest numbers of a list of features that is shown as bars."""
        return self._lists.get(name)

    def value(self, unit: Unit, x: int, y: int) -> float | None:
        """The newest number at a pixel of a unit (of a feature: its one number)."""
        activation = self.trace.activations.get(unit.node) if self.trace else None
        if activation is None or unit.channel is None or unit.channel >= activation.shape[1]:
            return None
        if is_list(activation):
            return float(activation[0, unit.channel])
        maps = flat_maps(activation)
        _, height, width = maps.shape
        if not (0 <= x < width and 0 <= y < height):
            return None
        return float(maps[unit.channel, y, x])

    def place_text(self, node: str, x: int, y: int) -> str:
        """The place of a pixel as it is written everywhere: '(row, column)'; of a signal '(index)'."""
        activation = self.trace.activations.get(node) if self.trace else None
        shape = activation.shape[1:] if activation is not None else (1, y + 1, x + 1)
        return f"({', '.join(map(str, unit_at(shape, 0, y, x)[1:]))})"

    # ---- how it is laid out -----------------------------------------------------------------------------------

    def laid_out(self, level: Unit, width: float, height: float) -> FlowLayout:
        """The layout of a level for a view of this size."""
        if self.network is None:
            return FlowLayout()
        if level == NETWORK:
            return lay_out(self.network, self.shapes, width, height)
        shape = self.shapes.get(level.node, (1, 1, 1))
        if level.channel is None or len(shape) != 3:
            return lay_out_layer(level.node, shape, width, height)
        return lay_out_unit(level.node, level.channel, shape, width, height)

    def above(self, level: Unit) -> Unit:
        """One level back: unit, layer, network."""
        return NETWORK if level.channel is None else Unit(level.node)

    def wanted(self, blocks: list[Placed], width: float, height: float, ratio: float) -> Iterator[Tiles]:
        """The tiles of all blocks on screen, in the size that they have there."""
        for place in blocks:
            block = place.block
            if block.kind == "bars" or not place.meets(width, height) or block.node not in self.shapes:
                continue
            top, bottom, left, right = place.visible_cells(width, height)
            if block.kind == "strip":
                yield Tiles(block.node, block.columns, 1, 1)
                continue
            gap = 0 if block.count == 1 else 1
            wide = max(1, int(place.pitch_x * ratio + 1e-6) - gap)
            high = max(1, int(place.pitch_y * ratio + 1e-6) - gap)
            _, map_height, map_width = block.shape
            if wide >= map_width and high >= map_height:  # enlarged: the screen does that
                wide, high = map_width, map_height
            yield Tiles(
                block.node, block.columns, wide, high, "image" if block.kind == "image" else "maps",
                top, bottom, left, right, block.only,
            )  # fmt: skip
