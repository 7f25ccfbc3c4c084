"""The kernel panel on a document: what it shows, and that everything it does is a labelled undo."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.document.edits import replace_network, set_settings
from explorer.document.view import Unit
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.ui.panels.kernel import NO_KERNELS, KernelPanel
from tests.ui.panels.kernel.kernels import SOBEL, undo_label, weights


def type_cell(qtbot: QtBot, panel: KernelPanel, text: str) -> None:
    table = panel.bench.table
    table.setFocus()
    for letter in text:
        qtbot.keyClicks(table.findChild(QLineEdit) or table, letter)
    qtbot.keyClick(table.findChild(QLineEdit) or table, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# ---- what is shown


def test_it_shows_the_kernel_behind_the_selected_map(workspace, panel):
    workspace.view.select(Unit("relu1", 3))
    np.testing.assert_array_equal(panel.bench.table.kernel, weights(workspace)[3, 0])
    assert panel.picker.output.value() == 3
    assert panel.picker.layers.currentText() == "conv1"


def test_inputs_of_a_colour_image_are_named(panel):
    panel.kernel_focus.choose(0, 1)
    assert panel.picker.colour.text() == "G"
    panel.kernel_focus.choose_layer("conv2")
    assert not panel.picker.colour.isVisible()


def test_layer_output_and_input_are_chosen_in_the_panel(workspace, panel):
    panel.picker.layers.textActivated.emit("conv2")
    panel.picker.output.stepBy(1)
    panel.picker.input.stepBy(3)
    assert panel.kernel_focus.name == "Kernel conv2 1←3"
    assert workspace.view.selection == Unit("conv2", 1)
    panel.picker.input.stepBy(-1)
    assert panel.kernel_focus.index == (1, 2)


def test_a_click_in_the_picture_chooses_the_slice(qtbot, panel):
    rect = panel.picture.kernel_rect((2, 1))
    qtbot.mouseClick(panel.picture.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert panel.kernel_focus.index == (2, 1)


def test_the_title_bar_says_which_kernel_it_is(qtbot, panel):
    with qtbot.waitSignal(panel.headline_changed) as headline:
        panel.kernel_focus.apply_preset("sobel_x")
    assert headline.args == ["conv1:0 ← 0 · Sobel x"]


def test_the_meaning_of_a_preset_is_shown(panel):
    panel.kernel_focus.apply_preset("sobel_x")
    assert panel.recipe.meaning.text() == KERNEL_PRESETS["sobel_x"].meaning
    assert panel.recipe.picker.text().startswith("Sobel x")


def test_a_network_without_kernels_says_what_to_do(workspace, panel):
    workspace.document.edit("Nothing", replace_network(Network((Node("image", Input()),))))
    assert panel._empty.isVisible()
    assert panel._empty.text() == NO_KERNELS
    workspace.document.undo()
    assert panel.bench.isVisible()


def test_a_dense_layer_on_large_maps_is_shown_as_a_picture(workspace, panel):
    panel.kernel_focus.choose_layer("dense1")
    assert not panel.bench.isVisible()
    assert panel.enlarged.isVisible()
    assert "20 x 20" in panel.too_large.text()
    panel.operations.ask("negate")
    assert undo_label(workspace) == ""  # what cannot be seen in numbers is not changed by a hidden button


def test_hidden_it_does_nothing_and_catches_up_when_shown(qtbot, workspace, panel):
    panel.hide()
    panel.kernel_focus.apply_preset("sobel_x")
    assert panel.bench.table.kernel.tolist() != SOBEL
    panel.show()
    assert panel.bench.table.kernel.tolist() == SOBEL


# ---- edits


def test_a_typed_number_is_an_edit_and_undo_brings_the_old_one_back(qtbot, workspace, panel):
    before = weights(workspace)
    type_cell(qtbot, panel, "7")
    assert weights(workspace)[0, 0, 0, 0] == 7
    assert undo_label(workspace) == "Kernel conv1 0←0: row 1, column 1 = 7"
    workspace.document.undo()
    assert weights(workspace) is before
    np.testing.assert_array_equal(panel.bench.table.kernel, before[0, 0])


@pytest.mark.parametrize("text", ["abc", "nan", "1e308", "inf"])
def test_what_is_no_number_is_refused_with_a_sentence(qtbot, workspace, panel, said, text):
    before = workspace.document.network
    type_cell(qtbot, panel, text)
    assert workspace.document.network is before
    assert len(said) == 1
    assert "Expected" in said[0][0]
    assert said[0][1] == "error"
    np.testing.assert_array_equal(panel.bench.table.kernel, weights(workspace)[0, 0])


def test_a_drag_on_a_cell_is_one_undo(qtbot, workspace, panel):
    table = panel.bench.table
    start = table.cell_rect((1, 1)).center().toPoint()
    qtbot.mousePress(table, Qt.MouseButton.LeftButton, pos=start)
    for pixels in range(4, 60, 4):
        qtbot.mouseMove(table, start - QPoint(0, pixels))
    qtbot.mouseRelease(table, Qt.MouseButton.LeftButton, pos=start - QPoint(0, 60))
    assert workspace.document.history.index == 1
    workspace.document.undo()
    assert workspace.document.history.index == 0


def test_a_slider_of_a_preset_is_live_and_one_undo(workspace, panel):
    panel.kernel_focus.resize(5, 5)
    panel.kernel_focus.apply_preset("gaussian")
    slider = panel.recipe.sliders["sigma"].slider
    slider.sliderPressed.emit()
    for position in (20, 25, 30):
        slider.setValue(position)
    slider.sliderReleased.emit()
    assert undo_label(workspace) == "Kernel conv1 0←0: Gaussian (sigma 1.7)"
    assert workspace.document.history.index == 3
    np.testing.assert_array_equal(weights(workspace)[0, 0], KERNEL_PRESETS["gaussian"].build(5, 5, sigma=1.7))
    workspace.document.undo()
    assert panel.recipe.sliders["sigma"].box.value() == 1.0


def test_an_edited_cell_turns_the_preset_into_custom(qtbot, panel):
    panel.kernel_focus.apply_preset("sobel_x")
    type_cell(qtbot, panel, "5")
    assert panel.recipe.picker.text().startswith("custom")
    assert panel.recipe.sliders == {}


def test_a_preset_is_picked_from_the_list(workspace, panel):
    panel.recipe.picker.list.picked.emit("sobel_x")
    assert weights(workspace)[0, 0].tolist() == SOBEL
    assert undo_label(workspace) == "Kernel conv1 0←0: Sobel x"


def test_a_preset_for_all_inputs_at_once(workspace, panel):
    panel.scope.activated.emit(1)
    panel.recipe.picker.list.picked.emit("sobel_x")
    assert all(weights(workspace)[0, channel].tolist() == SOBEL for channel in range(3))
    assert undo_label(workspace) == "Kernels conv1 0←all: Sobel x"


def test_buttons_operate(qtbot, workspace, panel):
    panel.kernel_focus.apply_preset("sobel_x")
    qtbot.mouseClick(panel.operations.buttons["negate"], Qt.MouseButton.LeftButton)
    assert undo_label(workspace) == "Kernel conv1 0←0: negate"
    np.testing.assert_array_equal(weights(workspace)[0, 0], -np.array(SOBEL))


def test_random_gives_other_numbers_with_every_press(qtbot, workspace, panel):
    button = panel.operations.buttons["randomise"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    first = weights(workspace)[0, 0]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert weights(workspace)[0, 0].tolist() != first.tolist()


def test_scale_offers_the_usual_factors(workspace, panel):
    panel.kernel_focus.apply_preset("sobel_x")
    menu = panel.operations.buttons["scale"].menu()
    next(action for action in menu.actions() if action.text() == "Factor 2").trigger()
    assert weights(workspace)[0, 0, 1].tolist() == [-4, 0, 4]


def test_an_impossible_operation_is_told(workspace, panel, said):
    panel.kernel_focus.apply_preset("sobel_x")
    panel.operations.ask("normalise_sum")
    assert "This kernel sums to 0" in said[0][0]
    assert undo_label(workspace) == "Kernel conv1 0←0: Sobel x"


def test_the_size_of_all_kernels_is_changed_and_the_middle_stays(workspace, panel):
    panel.kernel_focus.apply_preset("sobel_x")
    panel.width_box.stepBy(2)
    assert weights(workspace).shape == (4, 3, 3, 5)
    assert weights(workspace)[0, 0].tolist() == [[0, *row, 0] for row in SOBEL]
    assert undo_label(workspace) == "Kernels conv1: 3 x 5"


def test_the_bias_is_typed_like_a_cell(qtbot, workspace, panel):
    panel.bias.setFocus()
    qtbot.keyClicks(panel.bias, "2")
    qtbot.keyClick(panel.bias.findChild(QLineEdit), Qt.Key.Key_Return)
    assert workspace.document.network["conv1"].parameters["bias"][0] == 2
    panel.kernel_focus.choose_layer("conv2")
    assert not panel.bias.isVisible()


def test_true_convolution_shows_the_kernel_turned_by_180_degrees(qtbot, workspace, panel):
    panel.kernel_focus.apply_preset("sobel_x")
    assert not panel.bench.applied.isVisible()
    qtbot.mouseClick(panel.convolution, Qt.MouseButton.LeftButton)
    assert workspace.document.network["conv1"].layer.flip
    assert panel.bench.applied.isVisible()
    assert panel.bench.applied.kernel.tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    assert panel.bench.table.kernel.tolist() == SOBEL
    workspace.document.undo()
    assert not panel.convolution.isChecked()
    assert not panel.bench.applied.isVisible()


def test_pointing_at_a_cell_marks_where_it_is_applied(qtbot, panel):
    panel.kernel_focus.set_flipped(True)
    panel.bench.table.hovered.emit((0, 1))
    assert panel.bench.applied._marked == (2, 1)


def test_showing_never_edits(workspace, panel):
    edits = []
    workspace.document.history_changed.connect(lambda: edits.append(1))
    for name in ("conv2", "dense1", "conv1"):
        panel.kernel_focus.choose_layer(name)
        panel.kernel_focus.choose(1, 1)
    assert edits == []


def test_the_layers_own_settings_are_followed(workspace, panel):
    workspace.document.edit("Size", set_settings("conv1", kernel=(5, 4)))
    assert panel.bench.table.kernel.shape == (5, 4)
    assert (panel.height_box.value(), panel.width_box.value()) == (5, 4)
