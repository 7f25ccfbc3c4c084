"""What data sets there are to choose from: title, one sentence, and what would have to be downloaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from explorer.ui import theme

if TYPE_CHECKING:  # archives would cost every start of the program 20 ms
    from explorer.datasets.reader import Offer

HEADINGS = {
    "drawn": "Drawn by the program",
    "installed": "Installed with the program",
    "download": "Downloaded once, then kept",
}
KINDS = tuple(HEADINGS)
MEGABYTE = 1_000_000


class OfferButton(QPushButton):
    """One data set: a click opens it."""

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self.offer = offer
        megabytes = max(1, round(offer.bytes_to_load / MEGABYTE))
        size = f"   {megabytes} MB to download" if offer.bytes_to_load else ""
        quiet = theme.css("quiet")
        title = QLabel(f"<b>{offer.title}</b><span style='color:{quiet}'>{size}</span>")
        text = QLabel(offer.help)
        text.setWordWrap(True)
        text.setStyleSheet(f"color: {theme.css('quiet')};")
        self._inner = QVBoxLayout(self)
        self._inner.setContentsMargins(9, 5, 9, 5)
        self._inner.setSpacing(0)
        for label in (title, text):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self._inner.addWidget(label)
        self.setAccessibleName(f"{offer.title}{size}. {offer.help}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._inner.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        return self._inner.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._inner.totalMinimumSize().height())


class OfferList(QFrame):
    """All offers under their headings."""

    chosen = Signal(str, str)  # address, title

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[OfferButton] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show these, what needs no download first."""
        offers = sorted(offers, key=lambda offer: KINDS.index(offer.address.partition(":")[0]))
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.buttons = []
        kind = ""
        for offer in offers:
            if offer.address.partition(":")[0] != kind:
                kind = offer.address.partition(":")[0]
                self._rows.addWidget(heading(HEADINGS[kind]))
            button = OfferButton(offer)
            button.clicked.connect(lambda _=False, offer=offer: self.chosen.emit(offer.address, offer.title))
            self.buttons.append(button)
            self._rows.addWidget(button)


def heading(text: str) -> QLabel:
    """A line above what belongs together."""
    label = QLabel(text)
    label.setObjectName("heading")
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    label.setContentsMargins(0, 6, 0, 0)
    return label
