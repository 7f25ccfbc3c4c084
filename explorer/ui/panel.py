"""What every panel is: the content of one dock, which announces itself and is told of what is new."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import ClassVar, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.runtime.evaluator import Answer
from explorer.ui.panel_kind import PanelKind, declared_panel
from explorer.ui.workspace import Workspace

Area = Literal["left", "right", "bottom", "center"]

_REGISTRY: dict[str, PanelKind | type[Panel]] = {}


class Panel(QWidget):
    """The content of one dock. A subclass with a `name` registers itself; one file in panels/ is one panel.

    A panel reads and edits the document through the workspace and knows no other panel. The window calls
    `show_answer` for the newest answer, and only while something of the panel can be seen.
    """

    name: ClassVar[str] = ""  # stands in the saved layout; never changes
    title: ClassVar[str] = ""
    area: ClassVar[Area] = "right"
    order: ClassVar[int] = 0  # place within the area, from the top (or from the left at the bottom)
    icon: ClassVar[str] = ""  # name of an icon in resources/icons
    help: ClassVar[str] = ""  # one or two sentences: what it shows and what one can do in it
    shown_at_first: ClassVar[bool] = True
    tabbed_with: ClassVar[str] = ""  # name of the panel on which it is tabbed at first
    share: ClassVar[int] = 100  # of the height that the panels above each other get at first
    keys: ClassVar[tuple[tuple[str, str], ...]] = ()  # ("Left", "The map to the left"): keys that work in it

    headline_changed = Signal(str)  # the one number that matters, for the dock's title bar

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__dict__.get("name"):
            _REGISTRY.setdefault(cls.name, cls)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.setObjectName(self.name)
        self.headline = ""  # the last one told, for a dock that listens later
        self.headline_changed.connect(self._keep_headline)
        self.paint_seconds = 0.0  # how long its last painting took, where that is worth telling

    def show_answer(self, answer: Answer) -> None:
        """Show the newest trace and pictures."""

    def leave_sight(self) -> None:
        """The dock was closed, or another tab is in front of it now."""

    def go_back(self) -> None:
        """One level back: what Esc does in the center while no other panel uses it."""

    def _keep_headline(self, text: str) -> None:
        self.headline = text


def announce(module: str, file: Path) -> None:
    """Register the panel that a module declares, without importing it where that can wait."""
    kind = declared_panel(module, file)
    if kind is None:
        importlib.import_module(module)  # its class registers itself
    else:
        _REGISTRY[kind.name] = kind


def panel_kinds() -> list[PanelKind | type[Panel]]:
    """Every kind of panel, by area and order; called with a workspace it gives the panel."""
    areas = ("left", "center", "right", "bottom")
    return sorted(_REGISTRY.values(), key=lambda panel: (areas.index(panel.area), panel.order, panel.name))
