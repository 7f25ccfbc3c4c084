"""The source panel: what it shows of a source, and the form and the region of the preparation."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QSlider, QToolButton
from pytestqt.qtbot import QtBot

from explorer.document.view import Unit
from explorer.runtime.capture import CaptureState
from explorer.sources.camera import CameraSource
from explorer.sources.folder import FolderSource
from explorer.sources.preparation import Preparation
from explorer.sources.samples import SampleSource
from explorer.sources.source import Frame, Source
from explorer.sources.video import VideoSource
from explorer.ui.panels.source import SourcePanel
from explorer.ui.widgets.region_view import RegionView, thumbnail
from explorer.ui.widgets.setting_fields import NumberField
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> SourcePanel:
    panel = SourcePanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(320, 900)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def show_state(panel: SourcePanel, kind: str, source: Source | None = None, sentence: str = "") -> None:
    description = source.describe() if source else ""
    state = CaptureState(kind, sentence, source, description)  # type: ignore[arg-type]
    panel.workspace.capture.states.put(state)
    panel.workspace.clock.tick()


def number_field(panel: SourcePanel, name: str) -> NumberField:
    field = next(form.fields[name] for form in panel.forms if name in form.fields)
    assert isinstance(field, NumberField)
    return field


# ---- state -------------------------------------------------------------------------------------------------------


def test_a_lost_camera_says_so(panel: SourcePanel) -> None:
    show_state(panel, "lost", CameraSource(0), "Camera 0 no longer delivers pictures.")
    assert "lost" in panel.state_label.text()
    assert "no longer delivers" in panel.state_label.text()


def test_the_headline_names_source_and_state(panel: SourcePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.headline_changed) as told:
        show_state(panel, "frozen", CameraSource(0))
    assert told.args == ["Camera 0 · frozen"]


@pytest.mark.parametrize(
    ("source", "visible"),
    [
        (CameraSource(0), {"resolution"}),
        (FolderSource("somewhere"), {"previous", "next", "bar"}),
        (VideoSource("film.mp4"), {"previous", "next", "bar", "play", "speed", "loop"}),
        (SampleSource("house"), set()),
    ],
    ids=["camera", "folder", "video", "sample"],
)
def test_only_what_the_source_can_do_is_there(panel: SourcePanel, source: Source, visible: set[str]) -> None:
    show_state(panel, "live" if source.is_live else "still", source)
    transport = panel.transport
    widgets = {
        "resolution": panel.resolution, "previous": transport.previous, "next": transport.next,
        "bar": transport.bar, "play": transport.play, "speed": transport.speed, "loop": transport.loop,
    }  # fmt: skip
    assert {name for name, widget in widgets.items() if widget.isVisible()} == visible


def test_the_resolution_is_the_one_the_camera_was_asked_for(panel: SourcePanel) -> None:
    show_state(panel, "live", CameraSource(0, 1280, 720))
    assert panel.resolution.currentText() == "1280 x 720"


def test_another_resolution_opens_the_camera_again(
    panel: SourcePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Source] = []
    monkeypatch.setattr(panel.workspace, "open_source", opened.append)
    show_state(panel, "live", CameraSource(3))
    panel.resolution.activated.emit(2)
    assert [source.address for source in opened] == ["camera:3@1280x720"]


def test_the_position_follows_the_frames(panel: SourcePanel) -> None:
    show_state(panel, "live", VideoSource("film.mp4"))
    panel.workspace.capture.frames.put(Frame(np.zeros((4, 4, 3), np.uint8), 0, 0.0, "", 6, 30))
    panel.workspace.clock.tick()
    assert panel.transport.bar.value() == 6
    assert panel.transport.bar.maximum() == 29


def test_a_frame_that_came_while_the_picture_was_scrolled_away_is_there_later(panel: SourcePanel) -> None:
    panel.resize(320, 200)
    scroll = panel.findChild(QScrollArea)
    assert scroll is not None
    scroll.verticalScrollBar().setValue(scroll.verticalScrollBar().maximum())
    assert panel.region.visibleRegion().isEmpty()
    panel.workspace.capture.frames.put(Frame(np.full((4, 4, 3), 200, np.uint8), 0, 0.0))
    panel.workspace.clock.tick()
    scroll.verticalScrollBar().setValue(0)
    middle = panel.region.picture_rect().center().toPoint()
    assert panel.region.grab().toImage().pixelColor(middle).getRgb()[:3] == (200, 200, 200)


def test_dragging_the_bar_seeks(panel: SourcePanel, qtbot: QtBot) -> None:
    panel.transport.show_position(0, 30)
    with qtbot.waitSignal(panel.transport.sought) as told:
        panel.transport.bar.setValue(12)
    assert told.args == [12]


# ---- form --------------------------------------------------------------------------------------------------------


def test_every_declared_setting_has_a_field(panel: SourcePanel) -> None:
    fields = {name for form in panel.forms for name in form.fields}
    assert fields == {setting.name for setting in Preparation.settings()}


def test_a_slider_drag_is_one_undo(panel: SourcePanel) -> None:
    slider = number_field(panel, "rotation").slider
    assert isinstance(slider, QSlider)
    slider.sliderPressed.emit()
    for value in range(slider.value() + 1, slider.value() + 30):
        slider.setValue(value)
    slider.sliderReleased.emit()
    document = panel.workspace.document
    assert document.preparation.rotation == 29
    document.undo()
    assert document.preparation.rotation == 0


def test_the_slider_stops_at_every_declared_step(panel: SourcePanel) -> None:
    slider = number_field(panel, "rotation").slider
    assert isinstance(slider, QSlider)
    assert slider.maximum() == 360


def test_undo_moves_the_slider_back(panel: SourcePanel) -> None:
    field = number_field(panel, "zoom")
    assert field.slider is not None
    at_first = field.slider.value()
    panel.workspace.document.prepare("Zoom", Preparation(zoom=3.0))
    assert field.slider.value() > at_first
    panel.workspace.document.undo()
    assert field.slider.value() == at_first


def test_a_reset_button_appears_with_the_first_change_and_takes_it_back(
    panel: SourcePanel, qtbot: QtBot
) -> None:
    button = panel._resets["blur"]
    assert not button.isVisible()
    panel.workspace.document.prepare("Blur", Preparation(blur=2.0))
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.workspace.document.preparation.blur == 0
    assert panel.workspace.document.history.undo_label == "Blur"


def test_moving_noise_is_offered_only_where_there_is_noise(panel: SourcePanel) -> None:
    field = next(form.fields["noise_moves"] for form in panel.forms if "noise_moves" in form.fields)
    assert not field.isVisible()
    panel.workspace.document.prepare("Noise", Preparation(noise=0.1))
    assert field.isVisible()


def test_showing_does_not_edit(panel: SourcePanel) -> None:
    panel._show_preparation(Preparation(rotation=20, fit="crop", mirror=True))
    assert panel.workspace.document.preparation == Preparation()


# ---- region ------------------------------------------------------------------------------------------------------


def drag(view: RegionView, start: QPointF, end: QPointF) -> None:
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, pos=start.toPoint())
    for share in (0.3, 0.6, 1.0):
        QTest.mouseMove(view, (start + (end - start) * share).toPoint())
    QTest.mouseRelease(view, left, pos=end.toPoint())


def show_frame(panel: SourcePanel) -> None:
    panel.workspace.capture.frames.put(Frame(np.full((100, 200, 3), 90, np.uint8), 0, 0.0))
    panel.workspace.clock.tick()


def test_a_region_is_drawn_with_the_mouse(panel: SourcePanel) -> None:
    show_frame(panel)
    place = panel.region.picture_rect()
    drag(panel.region, place.topLeft() + QPointF(1, 1), place.center())
    region = panel.workspace.document.preparation.region
    assert region is not None
    assert region[2] == pytest.approx(0.5, abs=0.03)
    assert region[3] == pytest.approx(0.5, abs=0.03)


def test_drawing_a_region_is_one_undo(panel: SourcePanel) -> None:
    show_frame(panel)
    place = panel.region.picture_rect()
    drag(panel.region, place.topLeft() + QPointF(2, 2), place.center())
    panel.workspace.document.undo()
    assert panel.workspace.document.preparation.region is None
    assert not panel.workspace.document.history.undo_label


def test_a_region_is_moved_by_dragging_inside(panel: SourcePanel) -> None:
    show_frame(panel)
    panel.workspace.document.prepare("Region", Preparation(region=(0.0, 0.0, 0.5, 0.5)))
    place = panel.region.picture_rect()
    inside = place.topLeft() + QPointF(0.25 * place.width(), 0.25 * place.height())
    drag(panel.region, inside, place.bottomRight())
    assert panel.workspace.document.preparation.region == pytest.approx((0.5, 0.5, 0.5, 0.5))


def test_delete_clears_the_region_and_removes_no_layer(window: Window, qtbot: QtBot) -> None:
    window.set_shown("source", True)
    panel = window.panel("source")
    assert isinstance(panel, SourcePanel)
    window.workspace.view.select(Unit("conv1"))
    window.workspace.document.prepare("Region", Preparation(region=(0.0, 0.0, 0.5, 0.5)))
    window.activateWindow()
    panel.region.setFocus()
    qtbot.keyClick(panel.region, Qt.Key.Key_Delete)
    assert window.workspace.document.preparation.region is None
    assert "conv1" in window.workspace.document.network


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 4000, 1), (3000, 2, 3), (2000, 3000, 3), (7, 5, 1)])
def test_a_thumbnail_of_any_shape(shape: tuple[int, int, int]) -> None:
    image = thumbnail(np.full(shape, 200, np.uint8), 150)
    assert 1 <= max(image.width(), image.height()) <= 150
    assert image.pixelColor(0, 0).lightness() == pytest.approx(200, abs=2)


def test_the_pickers_have_names_for_a_screen_reader(panel: SourcePanel) -> None:
    assert all(button.accessibleName() for button in panel.findChildren(QToolButton) if button.isVisible())
