"""Pixels as an image: the right colours, and memory that lives as long as the image."""

import gc

import numpy as np

from explorer.ui.pixels_image import image_of


def test_colours_stand_where_they_stood() -> None:
    image = image_of(np.array([[0xFFFF0000, 0xFF00FF00], [0xFF0000FF, 0xFF102030]], np.uint32))
    assert (image.width(), image.height()) == (2, 2)
    assert image.pixel(1, 0) == 0xFF00FF00
    assert image.pixel(1, 1) == 0xFF102030


def test_a_part_of_a_picture_is_an_image_too() -> None:
    pixels = np.arange(0xFF000000, 0xFF000000 + 12, dtype=np.uint32).reshape(3, 4)
    assert image_of(pixels[:, 1:3]).pixel(1, 2) == int(pixels[2, 2])


def test_the_image_keeps_its_pixels_alive() -> None:
    image = image_of(np.full((400, 500), 0xFF123456, np.uint32))
    gc.collect()
    others = [np.zeros((400, 500), np.uint32) for _ in range(8)]
    assert image.pixel(250, 200) == 0xFF123456
    assert len(others) == 8
