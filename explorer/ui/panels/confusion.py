"""The confusion panel: which classes the network takes for which, and the images behind every number."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from explorer.datasets.confusion import Confusion, confuse
from explorer.datasets.dataset import DataSet, DataSetError
from explorer.engine.class_answer import NoClasses, answering_node, class_answer
from explorer.engine.network import Network
from explorer.runtime.errands import Errand
from explorer.ui.gallery import Choice
from explorer.ui.panel import Panel
from explorer.ui.shell import shell_of
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.confusion_view import ConfusionView
from explorer.ui.widgets.errand_bar import ErrandBar
from explorer.ui.workspace import Workspace

PARTS = {"Validation": "validation", "Test": "test", "Training": "train"}
NO_DATA = "Choose a data set in the panel Data. Then press Assess, or train: the matrix follows the training."
NOT_YET = "Press Assess to see which classes this network takes for which, or train: the matrix follows."
HINT = "Rows: what an image is. Columns: what the network says. Click a cell to see its images."


class ConfusionPanel(Panel):
    """Shows the newest validation of the training, or what was assessed by hand."""

    name = "confusion"
    title = "Confusion"
    area = "right"
    order = 35
    icon = "confusion"
    tabbed_with = "kernel"
    shown_at_first = False
    help = (
        "Which classes the network takes for which: every row is a class, every column what the network says. Blue is "
        "right, orange is wrong. Click a cell, or press Enter on it, to see its images. It follows the training."
    )
    keys = (
        ("Arrows", "Another cell"),
        ("Enter", "See the images of the cell"),
        ("Ctrl+Wheel", "Larger cells"),
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.part = Choices("Part of the data set", self)
        self.part.addItems(list(PARTS))
        self.part.setToolTip("The images that are shown to the network")
        self.assess = QPushButton("Assess")
        self.assess.setToolTip("Show these images to the network as it is now")
        self.progress = ErrandBar()
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.view = ConfusionView()
        self.hint = QLabel(HINT)
        self.hint.setWordWrap(True)
        self.confusion: Confusion | None = None
        self._dataset: DataSet | None = None
        self._network: Network | None = None  # the one that was assessed
        self._what = ""  # on which images, after which step
        self._errand: Errand | None = None
        self._has_picked, self._hints = False, True  # once somebody has, the hint is not seen again
        self._is_behind = True
        self._assemble()
        self._connect()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hints = not self._has_picked  # not at the click: cells would move away under the pointer
        self.hint.setVisible(self.confusion is not None and self._hints)
        if self._is_behind:
            self._take_assessment()

    # ---- assembling ----------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.part, 1)
        row.addWidget(self.assess)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.progress)
        layout.addWidget(self.sentence)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.hint)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setFocusProxy(self.view)

    def _connect(self) -> None:
        workspace, trainer = self.workspace, self.workspace.trainer
        self.assess.clicked.connect(self.assess_now)
        self.progress.cancelled.connect(self._cancel)
        self.view.cell_picked.connect(self._show_images)
        trainer.assessed.connect(self._refresh)
        trainer.dataset_changed.connect(self._take_dataset)
        trainer.state_changed.connect(self._show)
        workspace.document.network_changed.connect(self._tell_network)
        workspace.clock.ticked.connect(self._follow_errand)
        workspace.errands_changed.connect(self._follow_errand)

    # ---- assessing -----------------------------------------------------------------------------------------------

    def assess_now(self) -> None:
        """Show the images of the chosen part to the network, in another thread."""
        dataset, network = self.workspace.trainer.dataset, self.workspace.document.network
        split, word = self.workspace.trainer.split, self.part.currentText()
        if dataset is None or split is None:
            self.workspace.say(
                "There is no data set to assess the network with. Choose one in the panel Data.", "error"
            )
            return
        indices = getattr(split, PARTS[word])

        def work(errand: Errand) -> Confusion:
            return confuse(network, dataset, indices, errand.tell, errand.wants_no_more)

        def take(confusion: Confusion) -> None:
            if self.workspace.trainer.dataset is dataset:
                self._keep(confusion, dataset, network, f"{len(confusion):,} {word.lower()} images")

        self._cancel()
        self._errand = self.workspace.undertake("Assessing the network", work, take, (DataSetError,))
        self.progress.begin("Assessing")
        self._show()

    def _cancel(self) -> None:
        if self._errand is not None:
            self.workspace.cancel_errand(self._errand)

    def _follow_errand(self) -> None:
        if self._errand is None:
            return
        if self._errand in self.workspace.errands.under_way:
            self.progress.show_progress(self._errand.progress)
        else:
            self._errand = None
            self.progress.end()
            self._show()

    def _refresh(self) -> None:
        self._is_behind = True
        if self.isVisible():
            self._take_assessment()

    def _take_assessment(self) -> None:
        """The newest validation of the training under way."""
        self._is_behind = False
        trainer = self.workspace.trainer
        assessed, dataset = trainer.assessment, trainer.dataset
        if assessed is None or dataset is None:
            return
        network = assessed.checkpoint.network
        try:
            answer = class_answer(network, {answering_node(network): assessed.outputs})
        except NoClasses:
            return
        if answer.probabilities.shape[1] != len(dataset.classes):
            return
        confusion = Confusion.of(dataset, assessed.indices, answer.probabilities)
        self._keep(
            confusion, dataset, network, f"{len(confusion):,} validation images, after step {assessed.step:,}"
        )

    def _keep(self, confusion: Confusion, dataset: DataSet, network: Network, what: str) -> None:
        self.confusion, self._dataset, self._network, self._what = confusion, dataset, network, what
        self._show()

    def _take_dataset(self, dataset: DataSet | None) -> None:
        self._cancel()
        self.confusion = self._network = self._dataset = None
        self._show()

    # ---- showing -------------------------------------------------------------------------------------------------

    def _show(self, *_: object) -> None:
        confusion = self.confusion
        self.assess.setEnabled(self.workspace.trainer.dataset is not None and self._errand is None)
        self.view.setVisible(confusion is not None)
        self.hint.setVisible(confusion is not None and self._hints)
        if self.view.confusion is not confusion:
            self.view.show_confusion(confusion)
        headline = percent(confusion.accuracy) if confusion is not None else ""
        if headline != self.headline:
            self.headline_changed.emit(headline)
        self._tell_network()

    def _tell_network(self, *_: object) -> None:
        if self.confusion is None:
            self.sentence.setText(NOT_YET if self.workspace.trainer.dataset is not None else NO_DATA)
            return
        is_old = (
            self.workspace.trainer.state != "running" and self._network is not self.workspace.document.network
        )
        text = f"<b>{percent(self.confusion.accuracy)}</b> right of {self._what}."
        self.sentence.setText(f"{text} The network has changed since." if is_old else text)

    def _show_images(self, label: int, guess: int) -> None:
        """Have the images of a cell shown, the surest first."""
        confusion, dataset = self.confusion, self._dataset
        if confusion is None or dataset is None:
            return
        self._has_picked = True
        indices, confidences = confusion.images_in(label, guess)
        captions = tuple(percent(float(one)) for one in confidences)
        self.workspace.gallery.choose(Choice(indices, title_of(confusion, label, guess), captions))
        shell_of(self.workspace).set_shown("images", True)


def title_of(confusion: Confusion, label: int, guess: int) -> str:
    """What the images of a cell are."""
    name, taken = confusion.classes[label], confusion.classes[guess]
    return (
        f"{name}, recognised; the surest first"
        if label == guess
        else f"{name}, taken for {taken}; the surest first"
    )


def percent(share: float) -> str:
    """A share as a person reads it: 97.3 %, 100 %."""
    return f"{share * 100:.3g} %" if share < 0.9995 else "100 %"
