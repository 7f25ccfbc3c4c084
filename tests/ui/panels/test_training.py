"""The training panel: buttons and settings reach the trainer, and what is missing is said with a way out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.datasets.dataset import DataSet
from explorer.datasets.opening import open_dataset
from explorer.document.view import Unit
from explorer.engine.losses import CrossEntropy
from explorer.engine.network import Network
from explorer.engine.optimizers import SGD, Adam
from explorer.engine.training import Training
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_task import Task
from explorer.ui.panels.training import TrainingPanel
from explorer.ui.short_number import short_number
from explorer.ui.training_texts import clock, run_headline
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.widgets.run_table import cells
from explorer.ui.window import Window
from tests.ui.conftest import Said
from tests.ui.training import Bench

Left = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(window: Window, bench: Bench) -> TrainingPanel:
    window.set_shown("training", True)
    panel = window.panel("training")
    assert isinstance(panel, TrainingPanel)
    return panel


def click(qtbot: QtBot, button) -> None:
    assert button.isEnabled()
    qtbot.mouseClick(button, Left)


def type_into(qtbot: QtBot, box: NumberBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def test_train_and_pause_by_the_button(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    click(qtbot, panel.play)
    assert panel.play.text() == "Pause"
    bench.wait_for_steps(5)
    click(qtbot, panel.play)
    assert (bench.trainer.state, panel.play.text()) == ("paused", "Train")


def test_one_step_is_one_step(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    click(qtbot, panel.buttons["training.step"])
    bench.wait_for_rest()
    assert bench.trainer.checkpoint.step == 1
    assert panel.figures.text_of("Step") == "1"


def test_one_epoch_by_the_button(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    click(qtbot, panel.buttons["training.epoch"])
    bench.wait_for_rest()
    assert bench.trainer.checkpoint.epoch == 1


def test_reset_by_the_button(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    bench.train(5)
    click(qtbot, panel.buttons["training.reset"])
    assert bench.labels[-1] == "Reset the training"
    assert not panel.buttons["training.reset"].isEnabled()


def test_the_figures_say_how_it_goes(panel: TrainingPanel, bench: Bench) -> None:
    bench.train(60)
    assert panel.figures.text_of("Step") == "60"
    assert panel.figures.text_of("Epoch") == "11 · 0%"
    assert panel.figures.text_of("Learning rate") == "0.01"
    assert panel.figures.text_of("Val. accuracy").endswith(" %")
    assert panel.headline.endswith("step 60")
    assert "right" in panel.headline


def test_an_accuracy_says_of_which_step_it_is(panel: TrainingPanel, bench: Bench) -> None:
    bench.train(60)
    measured = int(bench.trainer.curves.validation["step"][-1])
    bench.train(1)
    assert int(bench.trainer.curves.validation["step"][-1]) == measured, (
        "nothing was measured after one step more"
    )
    assert f"right at {measured:,} · step 61" in panel.headline


def test_the_rate_is_typed_while_it_runs(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    bench.trainer.play()
    bench.wait_for_steps(3)
    box = panel.form.optimizer.form.form.fields["rate"].findChild(NumberBox)
    type_into(qtbot, box, "0.002")
    assert bench.trainer.settings.optimizer == Adam(rate=0.002)
    assert bench.trainer.state == "running"
    bench.trainer.pause()


def test_a_rate_that_cannot_be_is_refused_below_its_field(
    qtbot: QtBot, panel: TrainingPanel, bench: Bench
) -> None:
    box = panel.form.optimizer.form.form.fields["rate"].findChild(NumberBox)
    type_into(qtbot, box, "1000")
    assert "Learning rate must be at most 100" in panel.form.optimizer.form.form.sentence("rate")
    assert bench.trainer.settings.optimizer.rate == 0.01


def test_another_optimizer_begins_with_its_own_rate(panel: TrainingPanel, bench: Bench) -> None:
    index = panel.form.optimizer.choice.findText("SGD")
    panel.form.optimizer.choice.setCurrentIndex(index)
    panel.form.optimizer.choice.activated.emit(index)
    assert bench.trainer.settings.optimizer == SGD()
    assert list(panel.form.optimizer.form.form.fields) == ["rate", "weight_decay"]


def test_batch_loss_schedule_and_ends_reach_the_trainer(
    qtbot: QtBot, panel: TrainingPanel, bench: Bench
) -> None:
    type_into(qtbot, panel.form.settings.form.fields["batch"].findChild(NumberBox), "24")
    type_into(qtbot, panel.form.stopping.form.fields["steps"].findChild(NumberBox), "7")
    for form, title in ((panel.form.loss, "Mean squared error"), (panel.form.schedule, "Cosine")):
        form.choice.activated.emit(form.choice.findText(title))
    settings = bench.trainer.settings
    assert (settings.batch, settings.loss.kind, settings.schedule.kind) == (
        24,
        "mean_squared_error",
        "cosine",
    )
    assert bench.trainer.stopping == Stopping(steps=7)


def test_what_another_panel_set_is_shown(panel: TrainingPanel, bench: Bench) -> None:
    bench.trainer.configure(settings=Training(batch=77, optimizer=SGD(rate=0.3)))
    assert panel.form.settings.value.batch == 77
    assert panel.form.optimizer.form.value == SGD(rate=0.3)


def test_without_data_it_offers_to_choose_some(panel: TrainingPanel, bench: Bench) -> None:
    bench.trainer.use(None)
    assert "Choose the images to learn from" in panel.sentence.text()
    assert panel.choose.isVisible()
    assert not panel.play.isEnabled()


def test_where_the_classes_do_not_fit_one_button_adapts(
    qtbot: QtBot, panel: TrainingPanel, bench: Bench
) -> None:
    bench.trainer.use(open_dataset("drawn:bars?count=30&orientations=3&size=8"))
    assert "the data set has 3" in panel.sentence.text()
    click(qtbot, panel.adapt)
    assert not panel.sentence.isVisible()
    assert panel.play.isEnabled()
    assert bench.labels[-1] == "Adapt the network to Oriented bars"


def test_why_it_stopped_stands_in_the_panel(panel: TrainingPanel, bench: Bench) -> None:
    bench.trainer.configure(settings=Training(batch=16, optimizer=SGD(rate=100.0)))
    bench.trainer.play(300)
    bench.wait_for_rest()
    assert "Try a learning rate" in panel.sentence.text()
    assert panel.sentence.height() >= panel.sentence.heightForWidth(panel.sentence.width())
    assert panel.figures.text_of("Step") == f"{bench.trainer.checkpoint.step}"
    assert panel.figures.isVisible()
    bench.trainer.reset()
    assert panel.figures.text_of("Step") == "–"
    assert not panel.retry.isVisible()


def test_after_a_divergence_one_button_goes_on_with_the_rate_that_is_advised(
    qtbot: QtBot, panel: TrainingPanel, bench: Bench
) -> None:
    bench.train(10)
    bench.trainer.configure(settings=bench.trainer.settings.with_settings(optimizer=Adam(rate=100.0)))
    bench.trainer.play(300)
    bench.wait_for_rest()
    assert panel.retry.text() == "Try 0.01"
    panel.retry.setText("Try 0.0003")
    panel.resize(panel.minimumWidth(), panel.height())
    qtbot.waitUntil(
        lambda: panel.retry.width() >= panel.retry.sizeHint().width()
    )  # it is whole, however narrow
    click(qtbot, panel.retry)
    assert bench.trainer.settings.optimizer == Adam(rate=0.01)
    bench.wait_for_steps(bench.trainer.checkpoint.step + 5)
    assert bench.trainer.state == "running"
    assert not panel.retry.isVisible()
    bench.trainer.pause()


def test_what_stands_in_the_panel_in_front_is_not_said_once_more(
    qtbot: QtBot, window: Window, bench: Bench, said: Said
) -> None:
    window.show()
    window.set_shown("training", True)
    qtbot.waitUntil(lambda: window.is_in_front("training"))
    bench.trainer.configure(stopping=Stopping(steps=3))
    bench.trainer.play()
    bench.wait_for_rest()
    assert window.panel("training").sentence.text() == "3 steps are done."
    assert said == []
    window.set_shown("training", False)
    bench.trainer.play()
    bench.wait_for_rest()
    assert said == [("6 steps are done.", "note")]


def test_a_sentence_takes_no_room_from_the_maps(window: Window, panel: TrainingPanel, bench: Bench) -> None:
    bench.train(3)
    window.resize(1366, 768)
    panel.grab()
    before = panel.minimumSizeHint().height()
    panel._say("A sentence that needs many lines. " * 20, "note_ground")
    panel.grab()
    assert panel.sentence.isVisible()
    assert panel.minimumSizeHint().height() <= before


def test_all_layers_start_anew_as_one_chose(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    before, start = bench.document.network, panel.form.start
    kinds = [start.initializer.choice.itemText(index) for index in range(start.initializer.choice.count())]
    start.initializer.choice.activated.emit(kinds.index("Orthogonal"))
    type_into(qtbot, start.seeding.form.fields["seed"].findChild(NumberBox), "5")
    click(qtbot, start.all)
    assert bench.labels[-1] == "Orthogonal weights for all layers, seed 5"
    kernel = bench.document.network["conv2d1"].parameters["kernel"].reshape(len(weights(before)), -1)
    assert np.allclose(kernel @ kernel.T, np.eye(len(kernel)), atol=1e-5)
    bench.document.undo()
    assert bench.document.network is before


def test_new_weights_are_a_command_too(bench: Bench, run_command: Callable[[str], None]) -> None:
    before = bench.document.network
    run_command("training.weights.glorot")
    assert bench.labels[-1] == "Glorot weights for all layers, seed 0"
    assert not np.array_equal(weights(bench.document.network), weights(before))


def test_only_the_selected_layer_starts_anew(qtbot: QtBot, panel: TrainingPanel, bench: Bench) -> None:
    before, start = bench.document.network, panel.form.start
    bench.workspace.view.select(Unit("relu1"))
    assert not start.one.isVisible()
    bench.workspace.view.select(Unit("conv2d1"))
    assert start.one.text() == "Only conv2d1"
    click(qtbot, start.one)
    changed = [node.name for node in before.nodes if bench.document.network[node.name] is not node]
    assert changed == ["conv2d1"]


def weights(network: Network) -> np.ndarray:
    return network["conv2d1"].parameters["kernel"]


def test_training_curves_and_runs_tell_the_same_loss(
    window: Window, panel: TrainingPanel, bench: Bench
) -> None:
    bench.train(60)
    run = bench.trainer.runs[0]
    loss = panel.figures.text_of("Loss")
    assert loss == short_number(float(run.curves.steps["loss"][-50:].mean()))
    assert f"loss {loss}" in run_headline(run)
    assert loss in cells(run)


def test_rare_classes_count_more_where_that_is_ticked(
    qtbot: QtBot, panel: TrainingPanel, bench: Bench
) -> None:
    data = bench.trainer.dataset
    rare = np.sort(np.concatenate((np.flatnonzero(data.labels == 0)[:10], np.flatnonzero(data.labels != 0))))
    bench.trainer.use(DataSet(data.images[rare], data.labels[rare], data.classes, "Rare"))
    box = panel.form.loss.form.form.fields["balanced"].findChild(QCheckBox)
    box.click()  # its square is at the left of a wide widget
    tasks: list[Task] = []
    bench.trainer.look_ahead(lambda _, task: tasks.append(task))
    counts = np.bincount(data.labels[rare][bench.trainer.split.train])
    assert np.allclose(np.array(tasks[0].settings.loss.class_weights) * counts, counts.sum() / len(counts))
    assert bench.trainer.settings.loss == CrossEntropy(balanced=True)


def test_the_key_trains(qtbot: QtBot, window: Window, bench: Bench) -> None:
    window.activateWindow()
    window._actions.refresh()
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert bench.trainer.state == "running"
    assert window.is_shown("training")
    bench.trainer.pause()


def test_the_button_beside_the_data_is_called_as_what_it_does(
    qtbot: QtBot, window: Window, bench: Bench
) -> None:
    window.set_shown("data", True)
    data = window.panel("data")
    click(qtbot, data.train)
    assert bench.trainer.state == "running"
    assert data.train.text() == window.panel("training").play.text() == "Pause"
    click(qtbot, data.train)
    assert bench.trainer.state == "paused"
    assert data.train.text() == "Train"


def test_the_same_command_pauses(bench: Bench, run_command: Callable[[str], None]) -> None:
    bench.trainer.play()
    bench.wait_for_steps(2)
    run_command("training.play")
    assert bench.trainer.state == "paused"


def test_train_without_data_opens_the_panels_and_says_what_is_missing(
    window: Window, run_command: Callable[[str], None]
) -> None:
    run_command("training.play")
    assert all(window.is_shown(name) for name in ("data", "training", "curves"))
    panel = window.panel("training")
    assert isinstance(panel, TrainingPanel)
    assert "No data set is chosen" in panel.sentence.text()


@pytest.mark.parametrize("width", [300, 480, 1200])
def test_nothing_is_cut_off_at_any_width(panel: TrainingPanel, bench: Bench, width: int) -> None:
    bench.train(3)
    panel.setMinimumWidth(0)
    panel.resize(width, 500)
    panel.grab()
    for button in (panel.play, *panel.buttons.values()):
        assert panel.rect().contains(button.geometry())
    boxes = panel.form.optimizer.findChildren(QLineEdit)
    assert all(box.width() > 30 for box in boxes if box.isVisible())


@pytest.mark.parametrize(("width", "columns"), [(300, 1), (1200, 5)])
def test_the_settings_stand_side_by_side_where_there_is_room(
    panel: TrainingPanel, width: int, columns: int
) -> None:
    panel.setMinimumWidth(0)
    for before in (1200, 300, width):  # wider and narrower again
        panel.resize(before, 500)
    grid = panel.form.layout()
    assert isinstance(grid, QGridLayout)
    assert len({grid.getItemPosition(index)[1] for index in range(grid.count())}) == columns


def test_time_is_told_as_on_a_clock() -> None:
    assert [clock(seconds) for seconds in (7, 754, 3723)] == ["0:07", "12:34", "1:02:03"]
