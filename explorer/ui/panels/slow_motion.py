"""The slow motion panel: one step of training as guess, loss, gradient and step, with the weights that it moves."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.document.view import Unit
from explorer.engine.kernel_slices import kernel_slices, kernels_behind
from explorer.engine.layer import Array
from explorer.engine.slow_step import SlowStep
from explorer.rendering.colors import weights_color
from explorer.sources.source import Pixels
from explorer.ui import theme
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.short_number import short_number
from explorer.ui.slow_motion import GRADIENT, GUESS, PHASES, STEP, SlowMotion
from explorer.ui.slow_motion_texts import Guesses, phase_sentence, phases_text
from explorer.ui.widgets.choices import Choices
from explorer.ui.widgets.kernel_picture import KernelPicture
from explorer.ui.widgets.thumbnail_grid import ThumbnailGrid
from explorer.ui.workspace import Workspace

LEFT = 186  # pixels
SIDE = 54  # of a thumbnail: a class has room below it
MOST_WEIGHTS = 1_000_000  # in a picture; of a larger layer it shows the first outputs
PARTS = {"kernels": GUESS, "gradient": GRADIENT, "update": STEP}  # and the phase in which each is known
NOTHING = (
    "A step of training, slowly: the network guesses a batch of images, the loss says how wrong that is, the gradient "
    "says which way every weight should go, and the step moves them. Press the arrow to begin."
)


class SlowMotionPanel(Panel):
    """Shows what the slow motion has come to, for the selected layer."""

    name = "slow_motion"
    title = "Slow motion"
    area = "bottom"
    order = 16
    icon = "slow_motion"
    shown_at_first = False
    tabbed_with = "summary"
    help = (
        "One step of training in four parts: guess, loss, gradient, step. The arrows lead on and back; the last part "
        "is the very step that Training would make, and undo takes it back. Each picture has colours of its own range."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.motion = SlowMotion(workspace, self)
        self.back_button = _button("step_back", "The part before", self.motion.back)
        self.play_button = _button("play", "Go on by itself", self.play_or_pause)
        self.next_button = _button("step", "The next part", self.motion.next)
        self.phases, self.sentence, self._empty = QLabel(), QLabel(), QLabel()
        self.images = ThumbnailGrid()
        self.layer = Choices("Layer whose weights are shown")
        self.captions = {part: QLabel() for part in PARTS}
        self.pictures = {part: KernelPicture(_colour) for part in PARTS}
        self._shown: SlowStep | None = None
        self._pages = QStackedLayout()
        self._assemble()
        self.motion.changed.connect(self._show)
        self.layer.activated.connect(self._show_weights)
        workspace.view.selected.connect(self._follow_selection)
        for signal in (workspace.trainer.dataset_changed, workspace.document.network_changed):
            signal.connect(self._show_problem)
        self._show()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        for label in (self.phases, self.sentence, self._empty):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setContentsMargins(16, 4, 16, 4)
        self.images.set_side(SIDE)
        self.images.setAccessibleName("Images of the batch")
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for button in (self.back_button, self.play_button, self.next_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        left = QWidget()
        left.setFixedWidth(LEFT)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(buttons)
        column.addWidget(self.phases)
        column.addWidget(self.sentence, 1)
        shown = QWidget()
        row = QHBoxLayout(shown)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.images, 3)
        row.addLayout(self._weights(), 7)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(shown)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(8, 4, 8, 4)
        whole.setSpacing(8)
        whole.addWidget(left)
        whole.addLayout(self._pages, 1)

    def _weights(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(3)
        column.addWidget(self.layer)
        parts = QHBoxLayout()
        parts.setSpacing(8)
        for part, picture in self.pictures.items():
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            policy.setRetainSizeWhenHidden(True)  # what comes later moves nothing
            picture.setSizePolicy(policy)
            picture.setMinimumSize(54, 40)
            picture.setAccessibleName(f"{part.capitalize()} of the layer")
            picture.chosen.connect(self._select)
            side = QVBoxLayout()
            side.setSpacing(2)
            self.captions[part].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            side.addWidget(self.captions[part])
            side.addWidget(picture, 1)
            parts.addLayout(side, 1)
        column.addLayout(parts, 1)
        return column

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_pages"):
            for picture in self.pictures.values():
                picture.set_colour(_colour)
            self._show()

    def leave_sight(self) -> None:
        self.motion.pause()

    # ---- showing ----------------------------------------------------------------------------------------------

    def _show(self) -> None:
        motion = self.motion
        self.back_button.setEnabled(motion.can_go_back)
        self.play_button.setIcon(icon("pause" if motion.is_playing else "play"))
        self._pages.setCurrentIndex(0 if motion.step is None else 1)
        self.phases.setText(phases_text(motion.phase if motion.step is not None else None))
        if motion.step is None:
            self._shown = None
            self.sentence.setText("")
            self.headline_changed.emit("")
            self._show_problem()
            return
        if motion.step is not self._shown:
            self._shown = motion.step
            self.images.show_images(_pixels(motion.step.images), np.arange(len(motion.step.images)))
            self._list_layers(motion.step)
        self._show_captions(motion.step)
        self.sentence.setText(phase_sentence(motion.step, motion.phase))
        self._show_weights()
        self.headline_changed.emit(f"step {motion.step.after.step:,}: {PHASES[motion.phase].lower()}")

    def _show_problem(self, *_: object) -> None:
        self._empty.setText(self.workspace.trainer.problem or NOTHING)
        self.next_button.setEnabled(not self.workspace.trainer.problem)
        self.play_button.setEnabled(not self.workspace.trainer.problem)

    def _show_captions(self, step: SlowStep) -> None:
        classes = self.workspace.trainer.dataset.classes if self.workspace.trainer.dataset is not None else ()
        guesses = Guesses(step, classes)
        if self.motion.phase == GUESS and step.answer is not None:
            self.images.set_captions(guesses.guess, guesses.color, guesses.tip)
        else:
            self.images.set_captions(guesses.loss, guesses.color, guesses.tip)

    def _list_layers(self, step: SlowStep) -> None:
        names = [node for node, name in step.gradients if name == "kernel"]
        before = self.layer.currentText()
        self.layer.clear()
        self.layer.addItems(names)
        self.layer.setVisible(len(names) > 0)
        if before in names:
            self.layer.setCurrentText(before)
        else:
            self._follow_selection()

    def _follow_selection(self, *_: object) -> None:
        """The layer whose map is pinned, or the one whose kernels made it."""
        unit, network = self.workspace.view.selection, self.workspace.document.network
        if unit is not None and unit.node in network:
            name = kernels_behind(network, unit.node)
            if name is not None and self.layer.findText(name) >= 0:
                self.layer.setCurrentText(name)
            self._show_weights()

    def _show_weights(self, *_: object) -> None:
        step, node = self.motion.step, self.layer.currentText()
        if step is None or not node:
            return
        network = (step.after if self.motion.phase == STEP else step.before).network
        arrays = {
            "kernels": network[node].parameters["kernel"],
            "gradient": step.gradients[node, "kernel"],
            "update": step.updates[node, "kernel"],
        }
        for part, array in arrays.items():
            is_known = self.motion.phase >= PARTS[part]
            title = "after" if part == "kernels" and self.motion.phase == STEP else part
            largest = short_number(float(np.abs(array).max(initial=0)))
            self.captions[part].setText(f"{title}\n±{largest}" if is_known else "\n")
            slices = kernel_slices(step.before.network.with_parameters({node: {"kernel": array}}), node)
            self.pictures[part].setVisible(is_known and slices is not None)
            if is_known and slices is not None:
                outputs = max(1, MOST_WEIGHTS // max(1, slices.kernels[0].size))
                self.pictures[part].set_kernels(slices.kernels[:outputs])
                self.pictures[part].set_selected(slices.within(self._selected(node)))

    def _selected(self, node: str) -> tuple[int, int]:
        """The kernel that is framed in all pictures: that of the pinned map."""
        unit = self.workspace.view.selection
        return (unit.channel or 0, 0) if unit is not None and unit.node == node else (0, 0)

    def _select(self, output: int, _: int) -> None:
        self.workspace.view.select(Unit(self.layer.currentText(), output))

    def play_or_pause(self) -> None:
        """Go on by itself, or stand still."""
        if self.motion.is_playing:
            self.motion.pause()
        else:
            self.motion.play()


def _pixels(images: Array) -> Pixels:
    """Images (count, channels, height, width) as bytes (count, height, width, 1 or 3)."""
    channels = 3 if images.shape[1] == 3 else 1
    flat = images[:, :channels].reshape(*images.shape[:1], channels, *images.shape[-2:])
    return np.ascontiguousarray(np.rint(np.clip(flat, 0, 1) * 255).astype(np.uint8).transpose(0, 2, 3, 1))


def _colour(t: float) -> QColor:
    return QColor(*weights_color(round(t * 508) / 508, theme.is_dark()))


def _button(name: str, tip: str, run: object) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setIconSize(QSize(20, 20))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.clicked.connect(run)
    return button
