"""What enters the network: a frame as an image, a row of it as a signal or list, the last frames as a volume."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Hashable

import numpy as np

from explorer.engine.layer import Array, Shape
from explorer.sources.preparation import Preparation
from explorer.sources.preparing import prepare
from explorer.sources.source import Frame


class Entrance:
    """Makes of every frame what the network's input asks for, and remembers the frames that a volume needs."""

    def __init__(self) -> None:
        self._slices: deque[Array] = deque()
        self._made_for: Hashable = None

    def enter(self, frame: Frame, preparation: Preparation, shape: Shape) -> Array:
        """A batch of one, of this shape, float32; a volume begins with its first frame in all slices."""
        match shape:
            case (features,):
                return self._row(frame, preparation, 1, features).reshape(1, features)
            case (channels, length):
                return self._row(frame, preparation, channels, length)
            case (channels, depth, height, width):
                newest = self._image(frame, preparation, (channels, height, width))
                return self._volume(newest, depth, (preparation, shape))
            case _:
                channels, height, width = shape
                return self._image(frame, preparation, (channels, height, width))

    def _image(self, frame: Frame, preparation: Preparation, shape: tuple[int, int, int]) -> Array:
        image = prepare(frame.pixels, preparation, *shape, tick=frame.index)
        return np.asarray(image, np.float32)

    def _row(self, frame: Frame, preparation: Preparation, channels: int, length: int) -> Array:
        """The middle row of the region, (1, channels, length)."""
        left, top, width, height = preparation.region or (0.0, 0.0, 1.0, 1.0)
        middle = left, top + height / 2, width, 1 / frame.height
        stretched = dataclasses.replace(preparation, fit="stretch", region=middle)
        return self._image(frame, stretched, (channels, 1, length))[:, :, 0]

    def _volume(self, newest: Array, depth: int, made_for: Hashable) -> Array:
        if made_for != self._made_for:
            self._slices = deque([newest] * depth, maxlen=depth)
            self._made_for = made_for
        else:
            self._slices.append(newest)
        return np.stack(self._slices, axis=2)  # (1, c, d, h, w), the newest last
