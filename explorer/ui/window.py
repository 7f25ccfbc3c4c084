"""The window: a frame for docks, menus and messages around the feature maps."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPixmap,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QInputDialog,
    QMainWindow,
    QMessageBox,
    QToolBar,
    QWidget,
)
from shiboken6 import isValid

from explorer.runtime.capture import CaptureState
from explorer.runtime.evaluator import Answer
from explorer.ui import icons, layout, menus, theme
from explorer.ui.actions import Actions
from explorer.ui.commands.file import open_anything
from explorer.ui.dock import Dock, broken, build_panel
from explorer.ui.dropped import accepted
from explorer.ui.edits_beside import EditsBeside
from explorer.ui.file_questions import FileQuestions
from explorer.ui.panel import Panel, panel_kinds
from explorer.ui.settings_store import SettingsStore
from explorer.ui.status import Status
from explorer.ui.theme import Scheme
from explorer.ui.widgets.failure_dialog import FailureDialog
from explorer.ui.widgets.key_overlay import KeyOverlay
from explorer.ui.widgets.message_bar import MessageBar
from explorer.ui.widgets.palette import CommandPalette
from explorer.ui.workspace import Workspace

TITLE = "Feature-Map Explorer"
SMALLEST = 640, 400


class Window(QMainWindow):
    """Shows a workspace. It owns no thread: whoever opened it ends them when it has been closed."""

    def __init__(self, workspace: Workspace, settings: SettingsStore, log_file: Path | None = None) -> None:
        super().__init__()
        self._was_dark = theme.is_dark()
        self.workspace = workspace
        self.settings = settings
        self.files = FileQuestions(self, settings)
        self.log_file = log_file
        workspace.shell = self
        self._edits_beside = EditsBeside(workspace)
        self.setWindowTitle(TITLE)
        self.setMinimumSize(*SMALLEST)
        self.setAcceptDrops(True)
        self.may_close: Callable[[], bool] = lambda: True  # asks where something would be lost
        self._has_answer = False
        self._source_troubled = False
        self._capture_state = CaptureState("idle")
        self._failure_dialog: FailureDialog | None = None
        self._center = self._build_center()
        self.docks = self._build_docks()
        self._actions = Actions(self, workspace)
        self.status = Status(workspace, self.statusBar())
        self._build_bars()
        self.messages = MessageBar(self.centralWidget())
        self._palette: CommandPalette | None = None
        self._keys: KeyOverlay | None = None
        self._titles_later = QTimer(self)  # once docks stand still
        self._titles_later.setSingleShot(True)
        self._dismiss = QAction("Dismiss", self)  # enabled while there is something to dismiss
        self._dismiss.setShortcut(Qt.Key.Key_Escape)
        self._dismiss.setEnabled(False)
        self.addAction(self._dismiss)
        self._listen()
        layout.restore(self, self.docks, settings)

    # ---- assembling -----------------------------------------------------------------------------------------------

    def _build_center(self) -> Panel | None:
        kind = next((kind for kind in panel_kinds() if kind.area == "center"), None)
        if kind is None:
            self.setCentralWidget(QWidget())
            return None
        panel = build_panel(kind, self.workspace)
        if panel is not None:
            panel.setAutoFillBackground(True)
        self.setCentralWidget(panel or broken(kind))
        return panel

    def _build_docks(self) -> dict[str, Dock]:
        layout.prepare_dock_areas(self)
        return {kind.name: Dock(kind, self.workspace) for kind in panel_kinds() if kind.area != "center"}

    def _build_bars(self) -> None:
        menus.fill_menu_bar(self.menuBar(), self._actions)
        bar = QToolBar("Toolbar")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.toggleViewAction().setVisible(False)
        menus.fill_toolbar(bar, self._actions, self.workspace)
        self.addToolBar(bar)
        if self.menuBar().isNativeMenuBar():  # macOS: it belongs to the screen and holds no widget
            self.statusBar().addPermanentWidget(self.status.figures)
        else:
            self.menuBar().setCornerWidget(self.status.figures)

    def _listen(self) -> None:
        workspace = self.workspace
        workspace.answered.connect(self._show_answer)
        workspace.capture_changed.connect(self._show_capture)
        workspace.said.connect(self._say)
        workspace.asked.connect(self.messages.ask)
        workspace.document.history_changed.connect(self._forget_error)
        workspace.trainer.dataset_changed.connect(self._forget_error)
        self._dismiss.triggered.connect(self._dismiss_first)
        self.messages.shown_changed.connect(self._allow_dismissal)
        workspace.errands_changed.connect(self._allow_dismissal)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        for dock in self.docks.values():
            dock.toggleViewAction().toggled.connect(self._actions.refresh_later)
            for moved in (dock.topLevelChanged, dock.dockLocationChanged, dock.visibilityChanged):
                moved.connect(self._show_titles_later)
        self._titles_later.timeout.connect(self._show_titles)

    def _show_titles_later(self, *_: object) -> None:
        if isValid(self._titles_later):  # docks still move while the window is taken apart
            self._titles_later.start(0)

    def _show_titles(self) -> None:
        for dock in self.docks.values():
            dock.show_title()

    # ---- what is shown --------------------------------------------------------------------------------------------

    def _show_answer(self, answer: Answer) -> None:
        started = time.perf_counter()
        if self._center is not None and not self._center.visibleRegion().isEmpty():
            self._center.show_answer(answer)
        for dock in self.docks.values():
            dock.show_answer(answer)
        if not self._has_answer:
            self._has_answer = True
            self._actions.refresh_later()
        painting = self._center.paint_seconds if self._center is not None else 0.0
        self.status.count(answer, time.perf_counter() - started + painting)

    def _show_capture(self, state: CaptureState) -> None:
        before, self._capture_state = self._capture_state, state
        is_trouble = state.kind in ("failed", "lost")
        if is_trouble and (state.kind, state.sentence) != (before.kind, before.sentence):
            self.messages.say(state.sentence, "error")
            self._source_troubled = True
        elif state.kind in ("live", "still") and (before.kind == "lost" or before.source is not state.source):
            if self._source_troubled or before.source is not None:  # not by what the program opens first
                self.messages.dismiss_error()
            self._source_troubled = False
            if state.source is not None and state.source.address:
                self.settings.remember_recent(state.source.address)
        self.setWindowTitle(f"{state.name} – {TITLE}" if state.name else TITLE)

    def _say(self, sentence: str, kind: str) -> None:
        self.messages.say(sentence, kind)

    def _forget_error(self) -> None:
        """Something succeeded since."""
        self.messages.dismiss_error()

    def _allow_dismissal(self) -> None:
        self._dismiss.setEnabled(bool(self.messages.kind or self.workspace.errands.under_way))

    def _dismiss_first(self) -> None:
        if self.messages.kind:
            self.messages.dismiss()
        else:
            self.workspace.cancel_errands()

    def tell_failure(self, summary: str, details: str) -> None:
        """Show an unexpected exception in a dialog that lets one go on; there is never more than one."""
        if self._failure_dialog is None:
            self._failure_dialog = FailureDialog(self, self.log_file)
        self._failure_dialog.tell(summary, details)

    # ---- what commands ask (Shell) --------------------------------------------------------------------------------

    def scheme(self) -> Scheme:
        return "dark" if theme.is_dark() else "light"

    def set_scheme(self, scheme: Scheme | None) -> None:
        if scheme is None:
            self.settings.forget("window/theme")
        else:
            self.settings.put("window/theme", scheme)
        self._apply_theme(scheme or theme.system_scheme())

    def scale_text(self, factor: float) -> None:
        scale = self.settings.number("window/text", 1.0) * factor if factor else 1.0
        scale = min(max(scale, theme.SMALLEST_TEXT), theme.LARGEST_TEXT)
        self.settings.put("window/text", scale)
        self._apply_theme(self.scheme())

    def panel(self, name: str) -> Panel | None:
        if self._center is not None and self._center.name == name:
            return self._center
        dock = self.docks.get(name)
        return dock.panel if dock else None

    def is_shown(self, name: str) -> bool:
        dock = self.docks.get(name)
        return dock is not None and dock.toggleViewAction().isChecked()

    def is_in_front(self, name: str) -> bool:
        dock = self.docks.get(name)
        return dock is not None and not dock.visibleRegion().isEmpty()

    def set_shown(self, name: str, shown: bool) -> None:
        dock = self.docks[name]
        dock.setVisible(shown)
        if shown:
            dock.raise_()
            if dock.panel is not None:
                dock.panel.setFocus()

    def make_room(self, name: str, share: float, height: int) -> None:
        dock = self.docks[name]

        def resize() -> None:
            if not dock.isFloating():
                self.resizeDocks([dock], [max(height, dock.height())], Qt.Orientation.Vertical)
                width = round(share * self.centralWidget().width())
                self.resizeDocks([dock], [width], Qt.Orientation.Horizontal)

        QTimer.singleShot(0, self, resize)  # once a dock that was just opened has its place

    def reset_layout(self) -> None:
        layout.arrange(self, self.docks)

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_palette(self) -> None:
        if self._palette is None:
            self._palette = CommandPalette(
                self,
                lambda: menus.palette_entries(self.workspace),
                lambda text: menus.named_entries(self.workspace, text),
            )
        self._palette.open()

    def toggle_keys(self) -> None:
        if self._keys is None:
            self._keys = KeyOverlay(self)
        if self._keys.isVisible():
            self._keys.close_overlay()
        else:
            self._keys.open(menus.key_groups(self.workspace))

    def ask_text(self, title: str, label: str, text: str = "") -> str | None:
        typed, accepted = QInputDialog.getText(self, title, label, text=text)
        return typed.strip() if accepted and typed.strip() else None

    def show_text(self, title: str, text: str) -> None:
        box = QMessageBox(QMessageBox.Icon.NoIcon, title, text, QMessageBox.StandardButton.Close, self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def picture(self) -> QPixmap:
        whole = self.grab()
        painter = QPainter(whole)
        for dock in self.docks.values():
            if dock.isFloating() and dock.isVisible():  # a window of its own
                painter.drawPixmap(self.mapFromGlobal(dock.pos()), dock.grab())
        painter.end()
        return whole

    def fix_size(self, width: int, height: int) -> None:
        """Be exactly so large, with every dock where it is at first."""
        self.setMinimumSize(1, 1)
        self.resize(width, height)
        layout.arrange(self, self.docks)

    # ---- events ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.toggle_full_screen()
        elif event.key() == Qt.Key.Key_Escape and self._center is not None:
            self._center.go_back()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accepted(event)

    def dropEvent(self, event: QDropEvent) -> None:
        address = accepted(event)
        if address is not None:
            open_anything(self.workspace, address)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._actions.refresh()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        layout.save(self, self.settings)
        self.settings.save()
        event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._was_dark != theme.is_dark():
            self._was_dark = theme.is_dark()
            icons.recolor_all()

    # ---- theme ----------------------------------------------------------------------------------------------------

    def _apply_theme(self, scheme: Scheme) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, scheme, self.settings.number("window/text", 1.0))
        self._actions.refresh_later()

    def _follow_system(self) -> None:
        if not self.settings.text("window/theme"):
            self._apply_theme(theme.system_scheme())
