"""Icons: the program's own line drawings (resources/icons), in the colours of the theme and sharp on any screen."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from explorer.resources import resource
from explorer.ui import theme

SIZES = 16, 20  # logical pixels: in menus and in toolbars
STATES = (  # a checked icon is in the accent, a disabled one is faint
    (QIcon.Mode.Normal, QIcon.State.Off, ""),
    (QIcon.Mode.Normal, QIcon.State.On, "accent"),
    (QIcon.Mode.Disabled, QIcon.State.Off, "faint"),
)
_meanings: dict[int, tuple[str, str]] = {}  # of a QIcon's cache key: name and colour, to draw it anew


def icon(name: str, color: str = "text") -> QIcon:
    """The icon of resources/icons/<name>.svg in a colour of the theme; no icon for no name.

    FileNotFoundError if there is no such drawing.
    """
    if not name:
        return QIcon()
    drawn = _icon(name, color, theme.is_dark(), _ratio())
    _meanings[drawn.cacheKey()] = (name, color)
    return drawn


def pixmap(name: str, size: int, color: str = "text") -> QPixmap:
    """The drawing as a picture of `size` logical pixels."""
    return _pixmap(name, size, theme.css(color), _ratio())


def application_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    drawn = QIcon()
    for size in (16, 32, 48, 128):
        drawn.addPixmap(_pixmap("application", size, "#ffffff", 1.0))
    return drawn


def recolor_all() -> None:
    """Draw every icon of every button and action again, after the theme has changed."""
    seen: set[int] = set()
    for widget in QApplication.allWidgets():
        for owner in (widget, *widget.actions()):
            if id(owner) in seen or not isinstance(owner, QAbstractButton | QAction):
                continue
            seen.add(id(owner))
            meaning = _meanings.get(owner.icon().cacheKey())
            if meaning is not None:
                owner.setIcon(icon(*meaning))


@cache
def _icon(name: str, color: str, dark: bool, ratio: float) -> QIcon:
    drawn = QIcon()
    for mode, state, other in STATES:
        for size in SIZES:
            role = other if color == "text" or other == "faint" else ""
            drawn.addPixmap(_pixmap(name, size, theme.css(role or color), ratio), mode, state)
    return drawn


def _ratio() -> float:
    """Device pixels of a logical one, on the screen where there are most."""
    return max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)


@cache
def _pixmap(name: str, size: int, color: str, ratio: float) -> QPixmap:
    drawing = _drawing(name).replace("currentColor", color)
    side = round(size * ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@cache
def _drawing(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text(encoding="utf-8")
