"""A box for one number that steps over values that are not possible, and what tells gestures apart."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QValidator, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QWidget

LONGEST_SEARCH_S = 0.1  # for the next possible value: a key that finds none does not hold the window up
WIDEST = sys.float_info.max  # what may be typed; what is possible says `problem_of`
PAUSE_SECONDS = 0.8  # after which the next turn of the wheel is another gesture


class Gesture:
    """Tells which changes belong together: those of one drag, or those that follow each other quickly."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._key = object()
        self._last = -math.inf
        self._held = False

    def begin(self) -> None:
        """A drag starts: all changes until `end` are one."""
        self._key = object()
        self._held = True

    def end(self) -> None:
        """The drag is over."""
        self._held = False
        self._last = -math.inf

    def key(self) -> object:
        """The same object for all changes of one gesture."""
        moment = self._now()
        if not self._held and moment - self._last > PAUSE_SECONDS:
            self._key = object()
        self._last = moment
        return self._key


class NumberBox(QDoubleSpinBox):
    """One number, whole or real. It proposes a value by steps, wheel or typing, and shows what it is told to."""

    proposed = Signal(float)

    def __init__(
        self, whole: bool, low: float | None, high: float | None, step: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.whole = whole
        self.low = -math.inf if low is None else low
        self.high = math.inf if high is None else high
        self.problem_of: Callable[[float], str] = lambda value: ""
        self._shown = 0.0
        self.setDecimals(0 if whole else 12)  # Qt rounds to these whenever it writes the text anew
        self.setSingleStep(step)
        self.setRange(-WIDEST, WIDEST)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(20)
        self.editingFinished.connect(self._enter)

    @property
    def shown(self) -> float:
        """The value as it was last shown; what is being typed does not count yet."""
        return self._shown

    def show_value(self, value: float) -> None:
        """Show a value without proposing it."""
        self._shown = value
        blocked = self.blockSignals(True)
        self.setValue(value)
        self.lineEdit().setText(self.prefix() + self.textFromValue(value))  # 'setValue' keeps what was typed
        self.blockSignals(blocked)

    def nearest_possible(self, value: float) -> float:
        """The possible value nearest to `value` on the way to it from the one shown."""
        value = min(max(value, self.low), self.high)
        step = math.copysign(self.singleStep(), self._shown - value)
        found = self._first_possible(value, step, lambda value: (self._shown - value) * step > 0)
        return self._shown if found is None else found

    def stepBy(self, steps: int) -> None:
        """Go to the next possible value at least so many steps away; stay if there is none."""
        step = math.copysign(self.singleStep(), steps)
        value = self._shown + steps * self.singleStep()
        if not self.low <= value <= self.high and abs(steps) > 1:
            value = min(max(value, self.low), self.high)
        found = self._first_possible(
            value, step, lambda value: self.low <= value <= self.high and value != self._shown
        )
        if found is not None:
            self._propose(found)

    def _first_possible(
        self, value: float, step: float, is_in_reach: Callable[[float], bool]
    ) -> float | None:
        """The first possible value from `value` on; None if there is none in reach, or none that is found at once."""
        ends = time.perf_counter() + LONGEST_SEARCH_S
        while is_in_reach(value) and time.perf_counter() < ends:
            if not self.problem_of(value):
                return value
            value += step
        return None

    def textFromValue(self, value: float) -> str:
        return f"{value:.0f}" if self.whole else f"{value:.6g}"

    def valueFromText(self, text: str) -> float:
        try:
            return float(self._bare(text).replace(",", "."))
        except ValueError:
            return self._shown

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        allowed = "0123456789-+" if self.whole else "0123456789-+.,eE"
        bare = self._bare(text)
        if any(letter not in allowed for letter in bare):
            return QValidator.State.Invalid, text, position
        try:
            float(bare.replace(",", "."))
        except ValueError:
            return QValidator.State.Intermediate, text, position
        return QValidator.State.Acceptable, text, position

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # the form scrolls, the number stays

    def _bare(self, text: str) -> str:
        return text.removeprefix(self.prefix()).strip()

    def _enter(self) -> None:
        value = self.valueFromText(self.text())
        if value != self._shown:
            self._propose(value)
        else:
            self.show_value(self._shown)

    def _propose(self, value: float) -> None:
        self.proposed.emit(float(round(value)) if self.whole else float(f"{value:.9g}"))
        self.show_value(self._shown)  # whoever took it has shown it by now; else the last good one returns
        if self.hasFocus():
            self.selectAll()
