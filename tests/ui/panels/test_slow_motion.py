"""Slow motion: four parts of a step, the last of which is exactly the step that the trainer makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.engine.network import Network
from explorer.engine.training import Training, train
from explorer.ui.panels.slow_motion import SlowMotionPanel
from explorer.ui.slow_motion import GRADIENT, GUESS, LOSS, STEP
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said
from tests.ui.small_training import prepare
from tests.ui.small_training import train as train_on


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> SlowMotionPanel:
    prepare(workspace)
    return shown(qtbot, workspace)


def shown(qtbot: QtBot, workspace: Workspace) -> SlowMotionPanel:
    panel = SlowMotionPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(800, 180)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def press_next(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    """The next part, with all that comes of it."""
    workspace = panel.workspace
    qtbot.mouseClick(panel.next_button, Qt.MouseButton.LeftButton)
    settle(workspace, qtbot, lambda: not panel.motion.is_waiting and workspace.trainer.state != "running")


def settle(workspace: Workspace, qtbot: QtBot, is_done: Callable[[], bool]) -> None:
    def done() -> bool:
        workspace.clock.tick()
        return is_done()

    qtbot.waitUntil(done, timeout=10_000)


def assert_same(left: Network, right: Network) -> None:
    for node in left.nodes:
        for name, array in node.parameters.items():
            np.testing.assert_array_equal(
                array, right[node.name].parameters[name], err_msg=f"{node.name} {name}"
            )


def test_each_press_shows_one_part_more(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    for phase, known in (
        (GUESS, ["kernels"]), (LOSS, ["kernels"]), (GRADIENT, ["kernels", "gradient"]),
        (STEP, ["kernels", "gradient", "update"]),
    ):  # fmt: skip
        press_next(panel, qtbot)
        assert panel.motion.phase == phase
        assert [part for part, picture in panel.pictures.items() if picture.isVisible()] == known


def test_nothing_moves_or_is_cut_off_while_the_parts_appear(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    panel.resize(500, 190)
    places = set()
    for _ in range(4):
        press_next(panel, qtbot)
        panel.grab()
        assert panel.phases.heightForWidth(panel.phases.width()) < 2 * panel.phases.fontMetrics().height()
        places.add((panel.images.geometry().getRect(), panel.pictures["kernels"].geometry().getRect()))
        for caption in panel.captions.values():
            assert caption.fontMetrics().size(0, caption.text()).width() <= caption.width()
    assert len(places) == 1


def test_only_the_last_part_changes_the_network(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    before = panel.workspace.document.network
    for _ in range(3):
        press_next(panel, qtbot)
    assert panel.workspace.document.network is before
    press_next(panel, qtbot)
    assert panel.workspace.document.network is not before


def test_it_makes_bit_for_bit_the_steps_of_the_trainer(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    workspace = panel.workspace
    start = workspace.document.network.with_classes(("upright", "lying"))
    for _ in range(8):  # two steps
        press_next(panel, qtbot)
    made = workspace.trainer.current
    assert made.steps == 2
    assert_same(made.network, panel.motion.step.after.network)
    workspace.trainer.reset()
    again = train_on(workspace, qtbot, 2)
    assert_same(made.network, again.network)
    np.testing.assert_array_equal(made.curves.steps["loss"], again.curves.steps["loss"])
    assert_same(made.start, start)


def test_the_sentences_tell_the_numbers(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    press_next(panel, qtbot)
    step = panel.motion.step
    assert f"<b>{step.hits}</b>" in panel.sentence.text()
    press_next(panel, qtbot)
    assert f"{step.progress.loss:.3f}" in panel.sentence.text()
    press_next(panel, qtbot)
    press_next(panel, qtbot)
    assert f"{step.loss_after:.3f}" in panel.sentence.text()
    assert "0.001" in panel.sentence.text()


def test_the_images_of_the_batch_stand_there_with_what_they_are_taken_for(
    panel: SlowMotionPanel, qtbot: QtBot
) -> None:
    press_next(panel, qtbot)
    step, images = panel.motion.step, panel.images
    assert len(images.chosen) == 10
    guesses = [images._caption(place) for place in range(10)]
    right = step.answer.probabilities.argmax(1) == step.targets
    assert [text.startswith("✓") for text in guesses] == list(right)
    assert all(text[2:] in ("upright", "lying") for text in guesses)
    press_next(panel, qtbot)
    assert float(images._caption(3)) == pytest.approx(step.losses[3], abs=5e-3)
    assert "The network says" in images._tip(3)


def test_back_leads_to_the_part_before_and_nothing_is_made_twice(
    panel: SlowMotionPanel, qtbot: QtBot
) -> None:
    for _ in range(4):
        press_next(panel, qtbot)
    qtbot.mouseClick(panel.back_button, Qt.MouseButton.LeftButton)
    assert panel.motion.phase == GRADIENT
    assert not panel.pictures["update"].isVisible()
    press_next(panel, qtbot)
    assert panel.motion.phase == STEP
    assert panel.workspace.trainer.current.steps == 1


def test_the_first_part_has_none_before_it(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    press_next(panel, qtbot)
    assert not panel.back_button.isEnabled()


def test_the_selected_layer_is_shown(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    press_next(panel, qtbot)
    view, network = panel.workspace.view, panel.workspace.document.network
    conv, dense = (node.name for node in network.nodes if "kernel" in node.parameters)
    view.select(Unit(network.nodes[2].name, 3))  # the ReLU behind the convolution
    assert panel.layer.currentText() == conv
    view.select(Unit(dense, 1))
    assert panel.layer.currentText() == dense
    assert panel.pictures["kernels"]._kernels.shape == (2, 4, 4, 4)  # one per map that it reads


def test_an_undo_begins_anew(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    before = panel.workspace.document.network
    for _ in range(4):
        press_next(panel, qtbot)
    panel.workspace.document.undo()
    settle(panel.workspace, qtbot, lambda: panel.motion.step is None)
    press_next(panel, qtbot)
    assert panel.motion.phase == GUESS
    assert_same(panel.motion.step.before.network, before)


def test_other_settings_begin_anew(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    press_next(panel, qtbot)
    panel.workspace.trainer.configure(settings=Training(batch=20))
    assert panel.motion.step is None
    press_next(panel, qtbot)
    assert len(panel.images.chosen) == 20


def test_a_training_that_runs_rests_for_it_and_goes_on_afterwards(
    panel: SlowMotionPanel, qtbot: QtBot
) -> None:
    run = train_on(panel.workspace, qtbot, 7)
    for _ in range(4):
        press_next(panel, qtbot)
    assert run.steps == 8
    steps = train(run.start, panel.workspace.trainer._task(run.start).examples, run.settings)
    assert_same([next(steps) for _ in range(8)][-1].network, run.network)


def test_playing_goes_through_the_parts_by_itself(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    panel.motion._play.setInterval(1)
    qtbot.mouseClick(panel.play_button, Qt.MouseButton.LeftButton)

    def has_gone_on() -> bool:
        current = panel.workspace.trainer.current
        return current is not None and current.steps >= 2

    settle(panel.workspace, qtbot, has_gone_on)
    qtbot.mouseClick(panel.play_button, Qt.MouseButton.LeftButton)
    assert not panel.motion.is_playing
    settle(
        panel.workspace,
        qtbot,
        lambda: not panel.motion.is_waiting and panel.workspace.trainer.state != "running",
    )


def test_a_panel_that_nobody_sees_stands_still(panel: SlowMotionPanel, qtbot: QtBot) -> None:
    panel.motion.play()
    panel.leave_sight()
    assert not panel.motion.is_playing
    settle(panel.workspace, qtbot, lambda: not panel.motion.is_waiting)


def test_without_a_data_set_it_says_so(workspace: Workspace, qtbot: QtBot) -> None:
    panel = shown(qtbot, workspace)
    assert "No data set" in panel._empty.text()
    assert not panel.next_button.isEnabled()


def test_what_goes_wrong_is_a_sentence(panel: SlowMotionPanel, qtbot: QtBot, said: Said, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("The targets do not fit.")

    monkeypatch.setattr("explorer.ui.slow_motion.slow_step", fail)
    press_next(panel, qtbot)
    assert said[-1] == ("The targets do not fit.", "error")
    assert panel.motion.step is None
