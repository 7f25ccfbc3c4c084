"""Examples held in memory: images with their targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.engine.losses import Targets
from explorer.engine.memory import empty_maps


@dataclass(frozen=True, eq=False)
class ImageExamples:
    """Images (count, channels, height, width), float32 or uint8, with as many targets.

    Of uint8 the values 0 to 255 become 0 to 1, a batch at a time: such a data set needs a quarter of the memory.
    """

    images: NDArray[Any]
    targets: Targets

    def __post_init__(self) -> None:
        if len(self.images) != len(self.targets):
            raise ValueError(
                f"Every image needs a target, got {len(self.images)} images and {len(self.targets)} targets."
            )

    def __len__(self) -> int:
        return len(self.images)

    def batch(self, indices: NDArray[np.intp], rng: np.random.Generator) -> tuple[Array, Targets]:
        """The images of these numbers, float32, and their targets."""
        chosen = self.images[indices]
        batch, channels, height, width = chosen.shape
        images = empty_maps(batch, channels, height, width)
        np.multiply(chosen, np.float32(1 / 255 if chosen.dtype == np.uint8 else 1), out=images)
        return images, self.targets[indices]
