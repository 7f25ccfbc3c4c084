"""The layout of the flow: everything in view, input left, columns by depth, tiles as large as possible."""

from __future__ import annotations

import pytest

import explorer.engine.layers  # noqa: F401  - register
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import NETWORK_PRESETS, build_network
from explorer.ui.widgets.flow_block import Block
from explorer.ui.widgets.flow_grids import good_columns
from explorer.ui.widgets.flow_layout import FlowLayout, depths_of, lay_out, lay_out_layer, lay_out_unit


def shapes_of(network: Network) -> dict[str, tuple[int, ...]]:
    return {name: report.shape for name, report in network.reports.items() if report.shape is not None}


def laid_out(network: Network, width: float = 1000, height: float = 600) -> FlowLayout:
    return lay_out(network, shapes_of(network), width, height)


def block(layout: FlowLayout, name: str) -> Block:
    return next(layout.of(name))


def convolution(filters: int, height: int, width: int) -> Network:
    return Network(
        (
            Node("input", layer_of("input", {"channels": 3, "height": height, "width": width})),
            Node("conv1", layer_of("conv2d", {"filters": filters}), ("input",)),
            Node("relu1", layer_of("relu", {}), ("conv1",)),
        )
    ).fitted()


@pytest.mark.parametrize("name", list(NETWORK_PRESETS))
@pytest.mark.parametrize("size", [(820, 560), (1300, 880)])
def test_every_network_is_in_view_as_a_whole(name: str, size: tuple[int, int]) -> None:
    layout = laid_out(build_network(name), *size)
    assert layout.width <= size[0] * 1.15
    assert layout.height <= size[1] * 1.05
    for one in layout.blocks:
        assert one.x >= 0
        assert one.y >= 0


@pytest.mark.parametrize("kind", ["relu", "flatten"])
@pytest.mark.parametrize("size", [(1000, 600), (300, 60), (1, 1)])
def test_more_branches_than_the_view_is_high(kind: str, size: tuple[int, int]) -> None:
    image = Node("input", layer_of("input", {"channels": 2, "height": 4, "width": 4}))
    branches = [Node(f"branch{i}", layer_of(kind, {}), ("input",)) for i in range(30)]
    layout = laid_out(Network((image, *branches)), *size)
    assert all(one.width > 0 and one.height > 0 for one in layout.blocks)
    assert layout.height >= max(one.y + one.height for one in layout.blocks)


@pytest.mark.parametrize("name", list(NETWORK_PRESETS))
def test_no_two_blocks_overlap(name: str) -> None:
    blocks = laid_out(build_network(name)).blocks
    for i, one in enumerate(blocks):
        for other in blocks[i + 1 :]:
            apart = (
                one.x + one.width <= other.x + 0.01
                or other.x + other.width <= one.x + 0.01
                or one.y + one.height <= other.y + 0.01
                or other.y + other.height <= one.y + 0.01
            )
            assert apart, f"{one.node} and {other.node}"


def test_the_input_is_left_and_the_output_right() -> None:
    layout = laid_out(convolution(8, 40, 40))
    assert block(layout, "input").x < block(layout, "conv1").x < block(layout, "relu1").x


def test_an_image_of_three_channels_stands_above_its_channels() -> None:
    image, channels = laid_out(convolution(8, 40, 40)).of("input")
    assert (image.kind, image.count) == ("image", 1)
    assert (channels.kind, channels.count) == ("maps", 3)
    assert channels.y > image.y + image.height


def test_within_a_block_of_the_network_the_gaps_are_narrower_than_between() -> None:
    layout = laid_out(build_network("edges-and-colours"), 1600, 900)
    conv1, relu1, pool1, conv2 = (block(layout, name) for name in ("conv1", "relu1", "pool1", "conv2"))
    within = relu1.x - conv1.x - conv1.width
    between = conv2.x - pool1.x - pool1.width
    assert between > within * 1.5


def test_a_unit_keeps_its_place_through_activation_and_pooling() -> None:
    layout = laid_out(build_network("edges-and-colours"))
    assert block(layout, "conv1").columns == block(layout, "relu1").columns == block(layout, "pool1").columns


@pytest.mark.parametrize(
    "shape", [(1, 8, 8), (512, 1, 1), (512, 64, 64), (1, 480, 640), (3, 1, 640), (7, 640, 1)]
)
def test_any_number_and_shape_of_maps_is_visible(shape: tuple[int, int, int]) -> None:
    network = convolution(shape[0], *shape[1:])
    conv = block(laid_out(network), "conv1")
    assert conv.count == shape[0]
    assert min(conv.pitch_x, conv.pitch_y) >= 4


def test_branches_stand_above_each_other_and_have_quiet_lines() -> None:
    layout = laid_out(build_network("edges"))
    vertical, horizontal = block(layout, "vertical"), block(layout, "horizontal")
    assert vertical.x == pytest.approx(horizontal.x)
    assert horizontal.y > vertical.y + vertical.height
    assert ("abs1", "strength") in layout.skips


def test_a_skip_connection_has_a_line_and_neighbours_have_none() -> None:
    network = Network(
        (
            Node("input", layer_of("input", {})),
            Node("conv1", layer_of("conv2d", {"filters": 3}), ("input",)),
            Node("relu1", layer_of("relu", {}), ("conv1",)),
            Node("add1", layer_of("add", {}), ("relu1", "input")),
        )
    ).fitted()
    assert laid_out(network).skips == (("input", "add1"),)


def test_depth_is_the_longest_way() -> None:
    assert depths_of(build_network("edges"))["strength"] == 3


def test_a_deep_network_is_broken_into_lines() -> None:
    layout = laid_out(build_network("residual"))
    assert len(layout.floors) > 1
    assert layout.lines["image"] == 0
    assert layout.lines["softmax"] == len(layout.floors) - 1


def test_few_features_are_bars_and_many_are_a_strip() -> None:
    layout = laid_out(build_network("keras-tutorial"))
    assert block(layout, "softmax").kind == "bars"
    assert block(layout, "flatten").kind == "strip"
    assert block(layout, "flatten").count == 1600


def test_a_node_that_never_ran_has_a_place() -> None:
    network = convolution(8, 40, 40)
    layout = lay_out(network, {"input": (3, 40, 40)}, 800, 500)
    assert block(layout, "relu1").count == 1


def test_one_layer_fills_the_view() -> None:
    (alone,) = lay_out_layer("conv1", (16, 40, 40), 1000, 600).blocks
    assert alone.columns * alone.pitch_x > 700 or alone.rows * alone.pitch_y > 480
    assert alone.count == 16


def test_one_unit_fills_the_view_and_keeps_its_aspect() -> None:
    (alone,) = lay_out_unit("conv1", 3, (16, 30, 60), 1000, 600).blocks
    assert (alone.only, alone.count) == (3, 1)
    assert alone.pitch_x == pytest.approx(2 * alone.pitch_y)
    assert alone.pitch_x > 900


def test_the_last_row_is_never_nearly_empty() -> None:
    for count in (1, 7, 16, 64, 100):
        for columns in good_columns(count):
            assert count % columns == 0 or count % columns >= columns / 2
    assert 3 not in good_columns(16)
    assert 4 in good_columns(16)
