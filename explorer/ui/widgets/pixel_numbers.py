"""Numbers on the pixels of an enlarged map: every different number is drawn once and then only copied."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter

from explorer.ui import theme

NARROWEST, LOWEST = 24.0, 12.0  # logical pixels of a cell that can hold a number
WITH_ZERO = 35.0  # from here on the 0 before the point is written
WITH_THREE = 52.0  # from here on three digits that count
FONTS = (1.0, 0.9, 0.8, 0.72, 0.65)  # of the window's size; the largest that fits
PALE = 0.18  # relative luminance from which dark ink has the better contrast (WCAG 2.2)
INKS = 0xF2F5F8, 0x0D1117  # on dark and on pale cells
MOST_KEPT = 6000  # different numbers of one size

_LINEAR = np.array(
    [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.arange(256) / 255]
)
_TIER = 1_000_000  # keys of numbers with equally many decimals lie closer together than this
_TOO_SMALL, _NAN, _PLUS, _MINUS, _NOTHING = 900_000, 900_001, 900_002, 900_003, 900_004

Values = NDArray[np.floating]
Keys = NDArray[np.int64]


class Cells(NamedTuple):
    """Cells of one size on screen, in logical pixels: the left edges, the upper edges, width and height."""

    lefts: NDArray[np.floating]
    tops: NDArray[np.floating]
    width: float
    height: float

    @property
    def is_readable(self) -> bool:
        """Whether a number fits into a cell."""
        return (
            self.width >= NARROWEST and self.height >= LOWEST and len(self.lefts) > 0 and len(self.tops) > 0
        )


def visible_cells(area: QRectF, rows: int, columns: int, seen: QRectF) -> tuple[slice, slice, Cells]:
    """Which rows and columns of a grid over an area can be seen, and where their cells stand."""
    high, wide = area.height() / rows, area.width() / columns
    first = max(0, math.floor((seen.top() - area.top()) / high))
    last = min(rows, math.ceil((seen.bottom() - area.top()) / high))
    left = max(0, math.floor((seen.left() - area.left()) / wide))
    right = min(columns, math.ceil((seen.right() - area.left()) / wide))
    lefts = area.left() + np.arange(left, max(left, right)) * wide
    tops = area.top() + np.arange(first, max(first, last)) * high
    return slice(first, max(first, last)), slice(left, max(left, right)), Cells(lefts, tops, wide, high)


def number_keys(values: Values, width: float) -> Keys:
    """One number for every text that fits a cell of this width: equal where the values are written alike."""
    numbers = np.asarray(values, np.float64)
    size = np.abs(numbers)
    # up to which size so many decimals are written, from three decimals down
    limits = (
        (1.0, 10.0, 100.0)
        if width >= WITH_THREE
        else (0.0, 10.0, 100.0)
        if width >= WITH_ZERO
        else (0.0, 1.0, 10.0)
    )
    decimals = np.select([size < limit for limit in limits], [3, 2, 1], 0)
    with np.errstate(invalid="ignore", over="ignore"):
        steps = np.rint(np.clip(numbers, -1e5, 1e5) * 10.0**decimals)
        keys = np.where(np.isfinite(steps), steps, 0).astype(np.int64) + decimals * _TIER
        keys[(size > 0) & (steps == 0)] = _TOO_SMALL
        keys[size == 0] = 0
        is_large = (size >= 9999.5) & np.isfinite(numbers)
    if is_large.any():
        exponents = np.floor(np.log10(size[is_large]))
        mantissas = np.rint(size[is_large] / 10.0**exponents * 10)
        keys[is_large] = np.sign(numbers[is_large]).astype(np.int64) * (
            10 * _TIER + (exponents * 1000 + mantissas).astype(np.int64)
        )
    keys[np.isnan(numbers)] = _NAN
    keys[np.isposinf(numbers)] = _PLUS
    keys[np.isneginf(numbers)] = _MINUS
    return keys


def key_text(key: int, has_zero: bool) -> str:
    """How the numbers of a key are written: '0.12', '.12', '−1.7', '13', '1.2e5', '·' for too little to be seen."""
    special = {0: "0", _TOO_SMALL: "·", _NAN: "NaN", _PLUS: "∞", _MINUS: "−∞", _NOTHING: ""}
    if key in special:
        return special[key]
    if abs(key) > 9 * _TIER:
        exponent, mantissa = divmod(abs(key) - 10 * _TIER, 1000)
        text = f"{mantissa / 10:.1f}".removesuffix(".0") + f"e{exponent}"
        return f"−{text}" if key < 0 else text
    decimals = (key + _TIER // 2) // _TIER
    value = (key - decimals * _TIER) / 10**decimals
    text = f"{abs(value):.{decimals}f}"
    if not has_zero and text.startswith("0."):
        text = text[1:]
    return f"−{text}" if value < 0 else text


class _Atlas:
    """The coverage (count, height, width) of every text that was asked for, all of one size."""

    def __init__(self, font: QFont, width: int, ratio: float, has_zero: bool) -> None:
        metrics = QFontMetricsF(font)
        self.height = math.ceil((metrics.ascent() + metrics.descent()) * ratio)
        self.width = max(1, width)
        self._font, self._ratio, self._has_zero = font, ratio, has_zero
        self._ascent = metrics.ascent()
        self._metrics = metrics
        self._places: dict[int, int] = {}
        self.masks = np.zeros((64, self.height, self.width), np.uint8)

    def find(self, keys: Keys) -> NDArray[np.intp]:
        """The place of every key's text."""
        different, inverse = np.unique(keys, return_inverse=True)
        if len(self._places) + len(different) > MOST_KEPT:
            self._places.clear()
        places = [self._place(int(key)) for key in different]
        return np.array(places, np.intp)[inverse].reshape(keys.shape)

    def _place(self, key: int) -> int:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self._places)
            if place >= len(self.masks):
                self.masks = np.concatenate([self.masks, np.zeros_like(self.masks)])
            self.masks[place] = self._draw(key_text(key, self._has_zero))
        return place

    def _draw(self, text: str) -> NDArray[np.uint8]:
        image = QImage(self.width, self.height, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setFont(self._font)
        painter.setPen(Qt.GlobalColor.white)
        left = (self.width / self._ratio - self._metrics.horizontalAdvance(text)) / 2
        painter.drawText(QPointF(max(0.0, left), self._ascent), text)
        painter.end()
        bits = np.frombuffer(image.constBits(), np.uint32).reshape(self.height, self.width)
        return (bits >> np.uint32(24)).astype(np.uint8)


class PixelNumbers:
    """Draws numbers into cells; keeps what it drew, so that only new numbers cost something."""

    def __init__(self) -> None:
        self._atlases: dict[tuple[object, ...], _Atlas] = {}

    def forget(self) -> None:
        """The font or the theme has changed."""
        self._atlases.clear()

    def draw(
        self, painter: QPainter, values: Values, is_pale: NDArray[np.bool_], cells: Cells, font: QFont, ratio: float,
        hidden: NDArray[np.bool_] | None = None,
    ) -> None:  # fmt: skip
        """Write values (rows, columns) into their cells, dark where a cell is pale, nothing where it is hidden."""
        if not cells.is_readable:
            return
        atlas = self._atlas(cells, font, ratio)
        keys = number_keys(values, cells.width)
        if hidden is not None:
            keys[hidden] = _NOTHING
        places = atlas.find(keys)
        masks = atlas.masks[places]  # (rows, columns, height, width)
        inks = _inks()
        coloured = inks[is_pale.astype(np.intp)[:, :, None, None] * 256 + masks]
        lefts = np.rint((cells.lefts + cells.width / 2) * ratio - atlas.width / 2).astype(np.intp)
        tops = np.rint((cells.tops + cells.height / 2) * ratio - atlas.height / 2).astype(np.intp)
        left, top = int(lefts[0]), int(tops[0])
        canvas = np.zeros((tops[-1] - top + atlas.height, lefts[-1] - left + atlas.width), np.uint32)
        _lay(canvas, coloured, tops - top, lefts - left)
        image = QImage(
            canvas.data.cast("B"), canvas.shape[1], canvas.shape[0], canvas.shape[1] * 4,
            QImage.Format.Format_ARGB32_Premultiplied,
        )  # fmt: skip
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(left / ratio, top / ratio), image)

    def _atlas(self, cells: Cells, font: QFont, ratio: float) -> _Atlas:
        key = font.toString(), int(cells.width), int(cells.height), ratio
        if key not in self._atlases:
            if len(self._atlases) > 12:
                self._atlases.clear()
            has_zero = cells.width >= WITH_ZERO
            width = math.floor(cells.width * ratio) - 1
            self._atlases[key] = _Atlas(_fitting(font, cells, has_zero), width, ratio, has_zero)
        return self._atlases[key]


