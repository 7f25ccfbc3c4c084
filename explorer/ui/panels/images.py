"""The images panel: looks through a data set; a click makes an image the live input."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.datasets.dataset import DataSet, Indices
from explorer.datasets.split import Split
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.thumbnail_grid import NOBODY, ThumbnailGrid
from explorer.ui.workspace import Workspace

EVERY_CLASS = "All classes"
PARTS = {"All parts": "", "Training": "train", "Validation": "validation", "Test": "test"}
NOTHING = "No data set is open. Choose one in the panel Data."


class ImagesPanel(Panel):
    """Filters and a grid. What the gallery has chosen (a cell of the confusion matrix) goes before the filters."""

    name = "images"
    title = "Images"
    area = "bottom"
    order = 24
    icon = "images"
    tabbed_with = "summary"
    shown_at_first = False
    help = (
        "All images of the data set. Choose a class and a part, or type a number or a part of a file's name. A click, "
        "or the arrow keys, show an image to the network. Ctrl and the wheel change the size."
    )
    keys = (("Arrows", "Another image"), ("Ctrl+Wheel", "Larger or smaller"))

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.classes, self.parts = Choices("Class", self), Choices("Part", self)
        self.parts.addItems(list(PARTS))
        self.search = QLineEdit()
        self.search.setPlaceholderText("Number or file name")
        self.search.setAccessibleName("Search images")
        self.search.setClearButtonEnabled(True)
        self.reason = QLabel()
        self.all = QToolButton()
        self.all.setIcon(icon("close"))
        self.all.setToolTip("Back to all images")
        self.all.setAccessibleName("Back to all images")
        self.grid = ThumbnailGrid()
        self.grid.setAccessibleName("Images of the data set")
        self.grid.sentence = NOTHING
        self._live: Indices | None = None  # what the grid shows, as the source is given it
        self._dataset: DataSet | None = None
        self._is_behind = True
        self._assemble()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._show_dataset()

    # ---- assembling ----------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self._filters, self._chosen = QWidget(), QWidget()
        for inner, widgets in (
            (self._filters, (self.classes, self.parts, self.search)), (self._chosen, (self.reason, self.all)),
        ):  # fmt: skip
            row = QHBoxLayout(inner)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
            for widget in widgets:
                row.addWidget(widget)
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._chosen.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.search.setMinimumWidth(60)
        for widget in (self.classes, self.parts):
            widget.setMinimumContentsLength(len(EVERY_CLASS))
            widget.setMaximumWidth(32 * self.fontMetrics().averageCharWidth())
        self._chosen.hide()
        top = QHBoxLayout()
        top.setContentsMargins(6, 4, 6, 2)
        top.addWidget(self._filters, 1)
        top.addWidget(self._chosen, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.grid, 1)
        self.setFocusProxy(self.grid)

    def _connect(self) -> None:
        workspace = self.workspace
        workspace.trainer.dataset_changed.connect(self._refresh)
        workspace.trainer.settings_changed.connect(self._take_split)
        workspace.gallery.choice_changed.connect(self._refresh)
        workspace.gallery.live_moved.connect(self._follow)
        self.classes.currentIndexChanged.connect(self._show_images)
        self.parts.currentIndexChanged.connect(self._show_images)
        self.search.textChanged.connect(self._show_images)
        self.all.clicked.connect(lambda: workspace.gallery.choose(None))
        self.grid.picked.connect(self._make_live)

    # ---- showing -------------------------------------------------------------------------------------------------

    def _refresh(self, *_: object) -> None:
        """Something else is to be shown, now or when somebody looks."""
        self._is_behind = True
        if self.isVisible():
            self._show_dataset()

    def _take_split(self) -> None:
        if self.parts.currentIndex() > 0:
            self._refresh()

    def _show_dataset(self) -> None:
        self._is_behind = False
        dataset = self.workspace.trainer.dataset
        if dataset is not self._dataset:
            self._dataset = dataset
            with QSignalBlocker(self.classes), QSignalBlocker(self.search):
                self.classes.clear()
                self.classes.addItems([EVERY_CLASS, *(dataset.classes if dataset else ())])
                self.search.clear()
        self._show_images()

    def _show_images(self, *_: object) -> None:
        dataset, choice = self._dataset, self.workspace.gallery.choice
        self._filters.setVisible(choice is None)
        self._chosen.setVisible(choice is not None)
        self.grid.setAccessibleDescription(choice.title if choice else "")
        if dataset is None:
            self._show_nothing()
            return
        if choice is not None:
            captions = choice.captions
            self._live = indices = choice.indices
            self.reason.setText(choice.title)
            caption = captions.__getitem__ if captions else None
        else:
            indices, caption = self._found(dataset), None
            self._live = None if len(indices) == len(dataset) else indices
        self.grid.sentence = "No image is both of this class and of this part, and has this in its name."
        self.grid.show_images(
            dataset.images, indices, caption, lambda place: self._describe(dataset, indices, place)
        )
        self._tell_count(len(indices))

    def _show_nothing(self) -> None:
        self.grid.sentence = NOTHING
        self.grid.show_images(None, NOBODY)
        self.headline_changed.emit("")

    def _tell_count(self, count: int) -> None:
        text = "1 image" if count == 1 else f"{count:,} images"
        self.headline_changed.emit(text)

    def _found(self, dataset: DataSet) -> Indices:
        """The numbers of the images that the filters let pass, in rising order."""
        part = PARTS[self.parts.currentText()]
        split = self.workspace.trainer.split
        indices: Indices = getattr(split, part) if part and split is not None else np.arange(len(dataset))
        label = self.classes.currentIndex() - 1
        if label >= 0:
            indices = indices[dataset.labels[indices] == label]
        return matching(dataset, indices, self.search.text().strip())

    def _describe(self, dataset: DataSet, indices: Indices, place: int) -> str:
        index = int(indices[place])
        parts = [f"Image {index}", dataset.class_of(index)]
        if dataset.names:
            parts.append(dataset.names[index])
        part = part_of(index, self.workspace.trainer.split)
        return " · ".join([*parts, part] if part else parts)

    # ---- choosing ------------------------------------------------------------------------------------------------

    def _make_live(self, place: int) -> None:
        if self._dataset is not None:
            self.workspace.gallery.make_live(self._dataset, self._live, place)

    def _follow(self, place: int) -> None:
        if self.isVisible() and self.grid.current >= 0:
            self.grid.set_current(place)


def matching(dataset: DataSet, indices: Indices, text: str) -> Indices:
    """Of these images the one with this number, or those whose file's name holds the text."""
    if not text:
        return indices
    named: list[int] = []
    if dataset.names:
        wanted = text.lower()
        named = [index for index in indices.tolist() if wanted in dataset.names[index].lower()]
    if text.isdecimal() and int(text) in indices:
        named = [int(text), *(index for index in named if index != int(text))]
    return np.array(named, np.intp)


def part_of(index: int, split: Split | None) -> str:
    """Which part an image belongs to, in a word."""
    if split is None:
        return ""
    words = {"training": split.train, "validation": split.validation, "test": split.test}
    for word, members in words.items():
        place = int(np.searchsorted(members, index))
        if place < len(members) and members[place] == index:
            return word
    return ""
