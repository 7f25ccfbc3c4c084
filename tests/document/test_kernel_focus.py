"""The kernel that is worked on: what it follows, what its edits change, and what they are called."""

import numpy as np
import pytest

from explorer.document.document import Document
from explorer.document.edits import remove, rename, set_settings
from explorer.document.kernel_focus import KernelFocus
from explorer.document.parameter_edits import set_parameter
from explorer.document.view import Unit, View
from explorer.engine.kernel_operations import KERNEL_OPERATIONS
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.engine.presets.kernels import KERNEL_PRESETS


def small_network() -> Network:
    return Network(
        (
            Node("image", Input(channels=3, height=6, width=6)),
            Node("conv1", Conv2d(filters=2, kernel=(3, 3)), ("image",)),
            Node("relu1", ReLU(), ("conv1",)),
            Node("conv2", Conv2d(filters=4, kernel=(3, 3), groups=2, bias=False), ("relu1",)),
            Node("flatten", Flatten(), ("conv2",)),
            Node("dense1", Dense(units=3), ("flatten",)),
        )
    ).fitted()


@pytest.fixture
def document(qapp) -> Document:
    return Document(small_network())


@pytest.fixture
def view(qapp) -> View:
    return View()


@pytest.fixture
def focus(document, view) -> KernelFocus:
    return KernelFocus(document, view)


@pytest.fixture
def refusals(document) -> list[str]:
    refusals: list[str] = []
    document.refused.connect(refusals.append)
    return refusals


def kernels(document: Document, name: str = "conv1") -> np.ndarray:
    return document.network[name].parameters["kernel"]


# ---- where it is


def test_it_begins_with_the_first_convolution(focus):
    assert focus.slices.node == "conv1"
    assert focus.index == (0, 0)
    assert focus.layers() == ["conv1", "conv2", "dense1"]


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (Unit("conv1", 1), "Kernel conv1 1←0"),
        (Unit("relu1", 1), "Kernel conv1 1←0"),
        (Unit("conv2", 3), "Kernel conv2 3←1"),
        (Unit("conv2"), "Kernel conv2 0←0"),
        (Unit("dense1", 2), "Kernel dense1 2←0"),
        (Unit("image", 2), "Kernel conv1 0←0"),
    ],
)
def test_it_follows_the_selection_to_the_kernel_behind_it(focus, view, unit, name):
    view.select(unit)
    assert focus.name == name


def test_a_map_is_shown_with_an_input_that_it_listens_to(document, focus, view):
    kernel = np.zeros_like(document.network["conv1"].parameters["kernel"])
    kernel[1, 2, 1, 1] = 0.5
    document.edit("Zeros", set_parameter("conv1", "kernel", kernel))

    view.select(Unit("conv1", 1))

    assert focus.index == (1, 2)


def test_choosing_an_output_selects_its_map(qtbot, focus, view):
    with qtbot.waitSignal(focus.moved):
        focus.choose(1, 2)
    assert focus.index == (1, 2)
    assert view.selection == Unit("conv1", 1)


def test_choosing_an_input_leaves_the_selection(focus, view):
    view.select(Unit("relu1", 0))
    focus.choose(0, 2)
    assert focus.index == (0, 2)
    assert view.selection == Unit("relu1", 0)


def test_beyond_the_last_slice_is_the_last_one(focus):
    focus.choose(99, -1)
    assert focus.index == (1, 0)


def test_it_stays_with_a_layer_that_is_renamed(focus, document):
    focus.choose(1, 1)
    document.edit("Rename", rename("conv1", "edges"))
    assert focus.slices.node == "edges"
    assert focus.index == (1, 1)


def test_it_moves_on_when_its_layer_goes_and_stays_when_filters_do(focus, document):
    focus.choose(1, 2)
    document.edit("One filter", set_settings("conv1", filters=1))
    document.edit("Other groups", set_settings("conv2", groups=1))
    assert focus.index == (0, 2)
    document.edit("Remove", remove("conv1"))
    assert focus.slices.node == "conv2"
    document.undo()
    assert focus.slices is not None


def test_a_network_without_kernels_leaves_nothing_to_edit(document, view):
    document.start_over(Network((Node("image", Input()),)), document.preparation)
    focus = KernelFocus(document, view)
    assert focus.slices is None
    assert focus.kernel.size == 0
    assert focus.recipe is None
    assert not focus.apply_preset("sobel_x")
    assert not focus.operate("negate")


