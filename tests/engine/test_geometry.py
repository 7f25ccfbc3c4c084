"""Where windows fall, and how far a unit of a deep layer sees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.evaluate import evaluate
from explorer.engine.geometry import BORDERS, Field, Window, border_index
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.global_pooling import GlobalAveragePool
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.pooling import AveragePool, MaxPool
from explorer.engine.layers.upsampling import Upsample
from explorer.engine.network import Network, Node
from tests.engine.build import chain

windows = st.builds(
    Window,
    size=st.integers(1, 5),
    stride=st.integers(1, 5),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    dilation=st.integers(1, 3),
    ceil=st.booleans(),
)


def conv(size: int, stride: int = 1, padding: str = "same", dilation: int = 1) -> Conv2d:
    return Conv2d(
        filters=1,
        kernel=(size, size),
        stride=(stride, stride),
        padding=padding,
        dilation=(dilation, dilation),
    )


@given(windows, st.integers(1, 20))
def test_the_output_size_is_the_number_of_starts_that_one_can_count(window, extent):
    end = extent + window.before + window.after
    starts = range(0, 200, window.stride)
    whole = [start for start in starts if start + window.reach <= end]
    partial = [start for start in starts if start + window.reach > end and start < extent + window.before]
    # One window more in ceil mode, if the whole ones leave pixels over and it starts inside.
    expected = len(whole) + bool(window.ceil and whole and partial and whole[-1] + window.reach < end)

    assert window.output_size(extent) == expected


@pytest.mark.parametrize(
    ("window", "extent", "text"),
    [
        (Window(3, 1, 1, 1), 160, "⌊(160 + 1 + 1 - 3) / 1⌋ + 1 = 160"),
        (Window(3, 2), 8, "⌊(8 - 3) / 2⌋ + 1 = 3"),
        (Window(2, 2, ceil=True), 5, "⌈(5 - 2) / 2⌉ + 1 = 3"),
        (Window(3, 1, dilation=2), 8, "⌊(8 - (2·(3 - 1) + 1)) / 1⌋ + 1 = 4"),
    ],
)
def test_the_size_formula_shows_todays_numbers(window, extent, text):
    assert window.formula(extent) == text


@pytest.mark.parametrize(
    ("border", "letters"),
    [
        ("constant", "..abc.."),
        ("reflect", "baabccb"),
        ("reflect-101", "cbabcba"),
        ("replicate", "aaabccc"),
        ("wrap", "bcabcab"),
    ],
)
def test_border_modes_read_as_opencv_writes_them(border, letters):
    indices = border_index(np.arange(-2, 5), 3, border)

    assert "".join("abc"[i] if i >= 0 else "." for i in indices) == letters


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("extent", [1, 2, 3])
def test_borders_go_on_however_far_out_one_asks(border, extent):
    indices = border_index(np.arange(-20, 20), extent, border)

    assert ((indices >= (-1 if border == "constant" else 0)) & (indices < extent)).all()


# ---- receptive fields; published: Araujo, Norris & Sim 2019, 'Computing Receptive Fields', table 1 ----------------


def last_field(network: Network) -> tuple[int, object]:
    field = network.reports[network.nodes[-1].name].fields[0]
    return field.size, field.step


def test_a_unit_of_vgg_16_sees_212_pixels_every_32():
    block = [conv(3), conv(3), MaxPool()]
    deep = [conv(3), conv(3), conv(3), MaxPool()]

    assert last_field(chain(1, 224, 224, *block, *block, *deep, *deep, *deep)) == (212, 32)


def test_a_unit_of_alexnet_sees_195_pixels_every_32():
    pool = MaxPool(window=(3, 3))
    layers = [conv(11, 4, "valid"), pool, conv(5), pool, conv(3), conv(3), conv(3), pool]

    assert last_field(chain(1, 224, 224, *layers)) == (195, 32)


def test_a_unit_of_resnet_50_sees_483_pixels_every_32_through_its_branches():
    nodes = list(chain(1, 224, 224, conv(7, 2), MaxPool(window=(3, 3), padding="same")).nodes)
    for block, units in enumerate((3, 4, 6, 3)):
        for unit in range(units):
            stride = 2 if unit == units - 1 and block < 3 else 1
            before, name = nodes[-1].name, f"b{block}u{unit}"
            nodes += [
                Node(f"{name}a", conv(1), (before,)),
                Node(f"{name}b", conv(3, stride), (f"{name}a",)),
                Node(f"{name}c", conv(1), (f"{name}b",)),
                Node(f"{name}skip", conv(1, stride), (before,)),
                Node(f"{name}add", Add(), (f"{name}c", f"{name}skip")),
            ]

    assert last_field(Network(tuple(nodes))) == (483, 32)


def test_dilation_widens_a_field_without_a_step():
    assert last_field(chain(1, 64, 64, conv(3), conv(3, dilation=2), conv(3, dilation=4))) == (15, 1)


def test_upsampling_halves_the_step_and_keeps_the_field():
    assert last_field(chain(1, 64, 64, conv(3, 2), Upsample())) == (3, 1)
    assert last_field(chain(1, 64, 64, Upsample(scale=(4, 4)), MaxPool())) == (2, 0.5)


def test_many_branches_are_walked_once():
    field = Field()
    for _ in range(200):
        field = field.through(Window(3, before=1, after=1)).merged(field)
    assert field.of_unit(7) == (7 - 200, 7 + 200 + 1)


@pytest.mark.parametrize("unit", range(8))
def test_units_that_upsampling_makes_of_one_see_the_same(unit):
    network = chain(1, 16, 16, conv(3, 2, "valid"), Upsample())
    field, _ = network.reports[network.nodes[-1].name].fields

    assert field.of_unit(unit) == (unit // 2 * 2, unit // 2 * 2 + 3)


@pytest.mark.parametrize(
    "layers", [(Flatten(),), (GlobalAveragePool(),), (Flatten(), Dense()), (GlobalAveragePool(), ReLU())]
)
def test_behind_a_layer_that_reads_everything_there_is_no_field(layers):
    network = chain(1, 8, 8, *layers)

    assert network.reports[network.nodes[-1].name].fields is None


def test_fields_that_join_cover_both():
    assert Field(3, 2, -1).merged(Field(7, 2, -3)) == Field(7, 2, -3)
    assert Field(3, 1, -1).merged(Field(3, 1, 1)) == Field(5, 1, -1)


@given(st.integers(0, 4), st.integers(0, 6))
def test_nothing_outside_its_field_reaches_a_unit(row, column):
    layers = [
        conv(5, 2, "valid"),
        ReLU(),
        AveragePool(window=(3, 3), stride=(1, 1), padding="same"),
        conv(3, dilation=2),
    ]
    network = chain(1, 24, 31, *layers)
    name = network.nodes[-1].name
    down, across = network.reports[name].fields
    (top, bottom), (left, right) = down.of_unit(row), across.of_unit(column)
    image = np.full((1, 1, 24, 31), np.nan, np.float32)
    image[:, :, max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 1

    activation = evaluate(network, image).activations[name]

    assert np.isfinite(activation[0, 0, row, column])


def test_the_image_itself_sees_one_pixel():
    network = Network((Node("image", Input()),))

    assert network.reports["image"].fields == (Field(), Field())
