"""The training panel: plays and pauses, tells how it goes, and holds every setting of a run."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.document import edits
from explorer.document.fitness import remark
from explorer.engine.initializers import Initializer
from explorer.ui import deeds, theme
from explorer.ui.actions import action_of, fill_family
from explorer.ui.command import Command, Family, declared
from explorer.ui.command_button import command_button
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.training_texts import figures, headline
from explorer.ui.widgets.figure_tiles import FigureTiles
from explorer.ui.widgets.training_form import TrainingForm
from explorer.ui.workspace import Workspace

BUTTONS = "training.step", "training.epoch", "training.reset"
FILES = "data.open_folder", "data.open_file"
LEAST_LETTERS = 50  # of the panel's width
MARGIN = 8  # pixels


class TrainingPanel(Panel):
    """Shows the trainer and asks things of it; every setting may be changed while it runs."""

    name = "training"
    title = "Training"
    area = "bottom"
    order = 10
    icon = "training"
    shown_at_first = False
    help = (
        "Train lets the network learn from the data set while everything else goes on: kernels and maps change as you "
        "watch. Every setting can be changed while it runs. A pause makes one entry of the history, so that one undo "
        "takes the run back; the same seed from the same start gives the very same run."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        trainer = workspace.trainer
        self.figures = FigureTiles(self)
        self.sentence = QLabel(self)
        self.sentence.setWordWrap(True)
        self.sentence.setMargin(5)
        self.choose = QPushButton(icon("dataset"), "Choose data", self)
        self.adapt = QPushButton(icon("adapt"), "Adapt the network", self)
        self.retry = QPushButton(self)
        self.form = TrainingForm(trainer.settings, trainer.stopping, self)
        self.setMinimumWidth(LEAST_LETTERS * self.fontMetrics().averageCharWidth())
        self._assemble()
        self._connect()
        self._show()

    # ---- assembling -----------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        inner = QWidget(self)
        below = QVBoxLayout(inner)  # it scrolls: whatever is told, the maps above stay where they are
        below.setContentsMargins(MARGIN, 0, MARGIN, 8)
        below.setSpacing(4)
        below.addWidget(self.sentence)
        remedies = QHBoxLayout()
        remedies.addWidget(self.choose)
        remedies.addWidget(self.adapt)
        remedies.addStretch(1)
        below.addLayout(remedies)
        below.addWidget(self.form, 1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        top = QVBoxLayout()
        top.setContentsMargins(MARGIN, 6, MARGIN, 2)
        top.setSpacing(4)
        top.addLayout(self._buttons())
        top.addWidget(self.figures)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(top)
        outer.addWidget(self._scroll, 1)

    def _buttons(self) -> QHBoxLayout:
        known = {one.name: one for one in declared()}
        row = QHBoxLayout()
        row.setSpacing(2)
        self.play = QPushButton(self)
        self.play.setIconSize(QSize(20, 20))
        self.play.setToolTip("Train, or pause (T)")
        self.play.clicked.connect(self._play_or_pause)
        row.addWidget(self.play)
        self.buttons: dict[str, QToolButton] = {}
        for name in BUTTONS:
            self.buttons[name] = command_button(name, self.workspace, self)
            row.addWidget(self.buttons[name])
        row.addStretch(1)
        self.retry.setToolTip("Go on from the weights that were kept, with this learning rate")
        row.addWidget(self.retry)
        group, files = known["data.choose"], [known[name] for name in FILES]
        assert isinstance(group, Family)
        self.choose.setMenu(self._data_menu(group, [one for one in files if isinstance(one, Command)]))
        self.adapt.setToolTip(
            "The input gets the size of the images, the end one answer per class. Undo takes it back."
        )
        return row

    def _data_menu(self, group: Family, files: list[Command]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)

        def fill() -> None:
            fill_family(menu, group, self.workspace)
            menu.addSeparator()
            for one in files:
                menu.addAction(action_of(one, self.workspace, menu))

        menu.aboutToShow.connect(fill)
        return menu

    def _connect(self) -> None:
        workspace, trainer = self.workspace, self.workspace.trainer
        trainer.progressed.connect(self._show_figures)
        trainer.assessed.connect(self._show_figures)
        trainer.state_changed.connect(self._show)
        trainer.dataset_changed.connect(self._show)
        trainer.settings_changed.connect(self._show)
        workspace.document.network_changed.connect(self._judge_network)
        self.adapt.clicked.connect(trainer.adapt)
        self.retry.clicked.connect(trainer.retry)
        self.form.settings_changed.connect(lambda value: trainer.configure(settings=value))
        self.form.stopping_changed.connect(lambda value: trainer.configure(stopping=value))
        self.form.start.asked.connect(self._start_anew)
        workspace.view.selected.connect(self._name_layer)

    # ---- showing --------------------------------------------------------------------------------------------------

    def _show(self, *_: object) -> None:
        trainer = self.workspace.trainer
        is_running = trainer.state == "running"
        self.play.setIcon(icon("pause" if is_running else "play"))
        self.play.setText("Pause" if is_running else "Train")
        self.form.show_values(trainer.settings, trainer.stopping)
        self._name_layer()
        self._show_problem()
        self._show_figures()

    def _judge_network(self, *_: object) -> None:
        if self.workspace.trainer.state != "running":  # else it is the training that changes it
            self._name_layer()
            self._show_problem()

    def _show_problem(self) -> None:
        """What is missing, why it stopped, or what happens to the images; nothing changes here while it runs."""
        trainer = self.workspace.trainer
        self.retry.setText(f"Try {trainer.advised_rate:g}")
        self.retry.setVisible(bool(trainer.advised_rate))
        if trainer.state == "running":
            self._say("", "")
            self.choose.hide()
            self.adapt.hide()
            self._enable(True)
            return
        data, problem = trainer.dataset, trainer.problem
        note = remark(self.workspace.document.network, data) if data is not None else ""
        self.choose.setVisible(data is None)
        self.adapt.setVisible(data is not None and bool(problem or (note and not trainer.sentence)))
        self._enable(not problem)
        if problem:
            self._say(problem, "note_ground")
        elif trainer.sentence:
            self._say(trainer.sentence, "error_ground" if trainer.state == "failed" else "note_ground")
        else:
            self._say(note, "")

    def _enable(self, can_train: bool) -> None:
        trainer = self.workspace.trainer
        can_step = can_train and trainer.state != "running"
        self.play.setEnabled(can_train)
        self.buttons["training.step"].setEnabled(can_step)
        self.buttons["training.epoch"].setEnabled(can_step)
        self.buttons["training.reset"].setEnabled(trainer.current is not None)

    def _say(self, sentence: str, ground: str) -> None:
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))
        if sentence:
            self._scroll.verticalScrollBar().setValue(0)
        back = f"background: {theme.css(ground)}; border-radius: 4px;" if ground else ""
        self.sentence.setStyleSheet(f"{back} color: {theme.css('text' if ground else 'quiet')};")
        self._give_room()

    def _give_room(self) -> None:
        """To the whole sentence; between runs it takes the place of the figures."""
        width = self._scroll.viewport().width() - 2 * MARGIN
        self.sentence.setMinimumHeight(0)  # else it counts in what is asked next
        if self.sentence.text():
            self.sentence.setMinimumHeight(self.sentence.heightForWidth(width))
        has_run = self.workspace.trainer.current is not None
        self.figures.setVisible(has_run or not self.sentence.text())

    def _show_figures(self) -> None:
        self.headline_changed.emit(headline(self.workspace.trainer))
        if self.isVisible():
            self.figures.show_figures(figures(self.workspace.trainer))

    # ---- doing ----------------------------------------------------------------------------------------------------

    def _play_or_pause(self) -> None:
        trainer = self.workspace.trainer
        if trainer.state == "running":
            trainer.pause()
        else:
            trainer.play()

    def _start_anew(self, initializer: Initializer, seed: int, node: str) -> None:
        """New weights, drawn beside the window since there may be millions of them."""
        label = f"{initializer.title} weights for {node or 'all layers'}, seed {seed}"
        change = (
            edits.reset_parameters(node, seed, initializer)
            if node
            else edits.reset_all_parameters(seed, initializer)
        )
        deeds.edit_beside(self.workspace, label, change)

    def _name_layer(self, *_: object) -> None:
        """The selected layer, if it has weights to start with."""
        unit, network = self.workspace.view.selection, self.workspace.document.network
        name = unit.node if unit is not None and unit.node in network else ""
        self.form.start.show_layer(name if name and network[name].parameters else "")

    # ---- events ---------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.form.arrange(self.width())
        self._give_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "buttons"):
            self._show_problem()
