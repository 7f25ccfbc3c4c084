"""Optimizers and schedules as values: what goes in stays as it was."""

import numpy as np
import pytest

from explorer.engine.optimizers import PIECE, Optimizer
from explorer.engine.pool import pool
from explorer.engine.schedules import Constant, Cosine, Schedule, Steps

every_kind = pytest.mark.parametrize("kind", Optimizer.kinds)


@every_kind
def test_a_step_goes_downhill(kind):
    optimizer = Optimizer.kinds[kind](weight_decay=0.0)
    parameters = np.array([3.0, -2.0], np.float32)

    moved, _ = optimizer.step(parameters, 2 * parameters, optimizer.start(parameters))

    assert (np.abs(moved) < np.abs(parameters)).all()


@every_kind
def test_weight_decay_alone_pulls_towards_zero(kind):
    optimizer = Optimizer.kinds[kind](weight_decay=0.1)
    parameters = np.array([3.0, -2.0], np.float32)

    moved, _ = optimizer.step(parameters, np.zeros_like(parameters), optimizer.start(parameters))

    assert (np.abs(moved) < np.abs(parameters)).all()


@every_kind
def test_nothing_that_went_in_is_changed(kind):
    optimizer = Optimizer.kinds[kind]()
    parameters, gradient = np.ones(5, np.float32), np.full(5, 2, np.float32)
    state = optimizer.start(parameters)
    _, second = optimizer.step(parameters, gradient, state)
    kept = [vector.copy() for vector in second.vectors]

    optimizer.step(parameters, gradient, second)

    assert (parameters == 1).all()
    assert not any(vector.any() for vector in state.vectors)
    for vector, before in zip(second.vectors, kept, strict=True):
        np.testing.assert_array_equal(vector, before)


@every_kind
def test_a_long_vector_is_worked_on_in_pieces_by_any_number_of_threads(kind, monkeypatch):
    optimizer = Optimizer.kinds[kind]()
    rng = np.random.default_rng(0)
    parameters, gradient = rng.normal(size=(2, 2 * PIECE + 7)).astype(np.float32)
    state = optimizer.start(parameters)
    results = []
    for threads in (1, 3):
        monkeypatch.setattr(pool, "threads", threads)
        results.append(optimizer.step(parameters, gradient, state)[0])

    np.testing.assert_array_equal(*results)
    np.testing.assert_array_equal(
        results[0][-7:],
        optimizer.step(parameters[-7:], gradient[-7:], optimizer.start(parameters[-7:]))[0],
    )


def test_a_state_suits_the_same_sort_of_optimizer_and_as_many_parameters():
    adam, sgd = Optimizer.kinds["adam"](), Optimizer.kinds["sgd"]()
    three, four = np.zeros(3, np.float32), np.zeros(4, np.float32)

    assert adam.suits(adam.start(three), three)
    assert not adam.suits(adam.start(three), four)
    assert not adam.suits(sgd.start(three), three)


def test_a_warm_up_comes_before_what_the_schedule_does():
    schedule = Steps(warm_up=3, every=2, drop=0.5)

    assert [schedule.factor(step) for step in range(8)] == [0.25, 0.5, 0.75, 1, 1, 0.5, 0.5, 0.25]


def test_a_cosine_ends_on_its_floor_and_stays_there():
    schedule = Cosine(length=10, floor=0.1)

    assert [schedule.factor(step) for step in (0, 5, 10, 99)] == pytest.approx([1, 0.55, 0.1, 0.1])


def test_a_constant_schedule_changes_nothing():
    assert {Constant().factor(step) for step in (0, 1, 10_000)} == {1.0}


@pytest.mark.parametrize("family", [Optimizer, Schedule])
def test_all_of_them_say_what_they_are_and_what_each_setting_does(family):
    for one in family.kinds.values():
        assert one.title
        assert one.help.endswith(".")
        assert all(declared.help.endswith(".") for declared in one.settings())
        assert family.of_kind(one.kind, one().values()) == one()
