"""The predictions panel: bars that follow the live input, and what is said beside them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.engine.network import Network
from explorer.runtime.evaluator import Answer
from explorer.sources.source import Frame
from explorer.ui.panels.predictions import PredictionsPanel
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import answer, show_picture
from tests.ui.datasets import judge, lamps


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> PredictionsPanel:
    panel = PredictionsPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(300, 260)
    panel.show()
    qtbot.waitExposed(panel)
    workspace.answered.connect(panel.show_answer)
    use(workspace, judge())
    return panel


def use(workspace: Workspace, network: Network) -> None:
    workspace.document.edit("Judge", edits.replace_network(network))


def show(workspace: Workspace, level: int) -> Answer:
    """An evenly bright frame, evaluated."""
    workspace.capture.frames.put(Frame(np.full((6, 4, 1), level, np.uint8), 0, 0.0))
    workspace.clock.tick()
    return answer(workspace)


def shares(panel: PredictionsPanel) -> dict[str, float]:
    return {bar.name: round(bar.share, 2) for bar in panel.bars.bars}


def test_bars_are_the_probabilities_with_the_names_of_the_classes(panel: PredictionsPanel) -> None:
    found = show(panel.workspace, 220).trace.activations["softmax"][0]
    assert list(shares(panel)) == ["off", "dim", "on"]
    assert [bar.share for bar in panel.bars.bars] == pytest.approx(found.tolist())
    assert panel.guess.text().startswith("on")
    assert panel.headline == "on"


def test_they_move_with_every_frame(panel: PredictionsPanel) -> None:
    before = show(panel.workspace, 20), shares(panel)
    show(panel.workspace, 220)
    assert shares(panel)["on"] > 0.9 > before[1]["on"]


def test_numbers_and_the_guess_follow_when_they_can_be_read(panel: PredictionsPanel, qtbot: QtBot) -> None:
    show(panel.workspace, 20)
    assert panel.guess.text().startswith("off")
    show(panel.workspace, 220)
    qtbot.waitUntil(lambda: panel.guess.text().startswith("on"))


def test_scores_are_shown_as_probabilities_and_that_is_said(panel: PredictionsPanel) -> None:
    use(panel.workspace, judge(softmax=False))
    show(panel.workspace, 20)
    assert "dense answers scores" in panel.sentence.text()
    assert sum(bar.share for bar in panel.bars.bars) == pytest.approx(1, abs=1e-5)


def test_without_names_classes_have_numbers_and_the_network_counts_as_untrained(
    panel: PredictionsPanel,
) -> None:
    use(panel.workspace, judge(classes=()))
    show(panel.workspace, 20)
    assert list(shares(panel)) == ["class 0", "class 1", "class 2"]
    assert "has not been trained" in panel.sentence.text()


def test_what_is_about_to_be_learned_has_its_names_already(panel: PredictionsPanel) -> None:
    use(panel.workspace, judge(classes=()))
    panel.workspace.trainer.use(lamps())
    show(panel.workspace, 20)
    assert list(shares(panel)) == ["off", "dim", "on"]
    assert "has not been trained" in panel.sentence.text()


def test_a_network_of_maps_says_what_is_missing(panel: PredictionsPanel, workspace: Workspace) -> None:
    workspace.document.undo()
    show_picture(workspace)
    assert "not one number per class" in panel.sentence.text()
    assert not panel.bars.bars
    assert not panel.guess.isVisible()


def test_weights_that_are_not_finite_are_told(panel: PredictionsPanel) -> None:
    network = judge()
    kernel = np.full((3, 24), np.nan, np.float32)
    broken = {**network["dense"].parameters, "kernel": kernel}
    use(panel.workspace, network.replacing(network["dense"].changed(parameters=broken)))
    show(panel.workspace, 20)
    assert "not finite" in panel.sentence.text()


@pytest.mark.parametrize(
    ("place", "sentence"), [(2, "labelled on: right"), (5, "labelled on: wrong"), (0, "labelled off: right")]
)
def test_the_label_of_a_sample_is_told(panel: PredictionsPanel, place: int, sentence: str) -> None:
    workspace, data = panel.workspace, lamps()
    wrong = data.with_changes(
        images=np.where(np.arange(60)[:, None, None, None] == 5, 20, data.images).astype(np.uint8)
    )
    workspace.gallery.make_live(wrong, None, place)
    workspace.capture.turn()
    workspace.clock.tick()
    answer(workspace)
    assert panel.truth.text() == sentence
    assert panel.truth.isVisible()


def test_other_sources_have_no_label(panel: PredictionsPanel) -> None:
    show(panel.workspace, 20)
    assert not panel.truth.isVisible()


def many(count: int) -> Network:
    """As many classes as asked for; the last ones are the most probable."""
    network = judge(classes=())
    dense = network["dense"]
    layer = dense.layer.with_settings(units=count)
    parameters = {
        "kernel": np.zeros((count, 24), np.float32),
        "bias": np.linspace(0, 5, count, dtype=np.float32),
    }
    return network.replacing(dense.changed(layer=layer, parameters=parameters))


def test_of_many_classes_the_best_five_are_shown_first(panel: PredictionsPanel, qtbot: QtBot) -> None:
    use(panel.workspace, many(40))
    show(panel.workspace, 20)
    assert list(shares(panel)) == ["class 39", "class 38", "class 37", "class 36", "class 35"]
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    assert list(shares(panel)) == [f"class {i}" for i in range(40)]
    qtbot.mouseClick(panel.more, Qt.MouseButton.LeftButton)
    assert len(panel.bars.bars) == 5


def test_ten_classes_keep_their_order(panel: PredictionsPanel) -> None:
    use(panel.workspace, many(10))
    show(panel.workspace, 20)
    assert list(shares(panel)) == [f"class {i}" for i in range(10)]


def test_behind_another_tab_it_is_not_asked(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Answer] = []
    monkeypatch.setattr(PredictionsPanel, "show_answer", lambda self, answer: asked.append(answer))
    window.set_shown("predictions", True)
    window.set_shown("unit", True)
    asked.clear()
    show_picture(window.workspace, 90)
    assert asked == []
