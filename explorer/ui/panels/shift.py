"""The shift meter: whether a layer's maps move along with the image, and whether a prediction stays."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.arithmetic.shift_curve import reach_of
from explorer.engine.arithmetic.shifting import Equivariance
from explorer.engine.class_answer import class_names
from explorer.engine.evaluate import Trace
from explorer.engine.geometry import BORDERS
from explorer.engine.layer import ShapeError
from explorer.engine.setting import Declared, setting
from explorer.runtime.evaluator import Answer
from explorer.ui import theme
from explorer.ui.freshest import Freshest
from explorer.ui.panel import Panel
from explorer.ui.shift_reading import Question, Reading, is_same, read_shift
from explorer.ui.shift_texts import change_text, shift_sentence, shift_text
from explorer.ui.widgets.before_after import BeforeAfter
from explorer.ui.widgets.legend import Legend
from explorer.ui.widgets.map_strip import MapStrip
from explorer.ui.widgets.setting_form import SettingForm
from explorer.ui.widgets.shift_plot import ShiftPlot
from explorer.ui.widgets.side_form import SideForm
from explorer.ui.workspace import Workspace

PINNED, WHOLE = "pinned layer", "prediction"
LOWEST = 250  # pixels of height
LETTERS = 34  # of width of the form
NARROWEST = 120  # pixels of width of the pictures
PLOT = 90  # and of the plot
SMALL = 1e-4  # an error below it is rounding


class Shifting(Declared):
    """What is measured, and for which shift."""

    of: str = setting(
        default=PINNED, choices=(PINNED, WHOLE), label="Of",
        help="The layer of the pinned map, or the last layer of the network.",
    )  # fmt: skip
    right: int = setting(default=1, low=-4096, high=4096, label="Right px", help="Pixels to the right.")
    down: int = setting(default=0, low=-4096, high=4096, label="Down px", help="Pixels down.")
    border: str = setting(
        default="replicate", choices=BORDERS,
        help="What comes in at the side that is left free. Wrap: what left at the other side.",
    )  # fmt: skip


class ShiftPanel(Panel):
    """Shifts the image, and compares the maps of the shifted image with the shifted maps."""

    name = "shift"
    title = "Shift meter"
    area = "bottom"
    order = 66
    icon = "shift"
    tabbed_with = "summary"
    shown_at_first = False
    help = (
        "Shifts the image by some pixels and compares: do the maps of the shifted image look like the shifted maps "
        "(equivariance)? Does the prediction stay (invariance)? Drag the picture or set the pixels. The curve shows "
        "the error for every distance: it falls to 0 wherever the stride of the layer comes round."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.settings = Shifting()
        self.form = SettingForm(Shifting.settings(), self._problem_of, self)
        self.strip = MapStrip("Shift meter", 1)
        self.picture = MapStrip("The shifted image", 1)
        self.bars = BeforeAfter()
        self.plot = ShiftPlot()
        self.legend = Legend()
        self.sentence = QLabel()
        self.pages = QStackedWidget()
        self._points: dict[int, float] = {}  # of the curve
        self._curve: object = None  # what the points belong to
        self._reach_planned = 0  # how far the curve goes
        self._due: list[int] = []  # the distances that are still to be measured in this round
        self._round: Trace | None = None  # with which the round began; a camera goes on meanwhile
        self._reading: Reading | None = None
        self._drag: tuple[object, int, int] = (None, 0, 0)  # key, and the shift when it began
        self._freshest: Freshest[Reading] = Freshest(
            workspace.explaining, self.title, self._show, self._say, (ShapeError, ExplanationError)
        )
        self._assemble()
        for signal in (
            workspace.view.selected,
            workspace.view.look_changed,
            workspace.document.network_changed,
        ):
            signal.connect(self.refresh)
        self.form.changed.connect(self._change)
        self.strip.dragged.connect(self._drag_to)
        self.picture.dragged.connect(self._drag_to)
        self.plot.chosen.connect(self._choose_distance)

    def show_answer(self, answer: Answer) -> None:
        self.refresh()

    def leave_sight(self) -> None:
        self._freshest.forget()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.form.show_values(self.settings)
        self.strip.can_drag = self.picture.can_drag = True
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setWordWrap(True)
        lists = QWidget()
        row = QHBoxLayout(lists)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.picture, 1)
        row.addWidget(self.bars, 2)
        self.pages.addWidget(self.strip)
        self.pages.addWidget(lists)
        self.pages.setMinimumWidth(NARROWEST)  # of both pages: lists are cut rather than the docks beside
        pictures = QHBoxLayout()
        pictures.addWidget(self.pages, 3)
        pictures.addWidget(self.plot, 1)
        right = QVBoxLayout()
        right.setContentsMargins(4, 6, 4, 6)
        right.addLayout(pictures, 1)
        right.addWidget(self.sentence)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 8, 0)
        whole.setSpacing(0)
        whole.addWidget(SideForm(self.form, self.legend, letters=LETTERS))
        whole.addLayout(right, 1)
        self.plot.setMinimumWidth(PLOT)
        self.setMinimumHeight(LOWEST)
        self.setFocusProxy(self.form.fields["right"])

    # ---- what is measured -------------------------------------------------------------------------------------

    def refresh(self, _: object = None) -> None:
        """Measure anew what is not known yet, if somebody can see it."""
        if self.visibleRegion().isEmpty():
            return
        answer = self.workspace.answer
        question = self._question(answer.trace) if answer is not None else "There is no image yet."
        if isinstance(question, str) or answer is None:
            self._freshest.forget()
            self._say(str(question))
            return
        trace, known = answer.trace, self._reading
        self._plan(trace, question)
        if self._due or known is None or known.question != question or not is_same(known.trace, trace):
            due = list(self._due)
            self._freshest.ask(lambda: read_shift(trace, question, due, known))

    def _question(self, trace: Trace) -> Question | str:
        network, unit = self.workspace.document.network, self.workspace.view.selection
        if self.settings.of == WHOLE:
            node, channel = network.outputs[-1].name, None
        elif unit is None or unit.node not in network:
            return "Click a map to measure its layer, or choose the prediction."
        else:
            node, channel = unit.node, unit.channel
        if network.reports[node].problem:
            return network.reports[node].problem
        if node not in trace.activations:
            return f"{node} has not been computed yet."
        if len(trace.image.shape) < 3:
            return f"The input is a list of {trace.image.shape[1]} features: it has no axis to shift along."
        if unit is not None and unit.node == node:
            channel = unit.channel
        channel = min(channel or 0, trace.activations[node].shape[1] - 1)
        shift = self._shift(trace)
        axis = len(shift) - 2 if len(shift) > 1 and not shift[-1] and shift[-2] else len(shift) - 1
        look = self.workspace.view.look
        return Question(node, channel, shift, self.settings.border, axis, look, theme.is_dark())  # type: ignore[arg-type]

    def _shift(self, trace: Trace) -> tuple[int, ...]:
        """The shift along every axis of the image, smaller than the image."""
        extents = trace.image.shape[2:]
        wanted = (0,) * (len(extents) - 2) + (self.settings.down, self.settings.right)[-len(extents) :]
        return tuple(max(min(one, size - 1), 1 - size) for one, size in zip(wanted, extents, strict=True))

    def _plan(self, trace: Trace, question: Question) -> None:
        """Which distances of the curve are due: of another curve all, of another image all once more."""
        curve = _curve_of(question)
        beyond = self._reach_planned < _reach(trace, question)
        is_done = not self._due and (self._round is None or not is_same(self._round, trace))
        if curve != self._curve:
            self._points, self._curve = {}, curve
        elif not is_done and not beyond:
            return
        self._reach_planned = _reach(trace, question)
        self._round = trace
        self._due = list(range(_reach(trace, question) + 1))

    # ---- what is shown ----------------------------------------------------------------------------------------

    def _show(self, reading: Reading) -> None:
        question, self._reading = reading.question, reading
        if _curve_of(question) == self._curve:
            self._points |= reading.points
            self._due = [one for one in self._due if one not in reading.points]
        measured = reading.measured
        self.legend.setVisible(reading.summary is not None)
        if isinstance(measured, Equivariance):
            self.strip.show_maps(reading.maps)
            self.legend.show_summary(reading.summary, question.look)
            self.pages.setCurrentIndex(0)
        else:
            self.picture.show_maps(reading.maps)
            network = reading.trace.network
            is_share = network[question.node].layer.kind == "softmax"
            names = class_names(network, question.node, self.workspace.trainer.classes)
            self.bars.show_lists(measured.before, measured.after, is_share, change_text(measured), names)
            self.pages.setCurrentIndex(1)
        self.sentence.setText(shift_sentence(reading))
        self._show_curve(reading)
        headline = f"{question.node} · error {reading.error:.1%} at {shift_text(question.shift)}"
        if headline != self.headline:
            self.headline_changed.emit(headline)
        self.refresh()  # until the curve is whole

    def _show_curve(self, reading: Reading) -> None:
        question = reading.question
        reach = _reach(reading.trace, question)
        known = {one: error for one, error in self._points.items() if one <= reach}
        now = question.shift[question.axis]
        is_down = question.axis == len(question.shift) - 2
        caption = "px down" if is_down else "px to the right"
        self.plot.show_curve(known, reach, reading.step, now if now in known else None, caption)

    def _say(self, sentence: str) -> None:
        self._reading, self._due, self._round = None, [], None
        self.strip.show_sentence(sentence)
        self.pages.setCurrentIndex(0)
        self.sentence.setText("")
        self.legend.hide()
        self._points, self._curve = {}, None
        self.plot.show_curve({}, 8, 1, None, "")
        self.headline_changed.emit("")

    # ---- what one does ----------------------------------------------------------------------------------------

    def _problem_of(self, name: str, value: Any) -> str:
        if problem := self.settings.problem_with(name, value):
            return problem
        extents = self.workspace.document.network.input_shape[1:]
        size = {"right": extents[-1:], "down": extents[-2:-1]}.get(name, ())
        if size and abs(value) >= size[0]:
            return f"The image has {size[0]} px in this direction. A shift must be smaller."
        return ""

    def _change(self, name: str, value: Any, key: object = None) -> None:
        self.settings = self.settings.with_settings(**{name: value})
        self.form.show_values(self.settings)
        self.refresh()

    def _drag_to(self, rows: int, columns: int, key: object) -> None:
        if self._drag[0] is not key:
            self._drag = key, self.settings.down, self.settings.right
        _, down, right = self._drag
        _, *extents = self.workspace.document.network.input_shape
        down, right = (
            max(min(wanted, size - 1), 1 - size)
            for wanted, size in zip((down + rows, right + columns), (1, *extents)[-2:], strict=True)
        )
        self.settings = self.settings.with_settings(down=down, right=right)
        self.form.show_values(self.settings)
        self.refresh()

    def _choose_distance(self, distance: int) -> None:
        if self._reading is not None:
            question = self._reading.question
            is_down = question.axis == len(question.shift) - 2
            self._change("down" if is_down else "right", distance)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_freshest"):
            self.refresh()


def _reach(trace: Trace, question: Question) -> int:
    return reach_of(trace, question.node, question.axis, question.shift[question.axis])


def _curve_of(question: Question) -> tuple[object, ...]:
    """What a curve belongs to: everything but the distance along its axis."""
    held = tuple(one for axis, one in enumerate(question.shift) if axis != question.axis)
    return question.node, question.border, question.axis, held
