"""Stories of a training that somebody looks at closely: in slow motion, in its curves, and beside another run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.ui.panels.curves import CurvesPanel
from explorer.ui.panels.runs import RunsPanel
from explorer.ui.panels.slow_motion import SlowMotionPanel
from explorer.ui.window import Window
from tests.ui.small_training import prepare, train

Run = Callable[[str], None]


def panels(window: Window) -> tuple[CurvesPanel, RunsPanel, SlowMotionPanel]:
    return tuple(window.panel(name) for name in ("curves", "runs", "slow_motion"))


def press_next(window: Window, qtbot: QtBot, run_command: Run) -> None:
    workspace = window.workspace
    run_command("slow_motion.next")

    def rests() -> bool:
        workspace.clock.tick()
        return workspace.trainer.state != "running" and not workspace.errands.under_way

    qtbot.waitUntil(rests, timeout=10_000)


def test_a_step_in_slow_motion_a_run_a_zoom_another_run_and_back(
    window: Window, qtbot: QtBot, run_command: Run
) -> None:
    workspace = window.workspace
    prepare(workspace)
    for _ in range(4):  # guess, loss, gradient, step
        press_next(window, qtbot, run_command)
    curves, runs, slow = panels(window)
    assert slow.isVisible()
    assert workspace.trainer.current.steps == 1

    first = train(workspace, qtbot, 39)
    run_command("curves.show")
    qtbot.waitUntil(lambda: curves.plots[0].curves[0].x[-1] == 40)
    QTest.keyClick(curves.plots[0], Qt.Key.Key_Plus)
    seen = curves.plots[0].seen[0]
    train(workspace, qtbot, 10)
    qtbot.waitUntil(lambda: curves.plots[0].curves[0].x[-1] == 50)
    assert curves.plots[0].seen[0] == seen
    run_command("curves.all")
    assert curves.plots[0].seen[0][1] >= 50

    made = first.network
    workspace.trainer.reset()
    train(workspace, qtbot, 5)
    run_command("runs.show")
    runs.table.setCurrentIndex(runs.model.index(1, 0))
    QTest.keyClick(runs.table, Qt.Key.Key_Space)
    run_command("curves.show")
    qtbot.waitUntil(lambda: len(curves.plots[0].curves) == 4)
    same = [curve.y[:5] for curve in curves.plots[0].curves if "training" in curve.label]
    np.testing.assert_array_equal(same[0], same[1])  # the same seed from the same start

    runs.table.selectRow(1)
    runs.actions_by_name["go_back"].trigger()
    assert workspace.trainer.current is first
    for node in made.nodes:
        for name, array in node.parameters.items():
            np.testing.assert_array_equal(workspace.document.network[node.name].parameters[name], array)
    workspace.document.undo()
    assert workspace.trainer.current is not first
