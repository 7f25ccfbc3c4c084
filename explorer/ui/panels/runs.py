"""The runs panel: every training of the session, to compare, to name, and to go back to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.runtime.run_record import RunRecord
from explorer.ui import icons, theme
from explorer.ui.panel import Panel
from explorer.ui.widgets.run_table import TITLE, RunTable, as_text
from explorer.ui.workspace import Workspace

PACE_MS = 250  # numbers that change faster cannot be read
WIDEST_COLUMN = 200
NOTHING = "Every training is written down here: its settings, its curves, and the network it made."


class RunsPanel(Panel):
    """A table of the trainer's runs, with what can be done with the marked ones."""

    name = "runs"
    title = "Runs"
    area = "bottom"
    order = 14
    icon = "runs"
    shown_at_first = False
    tabbed_with = "summary"
    help = (
        "Every training of this session. Tick runs to see their curves beside the present one; go back to any of "
        "them: its network comes back, and Train goes on from there."
    )
    keys = (("Space", "Tick the run: its curves are shown, too"),)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.model = RunTable()
        self.table = QTableView(self)
        self.actions_by_name: dict[str, QAction] = {}
        self._empty = QLabel(NOTHING)
        self._pages = QStackedLayout()
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._show_numbers)
        self._assemble()
        trainer = workspace.trainer
        trainer.runs_changed.connect(self._show)
        trainer.progressed.connect(self._show_later)
        trainer.assessed.connect(self._show_later)
        trainer.state_changed.connect(self._show_later)
        self.model.changed.connect(trainer.runs_changed)
        self.table.selectionModel().selectionChanged.connect(self._refresh_actions)
        self._show()

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        table = self.table
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setStretchLastSection(True)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.setAccessibleName("Training runs")
        side = QWidget()
        row = QHBoxLayout(side)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(table, 1)
        row.addLayout(self._buttons())
        self._pages.addWidget(self._empty)
        self._pages.addWidget(side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._pages)
        self._dress()

    def _buttons(self) -> QVBoxLayout:
        buttons = QVBoxLayout()
        buttons.setContentsMargins(2, 2, 2, 2)
        buttons.setSpacing(0)
        for name, label, icon, key, run in (
            ("go_back", "Go back to this run", "undo", None, self.go_back),
            ("use", "Use its settings", "settings", None, self.use_settings),
            ("rename", "Give it another name", "rename", None, self.rename),
            ("copy", "Copy as text", "copy", QKeySequence(QKeySequence.StandardKey.Copy), self.copy),
            ("delete", "Delete", "trash", QKeySequence(QKeySequence.StandardKey.Delete), self.delete),
        ):
            action = self.actions_by_name[name] = QAction(icons.icon(icon), label, self.table)
            if key is not None:
                action.setShortcut(key)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
            self.table.addAction(action)
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setAccessibleName(label)
            button.setIconSize(QSize(16, 16))
            buttons.addWidget(button)
        buttons.addStretch(1)
        return buttons

    def _dress(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        palette = self._empty.palette()
        palette.setColor(self._empty.foregroundRole(), theme.color("quiet"))
        self._empty.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange) and hasattr(self, "_pages"):
            self._dress()
            self._show()

    # ---- showing ----------------------------------------------------------------------------------------------

    @property
    def marked(self) -> list[RunRecord]:
        """The runs whose rows are marked, from the top."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.runs[row] for row in rows]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_numbers()

    def _show(self) -> None:
        trainer, marked = self.workspace.trainer, self.marked
        before = len(self.model.runs)
        self.model.show_runs(trainer.runs, trainer.current)
        if before != len(self.model.runs):
            self._mark(marked or self.model.runs[:1])
            self._fit_columns()
        self._pages.setCurrentIndex(1 if self.model.runs else 0)
        count = len(self.model.runs)
        self.headline_changed.emit("" if not count else "1 run" if count == 1 else f"{count} runs")
        self._refresh_actions()

    def _mark(self, runs: list[RunRecord]) -> None:
        self.table.clearSelection()
        for run in runs:
            if run in self.model.runs:
                self.table.selectRow(self.model.runs.index(run))

    def _show_later(self, *_: object) -> None:
        if not self._pace.isActive() and self.isVisible():
            self._pace.start()

    def _show_numbers(self) -> None:
        run = self.workspace.trainer.current
        if run is not None:
            self.model.refresh(run)
        self._refresh_actions()

    def _fit_columns(self) -> None:
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount() - 1):
            self.table.setColumnWidth(column, min(WIDEST_COLUMN, self.table.columnWidth(column) + 8))

    def _refresh_actions(self, *_: object) -> None:
        actions, count = self.actions_by_name, len(self.marked)
        for name in ("go_back", "use", "rename"):
            actions[name].setEnabled(count == 1)
        actions["delete"].setEnabled(count > 0)
        actions["copy"].setEnabled(bool(self.model.runs))

    # ---- what one can do --------------------------------------------------------------------------------------

    def go_back(self) -> None:
        """The network of the marked run again, and Train goes on from there. One undo takes it back."""
        for run in self.marked[:1]:
            self.workspace.trainer.go_back_to(run)
            self.workspace.say(f"This is the network of {run.title} after {run.steps:,} steps.")

    def use_settings(self) -> None:
        """The next steps are made as those of the marked run were."""
        for run in self.marked[:1]:
            self.workspace.trainer.configure(
                settings=run.settings, stopping=run.stopping, augmentation=run.augmentation
            )
            self.workspace.say(f"The settings are those of {run.title}.")

    def rename(self) -> None:
        """Write another name into the marked row."""
        for run in self.marked[:1]:
            self.table.edit(self.model.index(self.model.runs.index(run), TITLE))

    def copy(self) -> None:
        """The marked runs, or all, onto the clipboard."""
        runs = self.marked or self.model.runs
        QGuiApplication.clipboard().setText(as_text(runs))
        self.workspace.say(f"Copied {len(runs)} {'run' if len(runs) == 1 else 'runs'}.")

    def delete(self) -> None:
        """Forget the marked runs; the one under way stays. Undo brings them back."""
        trainer, marked = self.workspace.trainer, self.marked
        if trainer.current in marked:
            self.workspace.say("The present run cannot be deleted. Stop it first.", "error")
        trainer.delete(marked)
