"""What a close-up shows: the boards of maps or the table of a list, the unit's own list, and the chain of steps."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.engine.class_answer import class_names
from explorer.rendering.look import Look
from explorer.ui.pixel_arithmetic import Explained
from explorer.ui.widgets.arithmetic_view import ArithmeticScroll, ArithmeticView
from explorer.ui.widgets.close_up_list import CloseUpList
from explorer.ui.widgets.close_up_steps import CloseUpSteps
from explorer.ui.widgets.close_up_table import lay_out_table
from explorer.ui.widgets.close_up_view import CloseUpView


class CloseUpBody(QWidget):
    """Boards for what reads maps, a table for what reads a list; steps below where there is more than the value."""

    held = Signal(bool)  # the pointer moves over what a sweep moves
    reading_changed = Signal()  # another of the maps that are read is shown

    def __init__(self) -> None:
        super().__init__()
        self.shown: Explained | None = None
        self.expected: tuple[str, ...] = ()  # classes that a network which knows none yet will learn
        self.view = CloseUpView()
        self.table = ArithmeticView(lay_out_table)
        self.own_list = CloseUpList()
        self.steps = CloseUpSteps()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(ArithmeticScroll(self.table))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._stack, 1)
        row.addWidget(self.own_list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(row, 1)
        column.addWidget(self.steps)
        self.own_list.hide()
        self.view.held.connect(self.held)
        self.own_list.held.connect(self.held)
        self.steps.picked.connect(self._show_term)

    def show_explained(self, found: Explained) -> None:
        """Show how a value came about."""
        self.shown = found
        explanation, look = found.explanation, self.view.look
        self.view.show_explained(found)
        has_boards = self.view.explained is not None
        strips = any(part.numbers.ndim for part in explanation.parts)
        self._stack.setCurrentIndex(0 if has_boards else 1)
        network = found.trace.network
        if not has_boards:
            self.table.colours = look.colours
            source = next((part.places.node for part in explanation.readings if part.places), "")
            self.table.show_explanation(explanation, class_names(network, source, self.expected))
        is_list = len(explanation.unit) == 1
        self.own_list.setVisible(is_list)
        if is_list:
            values = found.trace.activations[explanation.node][0]
            self.own_list.look = look
            names = class_names(network, explanation.node, self.expected)
            self.own_list.show_list(explanation.node, values, explanation.unit[0], names)
        self.steps.setVisible(has_boards or strips)
        if has_boards or strips:
            self.steps.colours = look.colours
            self.steps.show_whole(explanation, is_short=not has_boards)

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.shown = None
        self._stack.setCurrentIndex(0)
        self.own_list.hide()
        self.steps.hide()
        self.view.show_sentence(sentence)

    def set_look(self, look: Look) -> None:
        """The colours of the maps."""
        self.view.look = look

    def fill_to(self, index: int | None) -> None:
        """Show the output, map or list, only up to here; None for all of it."""
        self.view.fill_to(index)
        self.own_list.fill_to(index)

    def _show_term(self, index: int) -> None:
        """The map that a term of the sum came from."""
        places = [reading.place for reading in self.view.readings]
        if index in places:
            self.view.show_reading(places.index(index))
            self.reading_changed.emit()
