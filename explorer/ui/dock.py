"""A dock: the frame around one panel, which it builds with its title bar when it is first seen."""

from __future__ import annotations

import sys

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QWidget

from explorer.runtime.evaluator import Answer
from explorer.ui.panel import Panel
from explorer.ui.panel_kind import PanelKind
from explorer.ui.widgets.title_bar import TitleBar
from explorer.ui.workspace import Workspace


class Dock(QDockWidget):
    """Holds a panel of one kind; hidden or behind a tab it costs nothing."""

    def __init__(self, kind: PanelKind | type[Panel], workspace: Workspace) -> None:
        super().__init__(kind.title)
        self.kind = kind
        self._workspace = workspace
        self._panel: Panel | None = None
        self._has_failed = False
        self.setObjectName(f"dock.{kind.name}")
        self._bar: TitleBar | None = None
        self.visibilityChanged.connect(self._on_visibility)

    @property
    def bar(self) -> TitleBar:
        """The title bar, built now if it has not been."""
        if self._bar is None:
            self._bar = TitleBar(self.kind.title, self.kind.help)
            self._bar.float_asked.connect(lambda: self.setFloating(not self.isFloating()))
            self._bar.close_asked.connect(self.close)
            self.setTitleBarWidget(self._bar)
            self.show_title()
        return self._bar

    @property
    def panel(self) -> Panel | None:
        """The panel, built now if it has not been; None if that is impossible."""
        if self._panel is None and not self._has_failed:
            bar = self.bar
            self._panel = build_panel(self.kind, self._workspace)
            self._has_failed = self._panel is None
            self.setWidget(self._panel or broken(self.kind))
            if self._panel is not None:
                self._panel.setAutoFillBackground(True)
                self._panel.headline_changed.connect(bar.set_headline)
                bar.set_headline(self._panel.headline)
        return self._panel

    @property
    def can_be_seen(self) -> bool:
        """Whether anything of the panel is on screen: not closed and not behind a tab."""
        return self._panel is not None and not self._panel.visibleRegion().isEmpty()

    def show_answer(self, answer: Answer) -> None:
        """Pass the answer on if somebody can see it."""
        if self.can_be_seen and self._panel is not None:
            self._panel.show_answer(answer)

    def show_title(self) -> None:
        """Behind a tab the tab says the title."""
        window = self.parentWidget()
        is_tabbed = isinstance(window, QMainWindow) and bool(window.tabifiedDockWidgets(self))
        if self._bar is not None:
            self._bar.set_title_shown(self.isFloating() or not is_tabbed)

    def _on_visibility(self, visible: bool) -> None:
        if not visible:
            if self._panel is not None:
                self._panel.leave_sight()
            return
        if self.panel is not None and self._workspace.answer is not None:
            self.panel.show_answer(self._workspace.answer)


def build_panel(kind: PanelKind | type[Panel], workspace: Workspace) -> Panel | None:
    """A panel of this kind; a failure is reported like every unexpected one and gives None."""
    try:
        return kind(workspace)
    except Exception:
        sys.excepthook(*sys.exc_info())
        return None


def broken(kind: PanelKind | type[Panel]) -> QWidget:
    """What stands in the place of a panel that could not be built."""
    label = QLabel(f"{kind.title} could not be opened. The log says why; everything else goes on.")
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setContentsMargins(12, 12, 12, 12)
    return label