def _fitting(font: QFont, cells: Cells, has_zero: bool) -> QFont:
    longest = "−0.000" if cells.width >= WITH_THREE else "−0.00" if has_zero else "−.00"
    for scale in FONTS:
        smaller = theme.quiet_font(font, scale)
        metrics = QFontMetricsF(smaller)
        if metrics.horizontalAdvance(longest) <= cells.width - 3 and metrics.ascent() <= cells.height:
            return smaller
    return smaller


def _lay(canvas: NDArray[np.uint32], cells: NDArray[np.uint32], tops: Keys, lefts: Keys) -> None:
    """Copy cells (rows, columns, height, width) to their places, one column after the other."""
    rows, columns, high, wide = cells.shape
    lines = (tops[:, None] + np.arange(high)).ravel()
    block = cells.transpose(0, 2, 1, 3).reshape(rows * high, columns, wide)  # (line, column, x)
    for column, left in enumerate(lefts):
        canvas[lines, left : left + wide] = block[:, column]


def _inks() -> NDArray[np.uint32]:
    """Premultiplied colours by ink and coverage: 0..255 on dark cells, 256..511 on pale ones."""
    coverage = np.arange(256, dtype=np.uint32)
    found = []
    for ink in INKS:
        parts = [(ink >> shift & 255) * coverage // 255 << np.uint32(shift) for shift in (16, 8, 0)]
        found.append(coverage << np.uint32(24) | parts[0] | parts[1] | parts[2])
    return np.concatenate(found)


def pale_pixels(pixels: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which pixels 0xffRRGGBB are so bright that dark ink reads better on them."""
    luminance = (
        0.2126 * _LINEAR[pixels >> 16 & 255]
        + 0.7152 * _LINEAR[pixels >> 8 & 255]
        + 0.0722 * _LINEAR[pixels & 255]
    )
    return np.asarray(luminance > PALE)
