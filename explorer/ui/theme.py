"""The two themes: what every colour of the window means, and the palette and style sheet made of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from explorer.resources import resource

Scheme = Literal["dark", "light"]

DARK: Mapping[str, str] = {
    "ground": "#14161b",  # behind maps and pictures
    "panel": "#1c2027",
    "bar": "#21262e",  # title bars, toolbar, menus
    "field": "#14171c",  # where one types
    "raised": "#2a303a",  # buttons
    "raised_hover": "#343c48",
    "border": "#333b46",
    "divider": "#0f1115",  # between docks
    "text": "#dde2ea",
    "quiet": "#98a2b0",
    "faint": "#6d7785",
    "accent": "#55aaf2",
    "accent_ground": "#234564",  # behind what is selected in lists
    "on_accent": "#ffffff",
    "selection": "#ffd95a",  # the pinned unit
    "hover": "#fff3c4",  # the unit under the pointer
    "edge": "#aeb7c3",  # connections between layers
    "good": "#8fd18a",
    "stale": "#e5b45c",
    "frozen": "#7fc8e8",
    "error": "#ff7b72",
    "error_ground": "#4a2226",
    "note_ground": "#20374c",
    "positive": "#4da6f5",
    "negative": "#f07a3c",
    "neutral": "#171a20",  # zero, in maps
    "weight_positive": "#33a79d",
    "weight_negative": "#b5833b",
    "weight_neutral": "#2a2d33",
    "histogram": "#7d8693",
}
LIGHT: Mapping[str, str] = {
    "ground": "#eceef1",
    "panel": "#f7f8fa",
    "bar": "#e9ecf0",
    "field": "#ffffff",
    "raised": "#ffffff",
    "raised_hover": "#eef4fb",
    "border": "#c3c9d2",
    "divider": "#d3d8df",
    "text": "#1d232b",
    "quiet": "#59636f",
    "faint": "#848d99",
    "accent": "#1768b3",
    "accent_ground": "#cfe3f7",
    "on_accent": "#ffffff",
    "selection": "#d98a00",
    "hover": "#7a5200",
    "edge": "#5d6773",
    "good": "#2c7a2e",
    "stale": "#985a00",
    "frozen": "#0f7399",
    "error": "#b3261e",
    "error_ground": "#fbdcd9",
    "note_ground": "#dcebf9",
    "positive": "#2166ac",
    "negative": "#c8402f",
    "neutral": "#ffffff",
    "weight_positive": "#2a9187",
    "weight_negative": "#a8742b",
    "weight_neutral": "#fbfbf9",
    "histogram": "#77808c",
}
NAMES = tuple(DARK)
SMALLEST_TEXT, LARGEST_TEXT = 0.7, 2.5  # times the system's size


def is_dark() -> bool:
    """Whether the window is dark at present. Painting asks this hundreds of times, so the answer is kept."""
    app = QGuiApplication.instance()
    if not isinstance(app, QGuiApplication):
        return True
    if app is not _known.app:
        _known.app, _known.is_dark = app, None
        app.paletteChanged.connect(_known.forget)
    if _known.is_dark is None:
        _known.is_dark = QGuiApplication.palette().window().color().lightness() < 128
    return _known.is_dark


class _Known:
    """What was found out about the palette of an application, until that changes."""

    def __init__(self) -> None:
        self.app: QGuiApplication | None = None
        self.is_dark: bool | None = None

    def forget(self, _: object = None) -> None:
        self.is_dark = None


_known = _Known()


def color(name: str) -> QColor:
    """The colour that means `name` in the present theme; KeyError names what there is.

    Widgets ask while painting. Whoever keeps a colour listens to QEvent.Type.PaletteChange in changeEvent.
    """
    return _color("dark" if is_dark() else "light", name)


def css(name: str) -> str:
    """The same as '#rrggbb', for rich text and for pyqtgraph."""
    return color(name).name()


@cache
def _color(scheme: Scheme, name: str) -> QColor:
    colors = DARK if scheme == "dark" else LIGHT
    if name not in colors:
        raise KeyError(f"The theme has no colour {name!r}; it has {', '.join(NAMES)}.")
    return QColor(colors[name])


def system_scheme() -> Scheme:
    """What the system asks for; dark where it does not say."""
    light = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light
    return "light" if light else "dark"


def apply(app: QApplication, scheme: Scheme, text_scale: float = 1.0) -> None:
    """Give the whole program this theme, and texts of `text_scale` times the system's size."""
    app.setStyleSheet("")  # without one, fonts and palettes are quick to change
    if app.style().name() != "fusion":
        app.setStyle(QStyleFactory.create("fusion"))
    _apply_text_scale(app, text_scale)
    app.setPalette(_palette(scheme))
    app.setStyleSheet(_style_sheet(scheme))
    _colour_title_bars(scheme)


def quiet_font(font: QFont, scale: float = 0.92) -> QFont:
    """The same font a little smaller, for what is said in passing."""
    smaller = QFont(font)
    smaller.setPointSizeF(font.pointSizeF() * scale)
    return smaller


def _apply_text_scale(app: QApplication, scale: float) -> None:
    system = app.property("explorer.system_text_size")
    if system is None:
        system = app.font().pointSizeF()
        app.setProperty("explorer.system_text_size", system)
    font = app.font()
    font.setPointSizeF(system * min(max(scale, SMALLEST_TEXT), LARGEST_TEXT))
    if font != app.font():
        app.setFont(font)


def _colour_title_bars(scheme: Scheme) -> None:
    # Windows and macOS draw the frame; a bare X server or offscreen does not know colour schemes.
    if QGuiApplication.platformName() in ("windows", "cocoa"):
        asked = Qt.ColorScheme.Dark if scheme == "dark" else Qt.ColorScheme.Light
        QGuiApplication.styleHints().setColorScheme(asked)


def _palette(scheme: Scheme) -> QPalette:
    def of(name: str) -> QColor:
        return _color(scheme, name)

    role = QPalette.ColorRole
    palette = QPalette(of("raised"), of("panel"))  # derives the shades with which Fusion draws its edges
    for target, name in (
        (role.WindowText, "text"), (role.Text, "text"), (role.ButtonText, "text"), (role.Base, "field"),
        (role.AlternateBase, "bar"), (role.BrightText, "error"), (role.Highlight, "accent_ground"),
        (role.HighlightedText, "text"), (role.ToolTipBase, "bar"), (role.ToolTipText, "text"),
        (role.PlaceholderText, "faint"), (role.Link, "accent"), (role.LinkVisited, "accent"),
        (role.Accent, "accent"),
    ):  # fmt: skip
        palette.setColor(target, of(name))
    for target in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, of("faint"))
    return palette


@cache
def _style_sheet(scheme: Scheme) -> str:
    """resources/style/window.qss with @names replaced by colours; the longest names first."""
    text = resource("style/window.qss").read_text(encoding="utf-8")
    for name in sorted(NAMES, key=len, reverse=True):
        text = text.replace(f"@{name}", _color(scheme, name).name())
    return text.replace("@style", resource("style").as_posix())
