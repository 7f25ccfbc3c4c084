"""The evaluator in a process of its own: the same answers, and a process whose end nobody needs to notice."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import psutil
import pytest

from explorer.document.edits import set_weight
from explorer.engine.layers.activation import ReLU
from explorer.engine.presets.networks import build_network
from explorer.rendering.wanted import Tiles, Wanted
from explorer.runtime import companion, remote_evaluator
from explorer.runtime.answerer import Request
from explorer.runtime.companion import engine_room
from explorer.runtime.evaluator import Evaluator
from explorer.runtime.remote_evaluator import RemoteEvaluator, evaluator_beside_the_window
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame
from tests.engine.build import chain

pytestmark = pytest.mark.skipif(not companion.is_possible(), reason="companions need Linux")

WANTED = Wanted(tiles=(Tiles("conv1", columns=4, width=40, height=40),), units=(("conv1", 1),))
BROKEN = Preparation()
object.__setattr__(BROKEN, "blur", "much")  # past the setting's own check
ROOT = Path(remote_evaluator.__file__).parents[2]


def frame(seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (240, 320, 3), np.uint8)
    return Frame(pixels, index=seed, arrived=0.0)


@pytest.fixture
def network():
    return build_network("filter-relu-pool")


@pytest.fixture
def evaluator():
    evaluator = RemoteEvaluator(engine_room())
    evaluator.start()
    yield evaluator
    evaluator.stop()


def answer(evaluator, request):
    evaluator.submit(request)
    assert evaluator.answers.wait(20)
    return evaluator.answers.take()


def index_of_next(evaluator):
    newest = evaluator.answers.take()
    return None if newest is None else newest.request.frame.index


def room_of(evaluator):
    return evaluator._room.number


def is_there(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def memory_files():
    """The files in memory that this process has open."""
    links = (os.path.realpath(link) for link in Path("/proc/self/fd").iterdir())
    return [link for link in links if "memfd:maps" in link]


def test_the_answers_are_those_of_this_process_to_the_bit(evaluator, network):
    request = Request(network, frame(), Preparation(rotation=10.0), WANTED)
    here, there = Evaluator().answer(request), answer(evaluator, request)
    assert there.request is request
    assert there.trace.network is network
    assert there.exact
    np.testing.assert_array_equal(there.trace.image, here.trace.image)
    for name, activation in here.trace.activations.items():
        np.testing.assert_array_equal(there.trace.activations[name], activation)
        assert there.trace.steps[name].node is network[name]
        assert not there.trace.activations[name].flags.writeable
    assert there.pictures.keys() == here.pictures.keys()
    for key, picture in here.pictures.items():
        np.testing.assert_array_equal(there.pictures[key].pixels, picture.pixels)
    assert there.pictures["conv1:1"].summary.mean == here.pictures["conv1:1"].summary.mean


def test_above_an_edit_the_arrays_are_the_same_objects(evaluator, network):
    still = frame()
    first = answer(evaluator, Request(network, still, Preparation(), WANTED))
    changed = set_weight("conv1", "kernel", (0, 0, 0, 0), 2.0)(network)
    second = answer(evaluator, Request(changed, still, Preparation(), WANTED))
    assert second.trace.image is first.trace.image
    assert second.trace.reused == 1
    assert not np.array_equal(second.trace.activations["conv1"], first.trace.activations["conv1"])


def test_what_is_asked_again_is_not_answered_again(qtbot, evaluator, network):
    request = Request(network, frame(), Preparation(), WANTED)
    answer(evaluator, request)
    evaluator.submit(Request(request.network, request.frame, request.preparation, request.wanted))
    qtbot.waitUntil(lambda: not evaluator.is_busy)
    assert evaluator.answers.take() is None


def test_of_many_frames_the_last_is_answered_and_then_exactly(qtbot, evaluator, network):
    evaluator.submit(Request(network, frame(), Preparation(), WANTED))
    for seed in range(1, 30):
        evaluator.submit_frame(frame(seed))
    shown = []

    def is_done():
        shown.append(evaluator.answers.take())
        return shown[-1] is not None and shown[-1].request.frame.index == 29 and shown[-1].exact

    qtbot.waitUntil(is_done)
    qtbot.waitUntil(lambda: not evaluator.is_busy)
    here = Evaluator().answer(shown[-1].request)
    np.testing.assert_array_equal(shown[-1].pictures["conv1"].pixels, here.pictures["conv1"].pixels)


def test_frames_do_not_pile_up_in_memory(evaluator, network):
    evaluator.submit(Request(network, frame(), Preparation(), WANTED))
    for seed in range(1, 60):
        evaluator.submit_frame(frame(seed))
        assert evaluator.answers.wait(20)
        newest = evaluator.answers.take()
    post = evaluator._post
    assert len(post._lent) <= 4, "frames that were sent and are still looked at"
    assert newest is not None


def test_while_nobody_looks_answers_wait_there_and_then_the_newest_comes(qtbot, evaluator, network):
    evaluator.submit(Request(network, frame(), Preparation(), WANTED))
    assert evaluator.answers.wait(20)
    for seed in range(1, 20):
        evaluator.submit_frame(frame(seed))
    assert evaluator.answers.peek().request.frame.index == 0, "the window was busy meanwhile"
    assert evaluator.answers.take().request.frame.index == 0
    qtbot.waitUntil(lambda: index_of_next(evaluator) == 19)


def test_a_fault_is_told_and_the_last_answer_stays(evaluator, network):
    good = answer(evaluator, Request(network, frame(), Preparation(), WANTED))
    failed = answer(evaluator, Request(network, frame(1), BROKEN, WANTED))
    assert "could not be computed" in failed.failure
    assert failed.trace is good.trace
    assert not answer(evaluator, Request(network, frame(2), Preparation(), WANTED)).failure


def test_a_process_that_is_killed_is_started_again_and_asked_again(evaluator, network, caplog):
    request = Request(network, frame(), Preparation(), WANTED)
    first = answer(evaluator, request)
    os.kill(room_of(evaluator), signal.SIGKILL)
    assert evaluator.answers.wait(20)
    again = evaluator.answers.take()
    assert again.request is request
    assert not again.failure
    np.testing.assert_array_equal(again.trace.activations["conv1"], first.trace.activations["conv1"])
    assert "has ended with -9" in caplog.text


def test_a_request_that_kills_the_process_every_time_is_told_and_another_one_answered(
    evaluator, network, monkeypatch
):
    monkeypatch.setattr(remote_evaluator, "MOST_DEATHS", 1)
    good = answer(evaluator, Request(network, frame(), Preparation(), WANTED))
    os.kill(room_of(evaluator), signal.SIGKILL)
    assert evaluator.answers.wait(20)
    failed = evaluator.answers.take()
    assert "their process has ended" in failed.failure
    assert failed.trace is good.trace
    assert not answer(evaluator, Request(network, frame(1), Preparation(), WANTED)).failure


def test_an_answer_that_cannot_be_read_is_logged_and_asked_for_again(evaluator, network, monkeypatch, caplog):
    answer(evaluator, Request(network, frame(), Preparation(), WANTED))
    monkeypatch.setattr(evaluator._post, "own", lambda number: [][number])
    assert not answer(evaluator, Request(network, frame(1), Preparation(), WANTED)).failure
    assert "An answer could not be read" in caplog.text


def test_what_it_logs_is_logged_here(qtbot, evaluator, network, caplog):
    answer(evaluator, Request(network, frame(1), BROKEN, WANTED))
    qtbot.waitUntil(lambda: "A request could not be answered" in caplog.text)
    assert "Traceback" in caplog.text


def test_after_a_failure_in_the_middle_of_a_video_it_is_at_rest(qtbot, evaluator, network):
    """The last good pictures were painted in haste, and no better ones will come."""
    evaluator._last = replace(
        answer(evaluator, Request(network, frame(), Preparation(), WANTED)), exact=False
    )
    assert answer(evaluator, Request(network, frame(1), BROKEN, WANTED)).failure
    qtbot.waitUntil(lambda: evaluator.answers.take() is None and not evaluator.is_busy)


def test_a_request_that_cannot_be_sent_is_told_and_another_one_answered(
    evaluator, network, monkeypatch, caplog
):
    good = answer(evaluator, Request(network, frame(), Preparation(), WANTED))
    with monkeypatch.context() as now:
        now.setattr(evaluator._post, "send", Mock(side_effect=TypeError("a layer that cannot travel")))
        failed = answer(evaluator, Request(network, frame(1), Preparation(), WANTED))
    assert "a layer that cannot travel" in failed.failure
    assert failed.trace is good.trace
    assert not answer(evaluator, Request(network, frame(2), Preparation(), WANTED)).failure


def test_a_long_first_answer_is_given_up_when_it_is_stopped(network):
    began, made = threading.Event(), []

    class Slow(ReLU):
        """A layer that takes until the evaluation is to stop."""

        def forward(self, *inputs_and_tape):
            began.set()
            made.append(evaluator._here._stopping.wait(5))
            return super().forward(*inputs_and_tape)

    evaluator = evaluator_beside_the_window()
    evaluator.start()
    evaluator.submit(Request(chain(1, 4, 4, Slow(), Slow()), frame(), Preparation(), WANTED))
    assert began.wait(5)
    evaluator.stop()
    assert not evaluator._asker.is_alive()
    assert made == [True], "the second layer is not begun"


def test_its_process_ends_with_it(network):
    evaluator = RemoteEvaluator(engine_room())
    number = room_of(evaluator)
    assert is_there(number)
    evaluator.stop()
    assert not is_there(number)


def test_it_is_stopped_although_its_process_stands_still_and_the_line_is_full(
    evaluator, network, monkeypatch
):
    monkeypatch.setattr(companion, "PATIENCE_S", 0.1)
    answer(evaluator, Request(network, frame(), Preparation(), WANTED))
    os.kill(room_of(evaluator), signal.SIGSTOP)
    still = frame()
    sent = 0
    while not sent or evaluator.requests.wait_until_taken(0.3):
        sent += 1
        evaluator.submit_frame(Frame(still.pixels, sent, 0.0))
        assert sent < 5000, "a line that is never full"
    stopping = threading.Thread(target=evaluator.stop, daemon=True)
    stopping.start()
    stopping.join(5)
    is_stopped = not stopping.is_alive()
    if not is_stopped:
        os.kill(room_of(evaluator), signal.SIGKILL)
    assert is_stopped


def test_it_ends_when_the_window_is_killed(qtbot):
    program = (
        "from explorer.runtime.companion import engine_room\n"
        "from explorer.runtime.remote_evaluator import RemoteEvaluator; import time\n"
        "evaluator = RemoteEvaluator(engine_room()); evaluator.start()\n"
        "print(evaluator._room.number, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as window:
        number = int(window.stdout.readline())
        assert is_there(number)
        window.kill()
    qtbot.waitUntil(lambda: not is_there(number))


def test_the_first_answers_come_from_this_process_and_later_ones_from_its_own(qtbot, network, monkeypatch):
    monkeypatch.setattr(remote_evaluator, "OPEN_AFTER_S", 0.0)
    evaluator = evaluator_beside_the_window()
    evaluator.start()
    try:
        first = answer(evaluator, Request(network, frame(), Preparation(), WANTED))
        assert evaluator._here is not None, "nobody waits for a process at the start"
        qtbot.waitUntil(lambda: evaluator._here is None)
        changed = set_weight("conv1", "kernel", (0, 0, 0, 0), 2.0)(network)
        second = answer(evaluator, Request(changed, first.request.frame, Preparation(), WANTED))
        assert second.trace.activations["conv1"].base is not None
        assert evaluator._post._lent, "the frame is read where this process lent it"
        here = Evaluator().answer(second.request)
        np.testing.assert_array_equal(second.trace.activations["pool1"], here.trace.activations["pool1"])
    finally:
        evaluator.stop()


def test_a_fault_in_a_first_answer_is_told(network):
    evaluator = evaluator_beside_the_window()
    evaluator.start()
    try:
        assert "could not be computed" in answer(evaluator, Request(network, frame(), BROKEN, WANTED)).failure
        assert not answer(evaluator, Request(network, frame(1), Preparation(), WANTED)).failure
    finally:
        evaluator.stop()


def test_where_no_process_can_be_started_all_answers_come_from_this_one(qtbot, network, monkeypatch, caplog):
    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(remote_evaluator, "OPEN_AFTER_S", 0.0)
    evaluator = evaluator_beside_the_window()
    evaluator.start()
    try:
        answer(evaluator, Request(network, frame(), Preparation(), WANTED))
        qtbot.waitUntil(lambda: "no more processes" in caplog.text)
        assert not answer(evaluator, Request(network, frame(1), Preparation(), WANTED)).failure
    finally:
        evaluator.stop()


def test_a_process_that_always_ends_before_it_is_ready_is_done_without(
    qtbot, network, monkeypatch, tmp_path, caplog
):
    ends = tmp_path / "ends"
    ends.write_text("#!/bin/sh\nsleep 0.05\nexit 3\n")
    ends.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(ends))
    monkeypatch.setattr(remote_evaluator, "OPEN_AFTER_S", 0.0)
    evaluator = evaluator_beside_the_window()
    evaluator.start()
    try:
        answer(evaluator, Request(network, frame(), Preparation(), WANTED))
        qtbot.waitUntil(lambda: caplog.text.count("has ended with 3") == remote_evaluator.MOST_DEATHS)
        qtbot.waitUntil(lambda: not evaluator._listener.is_alive())
        assert not answer(evaluator, Request(network, frame(1), Preparation(), WANTED)).failure
        assert evaluator.answers.take() is None
    finally:
        evaluator.stop()


def test_where_so_much_memory_cannot_be_mapped_all_answers_come_from_this_process(
    qtbot, network, monkeypatch, caplog
):
    monkeypatch.setattr(remote_evaluator, "SharedMemory", Mock(side_effect=OSError("no more addresses")))
    monkeypatch.setattr(remote_evaluator, "OPEN_AFTER_S", 0.0)
    evaluator = evaluator_beside_the_window()
    evaluator.start()
    try:
        answer(evaluator, Request(network, frame(), Preparation(), WANTED))
        qtbot.waitUntil(lambda: "no more addresses" in caplog.text)
        assert not answer(evaluator, Request(network, frame(1), Preparation(), WANTED)).failure
    finally:
        evaluator.stop()


def test_a_process_that_cannot_be_told_its_memory_leaves_nothing_behind(monkeypatch, caplog):
    monkeypatch.setattr(companion.Connection, "send", Mock(side_effect=BrokenPipeError("it has ended")))
    before = len(memory_files()), psutil.Process().children()
    assert engine_room() is None
    assert "it has ended" in caplog.text
    assert (len(memory_files()), psutil.Process().children()) == before
