"""The evaluator answers the newest request, reuses what has not changed, and outlives what goes wrong."""

import threading

import numpy as np
import pytest

from explorer.document.edits import set_weight
from explorer.engine.layer import Layer
from explorer.engine.network import Network, Node
from explorer.engine.presets.networks import build_network
from explorer.rendering.wanted import Tiles, Wanted
from explorer.runtime.evaluator import Evaluator, Request
from explorer.sources.preparation import Preparation
from explorer.sources.source import Frame

WANTED = Wanted(tiles=(Tiles("conv1", columns=4, width=20, height=20),))


def frame(seed=0, height=48, width=64):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    return Frame(pixels, index=seed, arrived=0.0)


STILL = frame()


def request(network, frame, preparation=None, wanted=WANTED):
    return Request(network, frame, preparation or Preparation(), wanted)


@pytest.fixture
def network():
    return build_network("filter-relu-pool")


@pytest.fixture
def evaluator():
    evaluator = Evaluator()
    yield evaluator
    evaluator.stop()


def test_an_answer_has_the_trace_and_the_pictures_that_were_wanted(evaluator, network):
    answer = evaluator.answer(request(network, frame()))
    assert set(answer.trace.activations) == {node.name for node in network.nodes}
    assert "conv1" in answer.pictures


def test_the_same_frame_is_prepared_once(evaluator, network):
    still = frame()
    first = evaluator.answer(request(network, still))
    changed = set_weight("conv1", "kernel", (0, 0, 0, 0), 2.0)(network)
    assert evaluator.answer(request(changed, still)).trace.image is first.trace.image


def test_another_preparation_prepares_the_frame_again(evaluator, network):
    still = frame()
    first = evaluator.answer(request(network, still))
    turned = evaluator.answer(request(network, still, Preparation(rotation=90.0)))
    assert not np.array_equal(turned.trace.image, first.trace.image)


def test_above_an_edit_everything_is_reused(evaluator, network):
    still = frame()
    evaluator.answer(request(network, still))
    last = network.nodes[-1].name
    changed = network.replacing(network[last].changed())
    assert evaluator.answer(request(changed, still)).trace.reused == len(network.nodes) - 1


def test_the_newest_request_is_answered_and_those_before_it_are_not(evaluator, network):
    for seed in range(5):
        evaluator.submit(request(network, frame(seed)))
    evaluator.start()
    assert evaluator.answers.wait(5)
    assert evaluator.answers.take().request.frame.index == 4
    assert not evaluator.answers.wait(0.05)


class Failing(Layer):
    """Breaks when it runs, as a layer with a fault would."""

    def forward(self, inputs, parameters, tape):
        raise ZeroDivisionError("something that nobody thought of")


def test_a_fault_is_told_the_last_answer_stays_and_the_thread_lives_on(evaluator, network):
    evaluator.start()
    evaluator.submit(request(network, frame()))
    assert evaluator.answers.wait(5)
    good = evaluator.answers.take()
    broken = Network((*network.nodes, Node("odd", Failing(), (network.nodes[-1].name,))))
    evaluator.submit(request(broken, frame(1)))
    assert evaluator.answers.wait(5)
    failed = evaluator.answers.take()
    assert "something that nobody thought of" in failed.failure
    assert failed.trace is good.trace
    evaluator.submit(request(network, frame(2)))
    assert evaluator.answers.wait(5)
    assert not evaluator.answers.take().failure


def test_stopping_in_the_middle_of_an_evaluation_tells_nothing(evaluator, network, caplog):
    class Ending(Layer):
        """Asks for the end while it runs."""

        def forward(self, inputs, parameters, tape):
            evaluator._stopping.set()
            return inputs[0]

    ending = Node("ending", Ending(), (network.nodes[-1].name,))
    never = Node("never", Ending(), ("ending",))
    evaluator.submit(request(Network((*network.nodes, ending, never)), frame()))
    evaluator.start()
    evaluator.stop()
    assert evaluator.answers.peek() is None
    assert not caplog.records


class Telling(Layer):
    """Passes on what it reads, and tells that it ran."""

    def __post_init__(self):
        object.__setattr__(self, "ran", lambda: None)

    def forward(self, inputs, parameters, tape):
        self.ran()
        return inputs[0].copy()


def told(name, above, ran):
    layer = Telling()
    object.__setattr__(layer, "ran", ran)
    return Node(name, layer, (above,))


@pytest.fixture
def overtaken(evaluator, network, monkeypatch):
    """Runs two nodes behind a network; the first hands it and an edited one to `newer`. Returns what ran, in order."""
    monkeypatch.setattr("explorer.runtime.evaluator.WORTH_GIVING_UP", 0.0)

    def run(newer):
        ran = []

        def first():
            ran.append("first")
            newer(slow, edited)

        nodes = *network.nodes, told("first", network.nodes[-1].name, first)
        slow = Network((*nodes, told("second", "first", lambda: ran.append("second"))))
        edited = Network((*nodes, told("second", "first", lambda: ran.append("second, edited"))))
        evaluator.submit(request(slow, STILL))
        evaluator.start()
        assert evaluator.answers.wait(5)
        evaluator.stop()
        return ran

    return run


