"""The arithmetic: how the value of the pixel that is pointed at, or pinned, came about."""

from __future__ import annotations

from math import prod

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout

from explorer.document.view import Pointed, Unit
from explorer.engine.arithmetic import Explanation, ExplanationError, explain, formula_text
from explorer.engine.arithmetic.receptive_field import ReceptiveField, receptive_field
from explorer.engine.evaluate import Trace
from explorer.engine.layer import Shape
from explorer.rendering.flat_maps import flat_shape, pixel_of, unit_at
from explorer.runtime.evaluator import Answer
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.short_number import short_number
from explorer.ui.widgets.arithmetic_view import ArithmeticScroll, ArithmeticView
from explorer.ui.workspace import Workspace

MOST_NUMBERS = 40_000  # of an explanation; from about there it takes more than 2 ms and is made in a thread
TERMS = 12, 8, 6, 5, 4, 3  # of the line, as many as fit
MOST_COPIED = 64
FAR = 10  # pixels of an arrow with Shift
HINT = "Point at a pixel of a map to read how its value came about. A click pins it."
ARROWS = {
    Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
}  # fmt: skip


class ArithmeticPanel(Panel):
    """What was read, what it was multiplied with, what it comes to; and what the value sees of the image."""

    name = "arithmetic"
    title = "Arithmetic"
    area = "bottom"
    order = 22
    icon = "sum"
    tabbed_with = "summary"
    help = (
        "How the value of a pixel came about: what was read, times the weights, summed. Point at a pixel of a map "
        "to see it, click to pin it. Point at a number to see what it hangs together with, double click it to see "
        "how that one came about."
    )
    keys = (
        ("Arrows", "The neighbouring pixel; with Shift ten further"),
        ("Ctrl+C", "Copy the arithmetic as a line of text"),
        ("Esc", "Let the pinned pixel go"),
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.view = ArithmeticView()
        self.formula = QLabel()
        self.note = QLabel()
        self.field_button = QToolButton()
        self._explanation: Explanation | None = None
        self._unit: tuple[str, tuple[int, ...]] | None = None  # node and unit that are shown
        self._field: tuple[object, ReceptiveField | None] = (None, None)
        self._sizes: dict[tuple[str, Shape], int] = {}  # numbers in an explanation of a node
        self._is_explaining = False
        self._about = ""  # the note while no cell is pointed at
        self._assemble()
        view = workspace.view
        self._later = QTimer(self)  # one move of the pointer changes unit and pixel, and is explained once
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.refresh)
        changes = (view.selected, view.hovered, view.pixel_changed, view.look_changed)
        for signal in (*changes, workspace.document.network_changed):
            signal.connect(self._refresh_later)
        self.view.cell_pointed.connect(lambda text: self.note.setText(text or self._about))
        self.view.followed.connect(self.follow)
        self.field_button.toggled.connect(self._refresh_later)

    def show_answer(self, answer: Answer) -> None:
        self.refresh()

    def leave_sight(self) -> None:
        self._later.stop()
        self.workspace.view.show_field(None)

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field_button.setIcon(icon("region"))
        self.field_button.setCheckable(True)
        self.field_button.setChecked(True)
        self.field_button.setToolTip("Show in the maps what this pixel sees, with the rest veiled")
        copy = QToolButton()
        copy.setIcon(icon("copy"))
        copy.setToolTip("Copy the arithmetic as a line of text (Ctrl+C)")
        copy.clicked.connect(self.copy_formula)
        for button in (self.field_button, copy):
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.formula.setAccessibleName("The arithmetic as one line")
        for label in (self.formula, self.note):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.setTextFormat(Qt.TextFormat.PlainText)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.formula)
        lines.addWidget(self.note)
        bottom = QHBoxLayout()
        bottom.setSpacing(2)
        bottom.addLayout(lines, 1)
        bottom.addWidget(copy)
        bottom.addWidget(self.field_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 4)
        column.setSpacing(2)
        column.addWidget(ArithmeticScroll(self.view), 1)
        column.addLayout(bottom)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Explain anew what is pointed at, if somebody can see it."""
        if self.visibleRegion().isEmpty():
            return
        self.view.colours = self.workspace.view.look.colours
        pointed, answer = self.workspace.view.pointed, self.workspace.answer
        if pointed is None or answer is None or pointed.unit.node not in self.workspace.document.network:
            self._say(HINT)
            return
        trace = answer.trace
        step = trace.steps.get(pointed.unit.node)
        if step is None:
            self._say(_reason(trace, pointed.unit.node))
            return
        shape = step.output.shape[1:]
        if pointed.unit.channel is None:
            self._say(_whole(trace, pointed, shape))
        elif pointed.pixel is None and prod(shape[1:]) > 1:
            self._say(HINT)
        else:
            row, column = pointed.pixel or (0, 0)
            self._explain(trace, pointed, unit_at(shape, pointed.unit.channel, row, column))

    def _refresh_later(self, _: object = None) -> None:
        if self.isVisible():
            self._later.start(0)

    def _explain(self, trace: Trace, pointed: Pointed, unit: tuple[int, ...]) -> None:
        node = pointed.unit.node
        self._unit = node, unit
        kind = node, trace.steps[node].output.shape[1:]
        if self._sizes.get(kind, 0) <= MOST_NUMBERS:
            self._show(explain(trace, node, unit), pointed)
        elif not self._is_explaining:
            self._is_explaining = True
            self.workspace.explaining.give(
                "Arithmetic", lambda: explain(trace, node, unit), lambda found: self._show_late(found, trace)
            )

    def _show_late(self, found: object, trace: Trace) -> None:
        self._is_explaining = False
        pointed = self.workspace.view.pointed
        assert isinstance(found, Explanation)
        if (
            pointed is not None
            and self._unit == (found.node, found.unit)
            and not self.visibleRegion().isEmpty()
        ):
            self._show(found, pointed)
        answer = self.workspace.answer
        if self._unit != (found.node, found.unit) or (answer is not None and answer.trace is not trace):
            self.refresh()

    def _show(self, explanation: Explanation, pointed: Pointed) -> None:
        network = self.workspace.document.network
        trace = self.workspace.answer.trace if self.workspace.answer is not None else None
        if trace is None or explanation.node not in trace.steps:
            return
        kind = explanation.node, trace.steps[explanation.node].output.shape[1:]
        self._sizes[kind] = sum(part.numbers.size for part in explanation.parts)
        self._explanation = explanation
        self.formula.setText(self._fitting_formula(explanation))
        field = self._field_of(explanation)
        about = (explanation.formula, explanation.note, field_text(field) if field is not None else "")
        self._about = "   ·   ".join(text for text in about if text)
        source = explanation.readings[0].places if explanation.readings else None
        is_coloured = source is not None and source.node == network.input.name and network.input_shape[0] == 3
        self.view.show_explanation(explanation, "RGB" if is_coloured else ())
        if self.view.spot is None:
            self.note.setText(self._about)
        self.workspace.view.show_field(field if self.field_button.isChecked() else None)
        pin = ", pinned" if pointed.is_pinned else ""
        _, *place = explanation.unit
        at = f" at ({', '.join(map(str, place))})" if place else ""
        headline = f"{pointed.unit}{at} = {short_number(explanation.value)}{pin}"
        if headline != self.headline:
            self.headline_changed.emit(headline)

    def _fitting_formula(self, explanation: Explanation) -> str:
        """The line with as many terms as there is room for."""
        metrics, room = self.formula.fontMetrics(), self.formula.width()
        texts = (formula_text(explanation, most) for most in TERMS)
        return next(
            (text for text in texts if metrics.horizontalAdvance(text) <= room), formula_text(explanation, 3)
        )

    def _field_of(self, explanation: Explanation) -> ReceptiveField | None:
        network = self.workspace.document.network
        key = (network, explanation.node, explanation.unit)
        known, field = self._field
        if known != key:
            try:
                field = receptive_field(network, explanation.node, explanation.unit)
            except ExplanationError:  # the network has just got other shapes: the next answer brings them
                field = None
            self._field = key, field
        return field

    def _say(self, sentence: str) -> None:
        self._unit = self._explanation = None
        self._about = ""
        self.formula.setText("")
        self.note.setText("")
        self.view.show_sentence(sentence)
        self.workspace.view.show_field(None)
        self.headline_changed.emit("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._later.start(0)

    # ---- what one does ----------------------------------------------------------------------------------------

    def copy_formula(self) -> None:
        """Put the arithmetic on the clipboard, as it is now."""
        if self._explanation is not None:
            text = self.formula.selectedText() or formula_text(self._explanation, MOST_COPIED)
            QApplication.clipboard().setText(text)
            self.workspace.say("Copied the arithmetic.")

    def follow(self, node: str, unit: tuple[int, ...]) -> None:
        """Explain another unit: one that was read."""
        answer, view = self.workspace.answer, self.workspace.view
        if answer is None or node not in answer.trace.activations:
            return
        shape = answer.trace.activations[node].shape[1:]
        view.select(Unit(node, unit[0]))
        view.pin_pixel(pixel_of(shape, unit))

    def move(self, rows: int, columns: int) -> None:
        """Pin the pixel so far away from the one that is shown; in a list, the feature."""
        answer, pointed = self.workspace.answer, self.workspace.view.pointed
        if answer is None or pointed is None or pointed.unit.channel is None:
            return
        step = answer.trace.steps.get(pointed.unit.node)
        if step is None:
            return
        shape = step.output.shape[1:]
        if len(shape) == 1:
            channel = min(max(pointed.unit.channel + rows + columns, 0), shape[0] - 1)
            self.workspace.view.select(Unit(pointed.unit.node, channel))
            return
        _, height, width = flat_shape(shape)
        row, column = pointed.pixel or (height // 2, width // 2)
        to = min(max(row + rows, 0), height - 1), min(max(column + columns, 0), width - 1)
        self.workspace.view.select(pointed.unit)
        self.workspace.view.pin_pixel(to)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = event.key(), event.modifiers()
        view = self.workspace.view
        if key in ARROWS and not held & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            far = FAR if held & Qt.KeyboardModifier.ShiftModifier else 1
            rows, columns = ARROWS[Qt.Key(key)]
            self.move(rows * far, columns * far)
        elif key == Qt.Key.Key_Escape and view.pixel is not None:
            view.pin_pixel(None)
        elif key == Qt.Key.Key_C and held == Qt.KeyboardModifier.ControlModifier:
            self.copy_formula()
        else:
            super().keyPressEvent(event)


def _reason(trace: Trace, node: str) -> str:
    """Why a node has no values."""
    try:
        explain(trace, node, ())
    except ExplanationError as error:
        return str(error)
    return HINT


def _whole(trace: Trace, pointed: Pointed, shape: Shape) -> str:
    """What to say of a whole node: the numbers of a pixel of the image, or what to do."""
    node = pointed.unit.node
    if pointed.pixel is None or trace.network[node].inputs or len(shape) != 3:
        return f"{node} has {shape[0]} maps. {HINT}"
    row, column = pointed.pixel
    values = trace.activations[node][0, :, min(row, shape[1] - 1), min(column, shape[2] - 1)]
    return f"{node} at ({row}, {column}) is given: {'   '.join(short_number(float(one)) for one in values)}"


def field_text(field: ReceptiveField) -> str:
    """Size, step and position of what a unit sees of the image: 'sees 3 × 3 px, step 1 × 1, rows 63…65, ...'."""
    region = field.on_input
    if region is None:
        return "sees nothing of the image"
    extents = region.hull[1:]
    names = ("rows", "columns") if len(extents) == 2 else ("from", "rows", "columns")[: len(extents)]
    places = ", ".join(
        f"{name} {first}…{last - 1}" for name, (first, last) in zip(names, extents, strict=True)
    )
    if field.fields is None:
        return f"sees the whole image: {places}"
    size = " × ".join(str(one.size) for one in field.fields)
    step = " × ".join(str(one.step) for one in field.fields)
    return f"sees {size} px, step {step}: {places}"
