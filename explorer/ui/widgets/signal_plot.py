"""A signal, the kernel over one of its windows, and the result beneath, on one axis of positions."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.engine.arithmetic.signal_correlation import SignalCorrelation
from explorer.ui import theme
from explorer.ui.widgets.signal_painter import SignalPainter
from explorer.ui.widgets.signal_places import SignalPlaces, span_of

FAR = 10  # outputs of an arrow with Shift
ARROWS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class SignalPlot(QWidget):
    """Pointing previews an output, a click on the result pins one, dragging on the signal draws it anew."""

    output_changed = Signal(object)  # index of the output that is pointed at or pinned, or None
    drawn = Signal(object)  # Array: the signal with what was drawn on it

    def __init__(self) -> None:
        super().__init__()
        self.correlation: SignalCorrelation | None = None
        self.pinned: int | None = None
        self._hover: int | None = None
        self._sentence = ""
        self._span = (-1.0, 1.0)  # of the signal's axis; held while one draws
        self._stroke: tuple[int, float] | None = None  # the last position and value that were drawn
        self.setAccessibleName("Signal, kernel and result")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 120)

    def sizeHint(self) -> QSize:
        return QSize(420, 190)

    @property
    def output(self) -> int | None:
        """The output that is explained: what is pointed at, else what is pinned."""
        return self._hover if self._hover is not None else self.pinned

    def show_correlation(self, correlation: SignalCorrelation) -> None:
        """Show another signal, kernel or way of sliding."""
        self.correlation, self._sentence = correlation, ""
        count = len(correlation.result)
        if self.pinned is not None:
            self.pinned = min(self.pinned, count - 1)
        if self._hover is not None and self._hover >= count:
            self._hover = None
        if self._stroke is None:
            self._span = span_of(correlation.padded[1])
        self.setAccessibleDescription(f"{len(correlation.signal)} values, {count} outputs")
        self.update()

    def show_sentence(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.correlation, self._sentence, self._hover = None, sentence, None
        self.setAccessibleDescription(sentence)
        self.update()

    def pin(self, output: int | None) -> None:
        """Pin an output, or none."""
        self.pinned = output
        self.output_changed.emit(self.output)
        self.update()

    # ---- where things are -------------------------------------------------------------------------------------

    @property
    def places(self) -> SignalPlaces:
        """Where everything stands; only while a correlation is shown."""
        assert self.correlation is not None
        return SignalPlaces(self.correlation, self.width(), self.height())

    # ---- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        if self.correlation is None:
            painter.setPen(theme.color("quiet"))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 0, -16, 0), flags, self._sentence)
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(theme.quiet_font(self.font()))
            SignalPainter(self.places).paint(painter, self._span, self.output)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    # ---- events -----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.correlation is None or event.button() != Qt.MouseButton.LeftButton:
            return
        above, _, below = self.places.areas()
        if above.contains(event.position()):
            self._draw(event.position())
        elif below.contains(event.position()):
            self.pin(self.places.output_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.correlation is None:
            return
        above, _, below = self.places.areas()
        if self._stroke is not None:
            self._draw(event.position())
            return
        is_above = above.contains(event.position())
        self.setCursor(Qt.CursorShape.CrossCursor if is_above else Qt.CursorShape.ArrowCursor)
        inside = is_above or below.contains(event.position())
        self._preview(self.places.output_at(event.position().x()) if inside else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._stroke is not None:
            self._stroke = None
            if self.correlation is not None:
                self._span = span_of(self.correlation.padded[1])
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._preview(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS and self.correlation is not None:
            last = len(self.correlation.result) - 1
            far = FAR if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            here = last // 2 if self.pinned is None else self.pinned + ARROWS[key] * far
            self._hover = None
            self.pin(min(max(here, 0), last))
        elif key == Qt.Key.Key_Escape and self.pinned is not None:
            self.pin(None)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()
        super().changeEvent(event)

    def _preview(self, output: int | None) -> None:
        if output != self._hover:
            self._hover = output
            self.output_changed.emit(self.output)
            self.update()

    def _draw(self, at: QPointF) -> None:
        """The values from the last drawn place to this one go along a straight line."""
        assert self.correlation is not None
        signal, area = self.correlation.signal, self.places.areas()[0]
        low, high = self._span
        place = min(max(self.places.position_at(at.x()), 0), len(signal) - 1)
        share = min(max((area.bottom() - at.y()) / area.height(), 0.0), 1.0)
        value = float(f"{low + share * (high - low):.3g}")
        before, start = self._stroke or (place, value)
        fresh = np.array(signal)
        first, last = sorted((before, place))
        ends = (start, value) if before <= place else (value, start)
        fresh[first : last + 1] = np.linspace(*ends, last - first + 1) if last > first else value
        self._stroke = place, value
        self.drawn.emit(np.round(fresh, 4).astype(np.float32))
