"""A font whose every character is the same box, so that a picture with text looks alike on every machine.

Which fonts a machine has then changes neither how wide a text is nor where it is cut, and all geometry is compared.
"""

from __future__ import annotations

from struct import pack

from PySide6.QtGui import QFont, QFontDatabase

FAMILY = "Boxes of Feature-Map Explorer"
EM, WIDE, HIGH, LOW = 1000, 580, 930, 240  # font units: of the em, of a character, above and below the line
LEFT, RIGHT, TOP = 70, 510, 700  # of the box
POINTS = 9.0


def box_font() -> QFont:
    """The font, loaded into the application."""
    if FAMILY not in QFontDatabase.families():
        QFontDatabase.addApplicationFontFromData(_file())
    font = QFont(FAMILY)
    font.setPointSizeF(POINTS)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    return font


def _file() -> bytes:
    """A TrueType file of two glyphs: nothing, and a box."""
    box = pack(">hhhhh", 1, LEFT, 0, RIGHT, TOP) + pack(">HH", 3, 0) + bytes([1] * 4)
    box += pack(">4h", LEFT, 0, RIGHT - LEFT, 0) + pack(">4h", 0, TOP, 0, -TOP)
    mapping = pack(">HHIII", 13, 0, 28, 0, 1) + pack(">III", 0x20, 0xFFFF, 1)  # all characters to one glyph
    name = FAMILY.encode("utf-16-be")
    names = ((1, name), (2, "Regular".encode("utf-16-be")), (4, name), (6, "Boxes".encode("utf-16-be")))
    records, texts = b"", b""
    for number, text in names:
        records += pack(">6H", 3, 1, 0x409, number, len(text), len(texts))
        texts += text
    tables = {
        b"OS/2": pack(">HhHHH", 4, WIDE, 400, 5, 0) + bytes(20) + pack(">h", 0) + bytes(10) + bytes(16) + b"none"
        + pack(">HHH", 0x40, 0x20, 0xFFFF) + pack(">hhhHH", HIGH, -LOW, 0, HIGH, LOW) + bytes(8)
        + pack(">hhHHH", 500, TOP, 0, 0x20, 1),
        b"cmap": pack(">HHHHI", 0, 1, 3, 10, 12) + mapping,
        b"glyf": box,
        b"head": pack(">IIIIHH", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, EM) + bytes(16)
        + pack(">hhhhHHhhh", LEFT, 0, RIGHT, TOP, 0, 6, 2, 1, 0),
        b"hhea": pack(">IhhhHhhhhhh", 0x10000, HIGH, -LOW, 0, WIDE, LEFT, WIDE - RIGHT, RIGHT, 1, 0, 0)
        + bytes(8) + pack(">hH", 0, 2),
        b"hmtx": pack(">HhHh", WIDE, 0, WIDE, LEFT),
        b"loca": pack(">III", 0, 0, len(box)),
        b"maxp": pack(">IHHH", 0x10000, 2, 4, 1) + pack(">HHHHHHHHHHH", 0, 0, 1, *(0,) * 8),
        b"name": pack(">HHH", 0, len(names), 6 + len(records)) + records + texts,
        b"post": pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    start = 12 + 16 * len(tables)
    directory, body = pack(">IHHHH", 0x10000, len(tables), 128, 3, 32), b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        checksum = (
            sum(int.from_bytes(padded[i : i + 4], "big") for i in range(0, len(padded), 4)) & 0xFFFFFFFF
        )
        directory += tag + pack(">III", checksum, start + len(body), len(table))
        body += padded
    return directory + body
