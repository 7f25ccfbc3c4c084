"""Where the docks stand: the start-up layout, and the one that was saved when the window closed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import QByteArray, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QTabWidget

from explorer.ui.dock import Dock
from explorer.ui.settings_store import SettingsStore

log = logging.getLogger(__name__)

VERSION = 1  # of the layout; another one in the file is not restored
AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
SIDE_SHARE = {"left": 0.19, "right": 0.22}  # of the window's width
BOTTOM_SHARE = 0.22  # of its height
SIDE_LIMITS = 230, 420
BOTTOM_LIMITS = 130, 260
LEAST_ON_SCREEN = 120  # pixels of the window's title that must be within reach
FIRST_SIZE = 0.92  # of the screen


def prepare_dock_areas(window: QMainWindow) -> None:
    """Docks may nest and be tabbed; tabs stand above them; the sides reach from top to bottom."""
    options = QMainWindow.DockOption
    window.setDockOptions(
        options.AnimatedDocks | options.AllowNestedDocks | options.AllowTabbedDocks | options.GroupedDragging
    )
    window.setDockNestingEnabled(True)
    window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    window.setCorner(Qt.Corner.BottomLeftCorner, AREAS["left"])
    window.setCorner(Qt.Corner.BottomRightCorner, AREAS["right"])


def arrange(window: QMainWindow, docks: Mapping[str, Dock]) -> None:
    """Every dock where it is at first."""
    for dock in docks.values():
        if dock.isFloating():
            dock.setFloating(False)  # while it still belongs to the window
        window.removeDockWidget(dock)
    for dock in docks.values():
        window.addDockWidget(AREAS[dock.kind.area], dock)
    for area in AREAS:
        in_area = [dock for dock in docks.values() if dock.kind.area == area]
        _stack(window, docks, in_area, area)
    for dock in docks.values():
        dock.setVisible(dock.kind.shown_at_first)
    for dock in docks.values():
        front = docks.get(dock.kind.tabbed_with)
        if front is not None:
            front.raise_()
    size_docks(window, docks)
    for dock in docks.values():
        dock.show_title()


def _stack(window: QMainWindow, docks: Mapping[str, Dock], in_area: list[Dock], area: str) -> None:
    direction = Qt.Orientation.Horizontal if area == "bottom" else Qt.Orientation.Vertical
    alone = [dock for dock in in_area if dock.kind.tabbed_with not in docks]
    for before, dock in pairwise(alone):
        window.splitDockWidget(before, dock, direction)
    for dock in in_area:
        front = docks.get(dock.kind.tabbed_with)
        if front is not None and front is not dock:
            tabs = window.tabifiedDockWidgets(front)
            window.tabifyDockWidget(tabs[-1] if tabs else front, dock)


def size_docks(window: QMainWindow, docks: Mapping[str, Dock]) -> None:
    """Give the sides and the bottom their share of the window, and the maps the rest."""
    for area, share in SIDE_SHARE.items():
        column = [dock for dock in docks.values() if dock.kind.area == area and dock.isVisibleTo(window)]
        width = round(min(max(window.width() * share, SIDE_LIMITS[0]), SIDE_LIMITS[1]))
        window.resizeDocks(column, [width] * len(column), Qt.Orientation.Horizontal)
        alone = [dock for dock in column if dock.kind.tabbed_with not in docks]
        window.resizeDocks(alone, [10 * dock.kind.share for dock in alone], Qt.Orientation.Vertical)
    bottom = [dock for dock in docks.values() if dock.kind.area == "bottom" and dock.isVisibleTo(window)]
    height = round(min(max(window.height() * BOTTOM_SHARE, BOTTOM_LIMITS[0]), BOTTOM_LIMITS[1]))
    window.resizeDocks(bottom, [height] * len(bottom), Qt.Orientation.Vertical)


def save(window: QMainWindow, settings: SettingsStore) -> None:
    """Remember place, size and docks."""
    settings.put("window/geometry", window.saveGeometry())
    settings.put("window/layout", window.saveState(VERSION))


def restore(window: QMainWindow, docks: Mapping[str, Dock], settings: SettingsStore) -> None:
    """As it was when the window was closed; whatever of that cannot be read is as it is at first."""
    geometry, state = settings.block("window/geometry"), settings.block("window/layout")
    if geometry.isEmpty() or not window.restoreGeometry(geometry):
        _first_size(window)
    _bring_back(window)
    arrange(window, docks)
    if state.isEmpty():
        return
    if not _is_ours(state) or not window.restoreState(state, VERSION):
        log.info("The saved layout cannot be used; the docks are where they are at first.")
        arrange(window, docks)


def _is_ours(state: QByteArray) -> bool:
    # Qt reads whatever follows its marker and version; a state that was cut off may hide every dock.
    return state.size() > 40


def _first_size(window: QMainWindow) -> None:
    screen = window.screen().availableGeometry()
    size = QSize(round(screen.width() * FIRST_SIZE), round(screen.height() * FIRST_SIZE))
    if screen.width() <= 1400:
        size = screen.size()
    window.resize(size)
    place = QRect(screen.topLeft(), size)
    place.moveCenter(screen.center())
    window.move(place.topLeft())


def _bring_back(window: QMainWindow) -> None:
    """A window that was left on a screen that is gone comes to one that is there."""
    frame = window.frameGeometry()
    title = QRect(frame.left(), frame.top(), frame.width(), 40)
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    if not any(screen.intersected(title).width() >= LEAST_ON_SCREEN for screen in screens):
        _first_size(window)
