"""The curves panel: follows the run, compares it with others, and saves what it shows."""

from __future__ import annotations

import csv
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.ui.curve_pages import PAGES
from explorer.ui.panels import curves
from explorer.ui.panels.curves import CurvesPanel
from explorer.ui.widgets.curve import Curve
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said
from tests.ui.small_training import prepare, train


class Asked:
    """A window that answers with a file when it is asked for one."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.files = path, self

    def ask_new_file(self, *_: str) -> Path | None:
        return self.path


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> CurvesPanel:
    prepare(workspace)
    panel = CurvesPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(800, 180)
    panel.show()
    qtbot.waitExposed(panel)
    wait_for_plots(panel, qtbot)
    return panel


def wait_for_plots(panel: CurvesPanel, qtbot: QtBot) -> None:
    def are_there() -> bool:
        panel.workspace.clock.tick()
        return bool(panel.plots)

    qtbot.waitUntil(are_there, timeout=20_000)


def labels(panel: CurvesPanel) -> list[list[str]]:
    return [[curve.label for curve in plot.curves] for plot in panel.plots]


def page(title: str) -> int:
    return [one.title for one in PAGES].index(title)


def test_the_program_starts_without_the_library_for_plots() -> None:
    code = (
        "import sys, explorer.app, explorer.ui.panels.curves as curves;"
        "print('pyqtgraph' in sys.modules, curves._are_plots_loaded())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "False"]


def test_the_library_comes_beside_the_window(
    workspace: Workspace, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    monkeypatch.setattr(curves, "_are_plots_loaded", lambda: bool(threads))
    monkeypatch.setattr(curves, "_load", lambda: threads.append(threading.current_thread().name))
    panel = CurvesPanel(workspace)
    qtbot.addWidget(panel)
    assert not panel.plots
    panel.set_log(True)
    panel.show_all()
    wait_for_plots(panel, qtbot)
    assert threads != [threading.current_thread().name]
    assert len(panel.plots) == 2


def test_before_a_training_it_says_what_to_do(panel: CurvesPanel) -> None:
    assert "Press Train" in panel._empty.text()
    assert panel._empty.isVisible()
    panel.workspace.trainer.use(None)
    panel._show_now()
    assert "Choose images to learn from, then press Train" in panel._empty.text()


def test_the_curves_are_those_of_the_run(panel: CurvesPanel, qtbot: QtBot) -> None:
    run = train(panel.workspace, qtbot, 40)
    qtbot.waitUntil(lambda: labels(panel) == [["training", "validation"]] * 2)
    qtbot.waitUntil(lambda: panel.plots[0].curves[0].x[-1] == 40)
    loss = panel.plots[0].curves[0]
    np.testing.assert_array_equal(loss.y, run.curves.steps["loss"])
    assert loss.x[-1] == 40
    assert "step 40" in panel.headline


def test_a_zoom_survives_the_training(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 30)
    qtbot.waitUntil(lambda: bool(panel.plots[0].curves))
    QTest.keyClick(panel.plots[0], Qt.Key.Key_Plus)
    seen = panel.plots[0].seen
    train(panel.workspace, qtbot, 30)
    qtbot.waitUntil(lambda: panel.plots[0].curves[0].x[-1] == 60)
    assert panel.plots[0].seen[0] == panel.plots[1].seen[0] == seen[0]
    qtbot.mouseClick(panel.controls.all, Qt.MouseButton.LeftButton)
    assert panel.plots[0].seen[0][1] >= 60


def test_both_plots_are_read_at_the_same_step(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 30)
    qtbot.waitUntil(lambda: bool(panel.plots[1].curves) and panel.plots[1].curves[0].x[-1] == 30)
    QTest.keyClick(panel.plots[0], Qt.Key.Key_Left)
    assert panel.plots[1].at == 30
    assert "step 30" in panel.plots[1].readout.text()


def test_a_run_that_is_ticked_is_drawn_beside_the_present_one(panel: CurvesPanel, qtbot: QtBot) -> None:
    trainer = panel.workspace.trainer
    first = train(panel.workspace, qtbot, 40)
    trainer.reset()
    train(panel.workspace, qtbot, 40)
    first.compared = 0
    trainer.runs_changed.emit()
    expected = ["training", "validation", "Run 1 training", "Run 1 validation"]
    qtbot.waitUntil(lambda: labels(panel) == [expected] * 2)
    mine, other = panel.plots[0].curves[0], panel.plots[0].curves[2]
    np.testing.assert_array_equal(mine.y, other.y)  # the same seed from the same start
    assert mine.color != other.color
    legend = panel.controls.legend.text()
    assert [word in legend for word in ("training", "validation", "Run 1", "Run 1 training")] == [
        True
    ] * 3 + [False]


@pytest.mark.parametrize("title", ["Update ÷ weights", "Gradient norms", "Weight norms"])
def test_every_layer_that_learns_has_its_norms(panel: CurvesPanel, qtbot: QtBot, title: str) -> None:
    train(panel.workspace, qtbot, 40)
    panel.controls.page.setCurrentIndex(page(title))
    panel.controls.page.activated.emit(page(title))
    network = panel.workspace.document.network
    assert labels(panel) == [[node.name for node in network.nodes if node.parameters]]
    assert panel._sentence.isVisible()
    assert (panel.plots[0].curves[0].y > 0).all()


def test_dead_units_are_those_of_the_rectifiers(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 40)
    panel.show_page(page("Dead units"))
    network = panel.workspace.document.network
    assert labels(panel) == [[node.name for node in network.nodes if node.layer.kind == "relu"]]


def test_a_page_without_anything_yet_says_so(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 2)
    panel.show_page(page("Gradient norms"))
    assert "some steps" in panel._empty.text()
    assert panel._empty.isVisible()


def test_the_slider_smooths(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 40)
    qtbot.waitUntil(lambda: bool(panel.plots[0].curves))
    panel.controls.slider.setValue(0)
    raw = panel.plots[0].readings(40)[0]
    assert raw.smooth == raw.value
    panel.controls.slider.setFocus()
    QTest.keyClick(panel.controls.slider, Qt.Key.Key_End)
    assert panel.controls.amount.text() == "0.999"
    assert panel.plots[0].readings(40)[0].smooth != raw.value


def test_a_narrow_panel_has_its_controls_above_the_plots(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 40)
    controls = panel.controls
    panel.resize(500, 180)
    qtbot.waitUntil(lambda: controls.height() < 40)
    panel._show()
    assert controls.page.width() >= controls.page.fontMetrics().horizontalAdvance("Loss and accuracy")
    qtbot.waitUntil(lambda: controls.legend.sizeHint().width() <= controls._scroll.width())
    assert panel.plots[0].width() > 200
    panel.resize(800, 180)
    qtbot.waitUntil(lambda: panel.controls.width() < 200)
    assert panel.controls.csv.isVisible()


def test_epochs_and_logarithm_are_switches(panel: CurvesPanel, qtbot: QtBot) -> None:
    run = train(panel.workspace, qtbot, 40)
    qtbot.waitUntil(lambda: bool(panel.plots[0].curves))
    qtbot.mouseClick(panel.controls.epochs, Qt.MouseButton.LeftButton)
    examples = len(panel.workspace.trainer.split.train)
    assert panel.plots[0].curves[0].x[-1] == pytest.approx(run.images / examples)
    qtbot.mouseClick(panel.controls.log, Qt.MouseButton.LeftButton)
    assert panel.plots[0].seen[1][0] > 0
    assert panel.plots[1].seen[1][0] == 0  # an accuracy of 0 has no logarithm


def test_the_numbers_are_read_back_equal(panel: CurvesPanel, qtbot: QtBot, tmp_path: Path) -> None:
    run = train(panel.workspace, qtbot, 40)
    panel.workspace.shell = Asked(tmp_path / "mine")
    qtbot.mouseClick(panel.controls.csv, Qt.MouseButton.LeftButton)
    file = tmp_path / "mine.csv"
    qtbot.waitUntil(file.exists)
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    losses = [float(row["training loss"]) for row in rows if row["training loss"]]
    np.testing.assert_array_equal(losses, run.curves.steps["loss"])
    assert len([row for row in rows if row["validation accuracy"]]) == len(run.curves.validation)
    qtbot.waitUntil(lambda: not panel.workspace.errands.under_way or panel.workspace.clock.tick())


def test_the_picture_is_written(panel: CurvesPanel, qtbot: QtBot, tmp_path: Path) -> None:
    train(panel.workspace, qtbot, 40)
    qtbot.waitUntil(lambda: bool(panel.plots[0].curves))
    panel.workspace.shell = Asked(tmp_path / "curves.png")
    qtbot.mouseClick(panel.controls.picture, Qt.MouseButton.LeftButton)
    image = QImage(str(tmp_path / "curves.png"))
    assert image.width() == 2 * panel._area.width()
    color = panel.plots[0].curves[1].color
    assert color in {
        image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())
    }


def test_a_picture_that_cannot_be_written_is_said(
    panel: CurvesPanel, qtbot: QtBot, tmp_path: Path, said: Said
) -> None:
    train(panel.workspace, qtbot, 5)
    panel.workspace.shell = Asked(tmp_path / "nowhere" / "curves.png")
    qtbot.mouseClick(panel.controls.picture, Qt.MouseButton.LeftButton)
    assert said[-1][1] == "error"
    assert "could not be written" in said[-1][0]


def test_without_curves_there_is_nothing_to_save(panel: CurvesPanel, qtbot: QtBot, said: Said) -> None:
    qtbot.mouseClick(panel.controls.csv, Qt.MouseButton.LeftButton)
    assert said == [("There are no curves yet. Train first, then they can be saved.", "error")]


def test_a_run_that_is_over_is_still_seen(panel: CurvesPanel, qtbot: QtBot) -> None:
    train(panel.workspace, qtbot, 30)
    panel.workspace.trainer.stop()
    panel._show()
    assert labels(panel)[0] == ["training", "validation"]


def test_the_smoothing_is_remembered(window: Window, qtbot: QtBot) -> None:
    window.panel("curves").controls.slider.setValue(37)
    again = CurvesPanel(window.workspace)
    qtbot.addWidget(again)
    assert again.controls.smoothing == 0.37


def test_the_names_of_compared_runs_are_all_seen_above_narrow_plots(panel: CurvesPanel, qtbot: QtBot) -> None:
    panel.resize(480, 240)
    controls = panel.controls
    x = np.arange(3.0)
    names = "training", "validation", "Run 1 training", "Run 2 training"
    colors = "#ff0000", "#00ff00", "#0000ff", "#808080"
    controls.show_legend([Curve(name, name, color, x, x) for name, color in zip(names, colors, strict=True)])
    qtbot.waitUntil(lambda: controls.legend.sizeHint().width() <= controls._scroll.width())
    assert controls._scroll.y() > controls.page.geometry().bottom()
    controls.show_legend([Curve("training", "training", "#ff0000", x, x)])
    qtbot.waitUntil(lambda: controls._scroll.y() <= controls.page.y() + 2)
