"""The data panel: chooses the images to learn from, and shows what they are, how they are divided and changed."""

from __future__ import annotations

import html

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.datasets.dataset import DataSet
from explorer.ui.command import commands
from explorer.ui.command_button import command_button
from explorer.ui.data_texts import facts, left_out_text, split_text
from explorer.ui.dropped import accepted
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.shell import shell_of
from explorer.ui.widgets.augmentation_form import AugmentationForm
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.declared_form import DeclaredForm
from explorer.ui.widgets.drawn_form import DrawnForm
from explorer.ui.widgets.errand_bar import ErrandBar
from explorer.ui.widgets.offer_list import OfferList, heading
from explorer.ui.workspace import Workspace

PICKERS = "data.choose", "data.open_folder", "data.open_file", "data.recent"


class DataPanel(Panel):
    """Everything about the data set before training. Folders, zips and files can be dropped on it."""

    name = "data"
    title = "Data"
    area = "left"
    order = 35
    icon = "dataset"
    tabbed_with = "layer"
    help = (
        "The images to learn from. Choose a data set, or drop a folder, zip or file here: one folder of images per "
        "class, the files of MNIST or CIFAR-10, or an NPZ. Below: classes, how they are divided, and how they are "
        "changed at random while training."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.setAcceptDrops(True)
        self.progress = ErrandBar()
        self.offers = OfferList()
        self.facts, self.notes, self.counts = (_text() for _ in range(3))
        self.classes = ClassBars()
        self.browse = QPushButton("Images")
        self.browse.setToolTip("Look through all images of the data set")
        self.browse.setIcon(icon("images"))
        self.train = QPushButton()
        self.train.setToolTip("Train on these images, or pause (T)")
        self.drawn = DrawnForm()
        self.splitting = DeclaredForm(workspace.trainer.splitting)
        self.augmentation = AugmentationForm(workspace.trainer.augmentation)
        self._dataset: DataSet | None = None
        self._is_behind = True
        self.pages = QStackedWidget()
        self._assemble()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._show_dataset()

    # ---- assembling ----------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        invitation = _text(
            "<b>Choose images to learn from.</b><br>Or drop a folder, a zip or a file here: one folder of images per "
            "class, the files of MNIST or CIFAR-10, or an NPZ."
        )
        self.pages.addWidget(_column(invitation, self.offers))
        buttons = QWidget()
        row = QHBoxLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.browse)
        row.addWidget(self.train)
        self.pages.addWidget(
            _column(
                self.facts, self.notes, buttons, heading("Classes"), self.classes, self.drawn,
                heading("Parts"), self.splitting, self.counts,
                heading("Changed at random while training"), self.augmentation,
            )
        )  # fmt: skip
        outer = self._scroll = QScrollArea()
        outer.setWidgetResizable(True)
        outer.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer.setWidget(self.pages)
        outer.viewport().setAutoFillBackground(False)
        self.pages.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(self._pickers())
        self.progress.setContentsMargins(0, 0, 8, 0)
        layout.addWidget(self.progress)
        layout.addWidget(outer, 1)

    def _pickers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for name in PICKERS:
            button = command_button(name, self.workspace, self)
            if name == "data.choose":
                button.setText("Choose  ▾")
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        workspace, trainer, shelf = self.workspace, self.workspace.trainer, self.workspace.shelf
        trainer.dataset_changed.connect(self._refresh)
        trainer.settings_changed.connect(self._show_settings)
        shelf.changed.connect(self._show_opening)
        shelf.progressed.connect(self.progress.show_progress)
        self.progress.cancelled.connect(shelf.cancel)
        self.offers.chosen.connect(shelf.open)
        self.drawn.changed.connect(shelf.open)
        self.browse.clicked.connect(lambda: self._run("data.browse"))
        self.train.clicked.connect(lambda: self._run("training.play"))
        trainer.state_changed.connect(self._name_train)
        self._name_train()
        self.classes.picked.connect(self._show_class)
        self.splitting.changed.connect(lambda splitting: trainer.configure(splitting=splitting))
        self.augmentation.changed.connect(lambda augmentation: trainer.configure(augmentation=augmentation))
        self.notes.linkActivated.connect(self._list_left_out)
        workspace.framed.connect(self._preview_live)

    # ---- showing -------------------------------------------------------------------------------------------------

    def _refresh(self, *_: object) -> None:
        self._is_behind = True
        if self.isVisible():
            self._show_dataset()

    def _show_dataset(self) -> None:
        self._is_behind = False
        dataset = self._dataset = self.workspace.trainer.dataset
        self.headline_changed.emit(dataset.title if dataset is not None else "")
        page = 0 if dataset is None else 1
        if page != self.pages.currentIndex():
            self.pages.setFocus()  # the focus of a button that goes would wander on, and the panel scroll after it
            self.pages.setCurrentIndex(page)
            self._scroll.verticalScrollBar().setValue(0)
        for i in range(self.pages.count()):  # the scroll bar is for the page in sight
            vertical = (
                QSizePolicy.Policy.Preferred if i == self.pages.currentIndex() else QSizePolicy.Policy.Ignored
            )
            self.pages.widget(i).setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        if dataset is None:
            from explorer.datasets.opening import (
                offers,  # archives would cost every start of the program 20 ms
            )

            self.offers.show_offers(offers())
            return
        self.facts.setText(facts(dataset))
        self.notes.setText(left_out_text(dataset))
        self.notes.setVisible(bool(self.notes.text()))
        self.classes.show_dataset(dataset)
        self.drawn.show_address(dataset.address)
        self.augmentation.show_image(dataset.images[0])
        self._show_settings()

    def _show_settings(self) -> None:
        trainer = self.workspace.trainer
        if self._dataset is None or trainer.split is None:
            return
        self.splitting.show_value(trainer.splitting)
        self.splitting.form.fields["test"].setEnabled(not self._dataset.tested)  # those are given
        self.augmentation.show_value(trainer.augmentation)
        self.counts.setText(split_text(self._dataset, trainer.split))

    def _show_opening(self) -> None:
        label = self.workspace.shelf.label
        if label:
            self.progress.begin(label)
        else:
            self.progress.end()

    def _name_train(self, _: object = None) -> None:
        """The button is called as what it does, here as everywhere."""
        is_running = self.workspace.trainer.state == "running"
        self.train.setText("Pause" if is_running else "Train")
        self.train.setIcon(icon("pause" if is_running else "training"))

    def _preview_live(self, _: object) -> None:
        """The image that is live, if it is one of the data set's, is the one whose changes are shown."""
        index = self.workspace.gallery.live_index
        if self._dataset is not None and index is not None and self.isVisible():
            self.augmentation.show_image(self._dataset.images[index])

    # ---- doing ---------------------------------------------------------------------------------------------------

    def _run(self, name: str) -> None:
        next(one for one in commands() if one.name == name).run(self.workspace)

    def _show_class(self, label: int) -> None:
        if self._dataset is not None:
            self.workspace.gallery.choose_class(self._dataset, label)
            shell_of(self.workspace).set_shown("images", True)

    def _list_left_out(self, _: str) -> None:
        if self._dataset is None:
            return
        left_out = self._dataset.left_out
        lines = [f"<b>{html.escape(name)}</b>: {html.escape(reason)}" for name, reason in left_out.reasons]
        if left_out.count > len(lines):
            lines.append(f"and {left_out.count - len(lines):,} more")
        shell_of(self.workspace).show_text("Left out", "<br>".join(lines))

    # ---- events --------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accepted(event)

    def dropEvent(self, event: QDropEvent) -> None:
        address = accepted(event)
        if address is not None:
            self.workspace.shelf.open(address)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._is_behind = True
            if self.isVisible() and hasattr(self, "pages"):
                self._show_dataset()


def _text(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    return label


def _column(*widgets: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 8, 8)
    layout.setSpacing(5)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return page
