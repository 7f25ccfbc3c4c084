"""While frames come, the painter looks at ranges in turn; what stands still afterwards is as exact as ever."""

from __future__ import annotations

import gc
import weakref

import numpy as np

import explorer.engine.layers  # noqa: F401  - register
from explorer.document.edits import set_weight
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.network import Network
from explorer.rendering.pictures import READABLE, Painter, Tiles, Wanted, unit_key
from explorer.rendering.ranges import TURN_S
from tests.rendering.test_pictures import network

NETWORK = network(filters=4, size=24)
NAMES = "conv1", "relu1"
WANTED = Wanted(tuple(Tiles(name, 2, 5, 7) for name in NAMES), (("conv1", 1),))


def frame(brightness: float, net: Network = NETWORK, seed: int = 0) -> Trace:
    image = np.random.default_rng(seed).random((1, 3, 24, 24), np.float32)
    return evaluate(net, image * np.float32(brightness))


def test_a_still_trace_after_moving_ones_is_painted_as_if_nothing_had_been_before() -> None:
    painter, last = Painter(), frame(2.0)
    painter.paint(frame(1.0), WANTED)
    painter.paint(last, WANTED, moving=True)
    settled, alone = painter.paint(last, WANTED), Painter().paint(last, WANTED)
    for key in alone:
        np.testing.assert_array_equal(settled[key].pixels, alone[key].pixels)
        np.testing.assert_array_equal(settled[key].limit, alone[key].limit)
    assert settled[unit_key("conv1", 1)].summary.high == alone[unit_key("conv1", 1)].summary.high


def test_the_painter_tells_whether_its_pictures_are_exact() -> None:
    painter, last = Painter(), frame(2.0)
    found = []
    for trace, moving in ((frame(1.0), True), (last, True), (last, False)):
        painter.paint(trace, WANTED, moving=moving)
        found.append(painter.is_exact)
    assert found == [True, False, True]


def test_every_range_is_looked_at_again_within_a_quarter_of_a_second() -> None:
    now = [0.0]
    painter, bright = Painter(lambda: now[0]), frame(3.0)
    painter.paint(frame(1.0), WANTED)
    for _ in range(10):
        now[0] += TURN_S / 10
        painted = painter.paint(frame(3.0), WANTED, moving=True)
    for name in NAMES:
        assert painted[name].limit.max() == np.abs(bright.activations["conv1"]).max()


def test_ranges_are_looked_at_in_turn_not_all_at_once() -> None:
    now = [0.0]
    painter = Painter(lambda: now[0])
    painter.paint(frame(1.0), WANTED)
    now[0] += TURN_S / 10
    painted = painter.paint(frame(3.0), WANTED, moving=True)
    assert len({float(painted[name].limit.max()) for name in NAMES}) == 2


def test_another_network_has_its_own_ranges_at_once() -> None:
    painter = Painter()
    painter.paint(frame(1.0), WANTED)
    trace = frame(1.0, set_weight("conv1", "kernel", (0, 0, 0, 0), 9.0)(NETWORK))
    painted = painter.paint(trace, WANTED, moving=True)
    assert painted["conv1"].limit.max() == np.abs(trace.activations["conv1"]).max()
    assert painter.is_exact


def test_a_units_numbers_stay_for_a_moment_and_its_pixels_do_not() -> None:
    now = [0.0]
    painter, key = Painter(lambda: now[0]), unit_key("conv1", 1)
    first = painter.paint(frame(1.0), WANTED)[key]
    second = painter.paint(frame(1.0, seed=1), WANTED, moving=True)[key]
    assert second.summary is first.summary
    assert not np.array_equal(second.pixels, first.pixels)
    now[0] += READABLE
    assert painter.paint(frame(3.0), WANTED, moving=True)[key].summary is not first.summary


def test_the_painter_keeps_no_activation_alive() -> None:
    painter, trace = Painter(), frame(1.0)
    painter.paint(trace, WANTED)
    alive = weakref.ref(trace.activations["conv1"])
    del trace
    gc.collect()
    assert alive() is None
