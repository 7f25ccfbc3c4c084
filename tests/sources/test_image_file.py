"""Every kind of image file works, or says in a sentence why not."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer.sources import image_file
from explorer.sources.image_file import ImageFileSource, read_animation, read_image
from explorer.sources.image_header import read_header
from explorer.sources.source import Frame, SourceError
from tests.sources.files import png_claiming, with_orientation, write_animation, write_picture


def never_wait(seconds: float | None) -> bool:
    return False


def colours(height: int = 6, width: int = 8) -> np.ndarray:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return pixels


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".jp2"][:3])
def test_lossless_colours_come_back_as_rgb(tmp_path: Path, suffix: str) -> None:
    path = write_picture(tmp_path / f"a{suffix}", colours())
    np.testing.assert_array_equal(read_image(path).pixels, colours())


@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_lossy_colours_come_back_nearly(tmp_path: Path, suffix: str) -> None:
    path = write_picture(tmp_path / f"a{suffix}", colours(64, 64))
    assert np.abs(read_image(path).pixels[5, 5].astype(int) - (255, 0, 0)).max() < 8


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_grey_stays_one_channel(tmp_path: Path, suffix: str) -> None:
    assert read_image(write_picture(tmp_path / f"a{suffix}", np.full((5, 7), 90, np.uint8))).pixels.shape == (
        5,
        7,
        1,
    )


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_alpha_is_laid_over_white(tmp_path: Path, suffix: str) -> None:
    pixels = np.zeros((4, 4, 4), np.uint8)
    pixels[:, 2:, 3] = 255
    shown = read_image(write_picture(tmp_path / f"a{suffix}", pixels)).pixels
    assert shown[0, 0].tolist() == [255, 255, 255]
    assert shown[0, 3].max() < 3


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize(("white", "bits"), [(65535, 16), (4095, 12), (255, 8)])
def test_16_bits_are_scaled_by_the_depth_they_use(tmp_path: Path, suffix: str, white: int, bits: int) -> None:
    pixels = np.array([[0, white // 2, white]], np.uint16)
    picture = read_image(write_picture(tmp_path / f"a{suffix}", pixels))
    assert picture.pixels[0, :, 0].tolist() == [0, 127, 255] or picture.pixels[0, :, 0].tolist() == [
        0,
        128,
        255,
    ]
    assert picture.notes == (f"16-bit file that uses {bits} bits",)


def test_the_shared_16_bit_tiff_is_not_black(shared_data: Path) -> None:
    pixels = read_image(shared_data / "photos" / "chessboard_GRAY_U16.tif").pixels
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_the_shared_horse_is_black_on_white(shared_data: Path) -> None:
    pixels = read_image(shared_data / "photos" / "horse.png").pixels
    assert pixels.shape == (328, 400, 3)
    assert pixels[0, 0].tolist() == [255, 255, 255]


def test_a_float_tiff_is_read(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.tif", np.array([[0.0, 0.5, 1.0]], np.float32))
    assert read_image(path).pixels[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [
        (1, (0, 0)),
        (2, (0, -1)),
        (3, (-1, -1)),
        (4, (-1, 0)),
        (5, (0, 0)),
        (6, (0, -1)),
        (7, (-1, -1)),
        (8, (-1, 0)),
    ],
)
def test_exif_orientation_is_honoured(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    pixels = np.zeros((16, 32), np.uint8)
    pixels[:8, :8] = 255
    path = tmp_path / "a.jpg"
    path.write_bytes(with_orientation(cv2.imencode(".jpg", pixels)[1].tobytes(), orientation))
    shown = read_image(path).pixels
    assert shown.shape[:2] == ((16, 32) if orientation < 5 else (32, 16))
    assert shown[corner][0] > 200


@pytest.mark.parametrize("name", ["Příliš žluťoučký kůň.png", "图像 文件.png", "spaces & 100 %.png"])
def test_any_name_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "složka 文件夹"
    folder.mkdir()
    assert read_image(write_picture(folder / name, colours())).pixels.shape == (6, 8, 3)


def test_one_pixel_is_an_image(tmp_path: Path) -> None:
    assert read_image(write_picture(tmp_path / "a.png", np.full((1, 1), 7, np.uint8))).pixels.tolist() == [
        [[7]]
    ]


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as raised:
        ImageFileSource(path).open()
    return str(raised.value)


def test_a_text_file_named_png_says_that_it_is_text(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("These are notes, not pixels. " * 10)
    assert "notes.png is not an image: it holds text" in refusal(path)


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.touch()
    assert "is empty" in refusal(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert "There is no file" in refusal(tmp_path / "a.png")


def test_a_folder_is_no_image(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tif", ".gif"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_off_file_is_refused_with_a_sentence(tmp_path: Path, suffix: str, share: float) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (80, 90, 3), np.uint8)
    path = write_picture(tmp_path / f"a{suffix}", pixels)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert "cut off" in refusal(path) or "damaged" in refusal(path)


def test_the_shared_truncated_jpeg_is_refused_with_a_sentence(shared_data: Path) -> None:
    assert "is damaged or cut off" in refusal(shared_data / "photos" / "truncated.jpg")


@pytest.mark.parametrize("colour", [2, 6])
def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path, colour: int) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_claiming(60_000, 60_000, colour))
    assert "60000 x 60000" in refusal(path)


def test_more_pixels_than_can_be_read_are_told_as_pixels(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_claiming(60_000, 60_000))
    assert "3,600 million pixels; at most 1,074 million can be read" in refusal(path)


def test_a_broken_png_of_a_fair_size_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(png_claiming(100, 100))
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_a_large_picture_is_shown_smaller_and_says_so(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_file, "LARGEST_FRAME", 10_000)
    source = ImageFileSource(write_picture(tmp_path / f"a{suffix}", np.full((300, 400), 50, np.uint8)))
    source.open()
    assert source.describe() == f"a{suffix}, 100 x 75, 400 x 300, shown at 1/4"


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_has_its_frames_and_delays(tmp_path: Path, suffix: str) -> None:
    frames = read_animation(write_animation(tmp_path / f"a{suffix}", frames=4, delay_ms=30))
    assert [delay for _, delay in frames] == [30.0] * 4
    assert [int(pixels.mean() > 127) for pixels, _ in frames] == [0, 1, 0, 1]


def test_an_animation_plays_in_a_loop(tmp_path: Path) -> None:
    source = ImageFileSource(write_animation(tmp_path / "a.gif", frames=3))
    source.open()
    assert source.is_live
    assert [frame.position for frame in play(source, 5)] == [0, 1, 2, 0, 1]


def test_an_animation_that_shall_not_loop_ends(tmp_path: Path) -> None:
    source = ImageFileSource(write_animation(tmp_path / "a.gif", frames=3))
    source.open()
    source.loop = False
    play(source, 3)
    assert source.read(never_wait) is None
    assert source.is_ended


def test_an_animation_too_long_for_the_memory_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_file, "LARGEST_ANIMATION", 24 * 32 * 4 * 2)
    assert len(read_animation(write_animation(tmp_path / "a.gif", frames=6))) == 2


def test_a_gif_of_one_picture_is_still(tmp_path: Path) -> None:
    source = ImageFileSource(write_picture(tmp_path / "a.gif", colours(24, 32)))
    source.open()
    assert not source.is_live


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_says_so(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png", colours())
    path.chmod(0)
    assert "may read it" in refusal(path)


def test_a_still_image_is_delivered_once(tmp_path: Path) -> None:
    source = ImageFileSource(write_picture(tmp_path / "a.png", colours()))
    source.open()
    source.read(never_wait)
    assert source.read(never_wait) is None


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tif", ".gif"])
def test_the_header_tells_the_size_before_decoding(tmp_path: Path, suffix: str) -> None:
    path = write_picture(
        tmp_path / f"a{suffix}", np.random.default_rng(0).integers(0, 256, (33, 47, 3), np.uint8)
    )
    header = read_header(path.read_bytes())
    assert header is not None
    assert (header.width, header.height) == (47, 33)


def test_a_header_of_noise_is_read_as_one_or_as_none() -> None:
    random = np.random.default_rng(1)
    starts = (
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"BM",
        b"RIFF\0\0\0\0WEBP",
        b"II*\0",
        b"MM\0*",
    )
    for start in starts:
        for length in range(0, 60, 3):
            header = read_header(start + random.bytes(length))
            assert header is None or (header.width >= 0 and header.height >= 0)


def play(source: ImageFileSource, count: int) -> list[Frame]:
    frames = [source.read(never_wait) for _ in range(count)]
    return [frame for frame in frames if frame is not None]


def test_a_large_progressive_jpeg_is_refused_since_libjpeg_would_hold_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_file, "LARGEST_DECODED", 100_000)
    monkeypatch.setattr(image_file, "LARGEST_FRAME", 10_000)
    path = tmp_path / "a.jpg"
    cv2.imencode(".jpg", np.zeros((300, 400, 3), np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tofile(path)
    assert "(baseline) JPEG" in refusal(path)
