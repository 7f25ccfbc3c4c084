"""The training run, in a thread and in a process: exact whatever is asked, and it stops by itself with a sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from explorer.datasets.examples import DataSetExamples
from explorer.engine.network import Network
from explorer.engine.optimizers import SGD, Adam
from explorer.engine.training import Checkpoint, Training
from explorer.runtime.companion import is_possible
from explorer.runtime.curves import Curves, Series
from explorer.runtime.remote_run import RemoteRun
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_run import TrainingRun
from tests.runtime.trainings import SETTINGS, Trained, network, numbers_of, task

KINDS = [TrainingRun, *([RemoteRun] if is_possible() else [])]


@pytest.fixture(params=KINDS, ids=["in a thread", "in a process"][: len(KINDS)])
def trained(request: pytest.FixtureRequest) -> Iterator[Trained]:
    trained = Trained(request.param())
    yield trained
    trained.run.stop()


@pytest.fixture
def other() -> Iterator[Trained]:
    other = Trained()
    yield other
    other.run.stop()


def test_so_many_steps_are_made_and_written_down(trained: Trained) -> None:
    state = trained.begin().to_rest(25)
    assert (state.kind, state.checkpoint.step, len(trained.losses())) == ("paused", 25, 25)
    assert trained.run.curves.steps["step"].tolist() == list(range(1, 26))


def test_the_loss_falls_and_validation_is_measured_on_the_way(trained: Trained) -> None:
    trained.begin().to_rest(150)
    losses = trained.losses()
    assert np.mean(losses[-10:]) < np.mean(losses[:10]) / 2
    assert trained.run.curves.validation["accuracy"][-1] > 0.8


def test_the_same_start_gives_the_same_run_bit_for_bit(trained: Trained, other: Trained) -> None:
    first = trained.begin().to_rest(60)
    second = other.begin().to_rest(60)
    assert trained.losses() == other.losses()
    assert np.array_equal(numbers_of(first.checkpoint.network), numbers_of(second.checkpoint.network))


def test_pausing_again_and_again_changes_no_bit(trained: Trained, other: Trained) -> None:
    whole = trained.begin().to_rest(60)
    other.begin().run.play(60)
    for _ in range(30):  # wherever the thread happens to be
        other.run.pause()
        other.run.play(60 - other.state.checkpoint.step) if other.state.checkpoint.step < 60 else None
    rested = other.rested()
    assert rested.checkpoint.step == 60
    assert other.losses() == trained.losses()
    assert np.array_equal(numbers_of(whole.checkpoint.network), numbers_of(rested.checkpoint.network))
    for name in ("step", "loss", "accuracy"):
        ours, theirs = (run.run.curves.validation[name].tolist() for run in (trained, other))
        assert ours == theirs


def test_a_run_from_a_checkpoint_continues_the_curve(trained: Trained, other: Trained) -> None:
    middle = trained.begin().to_rest(30).checkpoint
    trained.to_rest(30)
    other.begin(start=middle).to_rest(30)
    assert other.losses() == trained.losses()[30:]
    assert np.array_equal(
        numbers_of(other.state.checkpoint.network), numbers_of(trained.state.checkpoint.network)
    )


def test_another_rate_holds_from_the_next_step_on(trained: Trained) -> None:
    trained.begin().to_rest(3)
    trained.run.configure(task(SETTINGS.with_settings(optimizer=Adam(rate=0.5))))
    trained.to_rest(2)
    assert trained.run.curves.steps["learning_rate"].tolist() == [0.01, 0.01, 0.01, 0.5, 0.5]


def test_another_optimizer_and_batch_go_on_from_the_same_step(trained: Trained) -> None:
    trained.begin().to_rest(3)
    trained.run.configure(task(Training(batch=40, optimizer=SGD(rate=0.01))))
    state = trained.to_rest(2)
    assert (state.checkpoint.step, state.images) == (5, 48 + 40 + 8)


def test_it_stops_after_as_many_steps_as_were_set_and_goes_on_for_as_many(trained: Trained) -> None:
    trained.begin(task(stopping=Stopping(steps=10)))
    state = trained.to_rest()
    assert (state.checkpoint.step, state.sentence) == (10, "10 steps are done.")
    assert trained.to_rest().checkpoint.step == 20


def test_it_stops_after_an_epoch(trained: Trained) -> None:
    state = trained.begin(task(stopping=Stopping(epochs=1))).to_rest()
    assert (state.checkpoint.epoch, state.checkpoint.position) == (1, 0)
    assert "1 epoch is done" in state.sentence


def test_it_tells_how_many_steps_are_to_go(trained: Trained) -> None:
    trained.begin(task(stopping=Stopping(steps=10))).to_rest(4)
    trained.run.play(4)
    assert trained.state.steps_to_go <= 6


def test_it_stops_when_the_target_is_reached(trained: Trained) -> None:
    state = trained.begin(task(stopping=Stopping(target=0.75))).to_rest(1000)
    assert "The target is reached" in state.sentence
    assert trained.run.curves.validation["accuracy"][-1] >= 0.75


def test_when_patience_is_over_the_best_weights_come_back(trained: Trained) -> None:
    bad = Training(batch=16, optimizer=Adam(rate=0.3))
    state = trained.begin(task(bad, Stopping(patience=2))).to_rest(1000)
    losses, steps = (trained.run.curves.validation[name] for name in ("loss", "step"))
    assert "Patience is over" in state.sentence
    assert state.checkpoint.step == steps[np.argmin(losses)]
    assert trained.run.curves.steps["step"][-1] == state.checkpoint.step


def test_divergence_names_step_and_layer_and_keeps_good_weights(trained: Trained) -> None:
    state = trained.begin(task(Training(batch=16, optimizer=SGD(rate=100.0)))).to_rest(300)
    assert state.kind == "failed"
    assert state.divergence is not None
    assert f"at step {state.divergence.step}" in state.sentence
    assert "first in " in state.sentence
    assert "learning rate of 10 instead of 100, " in state.sentence
    assert state.divergence.layer in network()
    assert np.isfinite(numbers_of(state.checkpoint.network)).all()
    assert state.checkpoint.step < state.divergence.step


def test_a_rate_that_was_raised_on_the_way_is_to_be_what_it_was(trained: Trained) -> None:
    trained.begin(task(Training(batch=16, optimizer=Adam(rate=0.01)))).to_rest(10)
    trained.run.configure(task(Training(batch=16, optimizer=Adam(rate=100.0))))
    state = trained.to_rest(300)
    assert state.kind == "failed"
    assert "learning rate of 0.01 instead of 100, " in state.sentence
    again = trained.to_rest(300)
    assert again.divergence is not None
    assert again.divergence.rate == 0.01, "who tries the same once more is not told to try another rate"


def test_a_weight_that_is_no_number_is_found_in_its_layer(trained: Trained) -> None:
    trained.begin().to_rest(2)

    def spoil(before: Network) -> Network:
        kernel = before["conv2d1"].parameters["kernel"].copy()
        kernel[0] = np.nan
        return before.with_parameters({"conv2d1": {"kernel": kernel}})

    trained.run.change(spoil)
    state = trained.to_rest()
    assert state.kind == "failed"
    assert "first in conv2d1" in state.sentence
    assert np.isfinite(numbers_of(state.checkpoint.network)).all()


def test_after_a_failure_a_smaller_rate_goes_on(trained: Trained) -> None:
    trained.begin(task(Training(batch=16, optimizer=SGD(rate=100.0)))).to_rest(300)
    trained.run.configure(task(Training(batch=16, optimizer=SGD(rate=0.01))))
    state = trained.to_rest(5)
    assert state.kind == "paused"
    assert np.isfinite(trained.losses()).all()


def test_a_network_changed_by_hand_is_trained_on(trained: Trained) -> None:
    trained.begin().to_rest(5)
    trained.run.change(lambda before: before.with_parameters({"dense5": {"bias": np.full(2, 5, np.float32)}}))
    state = trained.to_rest(1)
    assert abs(state.checkpoint.network["dense5"].parameters["bias"].mean() - 5) < 0.1
    assert state.checkpoint.state is not None
    assert state.checkpoint.state.steps == 6


def test_at_rest_the_network_is_assessed_whatever_the_step(trained: Trained) -> None:
    state = trained.begin().to_rest(3)
    while (assessed := trained.run.assessments.take()) is None or assessed.step != 3:
        trained.run.assessments.wait(10)
    assert assessed.checkpoint is state.checkpoint
    assert assessed.outputs.shape == (len(assessed.indices), 2)


def test_an_assessment_that_a_pause_finds_under_way_is_told_when_it_is_done() -> None:
    trained, plain = Trained(), task()

    class Pausing(DataSetExamples):
        def batch(self, indices, rng):
            trained.run.pause()
            trained.heard()
            return super().batch(indices, rng)

    made = plain.validation
    assert isinstance(made, DataSetExamples)
    pausing = Pausing(made.pixels, made.labels, made.chosen)
    try:
        trained.begin(dataclasses.replace(plain, validation=pausing)).run.play()
        while (assessed := trained.run.assessments.take()) is None:
            trained.next_word()
        assert assessed.checkpoint is trained.state.checkpoint
    finally:
        trained.run.stop()


def test_norms_are_written_every_twenty_steps_for_every_layer_that_learns(trained: Trained) -> None:
    trained.begin().to_rest(45)
    norms = trained.run.curves.norms
    assert set(norms) == {"conv2d1", "dense5"}
    assert norms["conv2d1"]["step"].tolist() == [20, 40]
    assert (norms["conv2d1"]["update"] > 0).all()
    assert (norms["conv2d1"]["update"] < 0.5).all()
    total = sum(norms[name]["gradient"][0] ** 2 for name in norms) ** 0.5
    assert total == pytest.approx(trained.run.curves.steps["gradient_norm"][19], rel=1e-4)


def test_dead_units_are_counted(trained: Trained) -> None:
    kernel = -np.ones((4, 1, 3, 3), np.float32)
    dead = network().with_parameters({"conv2d1": {"kernel": kernel, "bias": np.full(4, -1, np.float32)}})
    trained.begin(start=Checkpoint(dead)).to_rest(40)
    assert trained.run.curves.dead["relu2"]["share"][-1] == 1


def test_a_series_of_a_hundred_thousand_rows_gives_views() -> None:
    series = Series("step", "loss")
    for step in range(100_000):
        series.append(step, 0.5)
    held = series["loss"]
    series.append(100_000, 9.0)
    assert len(held) == 100_000
    assert held.base is not None
    assert series["loss"][-1] == 9


def test_what_is_cut_off_does_not_change_what_somebody_holds() -> None:
    curves = Curves()
    for step in (1, 2, 3):
        curves.validation.append(step, step / 10, 0)
    held = curves.validation["loss"]
    curves.cut(1)
    curves.validation.append(2, 0.9, 0)
    assert held.tolist() == [0.1, 0.2, 0.3]
    assert curves.validation["loss"].tolist() == [0.1, 0.9]
