"""The summary panel: the whole network as a table that can be copied."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QToolButton,
    QVBoxLayout,
)

from explorer.document.view import Unit
from explorer.engine.network import Network
from explorer.runtime.evaluator import Answer
from explorer.ui import icons
from explorer.ui.panel import Panel
from explorer.ui.widgets.summary_table import SummaryRow, SummaryTable, as_markdown, as_tab_separated
from explorer.ui.workspace import Workspace

WIDEST_COLUMN = 220
TIMES_EVERY_MS = 200
FIT_AFTER_MS = 150  # when the last of several edits is over


class SummaryPanel(Panel):
    """Shapes, parameters, costs and times of every layer, with their totals."""

    name = "summary"
    title = "Summary"
    area = "bottom"
    order = 20
    icon = "summary"
    help = (
        "Every layer with its output, its parameters, its costs, what it sees of the image and the time it took. "
        "Ctrl+C copies the marked rows for a spreadsheet."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._reports: object = None  # those that are shown
        self.model = SummaryTable()
        self.table = QTableView(self)
        self._answer: Answer | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TIMES_EVERY_MS)
        self._pause.timeout.connect(self._show_times)
        self._assemble()
        self._fitting = QTimer(self)  # measuring all texts takes longer than all the rest of an edit
        self._fitting.setSingleShot(True)
        self._fitting.setInterval(FIT_AFTER_MS)
        self._fitting.timeout.connect(self._fit_columns)
        workspace.document.network_changed.connect(self._show_network)
        workspace.view.selected.connect(self._show_selection)
        self.table.selectionModel().selectionChanged.connect(self._select)
        self._show_network(workspace.document.network)
        self._fit_columns()

    def show_answer(self, answer: Answer) -> None:
        """Show the times of the newest trace."""
        self._answer = answer
        if not self._pause.isActive():  # numbers that change faster cannot be read
            self._pause.start()

    def _show_times(self) -> None:
        if self._answer is not None:
            steps = self._answer.trace.steps
            self.model.show_times({name: step.seconds for name, step in steps.items()})

    def copy_marked(self) -> None:
        """The marked rows, or all if none is, onto the clipboard, with tabs between the columns."""
        marked = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        self._copy(as_tab_separated([self.model.rows[row] for row in marked] or self.model.rows))

    def copy_all(self) -> None:
        """The whole table onto the clipboard, with tabs between the columns."""
        self._copy(as_tab_separated(self.model.rows))

    def copy_markdown(self) -> None:
        """The whole table onto the clipboard, as Markdown."""
        self._copy(as_markdown(self.model.rows))

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        rows = text.count("\n") - 1 - text.startswith("|")
        self.workspace.say(f"Copied {rows} {'row' if rows == 1 else 'rows'} of the summary.")

    def _show_network(self, network: Network) -> None:
        if network.reports is self._reports:  # other weights, as a training makes them all the time
            return
        self._reports = network.reports
        self.table.selectionModel().blockSignals(True)
        self.model.show_network(network)
        self.table.selectionModel().blockSignals(False)
        self._fitting.start()
        total: SummaryRow = self.model.rows[-1]
        self.headline_changed.emit(f"{total.texts[3]} parameters, {total.texts[4]} multiply-adds")
        self._show_selection(self.workspace.view.selection)

    def _show_selection(self, unit: Unit | None) -> None:
        names = [row.texts[0] for row in self.model.rows[:-1]]
        if unit is None or unit.node not in names:
            return
        row = names.index(unit.node)
        chosen = {index.row() for index in self.table.selectionModel().selectedRows()}
        if row not in chosen:
            self.table.selectionModel().blockSignals(True)
            self.table.selectRow(row)
            self.table.selectionModel().blockSignals(False)
            self.table.viewport().update()

    def _select(self, _: QItemSelection) -> None:
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        if len(rows) == 1 and rows[0] < len(self.model.rows) - 1:
            name = self.model.rows[rows[0]].texts[0]
            selection = self.workspace.view.selection
            if selection is None or selection.node != name:
                self.workspace.view.select(Unit(name))

    def _fit_columns(self) -> None:
        self.table.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.table.setColumnWidth(column, min(WIDEST_COLUMN, self.table.columnWidth(column) + 6))

    def _fit_rows(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_rows()
            self._fitting.start()

    def _assemble(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        table.horizontalHeader().setHighlightSections(False)
        table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        table.setAccessibleName("Summary of the network")
        buttons = QVBoxLayout()
        buttons.setContentsMargins(2, 2, 2, 2)
        for label, icon, key, run in (
            ("Copy the marked rows", "copy", QKeySequence.StandardKey.Copy, self.copy_marked),
            ("Copy the whole table", "summary", None, self.copy_all),
            ("Copy as Markdown", "text", None, self.copy_markdown),
        ):
            action = QAction(icons.icon(icon), label, table)
            if key is not None:
                action.setShortcut(key)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(run)
            table.addAction(action)
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setIconSize(QSize(16, 16))
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(table, 1)
        layout.addLayout(buttons)
