"""The layer panel: every change of a field is an edit, every gesture one undo, and what follows is told."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.network import Network, Node
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame
from explorer.ui import theme
from explorer.ui.panels.layer_settings import LayerPanel
from explorer.ui.widgets.form_label import ScrubLabel
from explorer.ui.widgets.layer_facts import layer_facts, memory_label, size_lines
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.workspace import Workspace
from tests.document.networks import chain, residual
from tests.ui.conftest import Said

Key, Button = Qt.Key, Qt.MouseButton


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> LayerPanel:
    workspace.document.start_over(chain(), Preparation())
    panel = LayerPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(236, 420)
    panel.show()
    qtbot.waitExposed(panel)
    workspace.view.select(Unit("conv1"))
    return panel


def network(panel: LayerPanel) -> Network:
    return panel.workspace.document.network


def labels(panel: LayerPanel) -> list[str]:
    return [entry.label for entry in panel.workspace.document.history.entries]


def box(panel: LayerPanel, name: str, index: int = 0) -> NumberBox:
    assert panel.form is not None
    return panel.form.fields[name].findChildren(NumberBox)[index]


def type_into(qtbot: QtBot, field: NumberBox, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)


def scrub(qtbot: QtBot, panel: LayerPanel, label: str, *steps: int) -> None:
    one = next(one for one in panel.findChildren(ScrubLabel) if one.text() == label)
    qtbot.mousePress(one, Button.LeftButton, pos=QPoint(100, 5))
    for step in steps:
        qtbot.mouseMove(one, QPoint(100 + 6 * step, 5))
    qtbot.mouseRelease(one, Button.LeftButton, pos=QPoint(100 + 6 * steps[-1], 5))


def test_a_typed_setting_is_an_edit_with_a_label(qtbot: QtBot, panel: LayerPanel) -> None:
    type_into(qtbot, box(panel, "kernel"), "5")
    assert network(panel)["conv1"].layer.kernel == (5, 5)
    assert labels(panel)[-1] == "Kernel of conv1: 5 × 5"


def test_a_drag_is_one_undo(qtbot: QtBot, panel: LayerPanel) -> None:
    before = network(panel)
    scrub(qtbot, panel, "Filters", 1, 2, 3, 4)
    assert network(panel)["conv1"].layer.filters == 8
    assert len(labels(panel)) == 2
    panel.workspace.document.undo()
    assert network(panel) is before


def test_a_drag_there_and_back_leaves_every_weight(qtbot: QtBot, panel: LayerPanel) -> None:
    before = network(panel)
    scrub(qtbot, panel, "Filters", -1, -3, -1, 0)
    for name in ("conv1", "conv2"):
        for key, array in before[name].parameters.items():
            assert np.array_equal(network(panel)[name].parameters[key], array)


def test_two_drags_are_two_undos(qtbot: QtBot, panel: LayerPanel) -> None:
    scrub(qtbot, panel, "Filters", 1)
    scrub(qtbot, panel, "Filters", 1)
    assert len(labels(panel)) == 3


def test_an_edit_from_elsewhere_in_the_middle_of_keys_is_not_lost(qtbot: QtBot, panel: LayerPanel) -> None:
    qtbot.keyClick(box(panel, "filters"), Key.Key_Up)
    panel.workspace.document.edit("Bypass", edits.set_bypassed("pool1", True))
    qtbot.keyClick(box(panel, "filters"), Key.Key_Up)
    assert network(panel)["pool1"].bypassed
    assert network(panel)["conv1"].layer.filters == 6


def test_a_group_count_that_does_not_divide_stands_refused_below_its_field(
    qtbot: QtBot, panel: LayerPanel
) -> None:
    panel.workspace.view.select(Unit("conv2"))
    before = network(panel)
    type_into(qtbot, box(panel, "groups"), "3")
    assert panel.form is not None
    assert "Expected one of 1, 2." in panel.form.sentence("groups")
    assert box(panel, "groups").text() == "1"
    assert network(panel) is before


def test_steps_reach_only_group_counts_that_divide(qtbot: QtBot, panel: LayerPanel) -> None:
    panel.workspace.document.edit("Filters", edits.set_settings("conv2", filters=12))
    panel.workspace.view.select(Unit("conv2"))  # 4 channels in, 12 filters
    seen = []
    for _ in range(4):
        qtbot.keyClick(box(panel, "groups"), Key.Key_Up)
        seen.append(network(panel)["conv2"].layer.groups)
    assert seen == [2, 4, 4, 4]


def test_steps_do_not_reach_a_kernel_larger_than_its_input(qtbot: QtBot, panel: LayerPanel) -> None:
    panel.workspace.document.edit("Padding", edits.set_settings("conv2", padding="valid"))
    panel.workspace.view.select(Unit("conv2"))  # 4 x 4 comes in
    for _ in range(5):
        qtbot.keyClick(box(panel, "kernel"), Key.Key_Up)
    assert network(panel)["conv2"].layer.kernel == (4, 4)


def test_sides_appear_with_explicit_padding(qtbot: QtBot, panel: LayerPanel) -> None:
    assert panel.form is not None
    assert not panel.form.fields["sides"].isVisible()
    panel.workspace.document.edit("Padding", edits.set_settings("conv1", padding="explicit"))
    assert panel.form.fields["sides"].isVisible()


def test_undo_is_seen_in_the_fields(qtbot: QtBot, panel: LayerPanel) -> None:
    type_into(qtbot, box(panel, "filters"), "7")
    panel.workspace.document.undo()
    assert box(panel, "filters").text() == "4"


def test_the_focus_stays_where_it_was_after_an_edit(qtbot: QtBot, panel: LayerPanel) -> None:
    field = box(panel, "filters")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Key.Key_Up)
    assert field.hasFocus()


def test_the_output_size_formula_has_todays_numbers() -> None:
    assert size_lines(chain(), "conv1") == ["⌊(8 + 1 + 1 - 3) / 1⌋ + 1 = 8", "1×8×8 → 4×8×8"]


def test_height_and_width_have_formulas_of_their_own_where_they_differ() -> None:
    network = edits.set_settings("conv1", stride=(1, 2))(chain())
    assert size_lines(network, "conv1")[:2] == [
        "height: ⌊(8 + 1 + 1 - 3) / 1⌋ + 1 = 8",
        "width: ⌊(8 + 0 + 1 - 3) / 2⌋ + 1 = 4",
    ]


def test_pixels_that_no_window_reaches_are_told() -> None:
    network = edits.set_settings("conv1", stride=(3, 3), padding="valid")(
        edits.set_input_size(1, 5, 5)(chain())
    )
    assert "The last 2 rows and the last 2 columns are never read." in size_lines(network, "conv1")


def test_pixels_between_windows_are_told() -> None:
    network = edits.set_settings("conv1", stride=(1, 4), kernel=(3, 3), padding="valid")(chain())
    assert size_lines(network, "conv1")[-2:] == [
        "The last column is never read.", "Between two windows one column is skipped.",
    ]  # fmt: skip


def test_the_facts_of_a_convolution() -> None:
    facts = {fact.name: fact.value for fact in layer_facts(chain(), "conv1")}
    assert facts == {
        "Parameters": "4×3×3×1 + 4 = 40",
        "Multiply-adds": f"{4 * 9 * 64:,}",
        "Memory": "1 KiB",
        "Sees": "3×3, step 1×1",
        "As dense": f"{64 * 256 + 256:,} parameters",
    }


def test_only_a_convolution_is_set_against_a_dense_layer() -> None:
    nodes = (*chain().nodes, Node("bn", BatchNormalization(), ("conv1",)))
    facts = {fact.name for fact in layer_facts(Network(nodes).fitted(), "bn")}
    assert "Parameters" in facts
    assert "As dense" not in facts


def test_memory_is_told_in_units_that_one_reads() -> None:
    assert [memory_label(size) for size in (12, 1536, 3 * 2**20, 5 * 2**30)] == [
        "12 B",
        "1.5 KiB",
        "3 MiB",
        "5 GiB",
    ]


def test_the_size_is_always_in_sight_below_the_form(panel: LayerPanel) -> None:
    size = panel.findChild(QLabel, "layer_size")
    assert size.isVisible()
    assert size.text().endswith("1×8×8 → 4×8×8")


def test_what_is_wrong_with_a_layer_stands_above_its_settings(panel: LayerPanel) -> None:
    panel.workspace.document.edit("Remove", edits.remove("flatten"))
    panel.workspace.view.select(Unit("dense"))
    problem = panel.findChild(QLabel, "layer_problem")
    assert problem.isVisible()
    assert problem.text().startswith("Dense works on a list of features")


def test_the_headline_names_layer_and_kind(panel: LayerPanel) -> None:
    assert panel.headline == "conv1 · Convolution"


def test_a_layer_that_vanishes_gives_way_to_the_input(panel: LayerPanel) -> None:
    panel.workspace.document.edit("Remove", edits.remove("conv1"))
    assert panel.headline == "image · Input"


def choose(panel: LayerPanel, index: int, name: str) -> None:
    """What a person does with the list of a choice: pick one."""
    choice = panel.reads.choices[index]
    choice.setCurrentText(name)
    choice.activated.emit(choice.currentIndex())


def test_a_join_can_be_connected_otherwise(panel: LayerPanel) -> None:
    panel.workspace.document.start_over(residual(), Preparation())
    panel.workspace.view.select(Unit("add"))
    assert panel.reads.inputs == ("conv2", "image")
    choose(panel, 1, "relu1")
    assert network(panel)["add"].inputs == ("conv2", "relu1")
    assert labels(panel)[-1] == "Let add read conv2, relu1"


def test_only_layers_that_make_no_circle_are_offered(panel: LayerPanel) -> None:
    panel.workspace.document.start_over(residual(), Preparation())
    panel.workspace.view.select(Unit("relu1"))
    choice = panel.reads.choices[0]
    assert [choice.itemText(i) for i in range(choice.count())] == ["image", "conv1"]


def test_a_join_reads_one_more_and_one_less(qtbot: QtBot, panel: LayerPanel) -> None:
    panel.workspace.document.start_over(residual(), Preparation())
    panel.workspace.view.select(Unit("add"))
    qtbot.mouseClick(panel.reads.button("Read one more"), Button.LeftButton)
    assert network(panel)["add"].inputs == ("conv2", "image", "relu1")
    qtbot.mouseClick(panel.reads.button("Read one less 1"), Button.LeftButton)
    assert network(panel)["add"].inputs == ("image", "relu1")


def test_bypass_is_an_edit(qtbot: QtBot, panel: LayerPanel) -> None:
    qtbot.keyClick(panel.bypass, Key.Key_Space)
    assert network(panel)["conv1"].bypassed
    assert labels(panel)[-1] == "Bypass conv1"


def test_reset_draws_new_weights_of_the_seed(qtbot: QtBot, panel: LayerPanel) -> None:
    panel.workspace.document.edit("Zero", edits.set_weight("conv1", "kernel", (slice(None),), 0.0))
    qtbot.mouseClick(panel.reset, Button.LeftButton)
    first = network(panel)["conv1"].parameters["kernel"]
    assert np.abs(first).sum() > 0
    panel.seed.setFocus()
    qtbot.keyClick(panel.seed, Key.Key_Up)
    assert not np.array_equal(network(panel)["conv1"].parameters["kernel"], first)
    assert labels(panel)[-1] == "New parameters for conv1, seed 1"


def test_seeds_tried_one_after_another_are_one_undo(qtbot: QtBot, panel: LayerPanel) -> None:
    for _ in range(3):
        qtbot.keyClick(panel.seed, Key.Key_Up)
    assert labels(panel) == ["Start", "New parameters for conv1, seed 3"]


def test_a_seed_that_cannot_be_one_changes_nothing(qtbot: QtBot, panel: LayerPanel) -> None:
    type_into(qtbot, panel.seed, "-5")
    assert panel.seed.text() == "seed 0"
    assert labels(panel) == ["Start"]


def test_the_wheel_over_the_form_draws_no_new_weights(panel: LayerPanel) -> None:
    for widget in (panel.seed, panel.reads.choices[0]):
        middle = QPointF(widget.rect().center())
        event = QWheelEvent(
            middle, QPointF(widget.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, 120), Button.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        panel.reset.setFocus()
        QApplication.sendEvent(widget, event)
    assert labels(panel) == ["Start"]


def test_the_input_takes_the_size_of_the_source(qtbot: QtBot, panel: LayerPanel) -> None:
    panel.workspace.frame = Frame(np.zeros((48, 64, 3), np.uint8), 0, 0.0)
    panel.workspace.view.select(Unit("image"))
    qtbot.mouseClick(panel.use_source_size, Button.LeftButton)
    assert network(panel).input_shape == (1, 48, 64)


def test_without_a_source_its_size_is_not_known(qtbot: QtBot, panel: LayerPanel, said: Said) -> None:
    panel.workspace.view.select(Unit("image"))
    qtbot.mouseClick(panel.use_source_size, Button.LeftButton)
    assert said[-1] == ("No image has come from the source yet. Open one first.", "error")


def test_nothing_is_wider_than_the_dock(panel: LayerPanel) -> None:
    for node in network(panel).nodes:
        panel.workspace.view.select(Unit(node.name))
        QApplication.processEvents()
        area = panel.scroller
        assert area.widget().minimumSizeHint().width() <= area.viewport().width(), node.name


def test_the_choices_of_a_join_fill_their_column(panel: LayerPanel) -> None:
    panel.workspace.document.start_over(residual(), Preparation())
    panel.workspace.view.select(Unit("add"))
    QApplication.processEvents()
    assert [choice.width() > panel.width() / 3 for choice in panel.reads.choices] == [True, True]


def test_labels_follow_the_size_of_the_text(qapp: QApplication, panel: LayerPanel) -> None:
    label = next(one for one in panel.findChildren(ScrubLabel) if one.text() == "Padding value")
    before = label.width()
    theme.apply(qapp, "dark", 1.5)
    assert label.minimumWidth() > 1.3 * before