def test_an_evaluation_is_given_up_for_an_edit_and_what_it_has_computed_serves_the_next(overtaken, evaluator):
    ran = overtaken(lambda slow, edited: evaluator.submit(request(edited, STILL)))
    assert ran == ["first", "second, edited"]


def test_no_evaluation_is_given_up_for_a_newer_frame(overtaken, evaluator):
    newer = iter([frame(1)])

    def submit_once(slow, edited):
        for one in newer:
            evaluator.submit(request(slow, one))

    assert overtaken(submit_once)[:2] == ["first", "second"]


def test_of_a_stream_of_edits_every_other_is_answered_at_least(qtbot, evaluator, network, monkeypatch):
    monkeypatch.setattr("explorer.runtime.evaluator.WORTH_GIVING_UP", 0.0)
    answered, begun = [], []
    evaluator.answers.told = lambda: answered.append(evaluator.answers.peek().request.frame.index)

    def edit(number):
        def ran():
            begun.append(number)
            if number < 6:
                evaluator.submit(request(edit(number + 1), frame(number + 1)))

        first = told("first", network.nodes[-1].name, ran)
        return Network((*network.nodes, first, told("second", "first", lambda: None)))

    evaluator.submit(request(edit(0), frame(0)))
    evaluator.start()
    qtbot.waitUntil(lambda: 6 in answered)
    assert begun == [0, 1, 2, 3, 4, 5, 6]
    assert answered == [1, 3, 5, 6]


SMALL_TILES = Wanted((Tiles("conv1", columns=4, width=20, height=20),), (("conv1", 0),))


def answered_one_by_one(qtbot, evaluator, network, frames):
    """A stream of frames, each answered before the next one comes: all answers, and those to come."""
    answers = []
    evaluator.answers.told = lambda: answers.append(evaluator.answers.peek())
    evaluator.start()
    for seed in range(frames):
        evaluator.submit(request(network, frame(seed), wanted=SMALL_TILES))
        qtbot.waitUntil(lambda seed=seed: any(one.request.frame.index == seed for one in answers))
    return answers


def test_after_a_stream_of_frames_the_last_pictures_are_exact(qtbot, evaluator, network):
    answers = answered_one_by_one(qtbot, evaluator, network, frames=4)
    qtbot.waitUntil(lambda: answers[-1].exact)
    alone = Evaluator().answer(request(network, frame(3), wanted=SMALL_TILES))
    assert answers[-1].request.frame.index == 3
    for key, picture in alone.pictures.items():
        np.testing.assert_array_equal(answers[-1].pictures[key].pixels, picture.pixels)


def test_a_frame_that_the_capture_hands_over_is_evaluated_with_what_was_asked_last(evaluator, network):
    evaluator.submit(request(network, frame(1)))
    evaluator.submit_frame(frame(2))
    waiting = evaluator.requests.take()
    assert (waiting.frame.index, waiting.network, waiting.wanted) == (2, network, WANTED)


def test_what_is_asked_twice_is_evaluated_once(qtbot, evaluator, network):
    again = request(network, STILL)
    evaluator.start()
    evaluator.submit(again)
    assert evaluator.answers.wait(5)
    evaluator.answers.take()
    evaluator.submit(again)
    qtbot.waitUntil(lambda: evaluator.requests.peek() is None)
    assert not evaluator.answers.wait(0.05)


def test_while_way_is_made_nothing_is_evaluated_beside_a_painting(evaluator, network, monkeypatch):
    paints, goes_on, waits, ran = (threading.Event() for _ in range(4))
    paint, lock = evaluator._painter.paint, evaluator._in_turn

    def gated(trace, wanted, *, moving=False):
        paints.set()
        assert goes_on.wait(5)
        assert not ran.is_set()
        return paint(trace, wanted, moving=moving)

    class Turn:
        """The lock, which tells when somebody has to wait for it."""

        def __enter__(self):
            if not lock.acquire(blocking=False):
                waits.set()
                lock.acquire()

        def __exit__(self, *error):
            lock.release()

    monkeypatch.setattr("explorer.runtime.evaluator.WAY_S", 60.0)
    monkeypatch.setattr(evaluator._painter, "paint", gated)
    monkeypatch.setattr(evaluator, "_in_turn", Turn())
    evaluator.make_way()
    evaluator.start()
    evaluator.submit(request(network, frame(0)))
    assert paints.wait(5)
    behind = Network((*network.nodes, told("behind", network.nodes[-1].name, ran.set)))
    evaluator.submit(request(behind, frame(1)))
    assert waits.wait(5)
    goes_on.set()
    assert ran.wait(5)


def test_a_failure_is_still_told_when_hasty_pictures_are_painted_with_care(qtbot, evaluator, network):
    answers = answered_one_by_one(qtbot, evaluator, network, frames=3)
    broken = Network((*network.nodes, Node("odd", Failing(), (network.nodes[-1].name,))))
    evaluator.submit(request(broken, frame(3), wanted=SMALL_TILES))
    qtbot.waitUntil(lambda: answers[-1].request.frame.index == 3 and evaluator._painted.exact)
    evaluator.stop()
    assert answers[-1].request.network is broken
    assert "something that nobody thought of" in answers[-1].failure
