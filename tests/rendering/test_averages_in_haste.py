"""Averages of some rows: near those of all, never for long, and what alternates from row to row stays even."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import Array
from explorer.rendering.averages import SAMPLED_FROM, Averages, chosen_rows
from explorer.rendering.pictures import Painter, Tiles, Wanted
from tests.rendering.test_pictures import network

SIZE = 24 * SAMPLED_FROM
NET = network(filters=4, size=SIZE)
WANTED = Wanted((Tiles("conv1", 2, 24, 24), Tiles("relu1", 2, 24, 24)))
PHOTOS = Path(os.environ.get("EXPLORER_DATA", Path(__file__).parents[3] / "shared/data")) / "photos"


def averaged(maps: Array, size: tuple[int, int], *, in_haste: bool) -> Array:
    averages = Averages(maps, np.arange(maps.shape[1]), size, in_haste=in_haste)
    averages.add(0, averages.vertical.blocks)
    averages.finish()
    return averages.values


@pytest.mark.parametrize("step", range(SAMPLED_FROM, 40))
def test_rows_that_alternate_average_out_as_nearly_as_an_odd_number_of_them_can(step: int) -> None:
    signs = np.where(np.arange(step) % 2, 1, -1)[chosen_rows(step)]
    assert abs(int(signs.sum())) <= 1
    assert len(signs) >= 2


def test_of_small_blocks_every_row_is_read() -> None:
    maps = np.random.default_rng(0).random((24 * (SAMPLED_FROM - 1), 2, 24), np.float32)
    hasty, exact = (averaged(maps, (24, 24), in_haste=haste) for haste in (True, False))
    np.testing.assert_array_equal(hasty, exact)


@pytest.mark.parametrize("step", [7, 8, 13])
def test_a_checkerboard_is_as_plain_in_haste_as_it_is_with_care(step: int) -> None:
    y, x = np.mgrid[0 : 10 * step, 0:80]
    board = ((y + x) % 2 * 2 - 1).astype(np.float32)[:, None]
    assert np.abs(averaged(board, (10, 10), in_haste=True)).max() < 1e-6


@pytest.mark.parametrize("size", [(35, 47), (30, 40), (67, 90)])
@pytest.mark.parametrize("name", ["astronaut", "brick", "chelsea", "page"])
def test_photographs_look_the_same_in_haste(name: str, size: tuple[int, int]) -> None:
    image = cv2.imread(str(PHOTOS / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    if image is None:
        pytest.skip(f"no photograph at {PHOTOS / name}.png")
    large = cv2.resize(image, (640, 480), interpolation=cv2.INTER_AREA).astype(np.float32)
    rows, columns = cv2.Sobel(large, -1, 0, 1), cv2.Sobel(large, -1, 1, 0)
    maps = np.stack([large, rows, columns, np.maximum(rows, 0)], axis=1)  # (h, c, w)
    difference = np.abs(averaged(maps, size, in_haste=True) - averaged(maps, size, in_haste=False))
    shares = difference.mean(axis=(0, 2)) / np.abs(maps).max(axis=(0, 2))
    assert shares.max() < 0.02


def test_what_was_averaged_in_haste_is_averaged_with_care_once_it_stands_still() -> None:
    painter = Painter()
    first, last = (
        evaluate(NET, np.random.default_rng(seed).random((1, 3, SIZE, SIZE), np.float32)) for seed in (0, 1)
    )
    painter.paint(first, WANTED)
    hasty = painter.paint(last, WANTED, moving=True)
    assert not painter.is_exact
    careful, alone = painter.paint(last, WANTED), Painter().paint(last, WANTED)
    assert painter.is_exact
    for key in alone:
        assert not np.array_equal(hasty[key].pixels, careful[key].pixels)
        np.testing.assert_array_equal(careful[key].pixels, alone[key].pixels)


def test_exact_averages_serve_while_pictures_move() -> None:
    painter = Painter()
    trace = evaluate(NET, np.random.default_rng(0).random((1, 3, SIZE, SIZE), np.float32))
    before = painter.paint(trace, WANTED)
    again = painter.paint(trace, WANTED, moving=True)
    assert all(again[key] is before[key] for key in before)
    assert painter.is_exact


def test_a_broken_value_on_a_row_that_was_passed_over_is_seen_with_care() -> None:
    maps = np.ones((SIZE, 1, SIZE), np.float32)
    maps[SAMPLED_FROM - 2, 0, 0] = np.nan
    assert np.isfinite(averaged(maps, (24, 24), in_haste=True)).all()
    assert not np.isfinite(averaged(maps, (24, 24), in_haste=False)).all()
