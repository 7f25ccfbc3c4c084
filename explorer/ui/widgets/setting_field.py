"""One declared setting as a row of a form: a slider with its number, a list of choices, or a check box."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from explorer.engine.layer import Setting
from explorer.ui.icons import icon

BURST_S = 1.0  # changes by keys or wheel within this time of each other are one edit
LABEL_LETTERS = 15


class SettingField(QWidget):
    """Shows the value of a setting and lets one change it. `changed` carries the value and a merge key."""

    changed = Signal(object, object)

    def __init__(self, declared: Setting) -> None:
        super().__init__()
        self.declared = declared
        self._key = object()
        self._last_change = 0.0
        self.setToolTip(declared.help)
        label = QLabel(declared.label)
        label.setMinimumWidth(self.fontMetrics().averageCharWidth() * LABEL_LETTERS)
        self._reset = QToolButton()
        self._reset.setObjectName("title_button")
        self._reset.setIcon(icon("reset", "quiet"))
        self._reset.setIconSize(QSize(16, 16))
        self._reset.setToolTip(f"Back to {_text(declared.default)}")
        self._reset.setAccessibleName(f"Reset {declared.label}")
        self._reset.clicked.connect(lambda: self.changed.emit(declared.default, object()))
        _keep_place(self._reset)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 1, 0, 1)
        self._row.setSpacing(6)
        self._row.addWidget(label)
        self._build()
        self._row.addWidget(self._reset)
        self.show_value(declared.default)

    def show_value(self, value: Any) -> None:
        """Show another value without telling anybody."""
        self._show(value)
        self._reset.setVisible(value != self.declared.default)

    def _build(self) -> None:
        raise NotImplementedError

    def _show(self, value: Any) -> None:
        raise NotImplementedError

    def _tell(self, value: Any) -> None:
        now = time.monotonic()
        if now - self._last_change > BURST_S:
            self._key = object()
        self._last_change = now
        self.changed.emit(value, self._key)


class NumberField(SettingField):
    """A number between two ends; the slider gives steps, the box any number."""

    def _build(self) -> None:
        declared = self.declared
        self.low, self.high = float(declared.low or 0), float(declared.high or 1)
        self.step = float(declared.step or (self.high - self.low) / 100)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, round((self.high - self.low) / self.step))
        self.slider.setPageStep(max(1, self.slider.maximum() // 20))
        self.slider.setAccessibleName(declared.label)
        self.slider.setMinimumWidth(40)
        self.box = QDoubleSpinBox()
        self.box.setDecimals(max(0, len(f"{self.step:.6f}".rstrip("0").partition(".")[2])))
        self.box.setRange(self.low, self.high)
        self.box.setSingleStep(self.step)
        self.box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.box.setAccessibleName(declared.label)
        self.box.setFixedWidth(self.fontMetrics().horizontalAdvance("-000.000") + 10)
        self.box.setKeyboardTracking(False)
        self.slider.sliderPressed.connect(self._begin_drag)
        self.slider.sliderReleased.connect(self._end_drag)
        self.slider.valueChanged.connect(lambda steps: self._tell(self.low + steps * self.step))
        self.box.valueChanged.connect(self._tell)
        for widget in (self.slider, self.box):
            widget.installEventFilter(self)
        self._row.addWidget(self.slider, 1)
        self._row.addWidget(self.box)

    def _show(self, value: float) -> None:
        with QSignalBlocker(self.slider), QSignalBlocker(self.box):
            self.slider.setValue(round((value - self.low) / self.step))
            self.box.setValue(value)

    def _tell(self, value: float) -> None:
        super()._tell(min(max(round(value, 6), self.low), self.high))

    def _begin_drag(self) -> None:
        self._key = object()
        self._last_change = float("inf")  # however slowly it is dragged, it is one edit

    def _end_drag(self) -> None:
        self._last_change = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Scrolling the panel must not turn what happens to lie under the pointer.
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


class ChoiceField(SettingField):
    """One of several texts."""

    def _build(self) -> None:
        self.combo = QComboBox()
        self.combo.addItems(list(self.declared.choices))
        self.combo.setAccessibleName(self.declared.label)
        self.combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.combo.textActivated.connect(self._tell)
        self._row.addWidget(self.combo, 1)

    def _show(self, value: str) -> None:
        with QSignalBlocker(self.combo):
            self.combo.setCurrentText(value)


class FlagField(SettingField):
    """On or off."""

    def _build(self) -> None:
        self.check = QCheckBox()
        self.check.setAccessibleName(self.declared.label)
        self.check.toggled.connect(self._tell)
        self._row.addWidget(self.check, 1)

    def _show(self, value: bool) -> None:
        with QSignalBlocker(self.check):
            self.check.setChecked(value)


def field_of(declared: Setting) -> SettingField:
    """The field for a declaration of a number, a choice or a flag."""
    kinds: dict[str, type[SettingField]] = {"choice": ChoiceField, "bool": FlagField}
    return kinds.get(declared.kind, NumberField)(declared)


def _text(value: Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else value


def _keep_place(widget: QWidget) -> None:
    """Hidden, it leaves its place empty, so that nothing jumps."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    policy.setHorizontalPolicy(QSizePolicy.Policy.Fixed)
    widget.setSizePolicy(policy)
