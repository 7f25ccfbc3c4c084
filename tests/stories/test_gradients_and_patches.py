"""Stories with mouse and keys: gradients at every layer, and a patch of the image as a kernel."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from explorer.datasets.opening import open_dataset
from explorer.datasets.sample_source import DataSetSource
from explorer.document import edits
from explorer.document.view import Unit
from explorer.engine.arithmetic.effective_field import effective_field
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from explorer.runtime.capture import CaptureState
from explorer.sources.preparation import Preparation
from explorer.ui.gradient_choice import LABELLED, LOSS, PIXEL, UNLABELLED
from explorer.ui.panels.gradient import GradientPanel
from explorer.ui.panels.patch import PatchPanel
from explorer.ui.panels.unit import UnitPanel
from explorer.ui.short_number import short_number
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.stories.comparing import Button, Key, Open, drag, show_texture, type_into
from tests.ui.conftest import answer, show_picture

# ---- A9: gradients ---------------------------------------------------------------------------------------------------


def shown_gradient(panel: GradientPanel, node: str) -> np.ndarray:
    assert panel.gradients is not None
    return panel.gradients.trace.activations[node][0]


def test_a_pinned_pixel_shows_its_gradient_at_every_layer(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.view.select(Unit("conv2", 3))
    workspace.view.pin_pixel((20, 30))
    trace = answer(workspace).trace
    panel: GradientPanel = open_panel("gradient")
    panel.of.setCurrentText(PIXEL)
    qtbot.waitUntil(lambda: panel.note.text().startswith("conv2:3 at (20, 30) = "))
    field = effective_field(trace, "conv2", (3, 20, 30))
    rows, columns = (slice(*one) for one in field.places)
    assert np.allclose(shown_gradient(panel, "image")[:, rows, columns], field.gradient, atol=1e-6)
    assert shown_gradient(panel, "conv2")[3, 20, 30] == 1
    assert not shown_gradient(panel, "conv3").any()


def test_without_a_pinned_pixel_one_is_asked_for(open_panel: Open, workspace: Workspace) -> None:
    panel: GradientPanel = open_panel("gradient")
    panel.of.setCurrentText(PIXEL)
    assert panel.note.text() == "Click a pixel of a map: the gradient is that of its value."


def test_hold_keeps_the_unit_while_other_maps_are_clicked(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.view.select(Unit("conv3", 5))
    answer(workspace)
    panel: GradientPanel = open_panel("gradient")
    qtbot.waitUntil(lambda: panel.note.text().startswith("mean of conv3:5"))
    qtbot.mouseClick(panel.hold, Button.LeftButton)
    workspace.view.select(Unit("conv1", 0))
    assert panel.goal.node == "conv3"
    qtbot.waitUntil(lambda: panel.large.label.text() == "at conv1:0")


def test_the_unit_shows_its_gradient_beside_its_values_while_gradients_are_seen(
    open_panel: Open, workspace: Workspace, window: Window, qtbot: QtBot
) -> None:
    workspace.view.select(Unit("conv3", 5))
    answer(workspace)
    unit = window.panel("unit")
    assert isinstance(unit, UnitPanel)
    assert not unit.gradient.isVisible()
    panel: GradientPanel = open_panel("gradient")
    qtbot.waitUntil(unit.gradient.isVisible)
    assert unit.value_label.text() == "its gradient"
    unit.map_view.pointed.emit((3, 2))
    value = float(shown_gradient(panel, "conv3")[5, 2, 3])
    assert unit.gradient.value_at((3, 2)) == value
    assert unit.value_label.text().endswith(f"gradient {short_number(value)}")
    window.set_shown("gradient", False)
    qtbot.waitUntil(lambda: not unit.gradient.isVisible())


def test_frames_wait_while_gradients_rest_and_the_last_one_is_shown(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.view.select(Unit("conv3", 5))
    answer(workspace)
    panel: GradientPanel = open_panel("gradient")
    qtbot.waitUntil(lambda: panel.gradients is not None and panel.live._freshest.is_idle)
    panel.live._rest.start(100_000)
    shown = panel.gradients
    for brightness in (40, 90):
        show_picture(workspace, brightness)
    assert panel.live._freshest.is_idle
    assert panel.gradients is shown
    panel.live._rest.start(0)
    assert workspace.answer is not None
    newest = workspace.answer.trace.image
    qtbot.waitUntil(lambda: panel.gradients is not None and panel.gradients.trace.image is newest)


def test_the_loss_wants_more_of_the_class_and_less_of_the_others(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.document.start_over(build_network("lenet-5"), Preparation())
    answer(workspace)
    panel: GradientPanel = open_panel("gradient")
    panel.of.setCurrentText(LOSS)
    panel.label.setCurrentText("class 3")
    qtbot.waitUntil(lambda: panel.note.text().startswith("loss of class 3 = "))
    gradient = shown_gradient(panel, "dense2")
    assert gradient[3] < 0
    assert (np.delete(gradient, 3) > 0).all()
    assert shown_gradient(panel, "image").any()


def test_the_label_of_an_image_without_one_is_asked_for(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    workspace.document.start_over(build_network("lenet-5"), Preparation())
    answer(workspace)
    panel: GradientPanel = open_panel("gradient")
    panel.of.setCurrentText(LOSS)
    panel.label.setCurrentText(LABELLED)
    assert panel.note.text() == UNLABELLED


def test_the_loss_of_a_labelled_image_is_that_of_its_class(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    dataset = open_dataset("drawn:shapes")
    layers = (
        Node("image", Input(channels=3, height=8, width=8)),
        Node("flatten", Flatten(), ("image",)),
        Node("dense", Dense(units=len(dataset.classes)), ("flatten",)),
    )
    workspace.document.start_over(Network(layers).fitted().with_classes(dataset.classes), Preparation())
    source = DataSetSource(dataset)
    source.open()
    workspace.capture_state = CaptureState("still", source=source)
    answer(workspace)
    panel: GradientPanel = open_panel("gradient")
    panel.of.setCurrentText(LOSS)
    panel.label.setCurrentText(LABELLED)
    true = dataset.classes.index(source.class_at(0))
    qtbot.waitUntil(lambda: panel.note.text().startswith(f"loss of class {true} ("))


def test_a_network_without_classes_says_so(open_panel: Open, workspace: Workspace, qtbot: QtBot) -> None:
    workspace.document.start_over(build_network("encoder-decoder"), Preparation())
    answer(workspace)
    panel: GradientPanel = open_panel("gradient")
    panel.of.setCurrentText(LOSS)
    qtbot.waitUntil(lambda: "not in one number per class" in panel.note.text())


def test_nothing_is_computed_while_the_panel_is_closed(
    open_panel: Open, workspace: Workspace, window: Window, qtbot: QtBot
) -> None:
    panel: GradientPanel = open_panel("gradient")
    qtbot.waitUntil(lambda: panel.gradients is not None)
    window.set_shown("gradient", False)
    qtbot.waitUntil(lambda: not workspace.explaining.under_way)
    show_texture(workspace)
    assert not workspace.explaining.under_way


# ---- K6: a patch as kernel -------------------------------------------------------------------------------------------


def test_a_rectangle_that_is_drawn_becomes_a_filter_that_finds_it(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    panel: PatchPanel = open_panel("patch")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 4)
    picture = panel.strip.picture_rect(0)
    pixel = picture.width() / 160
    start = picture.topLeft() + QPointF(40.5 * pixel, 50.5 * pixel)
    drag(qtbot, panel.strip, start, start + QPointF(8 * pixel, 6 * pixel))
    height, width = panel.settings.height, panel.settings.width
    assert abs(width - 9) <= 2
    assert abs(height - 7) <= 2
    qtbot.mouseClick(panel.button, Button.LeftButton)
    kernel = workspace.document.network["conv1"].parameters["kernel"]
    assert kernel.shape == (17, 3, height, width)
    assert abs(kernel[16].sum()) < 1e-4
    assert abs(np.square(kernel[16]).sum() - 1) < 1e-4
    middle = panel.settings.top + (height - 1) // 2, panel.settings.left + (width - 1) // 2
    found = answer(workspace).trace.activations["conv1"][0, 16]
    assert workspace.view.selection == Unit("conv1", 16)
    assert workspace.view.pixel == middle
    assert found[middle] > 0.9 * found.max()


def test_undo_takes_the_filter_back(open_panel: Open, workspace: Workspace, qtbot: QtBot) -> None:
    panel: PatchPanel = open_panel("patch")
    before = workspace.document.network
    qtbot.waitUntil(lambda: panel.match is not None)
    qtbot.keyClick(panel.button, Key.Key_Space)
    assert workspace.document.network is not before
    workspace.document.undo()
    assert workspace.document.network is before


def test_a_typed_rectangle_overwrites_a_filter_of_a_deeper_layer(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    panel: PatchPanel = open_panel("patch")
    workspace.view.select(Unit("conv2", 4))
    assert panel.layer.currentText() == "conv2"
    for name in ("height", "width"):
        type_into(qtbot, panel.form.fields[name].box, "3")
    panel.form.fields["target"].box.setCurrentText("filter number")
    qtbot.waitUntil(lambda: panel.match is not None and panel.match.pattern.source == "pool1")
    before = workspace.document.network["conv2"].parameters["kernel"]
    panel.use()
    after = workspace.document.network["conv2"].parameters["kernel"]
    changed = np.flatnonzero([not np.array_equal(a, b) for a, b in zip(before, after, strict=True)])
    assert changed.tolist() == [4]


def test_the_pattern_is_followed_when_the_picture_moves(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    panel: PatchPanel = open_panel("patch")
    qtbot.waitUntil(lambda: panel.match is not None)
    assert panel.match is not None
    before = panel.match.best
    workspace.document.prepare("Shift", Preparation().with_settings(shift_x=0.1))
    answer(workspace)
    qtbot.waitUntil(
        lambda: panel.match is not None and panel.match.best[:2] == (before.row, before.column + 16)
    )


def test_another_network_with_a_smaller_image_moves_the_rectangle_into_it(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:
    panel: PatchPanel = open_panel("patch")
    qtbot.waitUntil(lambda: panel.match is not None)
    workspace.document.edit("Smaller", edits.set_input_size(3, 30, 40))
    panel.refresh()  # with the answer for the larger image
    show_texture(workspace)
    qtbot.waitUntil(lambda: panel.match is not None and panel.match.maps[0].values.shape[-2:] == (30, 40))
    held = panel.settings
    assert held.top + held.height <= 30
    assert held.left + held.width <= 40


def test_a_flat_patch_is_no_pattern(open_panel: Open, workspace: Workspace, qtbot: QtBot) -> None:
    panel: PatchPanel = open_panel("patch")
    show_picture(workspace, brightness=80)
    panel._take(top=3)
    assert "no pattern in it" in panel.note.text()
    assert not panel.button.isEnabled()
    assert len(panel.strip.maps) == 1