def test_an_edit_of_another_layer_changes_nothing_here(qtbot, focus, document):
    with qtbot.assertNotEmitted(focus.changed):
        document.edit("Stride", set_settings("conv2", stride=(2, 2)))


# ---- edits


def test_a_preset_is_one_labelled_undo(focus, document):
    before = kernels(document)
    focus.choose(0, 2)
    assert focus.apply_preset("sobel_x")
    assert kernels(document)[0, 2].tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    np.testing.assert_array_equal(kernels(document)[0, :2], before[0, :2])
    assert document.history.undo_label == "Kernel conv1 0←2: Sobel x"
    document.undo()
    assert kernels(document) is before


def test_dragging_a_parameter_is_one_undo_and_its_value_is_remembered(focus, document):
    drag = object()
    for sigma in (1.1, 1.3, 1.7):
        focus.apply_preset("gaussian", {"sigma": sigma}, drag)
    assert document.history.undo_label == "Kernel conv1 0←0: Gaussian (sigma 1.7)"
    assert document.history.index == 1
    preset, parameters, _ = focus.recipe
    assert (preset.name, parameters["sigma"]) == ("gaussian", 1.7)


def test_an_edited_cell_makes_it_custom_and_undo_brings_the_name_back(focus, document):
    focus.apply_preset("gaussian", {"sigma": 2.5})
    kernel = focus.kernel.copy()
    kernel[0, 0] = 5
    focus.put_cells(kernel, "row 1, column 1 = 5")
    assert focus.recipe is None
    document.undo()
    assert focus.recipe[1]["sigma"] == 2.5


def test_a_multiple_of_a_preset_is_named_with_its_factor(focus):
    focus.apply_preset("sobel_x")
    focus.operate("negate")
    assert focus.recipe.title == "Sobel x × -1"


def test_parameters_of_a_multiple_keep_its_factor(focus, document):
    focus.apply_preset("gaussian", {"sigma": 2}, factor=-3)
    assert document.history.undo_label == "Kernel conv1 0←0: Gaussian (sigma 2) × -3"
    assert focus.kernel.sum() == pytest.approx(-3)


def test_a_focus_made_later_follows_what_is_selected_already(document, view):
    view.select(Unit("relu1", 1))
    assert KernelFocus(document, view).name == "Kernel conv1 1←0"


def test_zeros_are_no_preset(focus):
    focus.operate("clear")
    assert focus.recipe is None


def test_a_preset_that_needs_room_makes_the_layers_kernels_larger(qtbot, focus, document):
    focus.resize(1, 1)
    with qtbot.waitSignal(focus.noted) as noted:
        focus.apply_preset("sobel_x")
    assert kernels(document).shape == (2, 3, 3, 3)
    assert noted.args == ["All kernels of conv1 are 3 x 3 now."]
    document.undo()
    assert kernels(document).shape == (2, 3, 1, 1)


def test_a_parameter_out_of_range_is_refused(focus, document, refusals):
    before = document.network
    assert not focus.apply_preset("gaussian", {"sigma": -1})
    assert refusals == ["Sigma is -1. Expected 0.2 to 10 px."]
    assert document.network is before


@pytest.mark.parametrize(
    ("scope", "expected", "label"),
    [
        ("kernel", [[0, 1, 0], [0, 0, 0]], "Kernel conv1 0←1: row 1, column 1 = 7"),
        ("output", [[1, 1, 1], [0, 0, 0]], "Kernels conv1 0←all: row 1, column 1 = 7"),
        ("layer", [[1, 1, 1], [1, 1, 1]], "Kernels conv1: row 1, column 1 = 7"),
    ],
)
def test_the_scope_says_which_kernels_get_the_edited_cell(focus, document, scope, expected, label):
    before = kernels(document)
    focus.choose(0, 1)
    focus.set_scope(scope)
    kernel = focus.kernel.copy()
    kernel[0, 0] = 7
    focus.put_cells(kernel, "row 1, column 1 = 7")
    assert (kernels(document)[:, :, 0, 0] == 7).astype(int).tolist() == expected
    np.testing.assert_array_equal(kernels(document)[:, :, 0, 1:], before[:, :, 0, 1:])
    assert document.history.undo_label == label


