"""An image file: read whole, upright and bounded in memory; an animated one plays."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
import numpy.typing as npt

from explorer.sources.decoders import quiet_decoders
from explorer.sources.image_header import ENOUGH, ImageHeader, read_header, tiff_directory
from explorer.sources.large_png import read_shrunk
from explorer.sources.pixels import as_frame_pixels, used_depth
from explorer.sources.source import Frame, Pace, Pixels, Source, SourceError, Wait, never

SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".gif", ".apng"}
)
FORMATS = "PNG, JPEG, BMP, WebP, TIFF and GIF"
LARGEST_FRAME = 16_000_000
"""Pixels of a frame; a larger picture is shown at a half, a quarter or an eighth of its size."""
LARGEST_DECODED = 500_000_000
"""Bytes that decoding may take."""
MOST_PIXELS = (1 << 30) - 1
"""OpenCV reads no more."""
LARGEST_ANIMATION = 200_000_000
"""Bytes that the frames of an animation may take; the rest of it is left out."""
SHORTEST_MS = 20  # browsers take a shorter delay for a mistake, and play at 100 ms
USUAL_MS = 100


@dataclass(frozen=True)
class Picture:
    """What was in a file: its pixels, and notes for a person on what had to be done to show it."""

    pixels: Pixels
    notes: tuple[str, ...] = ()


def read_image(path: str | Path, is_given_up: Callable[[], bool] = never) -> Picture:
    """Read the (first) picture of a file. Raises SourceError, and SourceGivenUp when `is_given_up` says so."""
    path = Path(path)
    return _picture(path.name, *_read_file(path), is_given_up)


def decode_image(name: str, content: bytes) -> Picture:
    """The same for the content of a file that is in memory already. Raises SourceError."""
    quiet_decoders()
    header = _checked_header(name, len(content), content[:ENOUGH], io.BytesIO(content))
    return _picture(name, header, np.frombuffer(content, np.uint8))


def _picture(
    name: str, header: ImageHeader, content: Pixels, is_given_up: Callable[[], bool] = never
) -> Picture:
    denominator = _denominator(name, header)
    decoded = _decode(name, header, content, denominator, is_given_up)
    notes = []
    if denominator > 1:
        notes.append(f"{header.width} x {header.height}, shown at 1/{denominator}")
    if decoded.dtype == np.uint16:
        notes.append(f"16-bit file that uses {used_depth(decoded)} bits")
    return Picture(as_frame_pixels(decoded, is_bgr=True), tuple(notes))


class ImageFileSource(Source):
    """An image file by its path."""

    kind = "image"
    title = "Image file"
    help = f"A picture from a file: {FORMATS}. An animated GIF, WebP or PNG plays."

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        self.path = Path(path)
        self._picture: Picture | None = None
        self._animation: list[tuple[Pixels, float]] = []
        self._pace = Pace()
        self._delivered = False

    @classmethod
    def recognised(cls, text: str) -> ImageFileSource | None:
        path = Path(text)
        if not path.is_file():
            return None
        if path.suffix.lower() in SUFFIXES or read_header(_first_bytes(path, 64)) is not None:
            return cls(path)
        return None

    @property
    def address(self) -> str:
        return str(self.path)

    def open(self) -> None:
        self._animation = read_animation(self.path)
        is_animated = len(self._animation) > 1
        self.is_live = self.can_seek = self.can_loop = self.can_change_speed = is_animated
        self.length = len(self._animation) if is_animated else 1
        self.interval_ms = self._animation[0][1] if is_animated else 0.0
        self._picture = (
            Picture(self._animation[0][0]) if is_animated else read_image(self.path, self.is_given_up)
        )
        self._delivered = False
        self.seek(0)

    def read(self, wait: Wait) -> Frame | None:
        if self._picture is None:
            raise SourceError(f"{self.path.name} is not open.")
        if self.is_live:
            return self._play(wait)
        if self._delivered:
            return None
        self._delivered = True
        return self._frame(self._picture.pixels, self.path.name)

    def close(self) -> None:
        self._picture = None
        self._animation = []

    def describe(self) -> str:
        if self._picture is None:
            return self.path.name
        height, width, _ = self._picture.pixels.shape
        frames = f"{self.length} frames" if self.is_live else ""
        return ", ".join(filter(None, (self.path.name, f"{width} x {height}", frames, *self._picture.notes)))

    def seek(self, position: int) -> None:
        self._next = min(max(position, 0), self.length - 1)
        self.is_ended = False
        self._pace.restart()

    def _play(self, wait: Wait) -> Frame | None:
        if self._next >= self.length:
            if not self.loop:
                self.is_ended = True
                return None
            self._next = 0
        self.is_ended = False
        pixels, delay_ms = self._animation[self._next]
        if not self._pace.keep(delay_ms / 1000 / self.speed, wait):
            return None
        self.position, self._next = self._next, self._next + 1
        return self._frame(pixels, self.path.name)


def read_animation(path: Path) -> list[tuple[Pixels, float]]:
    """The pictures of an animated file, with the milliseconds each is shown; empty if it is not animated."""
    header, content = _read_file(path)
    if not header.is_animated:
        return []
    most = max(1, LARGEST_ANIMATION // max(1, header.width * header.height * 4))
    _denominator(path.name, header)
    try:
        is_read, animation = cv2.imdecodeanimation(content, 0, most)
    except cv2.error:
        is_read = False
    if not is_read or not animation.frames:
        raise _damaged(path.name, header)
    delays = [float(delay) for delay in np.ravel(animation.durations)]
    return [
        (as_frame_pixels(np.asarray(pixels), is_bgr=True), delay if delay >= SHORTEST_MS else USUAL_MS)
        for pixels, delay in zip(animation.frames, delays)
    ]


def _first_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def _read_file(path: Path) -> tuple[ImageHeader, Pixels]:
    """The header and all bytes of a file. np.fromfile, because cv2 cannot open every path on Windows."""
    quiet_decoders()
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            header = _checked_header(path.name, size, file.read(ENOUGH), file)
        return header, np.fromfile(path, np.uint8)
    except FileNotFoundError:
        raise SourceError(
            f"There is no file {path}. Check the name, or choose it in the file dialog."
        ) from None
    except OSError as error:
        raise SourceError(
            f"{path.name} cannot be read: {error.strerror}. Check that it is a file and that you may read it."
        ) from error


def _checked_header(name: str, size: int, start: bytes, file: IO[bytes]) -> ImageHeader:
    """The header of an image that can be read; `start` are the first bytes of the file. Raises SourceError."""
    if size == 0:
        raise SourceError(f"{name} is empty (0 bytes). Expected an image: {FORMATS}.")
    header = read_header(start) or _tiff_header(file, start)
    if header is None:
        raise SourceError(
            f"{name} is not an image: {_nature(start)}. Expected {FORMATS}; choose another file."
        )
    if size > LARGEST_DECODED:
        raise SourceError(
            f"{name} has {size // 1_000_000} MB; at most {LARGEST_DECODED // 1_000_000} MB can be "
            "read. Make it smaller first."
        )
    return header


def _tiff_header(file: IO[bytes], start: bytes) -> ImageHeader | None:
    """A TIFF's header when its directory stands behind the pixels."""
    if not start.startswith((b"II*\0", b"MM\0*")):
        return None
    order = "<" if start.startswith(b"II") else ">"
    try:
        file.seek(struct.unpack(order + "I", start[4:8])[0])
        return tiff_directory(order, file.read(ENOUGH))
    except (struct.error, KeyError):
        return None


