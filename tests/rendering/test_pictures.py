"""The painter: the right tiles, the right ranges, and no work for what did not change."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering import pictures
from explorer.rendering.colors import ground, table
from explorer.rendering.look import Look
from explorer.rendering.pictures import Painter, Picture, Tiles, Wanted, unit_key

DARK = table("red-blue", True).tolist()


def network(filters: int = 4, size: int = 8, *, dense: bool = False) -> Network:
    """input 3 x size x size -> conv1 -> relu1 (-> flatten -> dense 6)."""
    nodes = [
        Node("input", layer_of("input", {"channels": 3, "height": size, "width": size})),
        Node("conv1", layer_of("conv2d", {"filters": filters}), ("input",)),
        Node("relu1", layer_of("relu", {}), ("conv1",)),
    ]
    if dense:
        nodes.append(Node("flatten", layer_of("flatten", {}), ("relu1",)))
        nodes.append(Node("dense", layer_of("dense", {"units": 6}), ("flatten",)))
    return Network(tuple(nodes)).fitted()


def traced(net: Network, seed: int = 0, previous: Trace | None = None) -> Trace:
    _, height, width = net.input_shape
    image = np.random.default_rng(seed).random((1, 3, height, width), np.float32)
    return evaluate(net, image, previous)


def with_values(trace: Trace, name: str, values: np.ndarray) -> Trace:
    """The trace with another activation for one node."""
    steps = dict(trace.steps)
    steps[name] = dataclasses.replace(steps[name], output=np.ascontiguousarray(values, np.float32))
    return dataclasses.replace(trace, steps=steps)


def tile(picture: Picture, cell: int) -> np.ndarray:
    row, column = divmod(cell, picture.right - picture.left)
    y, x = row * (picture.tile_height + picture.gap), column * (picture.tile_width + picture.gap)
    return picture.pixels[y : y + picture.tile_height, x : x + picture.tile_width]


def index_of(value: float, limit: float) -> int:
    return DARK[128 + round(value / limit * 127)]


def close(color: int, expected: int) -> bool:
    parts = [[one >> shift & 255 for shift in (16, 8, 0)] for one in (int(color), expected)]
    return bool(np.abs(np.subtract(*parts)).max() <= 3)


def test_nothing_wanted_gives_nothing() -> None:
    assert Painter().paint(traced(network()), Wanted()) == {}


def test_maps_in_their_own_size_have_the_colour_of_every_value() -> None:
    trace = traced(network())
    picture = Painter().paint(trace, Wanted((Tiles("conv1", 2, 8, 8),)))["conv1"]
    maps = trace.activations["conv1"][0]
    limit = float(np.abs(maps).max())
    assert picture.pixels.shape == (16, 16)
    for channel in range(4):
        for y, x in ((0, 0), (3, 5), (7, 7)):
            assert close(tile(picture, channel)[y, x], index_of(float(maps[channel, y, x]), limit))


def test_smaller_tiles_are_area_averages_with_the_ground_between_them() -> None:
    trace = traced(network())
    picture = Painter().paint(trace, Wanted((Tiles("conv1", 2, 4, 4),)))["conv1"]
    maps = trace.activations["conv1"][0]
    limit = float(np.abs(maps).max())
    mean = float(maps[3, 2:4, 4:6].mean())
    assert close(tile(picture, 3)[1, 2], index_of(mean, limit))
    assert picture.gap == 1
    assert picture.pixels[4].tolist() == [ground(True)] * 10


def test_only_the_visible_cells_are_in_the_picture() -> None:
    wanted = Tiles("conv1", 3, 8, 8, top=1, bottom=3, left=1, right=2)
    picture = Painter().paint(traced(network(9)), Wanted((wanted,)))["conv1"]
    assert (picture.top, picture.bottom, picture.left, picture.right) == (1, 3, 1, 2)
    assert picture.pixels.shape == (16, 8)


def test_cells_without_a_channel_stay_ground() -> None:
    picture = Painter().paint(traced(network(5)), Wanted((Tiles("conv1", 3, 4, 4),)))["conv1"]
    assert set(tile(picture, 5).ravel().tolist()) == {ground(True)}


def test_one_channel_alone_can_be_wanted() -> None:
    trace = traced(network())
    found = Painter().paint(trace, Wanted((Tiles("conv1", 1, 8, 8, only=2), Tiles("conv1", 2, 8, 8))))
    assert np.array_equal(found["conv1:2:large"].pixels, tile(found["conv1"], 2))


def test_an_input_is_shown_as_an_image_and_as_grey_channels() -> None:
    trace = traced(network())
    found = Painter().paint(trace, Wanted((Tiles("input", 1, 8, 8, "image"), Tiles("input", 3, 8, 8))))
    red, green, blue = (round(float(v) * 255) for v in trace.image[0, :, 0, 0])
    pixel = int(found["input:image"].pixels[0, 0])
    assert abs((pixel >> 16 & 255) - red) <= 1
    assert abs((pixel >> 8 & 255) - green) <= 1
    grey = int(tile(found["input"], 2)[0, 0])
    assert abs((grey & 255) - blue) <= 1
    assert grey >> 16 & 255 == grey & 255


def test_a_list_of_features_is_one_pixel_each() -> None:
    trace = traced(network(dense=True))
    picture = Painter().paint(trace, Wanted((Tiles("dense", 2, 1, 1),)))["dense"]
    values = trace.activations["dense"][0]
    assert picture.pixels.shape == (3, 2)
    limit = float(np.abs(values).max())
    assert close(picture.pixels[2, 1], index_of(float(values[5]), limit))
    assert picture.limit_of(5) == pytest.approx(limit)


@pytest.mark.parametrize("scope", ["unit", "layer", "network"])
def test_the_scope_says_what_shares_a_range(scope: str) -> None:
    trace = traced(network())
    look = Look(scope=scope)  # type: ignore[arg-type]
    limits = Painter().paint(trace, Wanted((Tiles("relu1", 2, 8, 8),), look=look))["relu1"].limit
    own = trace.activations["relu1"][0].max(axis=(1, 2))
    expected = {
        "unit": own,
        "layer": np.full(4, own.max()),
        "network": np.full(4, np.abs(trace.activations["conv1"]).max()),
    }
    np.testing.assert_allclose(limits, expected[scope])


def test_a_full_boost_gives_every_unit_its_own_range() -> None:
    trace = traced(network())
    limits = Painter().paint(trace, Wanted((Tiles("conv1", 2, 8, 8),), look=Look(boost=1.0)))["conv1"].limit
    np.testing.assert_allclose(limits, np.abs(trace.activations["conv1"][0]).max(axis=(1, 2)), rtol=1e-5)


def test_hold_keeps_the_ranges_while_the_values_change() -> None:
    net, painter = network(), Painter()
    wanted = Wanted((Tiles("conv1", 2, 8, 8),), look=Look(held=True))
    first = traced(net)
    before = painter.paint(first, wanted)["conv1"].limit
    louder = with_values(first, "conv1", first.activations["conv1"] * 5)
    assert np.array_equal(painter.paint(louder, wanted)["conv1"].limit, before)
    free = Wanted((Tiles("conv1", 2, 8, 8),), look=Look())
    np.testing.assert_allclose(painter.paint(louder, free)["conv1"].limit, before * 5, rtol=1e-5)


def test_nan_is_seen_and_leaves_the_range_alone() -> None:
    trace = traced(network())
    values = np.array(trace.activations["conv1"])
    largest = float(np.abs(values).max())
    values[0, 1, 2, 3] = np.nan
    picture = Painter().paint(with_values(trace, "conv1", values), Wanted((Tiles("conv1", 2, 8, 8),)))[
        "conv1"
    ]
    assert int(tile(picture, 1)[2, 3]) == DARK[0]
    assert float(picture.limit[0]) == pytest.approx(largest, rel=0.2)
    assert np.isfinite(picture.limit).all()


def test_dead_maps_are_flagged_and_neutral() -> None:
    trace = traced(network())
    dead = with_values(trace, "relu1", np.zeros((1, 4, 8, 8)))
    picture = Painter().paint(dead, Wanted((Tiles("relu1", 2, 8, 8),)))["relu1"]
    assert picture.dead.all()
    assert set(picture.pixels.ravel().tolist()) == {DARK[128]}


def test_what_did_not_change_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    net, painter = network(), Painter()
    wanted = Wanted((Tiles("conv1", 2, 4, 4), Tiles("relu1", 2, 4, 4)), (("conv1", 1),))
    trace = traced(net)
    first = painter.paint(trace, wanted)
    worked: list[int] = []
    monkeypatch.setattr(pictures.pool, "each", lambda work, pieces: worked.extend(1 for _ in pieces))
    second = painter.paint(trace, wanted)
    assert all(second[key] is first[key] for key in first)
    assert not worked


def test_a_change_below_leaves_the_pictures_above_alone() -> None:
    net, painter = network(), Painter()
    wanted = Wanted((Tiles("conv1", 2, 4, 4), Tiles("relu1", 2, 4, 4)))
    trace = traced(net)
    first = painter.paint(trace, wanted)
    other = with_values(trace, "relu1", trace.activations["relu1"] + 1)
    second = painter.paint(other, wanted)
    assert second["conv1"] is first["conv1"]
    assert second["relu1"] is not first["relu1"]


def test_another_look_paints_again() -> None:
    painter, trace = Painter(), traced(network())
    tiles = (Tiles("conv1", 2, 4, 4),)
    dark = painter.paint(trace, Wanted(tiles))["conv1"]
    light = painter.paint(trace, Wanted(tiles, dark=False))["conv1"]
    lifted = painter.paint(trace, Wanted(tiles, look=Look(gamma=0.5)))["conv1"]
    assert not np.array_equal(dark.pixels, light.pixels)
    assert not np.array_equal(dark.pixels, lifted.pixels)


def test_the_painter_keeps_nothing_that_nobody_wants() -> None:
    painter, net = Painter(), network()
    for seed in range(5):
        trace = traced(net, seed)
        painter.paint(trace, Wanted((Tiles("conv1", 2, 4, 4),), (("relu1", seed % 4),)))
    painter.paint(trace, Wanted())
    assert not painter._painted
    assert not painter._averages


def test_order_by_activity_puts_the_strongest_first_and_does_not_dance() -> None:
    now = [0.0]
    painter, trace = Painter(lambda: now[0]), traced(network())
    wanted = Wanted((Tiles("conv1", 2, 8, 8),), look=Look(order="activity"))

    def loud(*sizes: float) -> Trace:
        maps = np.stack([np.full((8, 8), size) for size in sizes])[None]
        return with_values(trace, "conv1", maps)

    assert painter.paint(loud(1, 4, 2, 3), wanted)["conv1"].channels.tolist() == [1, 3, 2, 0]
    now[0] = 0.5
    assert painter.paint(loud(9, 4, 2, 3), wanted)["conv1"].channels.tolist() == [1, 3, 2, 0]
    now[0] = 3.0
    painter.paint(loud(9, 4, 2, 3), wanted)
    assert painter.paint(loud(9, 4, 2, 3), wanted)["conv1"].channels.tolist() == [0, 1, 3, 2]


def test_ordered_tiles_show_their_channels() -> None:
    painter, trace = Painter(), traced(network())
    plain = painter.paint(trace, Wanted((Tiles("conv1", 2, 4, 4),)))["conv1"]
    ordered = painter.paint(trace, Wanted((Tiles("conv1", 2, 4, 4),), look=Look(order="activity")))["conv1"]
    for cell, channel in enumerate(ordered.channels.tolist()):
        assert np.array_equal(tile(ordered, cell), tile(plain, channel))


def test_a_unit_comes_with_its_own_pixels_and_its_numbers() -> None:
    trace = traced(network())
    picture = Painter().paint(trace, Wanted((), (("conv1", 1),)))[unit_key("conv1", 1)]
    values = trace.activations["conv1"][0, 1]
    assert picture.pixels.shape == (8, 8)
    assert picture.summary is not None
    assert picture.summary.mean == pytest.approx(float(values.mean()), abs=1e-6)
    assert picture.summary.std == pytest.approx(float(values.std()), abs=1e-6)
    assert picture.summary.low == values.min()
    assert picture.summary.histogram.sum() == 64


def test_a_whole_node_has_numbers_without_a_map() -> None:
    trace = traced(network())
    picture = Painter().paint(trace, Wanted((), (("relu1", None),)))[unit_key("relu1", None)]
    assert picture.summary is not None
    assert picture.summary.zeros == pytest.approx(float((trace.activations["relu1"] == 0).mean()))


def test_units_and_tiles_that_do_not_exist_are_left_out() -> None:
    wanted = Wanted((Tiles("nobody", 2, 4, 4),), (("conv1", 99), ("nobody", 0)))
    assert Painter().paint(traced(network()), wanted) == {}


@pytest.mark.parametrize(
    "tiles", [Tiles("conv1", 23, 9, 9), Tiles("conv1", 8, 1, 1), Tiles("conv1", 1, 60, 60)]
)
def test_512_maps_of_one_pixel(tiles: Tiles) -> None:
    trace = traced(network(512, 1))
    picture = Painter().paint(trace, Wanted((tiles,)))["conv1"]
    rows = -(-512 // tiles.columns)
    assert picture.pixels.shape[0] >= rows
    assert len(picture.channels) == 512


def test_the_same_picture_whatever_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = traced(network(16, 160))
    wanted = Wanted((Tiles("conv1", 4, 37, 37), Tiles("relu1", 4, 61, 61)))
    shared = Painter().paint(trace, wanted)
    monkeypatch.setattr(pictures.pool, "threads", 1)
    alone = Painter().paint(trace, wanted)
    assert all(np.array_equal(shared[key].pixels, alone[key].pixels) for key in shared)
