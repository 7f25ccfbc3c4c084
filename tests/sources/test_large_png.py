"""A PNG read in strips is the PNG read whole."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer.sources import large_png
from explorer.sources.image_file import read_image
from explorer.sources.large_png import read_layout, read_shrunk
from explorer.sources.samples import SampleSource
from explorer.sources.source import SourceError, SourceGivenUp
from tests.sources.files import png_claiming


def encoded(pixels: np.ndarray, *settings: int) -> np.ndarray:
    return cv2.imencode(".png", pixels, settings)[1].ravel()


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    monkeypatch.setattr(large_png, "STRIP_BYTES", 4000)  # a few rows
    frame = SampleSource("house", 101, 67).read(lambda seconds: False)
    assert frame is not None
    return frame.pixels


@pytest.mark.parametrize("filtering", range(1, 6))
def test_every_row_filter_is_undone_across_strips(picture: np.ndarray, filtering: int) -> None:
    flag = (0, cv2.IMWRITE_PNG_FILTER_NONE, cv2.IMWRITE_PNG_FILTER_SUB, cv2.IMWRITE_PNG_FILTER_UP,
            cv2.IMWRITE_PNG_FILTER_AVG, cv2.IMWRITE_PNG_FILTER_PAETH)[filtering]  # fmt: skip
    content = encoded(picture, cv2.IMWRITE_PNG_FILTER, flag)
    np.testing.assert_array_equal(read_shrunk(content, 1), picture)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_every_layout_comes_back(picture: np.ndarray, channels: int, depth: type) -> None:
    pixels = np.concatenate((picture, picture[:, :, :1]), axis=2)[:, :, :channels].astype(depth)
    pixels = np.squeeze(pixels * depth(257 if depth is np.uint16 else 1))
    np.testing.assert_array_equal(read_shrunk(encoded(pixels), 1), pixels)


@pytest.mark.parametrize("denominator", [2, 4, 8])
def test_shrinking_averages(picture: np.ndarray, denominator: int) -> None:
    rows, columns = 67 // denominator, 101 // denominator
    whole = picture[: rows * denominator, : columns * denominator]
    expected = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(read_shrunk(encoded(picture), denominator), expected)


def test_a_cut_off_one_is_damaged(picture: np.ndarray) -> None:
    content = encoded(picture)
    assert read_shrunk(content[: len(content) // 2], 2) is None


def test_it_is_given_up_between_two_strips(picture: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_png, "STRIP_BYTES", 1)
    asked = iter([False, False, True])
    with pytest.raises(SourceGivenUp):
        read_shrunk(encoded(picture), 1, lambda: next(asked))
    assert next(asked, None) is None


def test_a_large_one_without_pixels_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png_claiming(20_000, 20_000))
    with pytest.raises(SourceError, match="20000 x 20000, but is damaged or cut off"):
        read_image(path)


def test_an_interlaced_one_cannot_be_cut() -> None:
    start = bytearray(png_claiming(9, 9))
    start[28] = 1
    assert not read_layout(bytes(start)).can_be_cut


def test_a_palette_is_looked_up() -> None:
    rows = b"".join(b"\0" + bytes([row % 2] * 4) for row in range(4))
    header = struct.pack(">IIBBBBB", 4, 4, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", header), (b"PLTE", bytes([255, 0, 0, 0, 0, 255])), (b"IDAT", zlib.compress(rows)))
    content = large_png.SIGNATURE + b"".join(large_png._chunk(*part) for part in parts)
    shrunk = read_shrunk(np.frombuffer(content, np.uint8), 1)
    assert shrunk is not None
    assert shrunk[:2, 0].tolist() == [[0, 0, 255], [255, 0, 0]]  # red, then blue, as BGR
