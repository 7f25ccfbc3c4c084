"""A large PNG, decoded in strips and shrunk on the way, so that it is never held whole."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.source import Pixels, SourceGivenUp, never

SIGNATURE = b"\x89PNG\r\n\x1a\n"
STRIP_BYTES = 16_000_000
GREY, RGB, PALETTE, RGBA = 0, 2, 3, 6


@dataclass(frozen=True)
class Layout:
    """How the rows of a PNG are stored."""

    width: int
    height: int
    bits: int
    colour: int
    is_interlaced: bool

    @property
    def pixel_bytes(self) -> int:
        return {GREY: 1, RGB: 3, PALETTE: 1, RGBA: 4}.get(self.colour, 0) * self.bits // 8

    @property
    def can_be_cut(self) -> bool:
        """Can it be decoded in strips? Interlaced ones cannot, and pixels of less than a byte are not worth it."""
        return self.bits >= 8 and self.pixel_bytes > 0 and not self.is_interlaced


def read_layout(start: bytes) -> Layout:
    """The layout in the first 29 bytes of a PNG; raises struct.error if they are not there."""
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", start[16:29])
    return Layout(width, height, bits, colour, bool(interlace))


def read_shrunk(
    content: Pixels, denominator: int, is_given_up: Callable[[], bool] = never
) -> npt.NDArray[Any] | None:
    """The picture at 1/`denominator` of its size, grey or BGR(A), 8 or 16 bits; None if the file is damaged.

    Raises SourceGivenUp when `is_given_up` says so between two strips.
    """
    layout = read_layout(content[:29].tobytes())
    palette: bytes = b""
    compressed = []
    for name, chunk in _chunks(content.data):
        if name == b"PLTE":
            palette = bytes(chunk)
        elif name == b"IDAT":
            compressed.append(chunk)
    if layout.colour == PALETTE and len(palette) < 3:
        return None
    try:
        strips = []
        for strip in _strips(layout, compressed, denominator):
            if is_given_up():
                raise SourceGivenUp
            strips.append(_shrunk(_coloured(strip, palette), denominator))
    except (zlib.error, cv2.error, ValueError):
        return None
    whole = [strip for strip in strips if strip is not None]
    return np.concatenate(whole) if whole else None


def _chunks(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        yield bytes(content[at + 4 : at + 8]), content[at + 8 : at + 8 + length]
        at += 12 + length


def _strips(layout: Layout, compressed: list[memoryview], denominator: int) -> Iterator[npt.NDArray[Any]]:
    """Rows of the picture, some at a time. Raises ValueError if the file ends too early."""
    row_bytes = 1 + layout.width * layout.pixel_bytes  # the filter's number stands before each row
    rows = max(1, STRIP_BYTES // row_bytes // denominator) * denominator
    above = bytes(row_bytes - 1)
    inflater = Inflater(compressed)
    for top in range(0, layout.height, rows):
        count = min(rows, layout.height - top)
        filtered = inflater.read(count * row_bytes)
        # Each row is filtered by the row above it: so that one goes first, unfiltered, for libpng to work on
        strip = _decoded(layout, count + 1, b"\0" + above + filtered)
        above = _stored_row(strip[-1])
        yield strip[1:]


class Inflater:
    """Decompresses as much as is asked for, and no more."""

    def __init__(self, compressed: list[memoryview]) -> None:
        self._chunks = iter(compressed)
        self._decompressor = zlib.decompressobj()

    def read(self, count: int) -> bytes:
        """The next `count` bytes; raises ValueError if there are fewer."""
        pieces = []
        while count > 0:
            waiting = self._decompressor.unconsumed_tail or next(self._chunks, b"")
            piece = self._decompressor.decompress(waiting, count)
            if not piece and not waiting:
                raise ValueError("the pixels end too early")
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


def _decoded(layout: Layout, rows: int, filtered: bytes) -> npt.NDArray[Any]:
    """Rows as libpng decodes them; palette indices come as grey."""
    colour = GREY if layout.colour == PALETTE else layout.colour
    header = struct.pack(">IIBBBBB", layout.width, rows, layout.bits, colour, 0, 0, 0)
    file = (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(filtered, 0))
        + _chunk(b"IEND", b"")
    )
    decoded = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None:
        raise ValueError("a strip cannot be decoded")
    return np.asarray(decoded)


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(content, zlib.crc32(name)))
    )


def _stored_row(row: npt.NDArray[Any]) -> bytes:
    """A decoded row as the bytes of the file: RGB order, high byte first."""
    if row.ndim == 2:
        row = row[:, [2, 1, 0, 3][: row.shape[1]]]
    return row.astype(row.dtype.newbyteorder(">")).tobytes()


def _coloured(strip: npt.NDArray[Any], palette: bytes) -> npt.NDArray[Any]:
    if not palette or strip.ndim == 3:
        return strip
    colours = np.zeros((256, 3), np.uint8)
    known = np.frombuffer(palette, np.uint8).reshape(-1, 3)[:256]
    colours[: len(known)] = known[:, ::-1]
    return np.asarray(colours[strip])  # (rows, width, 3)


def _shrunk(strip: npt.NDArray[Any], denominator: int) -> npt.NDArray[Any] | None:
    rows, columns = strip.shape[0] // denominator, strip.shape[1] // denominator
    if not rows or not columns:
        return None
    strip = strip[: rows * denominator, : columns * denominator]
    return np.asarray(cv2.resize(strip, (columns, rows), interpolation=cv2.INTER_AREA))
