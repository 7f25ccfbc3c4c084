"""Training runs as a table: how each was set and how it went; the newest stands first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPixmap

from explorer.runtime.curves import RECENT
from explorer.runtime.run_record import RunRecord
from explorer.ui import curve_colors
from explorer.ui.short_number import short_number
from explorer.ui.widgets.curve_numbers import share

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()
COLUMNS = (
    ("Run", "Tick it to see its curves beside the present ones; double click or F2 to give it a name."),
    ("Steps", "How many steps it has made."),
    ("Val. accuracy", "Share of the validation images that are recognised, at the last assessment."),
    ("Val. loss", "On the validation images, at the last assessment."),
    ("Accuracy", f"Share of the images it learns from that are recognised: mean of the last {RECENT} steps."),
    ("Loss", f"On the images it learns from: mean of the last {RECENT} steps."),
    ("Batch", "Images that one step learns from."),
    ("Seed", "The same seed from the same start gives the same run."),
    ("Time", "How long it has trained."),
    ("Optimizer", "The rule for its steps, and the learning rate."),
    ("Network", "What was trained."),
    ("Data", "What it learned from."),
    ("When", "When it began."),
    ("Note", "Whatever you like to remember; double click to write."),
)
TITLE, NOTE = 0, len(COLUMNS) - 1
NUMBERS = range(1, 9)  # columns that are aligned to the right
SWATCH = 10  # pixels


class RunTable(QAbstractTableModel):
    """Shows runs; the ticks, names and notes can be changed in it, and it tells when they were."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.runs: list[RunRecord] = []
        self.present: RunRecord | None = None

    def show_runs(self, runs: Sequence[RunRecord], present: RunRecord | None) -> None:
        """Show these, oldest first as given; `present` is the one under way."""
        newest_first = list(reversed(runs))
        self.present = present
        if newest_first != self.runs:
            self.beginResetModel()
            self.runs = newest_first
            self.endResetModel()
        elif self.runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.runs) - 1, NOTE))

    def refresh(self, run: RunRecord) -> None:
        """One row has other numbers."""
        if run in self.runs:
            row = self.runs.index(run)
            self.dataChanged.emit(self.index(row, 0), self.index(row, NOTE))

    # ---- what Qt asks for -------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[section][0]
            case Qt.ItemDataRole.ToolTipRole:
                return COLUMNS[section][1]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == TITLE:
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        elif index.column() == NOTE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self.runs[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return cells(run)[column]
            case Qt.ItemDataRole.EditRole:
                return run.title if column == TITLE else run.note if column == NOTE else None
            case Qt.ItemDataRole.CheckStateRole if column == TITLE:
                return Qt.CheckState.Unchecked if run.compared is None else Qt.CheckState.Checked
            case Qt.ItemDataRole.DecorationRole if column == TITLE:
                return _swatch(self._color(run))
            case Qt.ItemDataRole.TextAlignmentRole if column in NUMBERS:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.FontRole if run is self.present:
                font = QFont()
                font.setBold(True)
                return font
            case Qt.ItemDataRole.ToolTipRole:
                return run.note if column == NOTE and run.note else COLUMNS[column][1]
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.runs[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole:
            self.compare(run, Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role != Qt.ItemDataRole.EditRole:
            return False
        text = str(value).strip()
        if index.column() == TITLE and text:
            run.title = text
        elif index.column() == NOTE:
            run.note = text
        self.refresh(run)
        self.changed.emit()
        return True

    def compare(self, run: RunRecord, wanted: bool) -> None:
        """Show its curves beside the present ones, in a colour that no other has as long as there are enough."""
        taken = {other.compared for other in self.runs}
        free = (number for number in range(len(self.runs) + 1) if number not in taken)
        run.compared = (run.compared if run.compared is not None else next(free)) if wanted else None
        self.refresh(run)
        self.changed.emit()

    def _color(self, run: RunRecord) -> str | None:
        if run is self.present:
            return curve_colors.training()
        return curve_colors.run(run.compared) if run.compared is not None else None


def cells(run: RunRecord) -> tuple[str, ...]:
    """The texts of a row, in the order of COLUMNS."""
    settings = run.settings
    loss, accuracy = (run.curves.steps.recent(name) for name in ("loss", "accuracy"))
    return (
        run.title,
        f"{run.steps:,}",
        _share(run.accuracy),
        _number(run.loss),
        _share(accuracy),
        _number(loss),
        f"{settings.batch:,}",
        f"{settings.seed}",
        _duration(run.seconds),
        f"{settings.optimizer.title}, {settings.optimizer.rate:g}",
        run.start.title,
        run.data_title,
        datetime.fromtimestamp(run.when).strftime("%H:%M"),
        run.note,
    )


def as_text(runs: Sequence[RunRecord]) -> str:
    """A line for each run, with tabs between the columns, below their names."""
    lines = ["\t".join(name for name, _ in COLUMNS)]
    lines += ["\t".join(" ".join(cell.split()) for cell in cells(run)) for run in runs]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return "–" if math.isnan(value) else short_number(value)


def _share(value: float) -> str:
    return "–" if math.isnan(value) else share(value)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _swatch(color: str | None) -> QPixmap:
    picture = QPixmap(SWATCH, SWATCH)
    picture.fill(QColor(color) if color else Qt.GlobalColor.transparent)
    return picture
