"""The plot of curves: it grows until somebody zooms, reads out every curve, and comes back."""

import gc

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from explorer.rendering.smoothing import smoothed
from explorer.ui import theme
from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.curve_axis import CurveAxis
from explorer.ui.widgets.curve_plot import CurvePlot

STEPS = np.arange(1.0, 101.0)
LOSSES = 2 / np.sqrt(STEPS)


@pytest.fixture
def plot(qtbot: QtBot, dark: None) -> CurvePlot:
    plot = CurvePlot("Loss")
    qtbot.addWidget(plot)
    plot.resize(500, 240)
    plot.show()
    qtbot.waitExposed(plot)
    plot.show_curves(curves(100))
    return plot


def curves(count: int) -> list[Curve]:
    steps = np.arange(1.0, count + 1)
    return [
        Curve("training", "training", "#4da6f5", steps, 2 / np.sqrt(steps), is_noisy=True),
        Curve("validation", "validation", "#f0a03c", steps[9::10], 3 / np.sqrt(steps[9::10]), has_marks=True),
    ]


def wheel(
    plot: CurvePlot,
    place: QPoint,
    degrees: int,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    event = QWheelEvent(
        QPointF(place), QPointF(plot.viewport().mapToGlobal(place)), QPoint(), QPoint(0, degrees * 8),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(plot.viewport(), event)


def place_of(plot: CurvePlot, x: float, y: float) -> QPoint:
    """Where a value is on the widget."""
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def mouse(
    plot: CurvePlot,
    kind: QEvent.Type,
    place: QPoint,
    held: Qt.MouseButton = Qt.MouseButton.NoButton,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """A real event at a place; offscreen there is no pointer that could be moved there."""
    is_move = kind == QEvent.Type.MouseMove
    button = Qt.MouseButton.NoButton if is_move else Qt.MouseButton.LeftButton
    event = QMouseEvent(
        kind, QPointF(place), QPointF(plot.viewport().mapToGlobal(place)), button, held, modifiers
    )
    QApplication.sendEvent(plot.viewport(), event)


def drag(plot: CurvePlot, start: QPoint, end: QPoint, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    mouse(plot, QEvent.Type.MouseButtonPress, start, left, modifiers)
    for share in (0.2, 0.6, 1.0):
        mouse(plot, QEvent.Type.MouseMove, start + (end - start) * share, left, modifiers)
    mouse(plot, QEvent.Type.MouseButtonRelease, end, none, modifiers)


def point_at(plot: CurvePlot, x: float) -> None:
    mouse(plot, QEvent.Type.MouseMove, place_of(plot, x, sum(plot.box.viewRange()[1]) / 2))


def test_it_shows_all_and_grows(plot: CurvePlot) -> None:
    assert plot.seen[0] == (0, 100)
    plot.show_curves(curves(399))
    assert plot.seen[0] == (0, 400)
    plot.show_curves(curves(1999))
    assert plot.seen[0] == (0, 2016)  # it grows by many steps at once
    assert plot.seen[1][1] >= 2


def test_a_zoom_survives_what_comes(plot: CurvePlot) -> None:
    wheel(plot, place_of(plot, 50, 1), 120)
    seen = plot.seen
    assert plot.is_zoomed
    assert seen[0][1] - seen[0][0] < 100
    plot.show_curves(curves(400))
    assert plot.seen == seen


def test_y_follows_what_is_seen_of_x(plot: CurvePlot) -> None:
    for _ in range(8):
        wheel(plot, place_of(plot, 90, 1), 120)
    (low, high), (bottom, top) = plot.seen
    seen = LOSSES[int(low) : int(high)]
    assert bottom < seen.min() < seen.max() < top < 1
    plot.show_all()
    assert plot.seen[1][1] >= 2


def test_what_was_chosen_of_y_stays(plot: CurvePlot) -> None:
    wheel(plot, place_of(plot, 50, 1), 120, Qt.KeyboardModifier.ControlModifier)
    seen = plot.seen
    assert seen[0] == (0, 100)
    assert seen[1][1] < 2
    plot.show_curves(curves(100))
    assert plot.seen == seen


def test_a_drag_moves_and_survives(plot: CurvePlot) -> None:
    start = place_of(plot, 50, 1)
    drag(plot, start, start + QPoint(80, 0))
    seen = plot.seen
    assert seen[0][0] < -10
    plot.show_curves(curves(400))
    assert plot.seen == seen


def test_shift_and_drag_zooms_into_a_rectangle(plot: CurvePlot) -> None:
    drag(plot, place_of(plot, 20, 1.5), place_of(plot, 60, 0.5), Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_allclose(plot.seen, ((20, 60), (0.5, 1.5)), rtol=0.05)


def test_a_double_click_shows_all_again(plot: CurvePlot) -> None:
    place, left = place_of(plot, 50, 1), Qt.MouseButton.LeftButton
    wheel(plot, place, 120)
    mouse(plot, QEvent.Type.MouseButtonPress, place, left)
    mouse(plot, QEvent.Type.MouseButtonRelease, place)
    mouse(plot, QEvent.Type.MouseButtonDblClick, place, left)
    mouse(plot, QEvent.Type.MouseButtonRelease, place)
    assert not plot.is_zoomed
    assert plot.seen[0] == (0, 100)


def test_the_keys_zoom_move_and_lead_back(plot: CurvePlot) -> None:
    QTest.keyClick(plot, Qt.Key.Key_Plus)
    (low, high), _ = plot.seen
    assert high - low == pytest.approx(80)
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plot.seen[0][0] == pytest.approx(low + 10)
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.seen[0] == (0, 100)


def test_pointing_reads_all_curves_at_that_step(plot: CurvePlot) -> None:
    plot.set_smoothing(0.6)
    point_at(plot, 57.2)
    training, validation = plot.readings(plot.at)
    assert plot.at == training.x == 57
    assert training.value == LOSSES[56]
    assert training.smooth == pytest.approx(smoothed(LOSSES, 0.6)[56])
    assert (validation.x, validation.value) == (50, 3 / np.sqrt(50))
    assert "step 57" in plot.readout.text()
    assert "at 50" in plot.readout.text()
    assert "0.424" in plot.readout.text()


def test_the_readout_does_not_hide_what_is_pointed_at(plot: CurvePlot) -> None:
    for x in (10, 90):
        point_at(plot, x)
        assert not plot.readout.geometry().contains(place_of(plot, x, plot.readings(x)[0].smooth))


def test_the_keys_walk_from_step_to_step(plot: CurvePlot) -> None:
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.at == 100
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.at == 99


def test_before_the_first_validation_only_the_training_is_read(plot: CurvePlot) -> None:
    plot.point_at(5)
    assert [one.curve.key for one in plot.readings(5)] == ["training"]


def test_a_logarithmic_axis_begins_at_the_least_positive_value(plot: CurvePlot) -> None:
    plot.set_log(True)
    low, high = plot.seen[1]
    assert 0.15 < low < 0.2 < 2 < high < 2.5


def test_another_run_under_the_same_key_is_another_curve(plot: CurvePlot) -> None:
    plot.set_smoothing(0.9)
    other = np.linspace(5, 1, 200)
    plot.show_curves([Curve("training", "training", "#4da6f5", np.arange(1.0, 201), other, is_noisy=True)])
    assert plot.readings(200)[0].smooth == pytest.approx(smoothed(other, 0.9)[-1])
    assert plot.seen[1][1] > 5


def test_two_plots_zoom_together_in_x(plot: CurvePlot, qtbot: QtBot) -> None:
    other = CurvePlot("Accuracy", whole=(0, 1))
    qtbot.addWidget(other)
    plot.zoomed.connect(other.zoom_x)
    wheel(plot, place_of(plot, 50, 1), 120)
    assert other.seen[0] == plot.seen[0]
    plot.show_all()
    assert not other.is_zoomed


def test_a_curve_with_what_is_no_number_is_drawn_without_it(plot: CurvePlot) -> None:
    values = np.array([1.0, np.nan, np.inf, 0.5])
    plot.show_curves([Curve("a", "a", "#ffffff", np.arange(4.0), values, is_noisy=True)])
    plot.grab()
    assert plot.seen[1][1] < 1.1


def test_nothing_to_show_is_no_error(plot: CurvePlot) -> None:
    plot.show_curves([])
    plot.grab()
    point_at(plot, 5)
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot.at is None


def test_the_colours_follow_the_theme(plot: CurvePlot, qapp: QApplication) -> None:
    def corner() -> str:
        return plot.grab().toImage().pixelColor(2, 2).name()

    assert corner() == theme.DARK["ground"]
    theme.apply(qapp, "light")
    assert corner() == theme.LIGHT["ground"]


def test_the_drawing_has_the_curves_colours(plot: CurvePlot) -> None:
    image = plot.grab().toImage()
    seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert {"#4da6f5", "#f0a03c"} <= seen


def test_a_logarithmic_axis_numbers_1_2_and_5_only(plot: CurvePlot) -> None:
    axis = CurveAxis("left")
    axis.setLogMode(x=False, y=True)
    axis.setRange(-2, 0)
    assert axis.tickStrings(np.log10([0.1, 0.2, 0.3, 0.5, 0.9, 1]), 1, 1) == [
        "0.1",
        "0.2",
        "",
        "0.5",
        "",
        "1",
    ]


def test_a_curve_needs_a_place_for_every_value() -> None:
    with pytest.raises(ValueError, match="3 places and 2 values"):
        Curve("a", "a", "#ffffff", np.arange(3.0), np.arange(2.0))


def test_it_can_be_taken_apart_and_built_again(qtbot: QtBot, dark: None) -> None:
    for _ in range(3):
        frame = QWidget()
        plot = CurvePlot("Loss")
        QVBoxLayout(frame).addWidget(plot)
        plot.show_curves(curves(50))
        frame.show()
        frame.grab()
        frame.close()
        frame.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        assert not isValid(plot)
        del frame, plot
        gc.collect()


def test_the_present_run_lies_above_what_it_is_compared_with(plot: CurvePlot) -> None:
    names = "now/training", "now/validation", "old/training", "old/validation"
    x = np.arange(3.0)
    plot.show_curves([Curve(name, name, "#808080", x, x) for name in names])
    order = [line.curve.key for line in plot._layer.lines]
    assert order == ["old/training", "old/validation", "now/training", "now/validation"]
    assert [curve.key for curve in plot.curves] == list(names)


def test_where_the_ticks_are_is_worked_out_once(plot: CurvePlot) -> None:
    assert plot.left.tickValues(0, 1, 100) is plot.left.tickValues(0, 1, 100)
    assert plot.left.tickValues(0, 2, 100) != plot.left.tickValues(0, 1, 100)
