"""The arithmetic: how the value of the pixel that is pointed at, or pinned, came about."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from explorer.document.view import Unit
from explorer.engine.arithmetic import Explanation, formula_text
from explorer.engine.arithmetic.effective_field import EffectiveField
from explorer.engine.arithmetic.receptive_field import ReceptiveField
from explorer.rendering.flat_maps import flat_shape
from explorer.runtime.evaluator import Answer
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.pixel_arithmetic import MOST_OF_IT, Explained, pixel_arithmetic
from explorer.ui.short_number import short_number
from explorer.ui.widgets.arithmetic_view import ArithmeticScroll, ArithmeticView
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.still_lines import StillLines
from explorer.ui.workspace import Workspace

TERMS = 12, 8, 6, 5, 4, 3  # of the line, as many as fit
MOST_COPIED = 64
AXIS_NAMES = {1: ("place",), 2: ("row", "column"), 3: ("slice", "row", "column")}
FAR = 10  # pixels of an arrow with Shift
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
        self.note = ElidedLabel()
        self.field_button = QToolButton()
        self.effective_button = QToolButton()
        self.close_up_button = QToolButton()
        self.arithmetic = pixel_arithmetic(workspace)
        self._explained: Explained | None = None
        self._to_show: Explained | None = None
        self._later = QTimer(
            self
        )  # painting comes before timers: the maps first, and this in events of its own
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_newest)
        self._is_in_sight = True
        self._about = ""  # the note while no cell is pointed at
        self._assemble()
        self.arithmetic.attend(
            self.name, self, lambda: self._is_in_sight and not self.visibleRegion().isEmpty()
        )
        self.arithmetic.explained.connect(self._show_later)
        self.arithmetic.silent.connect(self._say)
        workspace.view.effective_changed.connect(self._show_about)
        self.view.cell_pointed.connect(lambda text: self.note.setText(text or self._about))
        self.view.followed.connect(self.arithmetic.follow)
        for button in (self.field_button, self.effective_button):
            button.toggled.connect(self._choose_fields)
        self.arithmetic.fields_changed.connect(self._show_fields)
        self.close_up_button.toggled.connect(workspace.view.show_close_up)
        workspace.view.close_up_changed.connect(self.close_up_button.setChecked)

    def show_answer(self, answer: Answer) -> None:
        if not self._is_in_sight:
            self._is_in_sight = True
            self.refresh()

    def leave_sight(self) -> None:
        self._is_in_sight = False  # Qt still says that it is visible
        self.refresh()

    def refresh(self) -> None:
        """Explain anew what is pointed at, if somebody can see it, and show it at once."""
        self.arithmetic.refresh()
        self._show_newest()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.field_button.setIcon(icon("region"))
        self.field_button.setCheckable(True)
        self.field_button.setChecked(True)
        self.field_button.setToolTip("Show in the maps what this pixel sees, with the rest veiled (Shift+E)")
        self.effective_button.setIcon(icon("effective"))
        self.effective_button.setCheckable(True)
        self.effective_button.setToolTip(
            "Show how much of what it sees moves this pixel: clear where it counts, veiled where it hardly does "
            "(the effective receptive field, the size of the gradient; E)"
        )
        self.close_up_button.setIcon(icon("close_up"))
        self.close_up_button.setCheckable(True)
        self.close_up_button.setToolTip(
            "The pixel enlarged, beside what it reads, and the sweep over the map (X)"
        )
        copy = QToolButton()
        copy.setIcon(icon("copy"))
        copy.setToolTip("Copy the arithmetic as a line of text (Ctrl+C)")
        copy.clicked.connect(self.copy_formula)
        buttons = (copy, self.field_button, self.effective_button, self.close_up_button)
        for button in buttons:
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.formula.setAccessibleName("The arithmetic as one line")
        bottom = QHBoxLayout()
        bottom.setSpacing(2)
        bottom.addWidget(StillLines(self.formula, self.note), 1)
        for button in buttons:
            bottom.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 4)
        column.setSpacing(2)
        column.addWidget(ArithmeticScroll(self.view), 1)
        column.addLayout(bottom)

    # ---- what is shown ----------------------------------------------------------------------------------------

    def _choose_fields(self, _: object = None) -> None:
        self.arithmetic.show_field(self.field_button.isChecked(), self.effective_button.isChecked())

    def _show_fields(self) -> None:
        for button, is_on in (
            (self.field_button, self.arithmetic.shows_field),
            (self.effective_button, self.arithmetic.shows_effective),
        ):
            with QSignalBlocker(button):
                button.setChecked(is_on)

    def _show_later(self, found: Explained) -> None:
        self._to_show = found
        self._later.start(0)

    def _show_newest(self) -> None:
        found, self._to_show = self._to_show, None
        if found is not None and not self.visibleRegion().isEmpty():
            self._show(found)

    def _show(self, found: Explained) -> None:
        self._explained = found
        explanation, network = found.explanation, found.trace.network
        self.view.colours = self.workspace.view.look.colours
        self.formula.setText(self._fitting_formula(explanation))
        source = explanation.readings[0].places if explanation.readings else None
        is_coloured = source is not None and source.node == network.input.name and network.input_shape[0] == 3
        self.view.show_explanation(explanation, "RGB" if is_coloured else ())
        self._show_about()

    def _show_about(self, _: object = None) -> None:
        """The line below the arithmetic: the rule and what is special here. Above it: what the unit sees."""
        found, effective = self._explained, self.workspace.view.effective
        if found is None:
            return
        about = found.explanation.formula, found.explanation.note
        self._about = "   ·   ".join(text for text in about if text)
        self.note.setToolTip(self._about)
        if self.view.spot is None:
            self.note.setText(self._about)
        told = [_headline(found)]
        if found.field is not None:
            told.append(field_text(found.field))
            if effective is not None and found.field.input in effective:
                told.append(effective_text(effective[found.field.input]))
        headline = "   ·   ".join(text for text in told if text)
        if headline != self.headline:
            self.headline_changed.emit(headline)

    def _fitting_formula(self, explanation: Explanation) -> str:
        """The line with as many terms as there is room for."""
        metrics, room = self.formula.fontMetrics(), self.formula.width()
        texts = (formula_text(explanation, most) for most in TERMS)
        return next(
            (text for text in texts if metrics.horizontalAdvance(text) <= room), formula_text(explanation, 3)
        )

    def _say(self, sentence: str) -> None:
        self._explained = self._to_show = None
        self._about = ""
        self.formula.setText("")
        self.note.setText("")
        self.view.show_sentence(sentence)
        self.headline_changed.emit("")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._is_in_sight = True
        self.arithmetic.refresh_later()

    # ---- what one does ----------------------------------------------------------------------------------------

    def copy_formula(self) -> None:
        """Put the arithmetic on the clipboard, as it is now."""
        self._show_newest()
        if self._explained is not None:
            text = self.formula.selectedText() or formula_text(self._explained.explanation, MOST_COPIED)
            QApplication.clipboard().setText(text)
            self.workspace.say("Copied the arithmetic.")

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


def _headline(found: Explained) -> str:
    pin = ", pinned" if found.pointed.is_pinned else ""
    _, *place = found.explanation.unit
    at = f" at ({', '.join(map(str, place))})" if place else ""
    return f"{found.pointed.unit}{at} = {short_number(found.explanation.value)}{pin}"


def field_text(field: ReceptiveField) -> str:
    """Size, step and position of what a unit sees of the image: 'sees 3 × 3 px, step 1 × 1, rows 63…65, …'."""
    region = field.on_input
    if region is None:
        return "sees nothing of the image"
    extents = region.hull[1:]
    if not extents:
        return "sees the whole list"
    places = ", ".join(
        f"{name} {first}" if last - first == 1 else f"{name}s {first}…{last - 1}"
        for name, (first, last) in zip(AXIS_NAMES[len(extents)], extents, strict=True)
    )
    if field.fields is None:  # behind a list: one value of it may see all of the image, or a part
        sides = [last - first for first, last in extents]
        is_whole = sides == list(region.shape[1:])
        return f"sees {'the whole image' if is_whole else ' × '.join(map(str, sides)) + ' px'}: {places}"
    size = " × ".join(str(one.size) for one in field.fields)
    step = " × ".join(str(one.step) for one in field.fields)
    return f"sees {size} px, step {step}: {places}"


def effective_text(field: EffectiveField) -> str:
    """How narrow the effective field is: '90 % of the effect in the middle 9 × 9'."""
    if len(field.shape) == 1:
        return ""
    size = field.size_of(MOST_OF_IT)
    if not size:
        return "no pixel of it moves the value now"
    sizes = " × ".join(str(min(size, extent)) for extent in field.strength.shape)
    return f"90 % of the effect in the middle {sizes}"