def _nature(start: bytes) -> str:
    if start.startswith((b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*")):
        return "it begins like one, but is damaged or cut off"
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in start)
    return "it holds text" if printable > 0.95 * len(start) else "its first bytes are of no known format"


def _denominator(name: str, header: ImageHeader) -> int:
    """1, 2, 4 or 8: how much smaller it is decoded. Raises SourceError for what would fill the memory."""
    pixels = header.width * header.height
    denominator = next((d for d in (1, 2, 4, 8) if pixels // (d * d) <= LARGEST_FRAME), 8)
    held = header.decoded_bytes // (denominator**2 if header.can_shrink else 1)
    said = f"{name} says that it is a {header.format} of {header.width} x {header.height}"
    if pixels == 0:
        raise SourceError(f"{said}: there is nothing in it. Choose another file.")
    if pixels > MOST_PIXELS:
        raise SourceError(
            f"{said}, which are {pixels / 1e6:,.0f} million pixels; at most {MOST_PIXELS / 1e6:,.0f} million "
            "can be read. Make it smaller."
        )
    if held > LARGEST_DECODED:
        raise SourceError(
            f"{said}, which takes "
            f"{held / 1e6:.0f} MB to decode; at most {LARGEST_DECODED // 1_000_000} MB are allowed. "
            "Make it smaller, or save it as a (baseline) JPEG, which can be read at a reduced size."
        )
    return denominator


def _decode(
    name: str, header: ImageHeader, content: Pixels, denominator: int, is_given_up: Callable[[], bool]
) -> npt.NDArray[Any]:
    if denominator > 1 and header.format == "PNG" and header.can_shrink:
        shrunk = read_shrunk(content, denominator, is_given_up)
        if shrunk is None:
            raise _damaged(name, header)
        return shrunk
    if denominator > 1:
        is_grey = header.channels == 1
        flags = getattr(cv2, f"IMREAD_REDUCED_{'GRAYSCALE' if is_grey else 'COLOR'}_{denominator}")
    elif header.has_alpha:
        flags = cv2.IMREAD_UNCHANGED  # the only way to get alpha; it leaves EXIF orientation to us
    else:
        flags = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH  # honours EXIF orientation
    try:
        decoded = cv2.imdecode(content, flags)
    except cv2.error:
        decoded = None
    if decoded is None:
        raise _damaged(name, header)
    return np.asarray(decoded)


def _damaged(name: str, header: ImageHeader) -> SourceError:
    return SourceError(
        f"{name} begins as a {header.format} of {header.width} x {header.height}, but is damaged or cut "
        "off. Copy or export it again."
    )
