"""The network as a table: a row for every layer and one for the whole, to read and to copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from explorer.engine.layer import shape_text
from explorer.engine.network import Network, Node, NodeReport
from explorer.ui import theme
from explorer.ui.widgets.layer_facts import field_label, memory_label
from explorer.ui.widgets.network_graph_rows import signed

Index = QModelIndex | QPersistentModelIndex
NOTHING = QModelIndex()
COLUMNS = (
    ("Name", "The layer's name."),
    ("Layer", "What kind of layer it is."),
    ("Output", "Channels × height × width of what comes out."),
    ("Parameters", "How the number of learned numbers comes about."),
    ("Multiply-adds", "Multiplications with an addition, for one image."),
    ("Memory", "Of the output of one image, 4 bytes a number."),
    ("Sees", "The receptive field: what one unit reads of the image, and pixels from one unit to the next."),
    ("ms", "Milliseconds that the layer took in the last evaluation."),
)
NUMBERS = (4, 5, 7)  # columns that are aligned to the right
TIME = len(COLUMNS) - 1


class SummaryRow(NamedTuple):
    """The texts of one row, in the order of COLUMNS, and what to say of it."""

    texts: tuple[str, ...]
    problem: str = ""
    waits: bool = False
    bypassed: bool = False


class SummaryTable(QAbstractTableModel):
    """The rows of a network; the last one is the total."""

    def __init__(self) -> None:
        super().__init__()
        self._network: Network | None = None
        self._seconds: Mapping[str, float] = {}
        self.rows: list[SummaryRow] = []

    def show_network(self, network: Network) -> None:
        """Show another network; times of nodes that it still has stay until the next evaluation."""
        rows = summary_rows(network, self._seconds)
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self._network, self.rows = network, rows
            self.endResetModel()
            return
        self._network, self.rows = network, rows
        self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, TIME))

    def show_times(self, seconds: Mapping[str, float]) -> None:
        """Show how long every node took in the last evaluation."""
        self._seconds = dict(seconds)
        if self._network is not None:
            times = _times(self._network, self._seconds)
            self.rows = [
                row._replace(texts=(*row.texts[:-1], time))
                for row, time in zip(self.rows, times, strict=True)
            ]
            last = len(self.rows) - 1
            self.dataChanged.emit(self.index(0, TIME), self.index(last, TIME), [Qt.ItemDataRole.DisplayRole])

    def rowCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOTHING) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return COLUMNS[section][1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return row.problem or row.texts[index.column()]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(index.column())
            case Qt.ItemDataRole.ForegroundRole:
                return self._color(row, index.column())
            case Qt.ItemDataRole.FontRole:
                font = QFont()
                font.setBold(index.column() == 0 or index.row() == len(self.rows) - 1)
                return font
        return None

    def _color(self, row: SummaryRow, column: int) -> Any:
        if row.problem:
            return theme.color("stale" if row.waits else "error")
        if row.bypassed:
            return theme.color("faint")
        return theme.color("text" if column in (0, 3) else "quiet")


def summary_rows(network: Network, seconds: Mapping[str, float]) -> list[SummaryRow]:
    """A row for every node, and the total."""
    times = _times(network, seconds)
    reports = network.reports.values()
    rows = [_row(*both) for both in zip(network.nodes, reports, times)]
    total = (
        "Total",
        f"{len(network.nodes)} layers",
        "",
        f"{sum(report.parameters for report in reports):,}",
        f"{sum(report.multiply_adds for report in reports):,}",
        memory_label(sum(report.memory for report in reports)),
        "",
        times[-1],
    )
    return [*rows, SummaryRow(total)]


def as_tab_separated(rows: Sequence[SummaryRow]) -> str:
    """The rows under their headings, for a spreadsheet."""
    lines = [[name for name, _ in COLUMNS], *(row.texts for row in rows)]
    return "\n".join("\t".join(line) for line in lines) + "\n"


def as_markdown(rows: Sequence[SummaryRow]) -> str:
    """The rows as a table in Markdown."""
    heads = "| " + " | ".join(name for name, _ in COLUMNS) + " |"
    rule = "|" + "|".join("---:" if i in NUMBERS else "---" for i in range(len(COLUMNS))) + "|"
    lines = ["| " + " | ".join(text.replace("|", "\\|") for text in row.texts) + " |" for row in rows]
    return "\n".join([heads, rule, *lines]) + "\n"


def _times(network: Network, seconds: Mapping[str, float]) -> list[str]:
    """What every node took, and all of them together; empty where nothing was evaluated."""
    known = {node.name: seconds[node.name] for node in network.nodes if node.name in seconds}
    times = [f"{known[node.name] * 1000:.2f}" if node.name in known else "" for node in network.nodes]
    return [*times, f"{sum(known.values()) * 1000:.2f}" if known else ""]


def _row(node: Node, report: NodeReport, time: str) -> SummaryRow:
    can_run = report.shape is not None
    kind = signed(node.layer.summary())
    texts = (
        node.name,
        f"{kind}, bypassed" if node.bypassed else kind,
        shape_text(report.shape).replace(" x ", " × ") if report.shape is not None else "cannot run",
        signed(report.parameter_formula),
        f"{report.multiply_adds:,}" if report.multiply_adds else "",
        memory_label(report.memory) if report.memory else "",
        field_label(report.fields) if can_run else "",
        time if can_run else "",
    )
    return SummaryRow(texts, report.problem, bool(report.waits_for), node.bypassed)


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
