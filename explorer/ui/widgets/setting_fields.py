"""The fields of a form: one kind of widget for every kind of declared setting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSlider, QToolButton, QWidget

from explorer.engine.layer import Setting
from explorer.ui import icons
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.number_box import Gesture, NumberBox

ARROWS = {"top": "↑ ", "bottom": "↓ ", "left": "← ", "right": "→ ", "start": "← ", "end": "→ "}
ARROWS |= {"front": "↗ ", "back": "↙ "}  # towards the eye and away from it
WIDEST_SLIDER = 100.0  # span of a real setting that still makes sense on a slider
SLIDER_TICKS = 200
MOST_TICKS = 1000


class SettingField(QWidget):
    """Shows the value of one setting and proposes others; changes of one gesture come with the same object."""

    proposed = Signal(object, object)  # value, gesture

    def __init__(self, setting: Setting, problem_of: Callable[[Any], str], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setting = setting
        self.problem_of = problem_of
        self.gesture = Gesture()
        self.value: Any = setting.default
        self.setToolTip(setting.help)

    @property
    def can_scrub(self) -> bool:
        """Whether dragging its label changes it."""
        return False

    def show_value(self, value: Any) -> None:
        """Show a value without proposing it."""
        self.value = value

    def begin_scrub(self) -> None:
        """The label is pressed: what follows is one gesture."""
        self.gesture.begin()

    def scrub(self, steps: int) -> None:
        """The label has been dragged so many steps from where it was pressed."""

    def end_scrub(self) -> None:
        """The label is let go."""
        self.gesture.end()

    def _propose(self, value: Any) -> None:
        if value != self.value:
            self.proposed.emit(value, self.gesture.key())
            self.show_value(self.value)  # whoever took it has shown it by now; else the last good one returns

    def _box(self) -> NumberBox:
        declared = self.setting
        whole = declared.kind != "float"
        step = declared.step if declared.step is not None else 1.0 if whole else _step(declared)
        return NumberBox(whole, declared.low, declared.high, step, self)

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        return row


class NumberField(SettingField):
    """A number, with a slider where its range is narrow."""

    def __init__(self, setting: Setting, problem_of: Callable[[Any], str], parent: QWidget | None) -> None:
        super().__init__(setting, problem_of, parent)
        self.box = self._box()
        self.box.problem_of = lambda value: problem_of(self._typed(value))
        self.box.proposed.connect(lambda value: self._propose(self._typed(value)))
        self.box.setAccessibleName(setting.label)
        row = self._row()
        self.slider = _Slider(self, _ticks(setting)) if _wants_slider(setting) else None
        if self.slider is not None:
            self.slider.setAccessibleName(setting.label)
            self.slider.valueChanged.connect(self._slide)
            self.slider.sliderPressed.connect(self.gesture.begin)
            self.slider.sliderReleased.connect(self.gesture.end)
            row.addWidget(self.slider, 1)
        row.addWidget(self.box, 1)
        self.setFocusProxy(self.box)
        self._start = 0.0

    @property
    def can_scrub(self) -> bool:
        return True

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        self.box.show_value(value)
        if self.slider is not None and not self.slider.isSliderDown():
            low, high = _bounds(self.setting)
            with QSignalBlocker(self.slider):
                self.slider.setValue(round((value - low) / (high - low) * self.slider.maximum()))

    def begin_scrub(self) -> None:
        super().begin_scrub()
        self._start = float(self.value)

    def scrub(self, steps: int) -> None:
        target = self._start + steps * self.box.singleStep()
        self._propose(self._typed(self.box.nearest_possible(target)))

    def _typed(self, value: float) -> Any:
        if self.setting.kind == "int" and math.isfinite(value):
            return round(value)
        return value

    def _slide(self, tick: int) -> None:
        low, high = _bounds(self.setting)
        value = float(f"{low + (high - low) * tick / _ticks(self.setting):.4g}")
        self._propose(self._typed(value))


class NumbersField(SettingField):
    """Several whole numbers, such as height and width; linked they are all the same."""

    def __init__(self, setting: Setting, problem_of: Callable[[Any], str], parent: QWidget | None) -> None:
        super().__init__(setting, problem_of, parent)
        self.boxes = [self._box() for _ in setting.axes]
        for i, (box, axis) in enumerate(zip(self.boxes, setting.axes, strict=True)):
            box.setPrefix(ARROWS.get(axis, ""))
            box.setAccessibleName(f"{setting.label}, {axis}")
            box.setToolTip(f"{axis.capitalize()}. {setting.help}")
            box.problem_of = partial(self._problem_with, i)
            box.proposed.connect(partial(self._propose_with, i))
        self.link = QToolButton(self)
        self.link.setCheckable(True)
        self.link.setIcon(icons.icon("link"))
        self.link.setIconSize(QSize(14, 14))
        self.link.setStyleSheet("QToolButton { padding: 1px; }")
        self.link.setAccessibleName(f"{setting.label}: all the same")
        self.link.setToolTip("All the same: a change of one changes the others")
        self.link.toggled.connect(self._level)
        self._arrange()
        self.setFocusProxy(self.boxes[0])
        self._start: tuple[int, ...] = setting.default
        self._is_new = True

    @property
    def can_scrub(self) -> bool:
        return True

    def show_value(self, value: Sequence[int]) -> None:
        super().show_value(tuple(value))
        for box, number in zip(self.boxes, value, strict=True):
            box.show_value(number)
        same = len(set(value)) == 1
        if self._is_new or not same:
            with QSignalBlocker(self.link):
                self.link.setChecked(same)
        self._is_new = False

    def begin_scrub(self) -> None:
        super().begin_scrub()
        self._start = self.value

    def scrub(self, steps: int) -> None:
        low, high = _bounds(self.setting)
        direction = 1 if steps > 0 else -1
        while steps:
            moved = tuple(int(min(max(one + steps, low), high)) for one in self._start)
            if not self.problem_of(moved):
                break
            steps -= direction
        self._propose(moved if steps else self._start)

    def _problem_with(self, index: int, number: float) -> str:
        return self.problem_of(self._with(index, number))

    def _propose_with(self, index: int, number: float) -> None:
        self._propose(self._with(index, number))

    def _with(self, index: int, number: float) -> tuple[Any, ...]:
        typed = round(number) if math.isfinite(number) else number
        if self.link.isChecked():
            return (typed,) * len(self.boxes)
        return tuple(typed if i == index else one for i, one in enumerate(self.value))

    def _level(self, linked: bool) -> None:
        if linked and len(set(self.value)) > 1:
            self._propose((self.value[0],) * len(self.boxes))

    def _arrange(self) -> None:
        if len(self.boxes) <= 3:
            row = self._row()
            for box in self.boxes:
                row.addWidget(box, 1)
            row.insertWidget(1, self.link)
            return
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        for i, box in enumerate(self.boxes):
            grid.addWidget(box, i // 2, 2 * (i % 2))
        grid.addWidget(self.link, 0, 1, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)


class SwitchField(SettingField):
    """On or off."""

    def __init__(self, setting: Setting, problem_of: Callable[[Any], str], parent: QWidget | None) -> None:
        super().__init__(setting, problem_of, parent)
        self.box = QCheckBox(self)
        self.box.setAccessibleName(setting.label)
        self.box.toggled.connect(self._propose)
        self._row().addWidget(self.box)
        self.setFocusProxy(self.box)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        with QSignalBlocker(self.box):
            self.box.setChecked(value)


class ChoiceField(SettingField):
    """One of several texts."""

    def __init__(self, setting: Setting, problem_of: Callable[[Any], str], parent: QWidget | None) -> None:
        super().__init__(setting, problem_of, parent)
        self.box = Choices(setting.label, self)
        self.box.addItems(list(setting.choices))
        self.box.currentTextChanged.connect(self._propose)
        self._row().addWidget(self.box)
        self.setFocusProxy(self.box)

    def show_value(self, value: Any) -> None:
        super().show_value(value)
        with QSignalBlocker(self.box):
            self.box.setCurrentText(value)


def field_for(setting: Setting, problem_of: Callable[[Any], str], parent: QWidget | None) -> SettingField:
    """The field for a setting; `problem_of` gives the sentence against a value, empty where there is none."""
    kinds: dict[str, type[SettingField]] = {
        "int": NumberField, "float": NumberField, "bool": SwitchField, "choice": ChoiceField,
        "pair": NumbersField, "triple": NumbersField, "sides": NumbersField,
    }  # fmt: skip
    return kinds[setting.kind](setting, problem_of, parent)


class _Slider(QSlider):
    def __init__(self, parent: QWidget, ticks: int) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, ticks)
        self.setPageStep(max(1, ticks // 20))
        self.setMinimumWidth(30)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # the form scrolls, the value stays


def _bounds(setting: Setting) -> tuple[float, float]:
    low = -math.inf if setting.low is None else setting.low
    high = math.inf if setting.high is None else setting.high
    return low, high


def _wants_slider(setting: Setting) -> bool:
    low, high = _bounds(setting)
    tiny = (
        0 < abs(setting.default) < (high - low) / 50
    )  # such as an epsilon: all of it would be the first tick
    narrow = high - low <= (WIDEST_SLIDER if setting.step is None else MOST_TICKS * setting.step)
    return setting.kind == "float" and narrow and not tiny


def _ticks(setting: Setting) -> int:
    """Of the slider: the declared steps where there are some."""
    low, high = _bounds(setting)
    return SLIDER_TICKS if setting.step is None else round((high - low) / setting.step)


def _step(setting: Setting) -> float:
    low, high = _bounds(setting)
    if 0 < abs(setting.default) < 0.05:
        return float(10.0 ** math.floor(math.log10(abs(setting.default))))
    return 0.1 if not math.isfinite(high - low) or high - low > 2 else 0.05
