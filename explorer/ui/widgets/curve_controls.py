"""The column beside the plots: what is shown, how much it is smoothed, on which axes, and which colour is what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.widgets.choices import NARROWEST, Choices
from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.tool_button import CalmSlider, tool_button

SMOOTHING = 0.9  # at first: there is a value for every step
LARGEST = 100  # position of the slider: 0.999
WIDTH = 158  # pixels of the column
PAGE_WIDTH, SLIDER_WIDTH = 164, 52  # of the row
UNLIMITED = 16_777_215  # Qt's largest size
OVERFLOW = 12  # curves that the legend names


class CurveControls(QWidget):
    """Tells what is asked for; it changes no plot itself."""

    page_chosen = Signal(int)
    smoothing_changed = Signal(float)
    log_chosen = Signal(bool)
    epochs_chosen = Signal(bool)
    all_asked = Signal()
    csv_asked = Signal()
    picture_asked = Signal()

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__()
        self.page = Choices("What the plots show")
        self.page.addItems(titles)
        self.page.setToolTip("What the plots show")
        self.log = tool_button(
            "logarithm", "Logarithmic axis: equal distances are equal factors", checkable=True, size=16
        )
        self.epochs = tool_button("loop", "Count epochs instead of steps", checkable=True, size=16)
        self.all = tool_button("fit", "Show all again (double click on a plot, or Home)", size=16)
        self.csv = tool_button("summary", "Save the numbers as CSV…", size=16)
        self.picture = tool_button("image", "Save the plots as a picture…", size=16)
        self.slider = CalmSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, LARGEST)
        self.slider.setAccessibleName("Smoothing")
        self.amount = QLabel()
        self.legend = QLabel()
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._lines: list[str] = []  # of the legend
        self._is_flat = False
        self._word = QLabel("smooth")
        self._scroll = QScrollArea()
        self._assemble()
        self.slider.valueChanged.connect(self._smooth)
        self.set_smoothing(SMOOTHING)
        self.page.activated.connect(self.page_chosen)
        self.log.clicked.connect(self.log_chosen)
        self.epochs.clicked.connect(self.epochs_chosen)
        for button, signal in (
            (self.all, self.all_asked), (self.csv, self.csv_asked), (self.picture, self.picture_asked),
        ):  # fmt: skip
            button.clicked.connect(signal)

    @property
    def smoothing(self) -> float:
        """The weight that is chosen."""
        position = self.slider.value()
        return 0.999 if position == LARGEST else position / LARGEST

    def set_smoothing(self, weight: float) -> None:
        """Show a weight, without telling."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(min(LARGEST, round(weight * LARGEST)))
        self._show_amount()

    def show_legend(self, curves: Sequence[Curve]) -> None:
        """Name the colours; what is in two plots, or measured in two ways, stands there once."""
        by_color: dict[str, dict[str, Curve]] = {}
        for curve in curves:
            by_color.setdefault(curve.color, {}).setdefault(curve.label, curve)
        lines = [_legend_line(color, list(found.values())) for color, found in by_color.items()]
        if len(lines) > OVERFLOW:
            more = len(lines) - OVERFLOW + 1
            lines = [
                *lines[: OVERFLOW - 1],
                f"<span style='color:{theme.css('quiet')}'>and {more} more</span>",
            ]
        if lines != self._lines:
            self._lines = lines
            self._show_lines()

    @property
    def legend_line(self) -> str:
        """The legend on one line, as rich text."""
        return " &nbsp; ".join(self._lines)

    def set_flat(self, is_flat: bool) -> None:
        """A row above narrow plots, without what the menu has, too; or the column beside them."""
        if is_flat == self._is_flat:
            return
        self._is_flat = is_flat
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.LeftToRight if is_flat else direction.TopToBottom)
        for widget in (self.csv, self.picture, self._word, self.amount):
            widget.setVisible(not is_flat)
        self._scroll.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if is_flat else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        fields: tuple[tuple[QWidget, int], ...] = ((self.page, PAGE_WIDTH), (self.slider, SLIDER_WIDTH))
        for field, width in fields:
            field.setMinimumWidth(width if is_flat else NARROWEST)
            field.setMaximumWidth(width if is_flat else WIDTH)
        middle = Qt.AlignmentFlag.AlignVCenter if is_flat else Qt.AlignmentFlag.AlignTop
        self.legend.setAlignment(middle | Qt.AlignmentFlag.AlignLeft)
        self._show_lines()

    def _show_lines(self) -> None:
        self.legend.setText(self.legend_line if self._is_flat else "<br>".join(self._lines))
        self.legend.setToolTip("<br>".join(self._lines) if self._is_flat else "")
        self._give_room()

    def _give_room(self) -> None:
        """In a row the legend stands at its end, or where it is too long for that, in a line of its own below."""
        fields, names = self.page.sizeHint().height() + 2, self.legend.sizeHint()
        is_long = self._is_flat and self._row.sizeHint().width() + names.width() > self.width()
        direction, beside = QBoxLayout.Direction, self._is_flat and not is_long
        self._whole.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        height = fields + (names.height() + self._whole.spacing() if is_long else 0)
        self.setMinimumSize(0 if self._is_flat else WIDTH, height if self._is_flat else 0)
        self.setMaximumSize(*((UNLIMITED, height) if self._is_flat else (WIDTH, UNLIMITED)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def _show_amount(self) -> None:
        self.amount.setText(f"{self.smoothing:.3g}")
        self.slider.setToolTip(
            f"Smoothing {self.smoothing:.3g}: the bold curve is a mean whose weights fade, the faint one is as measured"
        )

    def _smooth(self) -> None:
        self._show_amount()
        self.smoothing_changed.emit(self.smoothing)

    def _assemble(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for button in (self.log, self.epochs, self.all, self.csv, self.picture):
            buttons.addWidget(button)
        buttons.addStretch(1)
        smoothing = QHBoxLayout()
        smoothing.setSpacing(4)
        smoothing.addWidget(self._word)
        smoothing.addWidget(self.slider, 1)
        smoothing.addWidget(self.amount)
        self.amount.setFixedWidth(self.fontMetrics().horizontalAdvance("0.999") + 2)
        scroll = self._scroll
        scroll.setWidget(self.legend)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        column.setSpacing(3)
        column.addWidget(self.page)
        column.addLayout(buttons)
        column.addLayout(smoothing)
        whole = self._whole = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(3)
        whole.addLayout(column)
        whole.addWidget(scroll, 1)
        self.setFixedWidth(WIDTH)


def _legend_line(color: str, curves: Sequence[Curve]) -> str:
    marks = "".join("╌" if curve.is_dashed else "━" for curve in curves)
    words = zip(*(curve.label.split() for curve in curves))
    label = " ".join(same[0] for same in takewhile(lambda same: len(set(same)) == 1, words))
    return f"<span style='color:{color}'><b>{marks}</b></span>&nbsp;{label}"
