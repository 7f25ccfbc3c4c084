"""The chain of a close-up: what every map that is read adds, the bias, the total; an activation with its curve."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent

from explorer.engine.arithmetic.explanation import Explanation
from explorer.engine.arithmetic.steps import Chain, chain_of
from explorer.ui.widgets.arithmetic_sheet import CAPTION
from explorer.ui.widgets.arithmetic_view import MARGIN, ArithmeticView

STEP = 72.0  # pixels that a step with its sign takes at least
LINE = CAPTION + 26.0  # height of a chain without a curve
WITH_CURVE = 86.0
FEWEST = 2  # terms of a sum that are always shown


class CloseUpSteps(ArithmeticView):
    """One line of steps. A click on a term shows its map, one on the others shows the next of them."""

    picked = Signal(int)  # the index of a term among what is summed

    def __init__(self) -> None:
        super().__init__()
        self.chain: Chain | None = None
        self._whole: Explanation | None = None
        self._is_short = False
        self._page = 0
        self._about: object = None

    def show_whole(self, explanation: Explanation, is_short: bool) -> None:
        """Show the steps of an explanation; short where the others stand above them."""
        self._is_short = is_short
        about = explanation.node, explanation.unit[0], [part.numbers.shape for part in explanation.parts]
        if about != self._about:
            self._about, self._page = about, 0
        self._whole = explanation
        self._show_chain()

    def _show_chain(self) -> None:
        if self._whole is None:
            return
        singles = sum(part.numbers.ndim == 0 for part in self._whole.parts)
        most = max(FEWEST, int(self.width() // STEP) - singles)
        self.chain = chain_of(self._whole, most, self._page, self._is_short)
        high = WITH_CURVE if self._whole.curve is not None else LINE
        self.set_room(QSize(self.width(), int(high) + 2 * MARGIN))
        self.show_explanation(self.chain.explanation)
        self.setMinimumSize(0, 0)  # the card is as wide as it is
        self.setFixedHeight(int(max(self.sheet.height, high)) + 2 * MARGIN)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if self.spot is None or self.chain is None:
            return
        name = self.spot[0]
        term = self.chain.term(name)
        if term is not None:
            self.picked.emit(term)
        elif name == self.chain.others:
            self._page += 1
            self._show_chain()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._show_chain()
        super().resizeEvent(event)
