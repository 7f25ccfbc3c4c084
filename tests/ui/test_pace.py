"""The pace: what is dear to show is shown less often."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.ui import pace
from explorer.ui.pace import Pace


def test_what_costs_more_is_shown_less_often(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now, worked = [100.0], [7.0]
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(pace.time, "thread_time", lambda: worked[0])
    owner = QObject()
    shown = Pace(owner, share=0.05, least_s=0.1, most_s=1.0)
    assert shown.is_due
    shown.begin()
    assert not shown.is_due
    now[0] += 0.05  # of painting, and of waiting for a processor
    worked[0] += 0.02
    qtbot.waitUntil(lambda: shown._due == pytest.approx(100.4))
    now[0] = 100.41
    assert shown.is_due
