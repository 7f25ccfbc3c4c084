"""The trainer: one undo per run, exact resets, edits by hand in the middle, and nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.datasets.opening import open_dataset
from explorer.datasets.split import Splitting
from explorer.document import edits
from explorer.engine.layers.activation import ReLU
from explorer.engine.losses import MeanSquaredError
from explorer.engine.optimizers import SGD, Adam
from explorer.engine.presets.networks import build_network
from explorer.engine.training import Training
from explorer.runtime.stopping import Stopping
from explorer.sources.preparation import Preparation
from tests.runtime.trainings import SETTINGS, numbers_of
from tests.ui.conftest import Said
from tests.ui.training import Bench


def test_a_run_is_one_entry_of_the_history(bench: Bench) -> None:
    bench.train(10)
    assert bench.labels[-1] == "Train 10 steps"
    assert len(bench.labels) == 3


def test_going_on_makes_no_second_entry(bench: Bench) -> None:
    bench.train(10)
    bench.train(5)
    assert bench.labels[2:] == ["Train 15 steps"]


def test_one_undo_takes_the_run_back_and_redo_goes_on_with_it(bench: Bench) -> None:
    before = numbers_of(bench.document.network)
    bench.train(10)
    after = bench.document.network
    bench.document.undo()
    assert np.array_equal(numbers_of(bench.document.network), before)
    assert bench.trainer.state == "idle"
    bench.document.redo()
    assert bench.document.network is after
    assert (bench.trainer.state, bench.trainer.checkpoint.step) == ("paused", 10)


def test_undo_while_it_runs_rests_and_loses_nothing(bench: Bench) -> None:
    before = numbers_of(bench.document.network)
    bench.trainer.play()
    bench.wait_for_steps(5)
    bench.document.undo()
    assert bench.trainer.state == "idle"
    assert np.array_equal(numbers_of(bench.document.network), before)
    bench.document.redo()
    assert bench.trainer.checkpoint.step >= 5
    assert bench.document.network is bench.trainer.checkpoint.network


def test_reset_and_train_again_gives_the_same_numbers(bench: Bench) -> None:
    bench.train(30)
    first, weights = bench.losses(), numbers_of(bench.document.network)
    bench.trainer.reset()
    assert bench.losses() == []
    bench.train(30)
    assert bench.losses() == first
    assert np.array_equal(numbers_of(bench.document.network), weights)


def test_a_reset_can_be_undone(bench: Bench) -> None:
    bench.train(10)
    weights = numbers_of(bench.document.network)
    bench.trainer.reset()
    bench.document.undo()
    assert np.array_equal(numbers_of(bench.document.network), weights)
    assert bench.trainer.checkpoint.step == 10


def test_the_network_learns_the_names_of_its_classes(bench: Bench) -> None:
    bench.train(1)
    assert bench.document.network.classes == bench.trainer.dataset.classes


def test_settings_change_while_it_runs(bench: Bench) -> None:
    bench.trainer.play()
    bench.wait_for_steps(3)
    bench.trainer.configure(settings=SETTINGS.with_settings(optimizer=SGD(rate=0.002)))
    seen = bench.trainer.current.steps
    bench.wait_for_steps(seen + 5)
    bench.trainer.pause()
    rates = bench.trainer.curves.steps["learning_rate"]
    assert (rates[0], rates[-1]) == (0.01, 0.002)
    assert bench.trainer.current.settings.optimizer == SGD(rate=0.002)


def test_a_kernel_edited_by_hand_goes_into_the_training(bench: Bench) -> None:
    bench.trainer.play()
    bench.wait_for_steps(5)
    assert bench.document.edit("A weight", edits.set_weight("dense5", "bias", (0,), 5.0))
    seen = bench.trainer.current.steps
    bench.wait_for_steps(seen + 3)
    bench.trainer.pause()
    assert bench.document.network["dense5"].parameters["bias"][0] > 4
    assert bench.labels[-2] == "A weight"
    assert bench.labels[-1].startswith("Train ")


def test_another_layer_makes_it_rest_and_play_goes_on_with_it(bench: Bench, said: Said) -> None:
    bench.trainer.play()
    bench.wait_for_steps(5)
    bench.document.edit("Filters", edits.set_settings("conv2d1", filters=6))
    assert bench.trainer.state == "paused"
    assert any("the layers have changed" in sentence for sentence, _ in said)
    steps = bench.trainer.checkpoint.step
    bench.train(5)
    assert bench.trainer.checkpoint.step == steps + 5
    assert bench.document.network["conv2d1"].parameters["kernel"].shape[0] == 6


def test_what_was_learned_last_is_in_the_network_whose_layers_have_changed(bench: Bench) -> None:
    bench.trainer.play()
    bench.wait_for_steps(20)
    bench.document.edit("A layer", edits.insert_after("conv2d1", ReLU()))
    learned = bench.trainer.checkpoint.network["conv2d1"].parameters["kernel"]
    assert np.array_equal(bench.document.network["conv2d1"].parameters["kernel"], learned)
    assert bench.document.network is bench.document.history.state.network


def test_another_network_ends_the_run(bench: Bench) -> None:
    bench.train(5)
    bench.document.edit("Another", edits.replace_network(build_network("keras-tutorial")))
    assert bench.trainer.current is None
    assert bench.trainer.runs[-1].steps == 5


def test_preparing_the_frame_otherwise_does_not_disturb_the_run(bench: Bench) -> None:
    bench.trainer.play()
    bench.wait_for_steps(3)
    bench.document.prepare("Mirror", Preparation(flip_h=True))
    assert bench.trainer.state == "running"
    bench.trainer.pause()
    assert bench.labels[-2:] == ["Mirror", f"Train {bench.trainer.checkpoint.step} steps"]
    assert bench.document.preparation.flip_h


def test_other_parts_end_the_run_and_come_back_with_it(bench: Bench, said: Said) -> None:
    bench.train(5)
    first, validated = bench.trainer.current, bench.trainer.split.validation
    bench.trainer.configure(splitting=Splitting(validation=0.3))
    assert bench.trainer.current is None
    assert "this run has ended" in said[-1][0]
    assert len(bench.trainer.split.validation) > len(validated)
    bench.train(2)
    assert bench.trainer.current is not first
    bench.trainer.go_back_to(first)
    assert bench.trainer.splitting == first.splitting == Splitting()
    assert bench.trainer.split.validation.tolist() == validated.tolist()


def test_going_back_to_a_run_with_another_input_goes_on_once_its_images_are_prepared(bench: Bench) -> None:
    bench.document.edit("Larger input", edits.set_input_size(1, 16, 16))
    bench.trainer.play(3)
    bench.wait(lambda: bench.trainer.current is not None)
    bench.wait_for_rest()
    large = bench.trainer.current
    bench.trainer.stop()
    bench.document.edit("Smaller input", edits.set_input_size(1, 8, 8))
    bench.train(2)
    bench.trainer.go_back_to(large)
    bench.wait(lambda: bench.trainer.current is large)
    bench.train(2)
    assert bench.trainer.current is large
    assert large.steps == 5


def test_go_back_to_an_earlier_run_is_one_edit_and_goes_on(bench: Bench) -> None:
    bench.train(5)
    first = bench.trainer.current
    bench.trainer.reset()
    bench.train(8)
    bench.trainer.go_back_to(first)
    assert bench.document.network is first.network
    assert bench.labels[-1] == f"Go back to {first.title}"
    bench.train(2)
    assert first.steps == 7


def test_ending_a_run_lets_the_next_one_begin_with_its_network(bench: Bench) -> None:
    bench.train(5)
    bench.trainer.stop()
    bench.train(1)
    assert [run.steps for run in bench.trainer.runs] == [5, 1]


def test_one_epoch_ends_with_the_epoch(bench: Bench) -> None:
    bench.trainer.epoch()
    bench.wait_for_rest()
    assert (bench.trainer.checkpoint.epoch, bench.trainer.checkpoint.position) == (1, 0)


def test_images_of_another_size_are_prepared_first(bench: Bench) -> None:
    bench.trainer.use(open_dataset("drawn:bars?count=30&orientations=2&size=12"))
    bench.trainer.play(2)
    bench.wait(lambda: bench.trainer.current is not None)
    bench.wait_for_rest()
    assert bench.trainer.checkpoint.step == 2


def test_without_data_it_says_what_to_do(bench: Bench, said: Said) -> None:
    bench.trainer.use(None)
    bench.trainer.play()
    assert said[-1] == ("No data set is chosen. Choose the images to learn from.", "error")


def test_a_misfit_is_told_and_one_edit_adapts_the_network(bench: Bench, said: Said) -> None:
    bench.trainer.use(open_dataset("drawn:bars?count=30&orientations=3&size=8"))
    bench.trainer.play()
    assert "answers 2 classes, the data set has 3" in said[-1][0]
    bench.trainer.adapt()
    bench.train(2)
    assert bench.trainer.checkpoint.step == 2
    bench.document.undo()
    bench.document.undo()
    assert bench.document.network["dense5"].layer.units == 2


def test_nan_stops_with_a_sentence_and_keeps_good_weights(bench: Bench, said: Said) -> None:
    bench.trainer.configure(settings=Training(batch=16, optimizer=SGD(rate=100.0)))
    bench.trainer.play(300)
    bench.wait_for_rest()
    assert bench.trainer.state == "failed"
    assert said[-1][1] == "error"
    assert "Try a learning rate" in said[-1][0]
    assert np.isfinite(numbers_of(bench.document.network)).all()


def test_the_end_that_is_set_is_told(bench: Bench, said: Said) -> None:
    bench.trainer.configure(stopping=Stopping(steps=4))
    bench.trainer.play()
    bench.wait_for_rest()
    assert said[-1] == ("4 steps are done.", "note")


@pytest.mark.parametrize("loss", [MeanSquaredError()])
def test_other_losses_train(bench: Bench, loss: MeanSquaredError) -> None:
    bench.trainer.configure(settings=Training(batch=16, loss=loss, optimizer=Adam(rate=0.01)))
    bench.train(40)
    losses = bench.losses()
    assert np.mean(losses[-5:]) < np.mean(losses[:5])


def test_previews_wait_after_an_edit_by_hand_so_that_a_drag_is_one_undo(bench: Bench) -> None:
    bench.trainer.play()
    bench.wait_for_steps(5)
    drag = object()
    for value in (1.0, 2.0, 3.0):
        bench.document.edit("Drag", edits.set_weight("dense5", "bias", (0,), value), merge_key=drag)
        bench.workspace.clock.tick()
    assert bench.labels.count("Drag") == 1
    bench.trainer.pause()
