"""The source panel: where images come from, how the source stands, and what happens to a frame."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.engine.layer import Setting
from explorer.runtime.capture import CaptureState
from explorer.sources.camera import CameraSource
from explorer.sources.preparation import Preparation, Region
from explorer.sources.source import Frame
from explorer.ui import theme
from explorer.ui.command_button import command_button
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.widgets.region_view import RegionView
from explorer.ui.widgets.setting_form import SettingForm
from explorer.ui.widgets.transport import Transport
from explorer.ui.workspace import Workspace

RESOLUTIONS = (320, 240), (640, 480), (1280, 720), (1920, 1080)
STATES = {
    "opening": ("opening", "stale"),
    "live": ("live", "good"),
    "still": ("still", "good"),
    "frozen": ("frozen", "frozen"),
    "lost": ("lost", "error"),
    "failed": ("failed", "error"),
    "ended": ("ended", "quiet"),
    "idle": ("nothing is open", "quiet"),
}
COLUMN_LETTERS = 42  # a column of the form is at least that wide
PICKERS = (
    "source.samples",
    "source.cameras",
    "source.draw",
    "file.open_image",
    "file.open_folder",
    "file.open_video",
    "file.open_stream",
)


class SourcePanel(Panel):
    """Picks sources, shows how they stand, and holds the form of the preparation."""

    name = "source"
    title = "Source"
    area = "left"
    order = 30
    icon = "source"
    tabbed_with = "layer"
    help = (
        "Where images come from, and what happens to each of them before the network. Drag on the picture to use only "
        "a part of it. The sliders show what a network does when its input moves, turns or fades."
    )
    keys = (("Arrows", "Move the region"), ("Shift+Arrows", "Resize the region"), ("Del", "All of the frame"))

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.state_label = QLabel()
        self.state_label.setWordWrap(True)
        self.state_label.setTextFormat(Qt.TextFormat.RichText)
        self.region = RegionView()
        self.transport = Transport()
        self.resolution = QComboBox()
        self._resets: dict[str, QToolButton] = {}
        self.forms = self._build_forms()
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(3)
        for form in self.forms:
            self._halves.addWidget(form, 1, Qt.AlignmentFlag.AlignTop)
        self._build_resolution()
        self._assemble()
        self._connect()
        self._show_preparation(workspace.document.preparation)
        self._show_state(workspace.capture_state or CaptureState("idle"))

    # ---- assembling -----------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(self._pickers())
        layout.addWidget(self.state_label)
        layout.addWidget(self.region)
        layout.addWidget(self.transport)
        layout.addWidget(self.resolution)
        layout.addLayout(self._halves)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _pickers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for name in PICKERS:
            row.addWidget(command_button(name, self.workspace, self))
        row.addStretch(1)
        return row

    def _build_resolution(self) -> None:
        self.resolution.setToolTip("The size that the camera is asked for; it may choose another")
        self.resolution.setAccessibleName("Resolution")
        for width, height in RESOLUTIONS:
            self.resolution.addItem(f"{width} x {height}")
        self.resolution.activated.connect(self._choose_resolution)

    def _build_forms(self) -> list[SettingForm]:
        """Two halves, so that they can stand side by side; every field with a button that resets it."""
        declared = Preparation.settings()
        halves = declared[: len(declared) // 2], declared[len(declared) // 2 :]
        forms = [SettingForm(half, self._problem_of, self) for half in halves]
        for form in forms:
            form.changed.connect(self._change)
            grid = cast(QGridLayout, form.layout())
            for row, setting in enumerate(form.settings):
                self._resets[setting.name] = self._reset_button(setting)
                grid.addWidget(self._resets[setting.name], 2 * row, 2)
        return forms

    def _reset_button(self, setting: Setting) -> QToolButton:
        button = QToolButton()
        button.setObjectName("title_button")
        button.setIcon(icon("reset", "quiet"))
        button.setIconSize(QSize(16, 16))
        button.setToolTip(f"Back to {default_text(setting.default)}")
        button.setAccessibleName(f"Reset {setting.label}")
        button.clicked.connect(lambda: self._change(setting.name, setting.default, object()))
        policy = button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing jumps when it comes
        button.setSizePolicy(policy)
        return button

    def _connect(self) -> None:
        workspace, capture = self.workspace, self.workspace.capture
        workspace.framed.connect(self._show_frame)
        workspace.capture_changed.connect(self._show_state)
        workspace.document.preparation_changed.connect(self._show_preparation)
        self.region.region_drawn.connect(self._change_region)
        self.transport.stepped.connect(capture.step)
        self.transport.sought.connect(capture.seek)
        self.transport.paused.connect(capture.freeze)
        self.transport.speed_chosen.connect(capture.set_speed)
        self.transport.loop_chosen.connect(capture.set_loop)

    # ---- showing --------------------------------------------------------------------------------------------------

    def _show_frame(self, frame: Frame) -> None:
        if self.isVisible():
            self.region.show_frame(frame.pixels)
            self.transport.show_position(frame.position, frame.length)

    def _show_state(self, state: CaptureState) -> None:
        word, color = STATES["live" if state.is_running else state.kind]
        parts = [f"<b style='color:{theme.css(color)}'>{word}</b>"]
        if state.description:
            parts.append(state.description)
        if state.is_running and state.frames_per_second:
            parts.append(f"{state.frames_per_second:.0f} frames a second")
        text = " · ".join(parts)
        sentence = (
            f"<br><span style='color:{theme.css('error')}'>{state.sentence}</span>" if state.sentence else ""
        )
        self.state_label.setText(text + sentence)
        self.headline_changed.emit(f"{state.name} · {word}" if state.name else word)
        self._show_abilities(state)

    def _show_abilities(self, state: CaptureState) -> None:
        source = state.source
        self.transport.show_abilities(
            seek=source is not None and source.can_seek,
            live=source is not None and source.is_live,
            speed=source is not None and source.can_change_speed,
            loop=source is not None and source.can_loop,
        )
        if source is not None:
            self.transport.show_state(paused=state.kind == "frozen", speed=source.speed, loop=source.loop)
        self.resolution.setVisible(isinstance(source, CameraSource))
        if isinstance(source, CameraSource):
            size = (source.width, source.height)
            self.resolution.setCurrentIndex(RESOLUTIONS.index(size) if size in RESOLUTIONS else -1)

    def _show_preparation(self, preparation: Preparation) -> None:
        for form in self.forms:
            form.show_values(preparation)
        for setting in Preparation.settings():
            is_changed = getattr(preparation, setting.name) != setting.default
            self._resets[setting.name].setVisible(is_changed and setting.matters(preparation))
        self.region.set_region(preparation.region)

    # ---- changing -------------------------------------------------------------------------------------------------

    def _problem_of(self, name: str, value: Any) -> str:
        return self.workspace.document.preparation.problem_with(name, value)

    def _change(self, name: str, value: Any, key: object) -> None:
        document = self.workspace.document
        label = next(setting.label for setting in Preparation.settings() if setting.name == name)
        document.prepare(label, document.preparation.with_settings(**{name: value}), key)

    def _change_region(self, region: Region | None, key: object) -> None:
        document = self.workspace.document
        label = "Region of interest" if region else "The whole frame"
        document.prepare(label, document.preparation.with_settings(region=region), key)

    def _choose_resolution(self, index: int) -> None:
        state = self.workspace.capture_state
        if state is not None and isinstance(state.source, CameraSource):
            self.workspace.open_source(CameraSource(state.source.index, *RESOLUTIONS[index]))

    # ---- events ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        frame = self.workspace.frame
        if frame is not None:
            self.region.show_frame(frame.pixels)
            self.transport.show_position(frame.position, frame.length)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() > 2 * COLUMN_LETTERS * self.fontMetrics().averageCharWidth()
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._halves.direction() != direction:
            self._halves.setDirection(direction)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.forms:
            self._show_state(self.workspace.capture_state or CaptureState("idle"))


def default_text(value: Any) -> str:
    """A default as a person reads it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
