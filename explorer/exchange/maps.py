"""Every layer's maps as files: a picture of each layer, a picture of each channel, and all numbers as one NPZ."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.engine.evaluate import Trace
from explorer.engine.layer import Array
from explorer.exchange.files import write_whole
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.rendering.look import Look
from explorer.rendering.mosaic import colored, empty_mosaic, lay_tiles, own_colors, table_for

Pixels = NDArray[np.uint32]  # 0xffRRGGBB
GAP = 1
SMALLEST_TILE = 16  # pixels: a 1 x 1 map is a square that can be seen
LARGEST_MOSAIC = 40_000_000  # pixels; larger ones are shrunk, the channels' own pictures never


def write_maps(trace: Trace, folder: Path, look: Look | None = None, *, dark: bool = True) -> list[Path]:
    """Write the first image's maps of every node that ran into `folder` and return the files.

    `02-conv1.png` shows all channels of the second node, `02-conv1/000.png` the first of them in its own
    size (maps larger than 1 x 1 only), `maps.npz` has all activations by the names of the nodes. Colours
    share one symmetric range in each layer. Raises WriteError.
    """
    look = look or Look()
    files = []
    for position, (name, activation) in enumerate(trace.activations.items(), start=1):
        stem = f"{position:02d}-{name.rstrip('.')}"  # the number keeps 'con' and 'Conv' usable on Windows
        maps = as_maps(activation)
        is_input = position == 1 and maps.shape[0] in (1, 3)
        tiles = own_colors(maps)[None] if is_input else color(maps, look, dark)
        files.append(_write_png(folder / f"{stem}.png", mosaic(tiles, dark)))
        if tiles[0].size > 1 and len(tiles) > 1:
            width = max(3, len(str(len(tiles) - 1)))
            files += [_write_png(folder / stem / f"{i:0{width}d}.png", tile) for i, tile in enumerate(tiles)]
    files.append(write_whole(folder / "maps.npz", lambda file: _write_npz(file, trace)))
    return files


def as_maps(activation: Array) -> Array:
    """The first image's maps (channels, height, width); features become maps of 1 x 1, signals and volumes flat."""
    return activation[0].reshape(-1, 1, 1) if is_list(activation) else flat_maps(activation)


def color(maps: Array, look: Look, dark: bool) -> Pixels:
    """Coloured tiles (channels, height, width) with one symmetric range for all of them."""
    finite = maps[np.isfinite(maps)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    limits = np.full(len(maps), largest, np.float32)
    rows = np.ascontiguousarray(maps.transpose(1, 0, 2))  # (h, k, w)
    lut = table_for(look.colours, dark, look.gamma)
    return colored(rows, limits, lut).view(np.uint32).transpose(1, 0, 2)  # (k, h, w)


def mosaic(tiles: Pixels, dark: bool) -> Pixels:
    """Tiles (k, h, w) in about a square; small ones enlarged, too large ones shrunk."""
    tiles = _in_size(tiles)
    count, height, width = tiles.shape
    columns = min(count, math.ceil(math.sqrt(count * height / width)))
    rows = math.ceil(count / columns)
    whole = empty_mosaic(rows * (height + GAP), columns * (width + GAP), dark)
    lay_tiles(np.ascontiguousarray(tiles.transpose(1, 0, 2)).view(np.int32), columns, GAP, whole)
    return whole[:-GAP, :-GAP]


def _in_size(tiles: Pixels) -> Pixels:
    count, height, width = tiles.shape
    times = math.ceil(SMALLEST_TILE / max(height, width))
    if times > 1:
        return tiles.repeat(times, axis=1).repeat(times, axis=2)
    share = math.sqrt(LARGEST_MOSAIC / (count * height * width))
    if share >= 1:
        return tiles
    size = max(1, int(width * share)), max(1, int(height * share))
    shrunk = [cv2.resize(_bytes(tile), size, interpolation=cv2.INTER_AREA) for tile in tiles]
    return np.stack(shrunk).view(np.uint32)[..., 0]


def _bytes(tile: Pixels) -> NDArray[np.uint8]:
    """The same pixels as (h, w, 4): blue, green, red, 255 on every machine that NumPy's wheels know."""
    return np.ascontiguousarray(tile).view(np.uint8).reshape(*tile.shape, 4)


def _write_png(path: Path, pixels: Pixels) -> Path:
    _, png = cv2.imencode(".png", _bytes(pixels)[..., :3])
    return write_whole(path, lambda file: file.write(png.tobytes()))


def _write_npz(file: IO[bytes], trace: Trace) -> None:
    """As np.savez, which cannot store an array of the name 'file'."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, activation in trace.activations.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, np.ascontiguousarray(activation), allow_pickle=False)
