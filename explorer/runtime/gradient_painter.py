"""Gradients as pictures: the same tiles that show values, filled with what each value does to a goal."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from explorer.engine.backpropagate import backpropagate
from explorer.engine.evaluate import Step, Trace
from explorer.engine.gradient_goal import Aim, Goal, aim_at, goal_node, recorded_to
from explorer.engine.layer import Array
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.engine.pool import pool
from explorer.rendering.flat_maps import flat_maps
from explorer.rendering.map_pixels import largest_size, map_pixels
from explorer.rendering.pictures import Painter, Picture
from explorer.rendering.wanted import Tiles, Wanted

ROOT = "_gradient"  # what all nodes of the painted network read, so that none of them is taken for an image


@dataclass(frozen=True, eq=False)
class GradientAnswer:
    """The gradient of a goal with respect to every node's output: a trace of them, and pictures of what is visible."""

    network: Network
    aim: Aim
    trace: Trace
    pictures: Mapping[str, Picture]


class GradientPainter:
    """Goes back from a goal and paints. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self._painter = Painter()
        self._recorded: Trace | None = None
        self._last: tuple[object, ...] = ()
        self._seen: frozenset[str] = frozenset()  # the nodes whose gradients the last answer has
        self._answer: GradientAnswer | None = None

    def answer(self, network: Network, image: Array, goal: Goal, wanted: Wanted) -> GradientAnswer:
        """The gradients for one image; raises GoalError where the goal cannot be.

        What no part of the goal depends on has a gradient of zeros, and so has what nobody sees: from there on
        nothing is computed. Where `wanted` shows nothing new of the same goal and image, nothing is computed at all.
        """
        node = goal_node(network, goal)
        known = self._answer
        seen = frozenset(network.reports) if wanted.look.scope == "network" else wanted.nodes
        is_known = known is not None and self._last == (network, goal) and known.trace.image is image
        if known is not None and is_known and seen <= self._seen:
            trace, aim = known.trace, known.aim
        else:
            self._seen = seen | self._seen if is_known else seen
            # With one thread less than there are: the maps go on meanwhile.
            with pool.leaving(1):
                self._recorded = recorded_to(network, image, node, self._recorded)
                aim = aim_at(self._recorded, goal)
                towards = [name for name in self._recorded.steps if name in self._seen]
                found = backpropagate(self._recorded, {node: aim.seed}, wrt=towards)
            trace = _as_trace(network, image, found.outputs)
        pictures = self._painted(trace, wanted)
        self._last = network, goal
        self._answer = GradientAnswer(network, aim, trace, pictures)
        return self._answer

    def _painted(self, trace: Trace, wanted: Wanted) -> Mapping[str, Picture]:
        plain = dataclasses.replace(wanted.look, order="index", held=False)
        maps = tuple(one for one in wanted.tiles if one.kind != "image")
        images = [one for one in wanted.tiles if one.kind == "image" and one.node in trace.activations]
        painted = self._painter.paint(trace, dataclasses.replace(wanted, tiles=maps, look=plain))
        pictures = {key: _unflagged(picture) for key, picture in painted.items()}
        for one in images:
            pictures[one.key] = _image_picture(trace, one, wanted)
        return MappingProxyType(pictures)


def _as_trace(network: Network, image: Array, gradients: Mapping[str, Array]) -> Trace:
    """Gradients as a trace that can be painted like one of values."""
    root = Node(ROOT, Input())
    nodes = [root, *(Node(node.name, Dropout(), (ROOT,)) for node in network.nodes)]
    steps: dict[str, Step] = {}
    for node in nodes[1:]:
        shape = network.reports[node.name].shape
        if node.name in gradients:
            steps[node.name] = Step(node, (), gradients[node.name])
        elif shape is not None:
            steps[node.name] = Step(node, (), np.zeros((1, *shape), np.float32))
    return Trace(Network(tuple(nodes)), image, MappingProxyType(steps))


def _unflagged(picture: Picture) -> Picture:
    """Without the marks of dead and saturated channels: a gradient of 0 is neither."""
    nothing = np.zeros_like(picture.dead)
    return dataclasses.replace(picture, dead=nothing, saturated=nothing)


def _image_picture(trace: Trace, tiles: Tiles, wanted: Wanted) -> Picture:
    """The gradient at the image in one tile: of its channels together."""
    values = np.asarray(flat_maps(trace.activations[tiles.node]).sum(axis=0), np.float32)
    limit = largest_size(values)
    pixels = map_pixels(values, limit, wanted.look, wanted.dark)
    height, width = values.shape
    one, none = np.array([limit], np.float32), np.zeros(1, np.bool_)
    return Picture(
        tiles.node, pixels, 1, width, height, 0, 0, 1, 0, 1, np.arange(1), -one, one, one, none, none
    )
