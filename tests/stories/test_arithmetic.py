"""Stories with mouse and keys: a pixel is explained, enlarged, swept over, traced back, and maps are compared."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.ui.panels.arithmetic import ArithmeticPanel
from explorer.ui.panels.compare import BEFORE, IMAGE, KEPT, ComparePanel
from explorer.ui.widgets import flow_numbers
from explorer.ui.workspace import Workspace
from tests.stories.comparing import Button, Key, Open, move, show_texture
from tests.stories.hands import SOON, Hands
from tests.ui.conftest import answer, show_picture

# ---- A1 --------------------------------------------------------------------------------------------------------------


def test_pointing_explains_a_click_pins_and_esc_lets_go(hands: Hands, qtbot: QtBot) -> None:
    hands.window.set_shown("arithmetic", True)
    panel = hands.window.panel("arithmetic")
    assert isinstance(panel, ArithmeticPanel)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    move(hands.flow, hands.at("conv2:3", 40, 30))
    qtbot.waitUntil(lambda: panel.view.explanation is not None)
    assert "pinned" not in panel.headline
    hands.click("conv2:3", 40, 30)
    qtbot.waitUntil(lambda: "pinned" in panel.headline)
    explanation = panel.view.explanation
    assert explanation is not None
    assert explanation.total == pytest.approx(hands.value("conv2", *explanation.unit), abs=1e-5)
    hands.press(Key.Key_Escape)
    qtbot.waitUntil(lambda: panel.view.explanation is None)


def test_the_close_up_shows_the_window_with_its_weights(enlarged: Hands) -> None:
    view = enlarged.close_up.view
    assert view.explained is not None
    explanation = view.explained.explanation
    reading = view.readings[0]
    assert view.read is not None
    assert view.read.weights is not None
    inside = view.read.in_window
    assert inside.sum() == 9
    channel_sum = float((view.read.values[inside] * view.read.weights[inside]).sum())
    assert channel_sum == pytest.approx(
        float(explanation["channel sums"].numbers[reading.place or 0]), abs=1e-5
    )


def test_esc_closes_the_close_up_then_lets_the_pixel_go_and_then_the_map(enlarged: Hands) -> None:
    enlarged.press(Key.Key_Escape)
    assert not enlarged.close_up.isVisible()
    assert enlarged.workspace.view.pixel == (80, 80)
    enlarged.press(Key.Key_Escape)
    assert enlarged.workspace.view.pixel is None
    assert enlarged.workspace.view.selection == Unit("conv1", 2)
    enlarged.press(Key.Key_Escape)
    assert enlarged.workspace.view.selection is None


def test_the_close_up_lies_beside_what_it_enlarges(enlarged: Hands) -> None:
    place, cell = enlarged.flow.find(Unit("conv1", 2))
    assert place is not None
    assert cell is not None
    assert not enlarged.close_up.geometry().intersects(place.tile(cell).toRect())


def test_without_a_pinned_map_the_close_up_takes_the_one_under_the_pointer(hands: Hands) -> None:
    hands.workspace.view.select(None)
    hands.command("X")
    assert "Click a map first" in hands.close_up.view.sentence
    hands.command("P")
    assert not hands.close_up.player.is_playing
    hands.command("X")
    move(hands.flow, hands.at("conv1:2", 80, 80))
    hands.command("X")
    selected = hands.workspace.view.selection
    assert selected == Unit("conv1", 2)
    assert hands.workspace.view.pixel is not None
    assert hands.close_up.title.text().startswith("conv1:2 at ")


def test_an_input_cell_tells_its_product_and_who_reads_it(enlarged: Hands) -> None:
    view = enlarged.close_up.view
    assert view.read is not None
    assert view.places is not None
    row, column = np.argwhere(view.read.in_window)[4]
    move(view, view.places.read.cell(int(row), int(column)).center())
    assert "×" in enlarged.close_up.note.text()
    assert len(view.readers()) == 9  # of a 3 x 3 kernel with stride 1


def test_what_is_under_the_pointer_is_told_also_when_the_next_frame_comes(enlarged: Hands) -> None:
    view = enlarged.close_up.view
    assert view.read is not None
    assert view.places is not None
    row, column = np.argwhere(view.read.in_window)[4]
    move(view, view.places.read.cell(int(row), int(column)).center())
    before = view.explained
    show_texture(enlarged.workspace)
    enlarged.qtbot.waitUntil(lambda: view.explained is not before)
    assert "×" in enlarged.close_up.note.text()
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert enlarged.close_up.note.text().startswith("y = ")


def test_a_press_beside_the_handle_brings_it_there_and_a_drag_goes_on(enlarged: Hands) -> None:
    slider, qtbot = enlarged.close_up.slider, enlarged.qtbot
    middle = slider.rect().center().y()
    qtbot.mousePress(slider, Button.LeftButton, pos=QPoint(slider.width() // 4, middle))
    first = slider.value()
    assert first == pytest.approx(slider.maximum() / 4, rel=0.1)
    move(slider, QPointF(slider.width() * 0.75, middle), held=Button.LeftButton)
    qtbot.mouseRelease(slider, Button.LeftButton, pos=QPoint(slider.width() * 3 // 4, middle))
    assert slider.value() == pytest.approx(slider.maximum() * 3 / 4, rel=0.1)


def test_an_output_cell_previews_its_window_and_a_click_pins_it(enlarged: Hands, qtbot: QtBot) -> None:
    view = enlarged.close_up.view
    assert view.places is not None
    assert view.own is not None
    row, column = view.own.cell_at(81, 81) or (0, 0)
    at = view.places.own.cell(row, column).center()
    move(view, at)
    qtbot.waitUntil(lambda: view.explained is not None and view.explained.explanation.unit == (2, 81, 81))
    assert enlarged.workspace.view.pixel == (80, 80)
    qtbot.mouseClick(view, Button.LeftButton, pos=at.toPoint())
    assert enlarged.workspace.view.pixel == (81, 81)


def test_esc_goes_one_level_back_also_while_another_panel_has_the_keys(enlarged: Hands, qtbot: QtBot) -> None:
    unit = enlarged.window.panel("unit")
    assert unit is not None
    qtbot.keyClick(unit, Key.Key_Escape)
    assert not enlarged.close_up.isVisible()
    qtbot.keyClick(unit, Key.Key_Escape)
    assert enlarged.workspace.view.pixel is None
    assert enlarged.workspace.view.selection is not None


# ---- A2 --------------------------------------------------------------------------------------------------------------


def test_the_sweep_fills_the_output_pixel_by_pixel(enlarged: Hands) -> None:
    player, view = enlarged.close_up.player, enlarged.close_up.view
    enlarged.close_up.slider.setValue(0)
    QApplication.processEvents()
    assert enlarged.workspace.view.pixel == (0, 0)
    enlarged.qtbot.mouseClick(enlarged.close_up.play_button, Button.LeftButton)
    assert player.is_playing
    player.tick()
    player.tick()
    QApplication.processEvents()
    assert enlarged.workspace.view.pixel == (0, 2)
    assert view.own is not None
    assert view._filled_cells(view.own)[0, :4].tolist() == [True, True, True, False]


def test_keys_step_to_and_fro_and_pause(enlarged: Hands) -> None:
    enlarged.command("P")
    assert enlarged.close_up.player.is_playing
    enlarged.command("L")
    assert not enlarged.close_up.player.is_playing
    assert enlarged.workspace.view.pixel == (80, 81)
    enlarged.command("J")
    enlarged.command("J")
    assert enlarged.workspace.view.pixel == (80, 79)


def test_the_pointer_holds_the_sweep_and_leaving_lets_it_go_on(enlarged: Hands, qtbot: QtBot) -> None:
    enlarged.close_up.pace.setCurrentIndex(0)
    enlarged.close_up.pace.activated.emit(0)
    enlarged.command("P")
    qtbot.waitUntil(lambda: enlarged.workspace.view.pixel == (80, 82), timeout=SOON)
    enlarged.close_up.view.held.emit(True)
    assert not enlarged.close_up.player._timer.isActive()
    enlarged.close_up.view.held.emit(False)
    before = enlarged.workspace.view.pixel
    qtbot.waitUntil(lambda: enlarged.workspace.view.pixel != before, timeout=SOON)


def test_a_click_on_another_pixel_ends_the_sweep_and_shows_everything(enlarged: Hands) -> None:
    enlarged.command("L")
    assert enlarged.close_up.view.filled is not None
    enlarged.workspace.view.pin_pixel((10, 10))
    QApplication.processEvents()
    assert enlarged.close_up.view.filled is None


def test_padding_is_shown_with_what_it_repeats(enlarged: Hands) -> None:
    enlarged.close_up.slider.setValue(0)
    QApplication.processEvents()
    read = enlarged.close_up.view.read
    assert read is not None
    first = read.cell_at(-1, -1)
    assert first is not None
    assert read.is_padding[first]
    assert (read.source_rows[first[0]], read.source_columns[first[1]]) == (1, 1)  # reflect-101


# ---- A3 --------------------------------------------------------------------------------------------------------------


def test_the_effective_field_is_drawn_within_the_theoretical_one(hands: Hands, qtbot: QtBot) -> None:
    hands.window.set_shown("arithmetic", True)
    panel = hands.window.panel("arithmetic")
    assert isinstance(panel, ArithmeticPanel)
    qtbot.waitUntil(lambda: not panel.visibleRegion().isEmpty())
    hands.click("conv3:5", 20, 20)
    view = hands.workspace.view
    assert view.field is not None
    qtbot.waitUntil(lambda: "sees 18 × 18 px, step 4 × 4" in panel.headline, timeout=SOON)
    hands.command("E")
    qtbot.waitUntil(lambda: view.effective is not None, timeout=SOON)
    assert panel.effective_button.isChecked()
    assert view.effective is not None
    region, effective = view.field.regions["image"], view.effective["image"]
    inside = np.zeros(effective.shape[1:], bool)
    inside[tuple(slice(*axis) for axis in region.hull[1:])] = True
    assert not effective.picture()[~inside].any()
    assert "of the effect in the middle" in panel.headline
    hands.command("E")
    assert view.effective is None


def test_a_click_veils_what_the_pixel_does_not_see_whichever_panel_is_in_front(
    hands: Hands, qtbot: QtBot
) -> None:
    hands.window.set_shown("arithmetic", False)
    view = hands.workspace.view
    move(hands.flow, hands.at("conv3:5", 20, 20))
    assert view.field is None
    hands.click("conv3:5", 20, 20)
    assert view.field is not None
    assert set(view.field.regions) >= {"image", "conv1", "conv2"}
    hands.command("E")
    qtbot.waitUntil(lambda: view.effective is not None, timeout=SOON)
    hands.command("E")
    assert view.effective is None
    hands.command("Shift+E")
    assert view.field is None
    hands.command("Shift+E")
    assert view.field is not None
    hands.press(Key.Key_Escape)
    assert view.field is None


# ---- A4 --------------------------------------------------------------------------------------------------------------


def test_a_map_zoomed_far_enough_shows_its_numbers(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, ...]] = []
    draw = flow_numbers.PixelNumbers.draw

    def note(self: object, painter: object, values: np.ndarray, *rest: object) -> None:
        drawn.append(values.shape)
        draw(self, painter, values, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(flow_numbers.PixelNumbers, "draw", note)
    at = hands.at("image", 80, 80)
    hands.flow.repaint()
    large = [shape for shape in drawn if shape[0] > 2]
    for _ in range(24):
        event = QWheelEvent(
            at, hands.flow.mapToGlobal(at), QPoint(), QPoint(0, 120), Button.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(hands.flow, event)
        hands.flow.finish_motion()
    hands.see()
    drawn.clear()
    hands.flow.repaint()
    assert not [shape for shape in large if shape[1] > 40]
    assert len(drawn) == 1
    rows, columns = drawn[0]
    assert rows % 3 == 0  # red, green and blue of every pixel
    assert 2 < columns < 60


def test_a_map_whose_numbers_are_read_is_not_veiled(hands: Hands) -> None:
    hands.click("conv1:2", 80, 80)
    at = hands.at("image", 20, 20)

    def veils() -> bool:
        hands.see()
        move(hands.flow, QPointF(2, 2))
        spot = QRect(at.toPoint() - QPoint(8, 8), QSize(16, 16))
        with_field = hands.flow.grab(spot).toImage()
        hands.command("Shift+E")
        without = hands.flow.grab(spot).toImage()
        hands.command("Shift+E")
        return with_field != without

    assert veils()
    hands.flow.zoom(3000, at)
    hands.flow.finish_motion()
    assert not veils()


# ---- V7 and V8 -------------------------------------------------------------------------------------------------------


def test_a_map_lies_over_the_image_as_much_as_the_slider_says(
    open_panel: Open, qtbot: QtBot
) -> None:  # fmt: skip
    panel: ComparePanel = open_panel("compare")
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 3, timeout=SOON)
    panel.opacity.setValue(100)
    qtbot.waitUntil(lambda: "100%" in panel.headline, timeout=SOON)
    image, mixed, above = panel.strip.maps
    assert np.array_equal(mixed.pixels, above.pixels)
    qtbot.keyClick(panel.opacity, Key.Key_Home)
    qtbot.waitUntil(lambda: " 0%" in panel.headline, timeout=SOON)
    image, mixed, above = panel.strip.maps
    assert np.array_equal(mixed.pixels, image.pixels)


def test_a_kept_map_is_compared_with_another_frame(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:  # fmt: skip
    panel: ComparePanel = open_panel("compare")
    qtbot.keyClick(panel.strip, Key.Key_Space)
    assert panel.kept is not None
    assert panel._against == KEPT
    assert panel.form.fields["against"].box.currentText() == KEPT
    qtbot.waitUntil(lambda: "are the same" in panel.headline, timeout=SOON)
    show_picture(workspace, 200)
    qtbot.waitUntil(lambda: "differ" in panel.headline, timeout=SOON)
    kept, now, difference = panel.strip.maps
    assert np.allclose(difference.values, now.values - kept.values)


def test_a_map_is_compared_with_what_it_was_before_the_edit(
    open_panel: Open, workspace: Workspace, qtbot: QtBot
) -> None:  # fmt: skip
    panel: ComparePanel = open_panel("compare")
    panel.form.fields["against"].box.setCurrentText(BEFORE)
    panel._change("against", BEFORE)
    assert "Nothing has been edited yet" in panel.strip.sentence
    assert workspace.answer is not None
    before = workspace.answer.trace.activations["conv1"][0, 2].copy()
    workspace.document.edit("Louder", edits.set_weight("conv1", "kernel", (2, 0, 1, 1), 3.0))
    answer(workspace)
    qtbot.waitUntil(lambda: len(panel.strip.maps) == 3, timeout=SOON)
    qtbot.waitUntil(lambda: "Louder" in panel.headline and "differ" in panel.headline, timeout=SOON)
    assert np.allclose(panel.strip.maps[0].values, before)
    assert not panel.opacity.isVisibleTo(panel)
    panel._change("against", IMAGE)
    assert panel.opacity.isVisibleTo(panel)
