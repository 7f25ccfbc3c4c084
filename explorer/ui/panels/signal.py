"""The 1-D view: a kernel slides along a signal, with window, products and sum of every output."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from explorer.engine.arithmetic.formula import formula_text
from explorer.engine.arithmetic.signal_correlation import SignalCorrelation
from explorer.engine.arithmetic.signal_text import SignalError, signal_text
from explorer.engine.layer import Array
from explorer.runtime.evaluator import Answer
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.short_number import short_number
from explorer.ui.signal_settings import (
    COLUMN,
    LINES,
    TYPED,
    SignalSettings,
    correlation_of,
    kernel_of,
    line_index,
    signal_of,
)
from explorer.ui.widgets.setting_form import SettingForm
from explorer.ui.widgets.side_form import SideForm
from explorer.ui.widgets.signal_plot import SignalPlot
from explorer.ui.workspace import Workspace

LOWEST = 230  # pixels of height
TERMS = 12, 8, 5, 3  # of the sum, as many as fit


class SignalPanel(Panel):
    """Signal, kernel and result as linked plots and as numbers."""

    name = "signal"
    title = "1-D"
    area = "bottom"
    order = 60
    icon = "signal"
    tabbed_with = "summary"
    shown_at_first = False
    help = (
        "A kernel slides along a signal. Point at an output to see its window, the kernel over it and the sum; a "
        "click pins it. Draw on the signal with the mouse, or type both. [-1 1] on a step shows the rate of change: "
        "0 everywhere but at the jump."
    )
    keys = (("Left / Right", "The output beside; Shift: ten further"), ("Esc", "Let the output go"))

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.settings = SignalSettings()
        self.form = SettingForm(SignalSettings.settings(), self._problem_of, self)
        self.signal_field = QLineEdit()
        self.kernel_field = QLineEdit()
        self.result_field = QLineEdit()
        self.plot = SignalPlot()
        self.formula = QLabel()
        self.correlation: SignalCorrelation | None = None
        self._assemble()
        self.form.changed.connect(self._change)
        self.signal_field.textEdited.connect(lambda: self._change("source", TYPED))
        self.kernel_field.textEdited.connect(lambda: self._change("kernel", TYPED))
        self.plot.output_changed.connect(self._explain)
        self.plot.drawn.connect(self._take_drawn)
        self.refresh()

    def show_answer(self, answer: Answer) -> None:
        if self.settings.source in LINES:
            self.refresh()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.form.show_values(self.settings)
        fields = QGridLayout()
        fields.setSpacing(3)
        tips = (
            ("Signal", self.signal_field, "The signal's numbers; type or paste others", 0, 0, 4),
            ("Kernel", self.kernel_field, "The kernel's numbers; type others", 1, 0, 1),
            ("Result", self.result_field, "The result's numbers, to copy", 1, 2, 1),
        )
        for name, field, tip, row, column, span in tips:
            label = QLabel(name)
            label.setBuddy(field)
            field.setToolTip(tip)
            field.setAccessibleName(f"{name} as numbers")
            fields.addWidget(label, row, column)
            fields.addWidget(field, row, column + 1, 1, span)
        fields.setColumnStretch(1, 2)
        fields.setColumnStretch(3, 5)
        self.result_field.setReadOnly(True)
        copy = QToolButton()
        copy.setIcon(icon("copy"))
        copy.setAutoRaise(True)
        copy.setToolTip("Copy the result's numbers")
        copy.clicked.connect(self.copy_result)
        fields.addWidget(copy, 1, 4)
        self.formula.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.formula.setTextFormat(Qt.TextFormat.PlainText)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.formula.setAccessibleName("The sum of the output")
        right = QVBoxLayout()
        right.setContentsMargins(4, 6, 8, 6)
        right.setSpacing(3)
        right.addWidget(self.plot, 1)
        right.addWidget(self.formula)
        right.addLayout(fields)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(SideForm(self.form, letters=44))
        whole.addLayout(right, 1)
        self.setMinimumHeight(LOWEST)
        self.setFocusProxy(self.plot)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Slide anew."""
        try:
            signal = signal_of(self.settings, self.signal_field.text(), self._image())
            kernel = kernel_of(self.settings, self.kernel_field.text())
            self.correlation = correlation_of(self.settings, signal, kernel)
        except SignalError as error:
            self._say(str(error))
            return
        self.plot.show_correlation(self.correlation)
        _show(self.signal_field, signal)
        _show(self.kernel_field, kernel)
        _show(self.result_field, _rounded(self.correlation.result))
        self._explain()
        result = self.correlation.result
        largest = short_number(float(np.abs(result).max()))
        what = self.settings.source
        if what in LINES:
            index = line_index(self.settings, self._flat_image())
            what = f"{'column' if what == COLUMN else 'row'} {index} of the image"
        headline = f"{what} · {len(signal)} values → {len(result)} · largest {largest}"
        if headline != self.headline:
            self.headline_changed.emit(headline)

    def _image(self) -> Array | None:
        answer = self.workspace.answer
        return None if answer is None or answer.trace.image.ndim < 3 else answer.trace.image

    def _flat_image(self) -> Array:
        image = self._image()
        assert image is not None  # there is a line of it
        sample: Array = image[0]
        return sample.reshape(len(sample), -1, sample.shape[-1]) if sample.ndim != 3 else sample

    def _explain(self, _: object = None) -> None:
        output = self.plot.output
        if self.correlation is None or output is None:
            self.formula.setText("")
            return
        explanation = self.correlation.explain(output)
        texts = [f"Output {output}:   {formula_text(explanation, most)}" for most in TERMS]
        metrics, room = self.formula.fontMetrics(), self.formula.width()
        self.formula.setText(
            next((one for one in texts if metrics.horizontalAdvance(one) <= room), texts[-1])
        )

    def _say(self, sentence: str) -> None:
        self.correlation = None
        self.plot.show_sentence(sentence)
        self.result_field.setText("")
        self._explain()
        self.headline_changed.emit("")

    # ---- what one does ----------------------------------------------------------------------------------------

    def copy_result(self) -> None:
        """Put the result's numbers on the clipboard."""
        if self.correlation is not None:
            QApplication.clipboard().setText(signal_text(self.correlation.result))
            self.workspace.say("Copied the result.")

    def _take_drawn(self, signal: Array) -> None:
        self.signal_field.setText(signal_text(signal))
        self.signal_field.setCursorPosition(0)
        self._change("source", TYPED)

    def _problem_of(self, name: str, value: Any) -> str:
        return self.settings.problem_with(name, value)

    def _change(self, name: str, value: Any, key: object = None) -> None:
        self.settings = self.settings.with_settings(**{name: value})
        self.form.show_values(self.settings)
        self.refresh()


def _show(field: QLineEdit, numbers: Array) -> None:
    """The numbers in a field, unless somebody is typing there."""
    text = signal_text(numbers)
    if not (field.hasFocus() and not field.isReadOnly()) and field.text() != text:
        field.setText(text)
        field.setCursorPosition(0)


def _rounded(numbers: Array) -> Array:
    """To five digits that count: what is behind them is rounding."""
    sizes = np.abs(numbers[np.isfinite(numbers)])
    largest = float(sizes.max(initial=0))
    digits = 5 - math.ceil(math.log10(largest)) if largest else 0
    return np.round(numbers.astype(np.float64), digits).astype(np.float32)
