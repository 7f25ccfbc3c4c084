"""A run in a process of its own: the same numbers as in a thread, images sent once, and nothing lost if it dies."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import psutil
import pytest

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.examples import DataSetExamples, examples
from explorer.datasets.split import split
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.dense import Dense
from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.network import Network
from explorer.engine.training import Checkpoint
from explorer.runtime import companion, line, parcel, training_room
from explorer.runtime import training_words as words
from explorer.runtime.curve_news import CurveNews
from explorer.runtime.curves import Curves
from explorer.runtime.remote_run import ROOM, RemoteRun
from explorer.runtime.task_parcel import TaskPacker, TaskUnpacker
from explorer.runtime.templates import Templates
from explorer.runtime.training_run import TrainingRun
from explorer.runtime.training_task import Task
from tests.engine.build import chain
from tests.runtime.trainings import SETTINGS, Trained, bars, network, task

pytestmark = pytest.mark.skipif(
    not companion.is_possible(), reason="no process can be had beside this one here"
)

ORPHAN = """
import time
from tests.runtime.trainings import Trained
from explorer.runtime.remote_run import RemoteRun
trained = Trained(RemoteRun()).begin()
trained.to_rest(3)
trained.run.play()
print(trained.run.process_number, flush=True)
time.sleep(60)
"""


@pytest.fixture
def remote() -> Iterator[Trained]:
    remote = Trained(RemoteRun())
    yield remote
    remote.run.stop()


@pytest.fixture
def near() -> Iterator[Trained]:
    near = Trained(TrainingRun())
    yield near
    near.run.stop()


def with_everything_that_is_random_or_measured() -> tuple[Network, Task]:
    """A network with dropout and batch normalisation, on images that are moved at random."""
    of = chain(
        1, 8, 8, Conv2d(filters=6), BatchNormalization(), ReLU(), Flatten(), Dropout(rate=0.3), Dense(units=2)
    )  # fmt: skip
    parts, plain = split(bars()), task()
    moved = Augmentation(flip_h=True, shift=1)
    return of, Task(
        examples(bars(), parts.train, (1, 8, 8), moved), plain.validation, plain.validated, SETTINGS
    )  # fmt: skip


def bits_of(checkpoint: Checkpoint) -> list[bytes]:
    """Everything from which a training goes on."""
    assert checkpoint.state is not None
    arrays = [array for node in checkpoint.network.nodes for array in node.parameters.values()]
    counts = np.array([checkpoint.step, checkpoint.epoch, checkpoint.position, checkpoint.state.steps])
    return [array.tobytes() for array in (*arrays, *checkpoint.state.vectors, counts)]


def kill(run: RemoteRun) -> None:
    number = run.process_number
    assert number is not None
    os.kill(number, signal.SIGKILL)


def test_thread_and_process_come_to_the_same_checkpoint_bit_for_bit(remote: Trained, near: Trained) -> None:
    of, learned = with_everything_that_is_random_or_measured()
    for one in (remote, near):
        one.begin(learned, Checkpoint(of)).to_rest(25)
        one.run.pause()
        one.to_rest(25)
    assert bits_of(remote.state.checkpoint) == bits_of(near.state.checkpoint)
    ours, theirs = remote.run.curves.tables(), near.run.curves.tables()
    assert ours.keys() == theirs.keys()
    for name, table in ours.items():
        np.testing.assert_array_equal(table, theirs[name])


def test_a_change_by_hand_in_the_middle_is_trained_on_and_no_step_is_lost(remote: Trained) -> None:
    remote.begin().run.play(400)
    remote.run.change(lambda before: before.with_parameters({"dense5": {"bias": np.full(2, 5, np.float32)}}))
    state = remote.rested()
    assert state.checkpoint.step == 400
    assert remote.run.curves.steps["step"].tolist() == list(range(1, 401))
    assert abs(state.checkpoint.network["dense5"].parameters["bias"].mean() - 5) < 2


def test_a_change_just_before_the_end_is_in_what_it_rests_with(remote: Trained, near: Trained) -> None:
    for one in (remote, near):
        one.begin().run.play(3)
        one.run.change(lambda before: before.with_parameters({"dense5": {"bias": np.full(2, 5, np.float32)}}))
        assert one.rested().checkpoint.network["dense5"].parameters["bias"].mean() > 4


def test_changes_at_rest_are_there_at_once_and_the_same_in_both(remote: Trained, near: Trained) -> None:
    for one in (remote, near):
        one.begin().to_rest(5)
        for value in (1, 2, 3):
            bias = np.full(2, value, np.float32)
            one.run.change(lambda before, bias=bias: before.with_parameters({"dense5": {"bias": bias}}))
            assert one.state.checkpoint.network["dense5"].parameters["bias"][0] == value
        one.to_rest(5)
    assert bits_of(remote.state.checkpoint) == bits_of(near.state.checkpoint)


def test_what_rests_is_the_same_object_until_a_step_is_made(remote: Trained) -> None:
    start = Checkpoint(network())
    remote.begin(start=start)
    assert remote.state.checkpoint is start
    remote.to_rest(3)
    checkpoint = remote.state.checkpoint
    remote.run.configure(task(SETTINGS.with_settings(batch=8)))
    while remote.run.assessments.take() is None:
        remote.run.assessments.wait(10)
    assert remote.state.checkpoint is checkpoint
    remote.to_rest(1)
    assert remote.state.checkpoint.network["relu2"] is checkpoint.network["relu2"], (
        "what learns nothing stays"
    )
    assert not remote.state.checkpoint.network["dense5"].parameters["kernel"].flags.writeable


def test_when_the_process_is_killed_the_weights_told_last_stay_and_train_goes_on(remote: Trained) -> None:
    remote.begin().to_rest(30)
    remote.run.play()
    while remote.state.checkpoint.step < 40:
        remote.next_word()
    kill(remote.run)
    state = remote.rested()
    assert state.kind == "failed"
    assert "has ended unexpectedly (signal 9)" in state.sentence
    assert f"The weights of step {state.checkpoint.step} are kept" in state.sentence
    assert remote.run.curves.steps["step"][-1] == state.checkpoint.step >= 40
    assert remote.to_rest(10).checkpoint.step == state.checkpoint.step + 10
    assert remote.run.curves.steps["step"].tolist() == list(range(1, state.checkpoint.step + 11))


def test_a_process_that_dies_at_rest_is_replaced_without_a_word(remote: Trained, near: Trained) -> None:
    for one in (remote, near):
        one.begin().to_rest(20)
    kill(remote.run)
    while remote.run.process_number is not None:
        remote.next_word()
    assert remote.state.kind == "paused"
    for one in (remote, near):
        one.to_rest(20)
    assert bits_of(remote.state.checkpoint) == bits_of(near.state.checkpoint)


def test_no_process_is_left_when_it_is_stopped(remote: Trained) -> None:
    remote.begin().to_rest(3)
    number = remote.run.process_number
    remote.run.play()
    remote.run.stop()
    assert number is not None
    assert not psutil.pid_exists(number)


def test_it_ends_with_the_window_however_that_ends() -> None:
    window = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, text=True)
    assert window.stdout is not None
    with window.stdout:
        trains = psutil.Process(int(window.stdout.readline()))
    window.kill()
    window.wait()
    _, alive = psutil.wait_procs([trains], timeout=10)
    assert all(one.status() == psutil.STATUS_ZOMBIE for one in alive), "nobody is there who could collect it"


def test_nothing_is_imported_from_the_folder_where_the_window_was_started(
    remote: Trained, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "queue.py").write_text("raise SystemExit('somebody else wrote this')")
    monkeypatch.chdir(tmp_path)
    assert remote.begin().to_rest(3).checkpoint.step == 3
    assert remote.run.process_number is not None


def test_where_no_process_can_be_started_it_trains_in_a_thread(remote: Trained, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert remote.begin().to_rest(10).checkpoint.step == 10
    assert remote.run.process_number is None


def test_a_process_that_ends_before_its_first_word_is_done_without(remote: Trained, monkeypatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    state = remote.begin().to_rest(10)
    assert (state.kind, state.checkpoint.step) == ("paused", 10)


def test_examples_that_cannot_travel_are_learned_from_in_a_thread(remote: Trained, near: Trained) -> None:
    class Here(DataSetExamples):
        """A class that no other process can find."""

    plain = task()
    made = plain.examples
    assert isinstance(made, DataSetExamples)
    here = Task(Here(made.pixels, made.labels, made.chosen), plain.validation, plain.validated, SETTINGS)
    for one in (remote, near):
        one.begin(here).to_rest(10)
    assert bits_of(remote.state.checkpoint) == bits_of(near.state.checkpoint)


def test_images_travel_once_and_what_is_set_anew_travels_without_them() -> None:
    packer, unpacker = TaskPacker(), TaskUnpacker()
    first, second = (packer.packed(task(SETTINGS.with_settings(batch=batch))) for batch in (8, 16))
    assert first.new
    assert not second.new
    one, other = unpacker.task(first), unpacker.task(second)
    assert isinstance(one.examples, DataSetExamples)
    assert isinstance(other.examples, DataSetExamples)
    assert other.examples.pixels is one.examples.pixels
    assert (one.settings.batch, other.settings.batch) == (8, 16)


def test_images_lie_there_as_they_lie_here() -> None:
    """Coloured images keep their colours side by side: a transposed view is not copied into another order."""
    images = np.arange(4 * 30 * 30 * 3, dtype=np.uint8).reshape(4, 30, 30, 3).transpose(0, 3, 1, 2)
    made = DataSetExamples(images, np.zeros(4, np.intp), np.arange(4))
    there = TaskUnpacker().task(TaskPacker().packed(Task(made))).examples
    assert isinstance(there, DataSetExamples)
    assert there.pixels.strides == images.strides
    np.testing.assert_array_equal(there.pixels, images)
    assert not there.pixels.flags.writeable


@pytest.mark.parametrize("is_given", [True, False], ids=["files in memory", "none to be had"])
def test_arrays_of_every_size_arrive_and_cannot_be_written(is_given: bool, monkeypatch) -> None:
    if not is_given:
        monkeypatch.setattr(os, "memfd_create", Mock(side_effect=OSError))
    sent = {size: np.arange(size, dtype=np.float32) for size in (0, 5, parcel.SMALL, parcel.LARGE)}
    ours, theirs = socket.socketpair()
    with Connection(ours.detach()) as here, Connection(theirs.detach()) as there:
        said = threading.Thread(target=parcel.send, args=(here, parcel.pack(sent)))
        said.start()
        received = parcel.unpack(parcel.receive(there))
        said.join()
    for size, array in sent.items():
        np.testing.assert_array_equal(received[size], array)
        assert received[size].flags.writeable == (array.nbytes < parcel.SMALL)


def test_of_curves_only_the_new_rows_are_told_and_all_of_them_after_a_cut() -> None:
    there, here = Curves(), Curves()
    news = CurveNews(there)

    def tell() -> list[int]:
        told = news.take()
        for name, rows in told.items():
            here.put(name, rows.first, rows.table)
        return [rows.table.shape[1] for rows in told.values()]

    for step in range(1, 4):
        there.add_norms(step, "conv1", 1, 2, 3)
    assert tell() == [3]
    there.add_norms(4, "conv1", 1, 2, 3)
    assert tell() == [1]
    held = here.norms["conv1"]["step"]
    there.cut(2)
    there.add_norms(3, "conv1", 9, 9, 9)
    there.add_assessed(3, 0.5, 0.5, {})
    tell()
    assert tell() == []
    assert here.norms["conv1"]["weight"].tolist() == [1, 1, 9]
    assert here.validation["step"].tolist() == [3]
    assert held.tolist() == [1, 2, 3, 4], "who holds a column keeps what it has seen"


def test_a_network_may_come_while_a_checkpoint_is_packed() -> None:
    """The thread that trains gets one by a change, while another thread looks for the one of the last look."""
    templates = Templates()
    for number in (1, 2):
        templates.add(number, network())
    strange = Mock(differs_in_numbers_only=lambda template: templates.add(3, template))
    assert templates.packed(Checkpoint(strange)).whole is strange


def test_a_look_that_cannot_be_told_calls_for_help(monkeypatch) -> None:
    ours, theirs = socket.socketpair()
    with Connection(ours.detach()) as here, Connection(theirs.detach()) as there:
        room = training_room._Room(there)
        monkeypatch.setattr(room, "_tell", Mock(side_effect=MemoryError("too large a look")))
        room._tell_or_call_for_help()
        assert parcel.unpack(parcel.receive(here)) == words.Trouble("too large a look")


def test_a_parcel_that_cannot_be_sent_ends_the_line(monkeypatch) -> None:
    monkeypatch.setattr(line, "send", Mock(side_effect=MemoryError))
    lost = threading.Event()
    to_room = line.Line(ROOM, Mock(), lambda _, code: lost.set())
    to_room.say(parcel.pack("much"))
    assert lost.wait(20)
    to_room.end()


def test_a_line_without_a_process_can_be_ended(monkeypatch) -> None:
    monkeypatch.setattr(line, "Companion", Mock(side_effect=RuntimeError("can't start new thread")))
    lost = threading.Event()
    nowhere = line.Line(ROOM, Mock(), lambda _, code: lost.set())
    nowhere._speaker.join(5)
    assert nowhere._settled.is_set(), "the window would wait for it at its end"
    nowhere.end()
    assert lost.is_set()


FIRST = network().nodes[1].name


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_pause_does_not_wait_for_a_process_that_still_starts(
    remote: Trained, near: Trained, is_changed: bool
) -> None:
    def emptied(of: Network) -> Network:
        return of.with_parameters({FIRST: {"kernel": np.zeros_like(of[FIRST].parameters["kernel"])}})

    run = remote.begin().run
    assert isinstance(run, RemoteRun)
    while (number := run.process_number) is None:
        threading.Event().wait(0.001)
    os.kill(number, signal.SIGSTOP)  # as slow as can be
    try:
        run.play()
        if is_changed:
            run.change(emptied)
        assert not run._is_there
        run.pause()
        assert (remote.state.kind, remote.state.checkpoint.step) == ("paused", 0)
    finally:
        os.kill(number, signal.SIGCONT)
    near.begin()
    if is_changed:
        near.run.change(emptied)
    there, here = remote.to_rest(3), near.to_rest(3)
    assert there.checkpoint.step == here.checkpoint.step == 3
    for one, other in zip(there.checkpoint.network.nodes, here.checkpoint.network.nodes, strict=True):
        for name, values in one.parameters.items():
            np.testing.assert_array_equal(values, other.parameters[name])
