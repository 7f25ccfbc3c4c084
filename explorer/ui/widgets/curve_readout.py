"""What a plot of curves writes onto itself: the values under the crosshair, and its heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from explorer.ui import theme
from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.curve_numbers import plain

MARGIN = 6  # pixels to the edges of the plot


class Reading(NamedTuple):
    """What a curve says at a place: where it was measured, its value, and the smoothed one."""

    curve: Curve
    x: float
    value: float
    smooth: float


class CurveReadout(QLabel):
    """A small table over the plot, in the half where the pointer is not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.hide()

    def show_readings(
        self, found: Sequence[Reading], heading: str, write: Callable[[float], str], is_smoothed: bool
    ) -> None:
        """A row for every curve: its smoothed value, behind it the measured one, and where that was if elsewhere."""
        furthest = max(one.x for one in found)
        rows = []
        for one in found:
            notes = [write(one.value)] if one.curve.is_noisy and is_smoothed else []
            if one.x != furthest:
                notes.append(f"at {plain(round(one.x, 2))}")
            note = f"<td style='color:{theme.css('faint')}'>&nbsp;{', '.join(notes)}</td>"
            rows.append(
                f"<tr><td style='color:{one.curve.color}'>■&nbsp;</td><td>{one.curve.label}&nbsp;&nbsp;</td>"
                f"<td align='right'><b>{write(one.smooth)}</b></td>{note}</tr>"
            )
        self.setText(f"<b>{heading}</b><table cellspacing=0>{''.join(rows)}</table>")

    def place(self, inside: QRectF, x: float, rises: bool) -> None:
        """Beside a pointer at x; at the bottom of a plot whose curves rise to the top."""
        self.adjustSize()
        is_left = x < inside.center().x()
        left = inside.right() - self.width() - MARGIN if is_left else inside.left() + MARGIN
        top = inside.bottom() - self.height() - MARGIN if rises else inside.top() + MARGIN
        self.move(round(max(0, left)), round(top))

    def dress(self) -> None:
        """Take the colours of the theme."""
        self.setStyleSheet(
            f"background: {theme.css('bar')}; color: {theme.css('text')}; border: 1px solid {theme.css('border')};"
            "border-radius: 4px; padding: 3px 6px;"
        )


def place_heading(heading: QLabel, inside: QRectF, rises: bool) -> None:
    """At the right of the plot, where curves are least likely."""
    heading.adjustSize()
    top = inside.bottom() - heading.height() - 3 if rises else inside.top() + 3
    heading.move(round(inside.right() - heading.width() - MARGIN), round(top))
