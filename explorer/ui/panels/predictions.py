"""The predictions panel: what the network takes the live input for, moving with it."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.datasets.sample_source import DataSetSource
from explorer.engine.class_answer import ClassAnswer, NoClasses, class_answer
from explorer.engine.layer import Array
from explorer.engine.network import Network
from explorer.runtime.evaluator import Answer
from explorer.ui import theme
from explorer.ui.panel import Panel
from explorer.ui.widgets.bar_list import Bar, BarList
from explorer.ui.workspace import Workspace

FEW = 5
MANY = 10  # more classes than that are shown as the best few at first
SETTLE_MS = 200  # numbers and places that change faster cannot be read; bars follow every frame
UNTRAINED = (
    "This network has not been trained here: unless it came trained, its guesses mean nothing yet. "
    "Choose a data set and train it."
)


class PredictionsPanel(Panel):
    """Bars of class probabilities. While nobody sees them nothing is computed."""

    name = "predictions"
    title = "Predictions"
    area = "right"
    order = 30
    icon = "predictions"
    tabbed_with = "unit"
    help = (
        "What the network takes the picture for: the probability of every class, moving with camera, drawing and "
        "video. Where the picture comes from a data set, its true class is told: green when the network is right."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.guess, self.truth, self.sentence = QLabel(), QLabel(), QLabel()
        self.bars = BarList()
        self.more = QToolButton()
        self._answer: Answer | None = None
        self._shows_all: bool | None = None  # None: as many as there is room for
        self._order: NDArray[np.intp] = np.empty(0, np.intp)
        self._texts: tuple[str, ...] = ()
        self._settled_at = 0.0
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)
        self._assemble()
        self.more.clicked.connect(self._toggle)
        workspace.document.network_changed.connect(self._forget_order)

    def show_answer(self, answer: Answer) -> None:
        """Show what the newest trace says."""
        self._answer = answer
        network = answer.trace.network
        try:
            found = class_answer(network, answer.trace.activations)
        except NoClasses as error:
            self._show_nothing(str(error))
            return
        self._show_classes(network, found)
        self._show_truth(answer, self._names(network, found.probabilities.shape[1]))

    # ---- assembling ----------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self.guess.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.truth.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.guess.setTextFormat(Qt.TextFormat.PlainText)
        self.truth.setTextFormat(Qt.TextFormat.PlainText)
        font = self.guess.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        font.setBold(True)
        self.guess.setFont(font)
        self.sentence.setWordWrap(True)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inside = QVBoxLayout(inner)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.bars)
        inside.addWidget(self.sentence)
        inside.addStretch(1)
        scroll.setWidget(inner)
        scroll.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        row = QHBoxLayout()
        row.addWidget(self.guess, 1)
        row.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 6)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self.truth)
        layout.addWidget(scroll, 1)

    # ---- showing -------------------------------------------------------------------------------------------------

    def _show_nothing(self, sentence: str) -> None:
        self.bars.show_bars(())
        self.guess.hide()
        self.truth.hide()
        self.more.hide()
        self._say(sentence)
        self._headline("")

    def _show_classes(self, network: Network, answer: ClassAnswer) -> None:
        chances = answer.probabilities[0]
        names = self._names(network, len(chances))
        if not np.isfinite(chances).all():
            self._show_nothing(
                "The network answers numbers that are not finite (NaN): its weights have diverged."
            )
            return
        if len(self._order) != len(chances) or self._is_due():
            self._order = np.argsort(-chances, kind="stable")
            self._texts = tuple(share_text(float(one)) for one in chances)
            self._settled_at = time.perf_counter()
            best = int(self._order[0])
            self._set_text(self.guess, f"{names[best]}  {self._texts[best]}")
            self._headline(names[best])
        elif not self._settling.isActive():
            self._settling.start(SETTLE_MS)
        self.guess.show()
        self._show_bars(chances, names)
        self._say(" ".join(filter(None, ("" if network.classes else UNTRAINED, answer.note))))

    def _names(self, network: Network, count: int) -> tuple[str, ...]:
        """Names for so many classes: the network's own, else those that it is about to learn, else numbers."""
        dataset = self.workspace.trainer.dataset
        if not network.classes and dataset is not None and len(dataset.classes) == count:
            return dataset.classes
        return names_of(network, count)

    def _show_bars(self, chances: Array, names: tuple[str, ...]) -> None:
        count = len(chances)
        shows_all = count <= MANY if self._shows_all is None else self._shows_all
        places = range(count) if shows_all else self._order[:FEW].tolist()
        best = int(self._order[0])
        self.bars.show_bars(
            tuple(
                Bar(
                    names[i], float(chances[i]), self._texts[i], "accent" if i == best else "faint", i == best
                )
                for i in places
            )
        )
        self.more.setVisible(count > FEW)
        self.more.setText(f"Best {FEW}" if shows_all else f"All {count}")
        self.more.setToolTip(
            "The most probable classes first" if shows_all else "All classes, always in the same order"
        )

    def _show_truth(self, answer: Answer, names: tuple[str, ...]) -> None:
        """The true class, where the frame comes from a data set."""
        state = self.workspace.capture_state
        source = state.source if state is not None else None
        truth = source.class_at(answer.request.frame.position) if isinstance(source, DataSetSource) else ""
        self.truth.setVisible(bool(truth))
        if not truth or not len(self._order):
            return
        if truth not in names:
            color, text = "quiet", f"labelled {truth}"
        elif names[int(self._order[0])] == truth:
            color, text = "good", f"labelled {truth}: right"
        else:
            color, text = "error", f"labelled {truth}: wrong"
        self._set_text(self.truth, text)
        self.truth.setStyleSheet(f"color: {theme.css(color)};")

    def _say(self, sentence: str) -> None:
        self._set_text(self.sentence, sentence)
        self.sentence.setVisible(bool(sentence))

    @staticmethod
    def _set_text(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    def _headline(self, text: str) -> None:
        if text != self.headline:
            self.headline_changed.emit(text)

    # ---- when ----------------------------------------------------------------------------------------------------

    def _is_due(self) -> bool:
        return time.perf_counter() - self._settled_at > SETTLE_MS / 1000

    def _settle(self) -> None:
        """Nothing came for a moment: numbers and order are those of the last answer."""
        if self._answer is not None and self.isVisible():
            self._settled_at = 0.0
            self.show_answer(self._answer)

    def _forget_order(self, *_: object) -> None:
        self._settled_at = 0.0

    def _toggle(self) -> None:
        self._shows_all = self.more.text().startswith("All")
        self._settle()

    def leave_sight(self) -> None:
        self._settling.stop()


def names_of(network: Network, count: int) -> tuple[str, ...]:
    """Names for so many classes: the network's own, else their numbers."""
    if len(network.classes) == count:
        return network.classes
    return tuple(f"class {i}" for i in range(count))


def share_text(share: float) -> str:
    """A probability in at most five characters: 93.2 %, 0.4 %, 100 %."""
    return "100 %" if share > 0.9995 else f"{share * 100:.1f} %"
