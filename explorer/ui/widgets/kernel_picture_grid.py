"""Where the kernels of a layer lie in one picture: a row of inputs per output, outputs in columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_SCALE = 12  # pixels per weight
TILE_GAP, BLOCK_GAP = 1, 4  # pixels between the inputs of an output, and between outputs
MANY_TILES = 8192  # beyond them kernels are as small as can be
LEVELS = 255  # indices of colours: 0 most negative, 127 zero, 254 most positive
GROUND = 255  # index of what is between the kernels


@dataclass(frozen=True)
class PictureGrid:
    """Kernels (outputs, inputs, height, width) at `scale` pixels per weight in `columns` of outputs."""

    outputs: int
    inputs: int
    height: int
    width: int
    scale: int
    columns: int

    @classmethod
    def fitting(cls, shape: tuple[int, int, int, int], width: int, height: int) -> PictureGrid:
        """The largest scale at which all kernels are seen in the area; at the smallest one may have to scroll."""
        smallest = 2 if max(shape[2:]) <= 5 and shape[0] * shape[1] <= MANY_TILES else 1
        for scale in range(LARGEST_SCALE, smallest - 1, -1):
            block_width = cls(*shape, scale, 1).block_width
            columns = (
                1 if shape[1:] == (shape[1], 1, 1) and shape[1] > 1 else (width + BLOCK_GAP) // block_width
            )
            grid = cls(*shape, scale, min(max(1, columns), shape[0]))
            if grid.pixel_width <= width + BLOCK_GAP and grid.pixel_height <= height:
                return grid
        return grid

    @property
    def is_matrix(self) -> bool:
        """Whether kernels are single weights, which stand without gaps."""
        return self.height * self.width == 1

    @property
    def rows(self) -> int:
        return -(-self.outputs // self.columns)

    @property
    def tile_width(self) -> int:
        return self.width * self.scale + (0 if self.is_matrix else TILE_GAP)

    @property
    def block_width(self) -> int:
        return self.inputs * self.tile_width + (0 if self.is_matrix and self.inputs == 1 else BLOCK_GAP)

    @property
    def block_height(self) -> int:
        gap = 0 if self.is_matrix else BLOCK_GAP if self.inputs > 1 else TILE_GAP
        return self.height * self.scale + gap

    @property
    def pixel_width(self) -> int:
        return self.columns * self.block_width

    @property
    def pixel_height(self) -> int:
        return self.rows * self.block_height

    def rect(self, index: tuple[int, int]) -> tuple[int, int, int, int]:
        """Left, top, width and height of a kernel in pixels."""
        row, column = divmod(index[0], self.columns)
        left = column * self.block_width + index[1] * self.tile_width
        return left, row * self.block_height, self.width * self.scale, self.height * self.scale

    def at(self, x: int, y: int) -> tuple[int, int] | None:
        """The kernel (output, input) at a pixel, or None beside all of them."""
        row, column = y // self.block_height, x // self.block_width
        output, position = row * self.columns + column, (x % self.block_width) // self.tile_width
        if x < 0 or y < 0 or column >= self.columns or output >= self.outputs or position >= self.inputs:
            return None
        return output, position

    def lay_out(self, tiles: NDArray[np.uint8], ground: int | tuple[int, ...]) -> NDArray[np.uint8]:
        """Tiles (outputs, inputs, height, width[, 3]) as one picture (pixel_height, pixel_width[, 3])."""
        colours = tiles.shape[4:]
        large = tiles.repeat(self.scale, axis=2).repeat(self.scale, axis=3)
        cells = self.rows * self.columns
        blocks = np.full((cells, self.block_height, self.block_width, *colours), ground, np.uint8)
        for position in range(self.inputs):
            left = position * self.tile_width
            part = blocks[: self.outputs, : self.height * self.scale, left : left + self.width * self.scale]
            part[...] = large[:, position]
        grid = blocks.reshape(self.rows, self.columns, self.block_height, self.block_width, *colours)
        return np.ascontiguousarray(grid.swapaxes(1, 2)).reshape(
            self.pixel_height, self.pixel_width, *colours
        )


def levels_of(kernels: NDArray[np.float32], each_on_its_own: bool) -> NDArray[np.uint8]:
    """Indices of colours for kernels (out, in, kh, kw): by the layer's largest weight or each by its own.

    Weights that are no numbers have the colour of zero.
    """
    kernels = np.where(np.isfinite(kernels), kernels, 0)
    axes = (2, 3) if each_on_its_own else None
    largest = np.abs(kernels).max(axis=axes, keepdims=True, initial=0)
    scaled = np.divide(kernels, largest, out=np.zeros_like(kernels), where=largest > 0)
    return np.rint((scaled + 1) * 127).astype(np.uint8)


def colours_of(kernels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Kernels over red, green and blue (out, 3, kh, kw) as coloured tiles (out, 1, kh, kw, 3), 0 as mid grey."""
    kernels = np.where(np.isfinite(kernels), kernels, 0)
    largest = float(np.abs(kernels).max(initial=0)) or 1.0
    levels = np.rint((kernels / largest + 1) * 127.5).astype(np.uint8)
    return levels.transpose(0, 2, 3, 1)[:, None]  # (out, 1, kh, kw, 3)