@pytest.mark.parametrize("name", [name for name, each in KERNEL_OPERATIONS.items() if not each.parameters])
def test_every_operation_is_one_undo(focus, document, name):
    focus.apply_preset("random")
    assert focus.operate(name)
    expected = KERNEL_OPERATIONS[name](KERNEL_PRESETS["random"].build(3, 3))
    np.testing.assert_array_equal(focus.kernel, expected)
    assert document.history.index == 2


def test_an_operation_with_a_number_says_it_in_its_label(focus, document):
    focus.apply_preset("box")
    focus.operate("scale", factor=9)
    assert document.history.undo_label == "Kernel conv1 0←0: scale 9"
    np.testing.assert_allclose(focus.kernel, 1, rtol=1e-6)


def test_an_impossible_operation_is_refused_and_changes_nothing(focus, document, refusals):
    focus.apply_preset("sobel_x")
    before = document.network
    assert not focus.operate("normalise_sum")
    assert "sums to 0" in refusals[0]
    assert document.network is before


def test_a_rectangular_kernel_cannot_be_turned_alone_but_all_of_them_can(focus, document, refusals):
    focus.resize(1, 3)
    assert not focus.operate("rotate_90")
    assert "share one size" in refusals[0]
    focus.set_scope("layer")
    assert focus.operate("rotate_90")
    assert kernels(document).shape == (2, 3, 3, 1)
    assert document.network["conv1"].layer.kernel == (3, 1)


def test_resizing_keeps_the_middle_and_the_maps_size(focus, document):
    before = kernels(document)
    focus.resize(5, 4)
    assert kernels(document).shape == (2, 3, 5, 4)
    np.testing.assert_array_equal(kernels(document)[:, :, 1:4, 0:3], before)
    assert document.history.undo_label == "Kernels conv1: 5 x 4"
    focus.operate("resize", height=3, width=3)
    np.testing.assert_array_equal(kernels(document), before)


def test_the_layers_settings_resize_kernels_the_same_way(focus, document):
    before = document.network
    focus.resize(4, 2)
    ours = kernels(document)
    other = Document(before)
    other.edit("Size", set_settings("conv1", kernel=(4, 2)))
    np.testing.assert_array_equal(kernels(other), ours)


def test_a_pasted_matrix_of_another_size_resizes_the_layer(qtbot, focus, document):
    with qtbot.waitSignal(focus.noted):
        focus.put_kernel(np.ones((2, 5), np.float32), "paste")
    assert kernels(document).shape == (2, 3, 2, 5)
    assert focus.kernel.sum() == 10


def test_a_kernel_larger_than_its_padded_input_is_refused(focus, document, refusals):
    document.edit("Valid", set_settings("conv1", padding="valid"))
    before = document.network
    assert not focus.resize(7, 7)
    assert "conv1" in refusals[0]
    assert document.network is before


def test_kernels_of_a_dense_layer_are_edited_but_not_resized(focus, document, view, refusals):
    view.select(Unit("dense1", 1))
    focus.choose(1, 3)
    assert focus.apply_preset("box")
    weights = document.network["dense1"].parameters["kernel"]
    np.testing.assert_allclose(weights[1, 3 * 36 : 4 * 36], 1 / 36)
    assert not focus.resize(3, 3)
    assert "The kernels of dense1 are 6 x 6, because its input has this size." in refusals[0]


def test_the_bias_of_the_output_is_edited(focus, document):
    focus.choose(1, 0)
    assert focus.set_bias(-0.25)
    assert document.network["conv1"].parameters["bias"].tolist() == [0, -0.25]
    assert document.history.undo_label == "Bias conv1:1 = -0.25"
    assert focus.bias == -0.25


def test_a_layer_without_bias_or_switch_says_so(focus, view):
    view.select(Unit("conv2", 0))
    assert focus.bias is None
    view.select(Unit("dense1", 0))
    assert focus.is_flipped is None
    assert not focus.set_flipped(True)


def test_true_convolution_is_a_switch_of_the_layer(qtbot, focus, document):
    with qtbot.waitSignal(focus.changed):
        focus.set_flipped(True)
    assert focus.is_flipped
    assert document.network["conv1"].layer.flip
    assert document.history.undo_label == "conv1: true convolution"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308])
def test_a_bias_that_is_no_number_is_refused(focus, document, refusals, value):
    before = document.network
    assert not focus.set_bias(value)
    assert "finite numbers" in refusals[0]
    assert document.network is before
