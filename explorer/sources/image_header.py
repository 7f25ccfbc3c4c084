"""The first bytes of an image file: its format, size and depth, known before anything is decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from explorer.sources.large_png import read_layout

ENOUGH = 1 << 18
"""So many first bytes hold the header, even behind a large EXIF preview."""


@dataclass(frozen=True)
class ImageHeader:
    """What a file says about itself. `channels` and `bits` are of what the decoder holds."""

    format: str
    width: int
    height: int
    channels: int = 3
    bits: int = 8
    is_animated: bool = False
    can_shrink: bool = False
    """The decoder can decode it at 1/2, 1/4, 1/8 of its size without ever holding all of it."""

    @property
    def decoded_bytes(self) -> int:
        return self.width * self.height * self.channels * self.bits // 8

    @property
    def has_alpha(self) -> bool:
        return self.channels in (2, 4)


def read_header(start: bytes) -> ImageHeader | None:
    """The header in the first bytes of a file, or None if this is no image this program knows."""
    try:
        for is_one, parse in (
            (start.startswith(b"\x89PNG\r\n\x1a\n"), _png),
            (start.startswith(b"\xff\xd8\xff"), _jpeg),
            (start.startswith((b"GIF87a", b"GIF89a")), _gif),
            (start.startswith(b"BM"), _bmp),
            (start[:4] == b"RIFF" and start[8:12] == b"WEBP", _webp),
            (start.startswith((b"II*\0", b"MM\0*")), _tiff),
        ):
            if is_one:
                return parse(start)
    except (struct.error, IndexError, ValueError, ZeroDivisionError):
        return None
    return None


def _png(start: bytes) -> ImageHeader:
    width, height, bits, colour = struct.unpack(">IIBB", start[16:26])
    channels = {0: 1, 2: 3, 3: 3, 4: 4, 6: 4}.get(colour, 4)  # grey + alpha is decoded as BGRA
    before_pixels = start.split(b"IDAT", 1)[0]
    if b"tRNS" in before_pixels:
        channels = 4
    is_animated = b"acTL" in before_pixels
    can_shrink = read_layout(start).can_be_cut
    return ImageHeader("PNG", width, height, channels, max(bits, 8), is_animated, can_shrink)


def _jpeg(start: bytes) -> ImageHeader:
    at = 2
    while True:
        marker, length = struct.unpack(">xBH", start[at : at + 4])
        if marker == 0xFF:  # filling
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            bits, height, width, channels = struct.unpack(">BHHB", start[at + 4 : at + 10])
            if marker == 0xC2:  # progressive: libjpeg holds all of it as coefficients of two bytes
                factors = [start[at + 11 + 3 * k] for k in range(channels)]  # of sampling, 4 bits each way
                areas = [(factor >> 4) * (factor & 15) for factor in factors]
                bits = 16 * sum(areas) // (max(areas) * channels)
            return ImageHeader(
                "JPEG", width, height, 1 if channels == 1 else 3, bits, can_shrink=marker != 0xC2
            )
        else:
            at += 2 + length


def _gif(start: bytes) -> ImageHeader:
    width, height = struct.unpack("<HH", start[6:10])
    return ImageHeader("GIF", width, height, 4, is_animated=True)  # or not: only reading it through tells


def _bmp(start: bytes) -> ImageHeader:
    if struct.unpack("<I", start[14:18])[0] == 12:
        width, height = struct.unpack("<HH", start[18:22])
    else:
        width, height = struct.unpack("<ii", start[18:26])
    if width < 0:
        raise ValueError(f"A BMP can stand on its head, but not be {width} pixels wide.")
    return ImageHeader("BMP", width, abs(height), 4 if start[28] == 32 else 3)


def _webp(start: bytes) -> ImageHeader:
    chunk = start[12:16]
    if chunk == b"VP8X":
        width = 1 + int.from_bytes(start[24:27], "little")
        height = 1 + int.from_bytes(start[27:30], "little")
        return ImageHeader(
            "WebP", width, height, 4 if start[20] & 0x10 else 3, is_animated=bool(start[20] & 2)
        )
    if chunk == b"VP8L":
        size = int.from_bytes(start[21:25], "little")
        return ImageHeader("WebP", 1 + (size & 0x3FFF), 1 + (size >> 14 & 0x3FFF), 4 if size >> 28 & 1 else 3)
    width, height = struct.unpack("<HH", start[26:30])
    return ImageHeader("WebP", width & 0x3FFF, height & 0x3FFF)


def _tiff(start: bytes) -> ImageHeader:
    order = "<" if start.startswith(b"II") else ">"
    (at,) = struct.unpack(order + "I", start[4:8])
    if at + 2 > len(start):  # the directory may stand behind the pixels: see read_tiff_directory
        raise ValueError("the directory is not among the first bytes")
    return tiff_directory(order, start[at:])


def tiff_directory(order: str, directory: bytes) -> ImageHeader:
    """The header in a TIFF directory, `directory` being the bytes from its start on."""
    (count,) = struct.unpack(order + "H", directory[:2])
    tags: dict[int, int] = {}
    for entry in range(count):
        tag, kind, number = struct.unpack(order + "HHI", directory[2 + 12 * entry : 10 + 12 * entry])
        value = directory[10 + 12 * entry : 14 + 12 * entry]
        fits = kind == 4 or number > 2
        tags[tag] = struct.unpack(order + "I", value)[0] if fits else struct.unpack(order + "H", value[:2])[0]
        if tag == 258 and number > 2:  # bits of each channel, stored elsewhere: take the most that is usual
            tags[tag] = 16
    channels = tags.get(277, 1)
    return ImageHeader("TIFF", tags[256], tags[257], channels, max(8, tags.get(258, 8)))
