"""Files that tests make: lossless videos, pictures of every kind, and broken ones."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np

from tests.sources.mjpeg_server import numbered_picture


def write_picture(path: Path, pixels: np.ndarray) -> Path:
    """Write with np.tofile, since cv2.imwrite does not know every path on Windows. Colours are RGB(A)."""
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    elif pixels.ndim == 3 and pixels.shape[2] == 4:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA)
    done, content = cv2.imencode(path.suffix, pixels)
    assert done
    content.tofile(path)
    return path


def write_video(path: Path, frames: int = 10, rate: float = 100.0, width: int = 64, height: int = 48) -> Path:
    """A lossless FFV1 video of numbered frames."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"FFV1"), rate, (width, height))
    assert writer.isOpened()
    for number in range(frames):
        writer.write(cv2.cvtColor(numbered_picture(number, width, height), cv2.COLOR_GRAY2BGR))
    writer.release()
    return path


def write_animation(path: Path, frames: int = 4, delay_ms: int = 30) -> Path:
    """An animated GIF, WebP or PNG: frame k is dark (k even) or bright (k odd)."""
    animation = cv2.Animation()
    animation.frames = [np.full((24, 32, 4), 255 * (k % 2) | 1, np.uint8) for k in range(frames)]
    for frame in animation.frames:
        frame[:, :, 3] = 255
    animation.durations = [delay_ms] * frames
    assert cv2.imwriteanimation(str(path), animation)
    return path


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF block that says how it is to be turned."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def png_claiming(width: int, height: int, colour: int = 2) -> bytes:
    """A PNG whose header claims a size, with next to nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b""))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
