"""The figures and the status line: how fast it goes, what is selected, where images come from, what is stale."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStatusBar, QWidget

from explorer.document.view import Unit
from explorer.engine.layer import shape_text
from explorer.runtime.capture import CaptureState
from explorer.runtime.evaluator import Answer
from explorer.sources.source import Frame
from explorer.ui import theme
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.network_graph_rows import signed
from explorer.ui.widgets.still_lines import StillLines
from explorer.ui.workspace import Workspace

REFRESH_MS = 250  # numbers that change faster cannot be read
BADGES = {
    "opening": ("opening", "stale"),
    "frozen": ("frozen", "frozen"),
    "lost": ("lost", "error"),
    "failed": ("failed", "error"),
    "ended": ("ended", "quiet"),
}


class Figures(QWidget):
    """Frames per second, compute and paint time and the age of the frame, in one line."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: tuple[tuple[str, str, str], ...] = ()  # (before, number, after)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def set_pairs(self, pairs: tuple[tuple[str, str, str], ...]) -> None:
        """Show other numbers."""
        if pairs != self.pairs:
            self.pairs = pairs
            self.setToolTip(
                "Painted frames per second; time to compute and to paint one; age of the frame shown"
            )
            self.update()

    def text(self) -> str:
        """All of it as plain text."""
        return "   ".join(" ".join(part for part in pair if part) for pair in self.pairs)

    def sizeHint(self) -> QSize:
        longest = "00.0 fps   compute 0000 ms   paint 00.0 ms   age 000 ms  "
        return QSize(self.fontMetrics().horizontalAdvance(longest), self.fontMetrics().height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        x = self.width() - metrics.horizontalAdvance(self.text()) - 8
        for pair in self.pairs:
            for part, color in zip(pair, ("quiet", "good", "quiet")):
                if part:
                    painter.setPen(theme.color(color))
                    painter.drawText(x, 0, self.width(), self.height(), Qt.AlignmentFlag.AlignVCenter, part)
                    x += metrics.horizontalAdvance(part + " ")
            x += metrics.horizontalAdvance("  ")


class Status(QObject):
    """Keeps the figures and the status line true."""

    def __init__(self, workspace: Workspace, line: QStatusBar) -> None:
        super().__init__(line)
        self.figures = Figures()
        self._workspace = workspace
        self._unit, self._source, self._badge = ElidedLabel(), QLabel(), QLabel()
        line.setSizeGripEnabled(False)
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setContentsMargins(8, 1, 8, 1)
        row.setSpacing(16)
        row.addWidget(StillLines(self._unit), 1)  # hovering changes it all the time
        self._source.setMinimumWidth(0)
        self._source.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._source, 1)
        self._source.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._badge)
        line.addWidget(inner, 1)
        self._paints: deque[float] = deque(maxlen=240)
        self._gui_seconds = 0.0
        self._is_behind = False
        self._label = ""  # of the frame
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REFRESH_MS)
        self._later.timeout.connect(self._catch_up)
        workspace.capture_changed.connect(self._show_source)
        workspace.framed.connect(self._show_label)
        workspace.stale_changed.connect(self._show_source)
        workspace.document.network_changed.connect(self._show_source)
        workspace.errands_changed.connect(self._show_source)
        workspace.document.network_changed.connect(self._show_unit)
        workspace.view.selected.connect(self._show_unit)
        workspace.view.hovered.connect(self._show_unit)
        self._show_unit()

    def count(self, answer: Answer, gui_seconds: float) -> None:
        """An answer was painted; the GUI thread spent so many seconds on it."""
        self._paints.append(time.perf_counter())
        self._gui_seconds = gui_seconds
        if len(self._paints) == 1:
            self._show_source()
        if not self._later.isActive():
            self._show_figures()
            self._later.start()
        else:
            self._is_behind = True

    def frames_per_second(self) -> float:
        """Painted within the last second."""
        now = time.perf_counter()
        recent = [moment for moment in self._paints if now - moment < 1.0]
        if len(recent) < 2:
            return float(len(recent))
        return (len(recent) - 1) / (recent[-1] - recent[0])

    def _catch_up(self) -> None:
        if self._is_behind:
            self._show_figures()
            self._later.start()

    def _show_figures(self) -> None:
        answer, state = self._workspace.answer, self._workspace.capture_state
        self._is_behind = False
        if answer is None:
            return
        compute = (answer.prepare_seconds + answer.evaluate_seconds) * 1000
        paint = (answer.paint_seconds + self._gui_seconds) * 1000
        figures = [("compute", number(compute), "ms"), ("paint", number(paint), "ms")]
        if state is not None and state.is_running:
            age = (answer.finished - answer.request.frame.arrived) * 1000 + self._gui_seconds * 1000
            figures = [("", f"{self.frames_per_second():.1f}", "fps"), *figures, ("age", number(age), "ms")]
        self.figures.set_pairs(tuple(figures))

    def _show_unit(self, *_: object) -> None:
        view = self._workspace.view
        unit = view.hover or view.selection
        self._unit.setText(self._describe(unit) if unit else "")

    def _describe(self, unit: Unit) -> str:
        network = self._workspace.document.network
        if unit.node not in network:
            return str(unit)
        node, report = network[unit.node], network.reports[unit.node]
        shape = shape_text(report.shape).replace(" x ", "×") if report.shape else report.problem
        bypassed = " · bypassed" if node.bypassed else ""
        return f"{unit} · {signed(node.layer.summary())} · {shape}{bypassed}"

    def _show_label(self, frame: Frame) -> None:
        """Which picture of a folder, or which sample of a data set, it is."""
        if frame.label != self._label:
            self._label = frame.label
            self._show_source()

    def _show_source(self, *_: object) -> None:
        state = self._workspace.capture_state or CaptureState("idle")
        size = "×".join(str(side) for side in reversed(self._workspace.document.network.input_shape[1:]))
        label = "" if self._label in state.description else f": {self._label}"
        self._source.setText(f"{state.description}{label} → {size}" if state.description else "")
        self._source.setToolTip(state.sentence)
        text, color = ("", "quiet") if state.is_running else BADGES.get(state.kind, ("", "quiet"))
        if self._workspace.shows_stale:
            text, color = ", ".join(filter(None, (text, "stale: computing"))), "stale"
        under_way = self._workspace.errands.under_way
        if under_way:
            text, color = f"{under_way[0].label} … (Esc cancels)", "stale"
        self._badge.setText(f"<b style='color:{theme.css(color)}'>{text}</b>" if text else "")
        self._badge.setToolTip(state.sentence)


def number(milliseconds: float) -> str:
    """Three digits at most where that is possible: 0.4, 12.3, 140."""
    return f"{milliseconds:.1f}" if milliseconds < 99.95 else f"{milliseconds:.0f}"
