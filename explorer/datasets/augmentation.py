"""Images changed at random, so that a network does not learn what does not matter."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.setting import Declared, setting
from explorer.sources.source import Pixels

BORDERS = {
    "reflect": cv2.BORDER_REFLECT_101,
    "replicate": cv2.BORDER_REPLICATE,
    "black": cv2.BORDER_CONSTANT,
}
AT_ONCE = 4  # channels that warpAffine takes
DRAWS = 7  # random numbers for every image, whatever is set: one setting does not change what others draw


class Augmentation(Declared):
    """What may happen to an image before it is learned from; the defaults change nothing.

    Order: flip, zoom, rotation and shift (one sampling for all of them), brightness, noise, cut off at 0 and 1.
    """

    shift: int = setting(default=0, low=0, high=512, help="Moved by up to so many pixels each way.")
    rotation: float = setting(
        default=0.0, low=0, high=180, step=1, help="Turned by up to so many degrees either way."
    )
    zoom: float = setting(
        default=1.0, low=1, high=4, step=0.05, help="Made larger or smaller by up to this factor."
    )
    flip_h: bool = setting(default=False, label="Flip horizontally", help="Every second image is mirrored.")
    flip_v: bool = setting(
        default=False, label="Flip vertically", help="Every second one stands on its head."
    )
    brightness: float = setting(
        default=0.0, low=0, high=1, step=0.01, help="Up to so much is added or taken away; white is 1."
    )
    noise: float = setting(
        default=0.0, low=0, high=1, step=0.01, help="Standard deviation of random values that are added."
    )
    border: str = setting(
        default="reflect", choices=tuple(BORDERS), label="What comes in at the edge",
        help="reflect: the image mirrored. replicate: its outermost pixels. black: nothing.",
        when=lambda augmentation: augmentation.moves,
    )  # fmt: skip

    @property
    def moves(self) -> bool:
        """Whether pixels may change their places, other than by a flip."""
        return self.shift > 0 or self.rotation > 0 or self.zoom > 1

    @property
    def changes_anything(self) -> bool:
        """Whether an image may come out other than it went in."""
        return self.moves or self.flip_h or self.flip_v or self.brightness > 0 or self.noise > 0

    def applied(self, images: Array, rng: np.random.Generator) -> Array:
        """Images (count, channels, height, width) from 0 to 1, changed; what goes in stays as it is."""
        if not self.changes_anything:
            return images
        draws = rng.random((len(images), DRAWS)) * 2 - 1
        result = self._moved(images, draws) if self.moves or self.flip_h or self.flip_v else images.copy()
        if self.brightness:
            result += (draws[:, 6, None, None, None] * self.brightness).astype(np.float32)
        if self.noise:
            result += rng.standard_normal(result.shape, np.float32) * np.float32(self.noise)
        if self.brightness or self.noise:
            np.clip(result, 0, 1, out=result)
        return result

    def preview(self, pixels: Pixels, count: int, seed: int = 0) -> Pixels:
        """So many versions of one image (height, width, channels): (count, height, width, channels) of uint8."""
        image = pixels.transpose(2, 0, 1)[None] * np.float32(1 / 255)  # (1, c, h, w)
        changed = self.applied(np.repeat(image, count, axis=0), np.random.default_rng(seed))
        return np.rint(changed * 255).astype(np.uint8).transpose(0, 2, 3, 1)  # (n, h, w, c)

    def _moved(self, images: Array, draws: NDArray[np.float64]) -> Array:
        channels, height, width = images.shape[1:]
        planes = np.ascontiguousarray(images.transpose(0, 2, 3, 1))  # (n, h, w, c)
        result = np.empty_like(planes)
        matrices = self._matrices(draws, height, width)
        border = BORDERS[self.border]
        for first in range(0, channels, AT_ONCE):
            group = slice(first, first + AT_ONCE)
            for image, matrix, place in zip(planes[..., group], matrices, result[..., group]):
                warped = cv2.warpAffine(
                    image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=border
                )
                place[:] = warped.reshape(place.shape)
        return result.transpose(0, 3, 1, 2)  # (n, c, h, w)

    def _matrices(self, draws: NDArray[np.float64], height: int, width: int) -> NDArray[np.float64]:
        """For every image the (2, 3) matrix from where a pixel is to where it goes."""
        angles = np.radians(draws[:, 0] * self.rotation)
        factors = np.exp(draws[:, 1] * math.log(self.zoom))  # as often larger as smaller
        across = np.where((draws[:, 2] < 0) & self.flip_h, -1.0, 1.0)
        down = np.where((draws[:, 3] < 0) & self.flip_v, -1.0, 1.0)
        # whole pixels, all equally likely: a shift alone blurs nothing
        shifts = np.rint(draws[:, 4:6] * (self.shift + 0.499))
        cosine, sine = np.cos(angles) * factors, np.sin(angles) * factors
        matrices = np.empty((len(draws), 2, 3))
        matrices[:, 0, 0], matrices[:, 0, 1] = cosine * across, sine * down
        matrices[:, 1, 0], matrices[:, 1, 1] = -sine * across, cosine * down
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        matrices[:, :, 2] = middle + shifts - matrices[:, :, :2] @ middle
        return matrices
