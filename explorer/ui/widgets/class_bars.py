"""The classes of a data set with a bar for the images of each, and a warning where they are uneven."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from explorer.datasets.dataset import DataSet
from explorer.ui import theme
from explorer.ui.data_texts import UNEVEN, balance_text
from explorer.ui.widgets.bar_list import Bar, BarList

LINES_SHOWN = 12  # of the classes; more are scrolled


class ClassBars(QWidget):
    """`picked` carries the number of a class that was clicked."""

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.list = BarList(widest_text="100,000")
        self.list.set_pickable()
        self.list.setToolTip("Click a class to see its images")
        self.list.picked.connect(self.picked)
        self.balance = QLabel()
        self.balance.setWordWrap(True)
        self.balance.setTextFormat(Qt.TextFormat.RichText)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self._scroll)
        column.addWidget(self.balance)

    def show_dataset(self, dataset: DataSet) -> None:
        """Show the classes of a data set."""
        balance = dataset.balance
        most = max(balance)
        self.list.show_bars(
            tuple(
                Bar(name, count / most, f"{count:,}", "accent" if UNEVEN * count >= most else "stale")
                for name, count in zip(dataset.classes, balance, strict=True)
            )
        )
        whole = self.list.sizeHint().height()
        self.list.setMinimumHeight(whole)
        self._scroll.setFixedHeight(whole * min(len(balance), LINES_SHOWN) // len(balance) + 2)
        text = balance_text(dataset)
        self.balance.setText(text)
        self.balance.setStyleSheet(f"color: {theme.css('stale')};")
        self.balance.setVisible(bool(text))
