"""The player of a sweep: play, pause, step, scrub, hold; every tick is called by hand."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.widgets.sweep_player import SweepPlayer


@pytest.fixture
def player(qtbot: QtBot) -> SweepPlayer:
    player = SweepPlayer()
    player.set_count(4)
    return player


def stops(player: SweepPlayer) -> list[int]:
    found: list[int] = []
    player.moved.connect(found.append)
    return found


def test_it_plays_to_the_end_and_stays_there(player: SweepPlayer) -> None:
    found = stops(player)
    player.play()
    for _ in range(5):
        player.tick()
    assert found == [0, 1, 2, 3]
    assert not player.is_playing


def test_from_the_last_stop_it_begins_again(player: SweepPlayer) -> None:
    player.stand(3)
    found = stops(player)
    player.play()
    player.pause()
    assert found == [0]


def test_a_step_pauses_and_stays_within_the_map(player: SweepPlayer) -> None:
    found = stops(player)
    player.play()
    player.step(-1)
    assert not player.is_playing
    assert found == [0, 0]


def test_a_pointer_holds_it_until_it_leaves(player: SweepPlayer) -> None:
    player.play()
    player.hold(True)
    assert player.is_playing
    assert not player._timer.isActive()
    player.hold(False)
    assert player._timer.isActive()
    player.pause()


def test_a_smaller_map_has_its_last_stop(player: SweepPlayer) -> None:
    player.stand(3)
    player.set_count(2)
    assert player.index == 1
    player.play()
    player.set_count(0)
    assert not player.is_playing
