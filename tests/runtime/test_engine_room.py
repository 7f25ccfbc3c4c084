"""The engine room, as the process that it is."""

from __future__ import annotations

import os
import signal

import pytest

from explorer.runtime.companion import engine_room, is_possible

SOON_S = 30.0


@pytest.mark.skipif(not is_possible(), reason="companions need Linux")
def test_a_window_that_is_closed_before_the_room_is_ready_leaves_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    room = engine_room()
    assert room is not None
    os.kill(room.number, signal.SIGSTOP)  # it is still importing when the window goes
    room.close_files()
    room.connection.close()
    room._line.shutdown(2)
    os.kill(room.number, signal.SIGCONT)
    assert room._process.wait(SOON_S) == 0
    room.end()
    assert capfd.readouterr().err == ""
