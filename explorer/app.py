"""The application: joins document, threads and window. The only place that knows all floors."""

from __future__ import annotations

import gc
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QLocale,
    QMessageLogContext,
    QObject,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

import explorer.ui.commands
import explorer.ui.panels  # noqa: F401  - register what they hold
from explorer import __version__
from explorer.document.document import Document
from explorer.document.view import Unit, View
from explorer.engine.network import Network
from explorer.engine.presets.networks import build_network
from explorer.exchange.network_file import NetworkFileError
from explorer.exchange.trained_networks import open_trained
from explorer.exchange.trained_networks import trained_networks as cards
from explorer.folders import log_folder, settings_folder
from explorer.headless import open_network
from explorer.log import Failure, FailureLog, write_crashes_to
from explorer.options import START_SOURCE, Options
from explorer.rendering.colors import COLOURS
from explorer.rendering.look import Look
from explorer.runtime.answerer import Answerer
from explorer.runtime.capture import Capture
from explorer.runtime.evaluator import Evaluator
from explorer.runtime.remote_evaluator import evaluator_beside_the_window
from explorer.runtime.remote_run import run_beside_the_window
from explorer.sources.opening import open_source
from explorer.sources.source import SourceError
from explorer.ui import theme
from explorer.ui.commands.view import GAMMAS
from explorer.ui.icons import application_icon
from explorer.ui.interrupt import Interrupts
from explorer.ui.recovery import Recovery
from explorer.ui.settings_store import SettingsStore
from explorer.ui.suited_picture import suited_picture
from explorer.ui.window import TITLE, Window
from explorer.ui.workspace import Workspace

SWITCH_INTERVAL_S = (
    2e-4  # a worker in Python code holds the window up for this long at most, many times a frame
)
PATIENCE_S = 20.0  # for the first maps of a snapshot
FIRST_NETWORK = "digits"  # trained, and small: its maps are large enough to see what each has learned
FIRST_GAMMA = 0.7  # lifts the small values a little: at 1 most maps of a photograph are dark
LOOKS: Mapping[str, Mapping[str, object]] = {  # what is remembered of the look, and which values it may have
    "scope": {"unit": "unit", "layer": "layer", "network": "network"},
    "gamma": {f"{gamma}": gamma for gamma in GAMMAS},
    "colours": {name: name for name in COLOURS},
    "order": {"index": "index", "activity": "activity"},
}
SETTLED_MS = 250  # without anything new: the snapshot may be taken

log = logging.getLogger(__name__)


def first_network(options: Options) -> Network:
    """The network that was asked for; for a picture of one's own the hand-made one, which shows it larger.

    Raises NetworkFileError.
    """
    is_free = options.network is None and options.source is None
    if is_free and any(card.name == FIRST_NETWORK for card in cards()):
        return open_trained(FIRST_NETWORK)
    return open_network(options.network)


def first_unit(network: Network) -> Unit | None:
    """The unit that is pinned at first: a map of the first layer with kernels, so that every panel has something."""
    for node in network.nodes:
        if "kernel" in node.parameters:
            return Unit(node.name, min(1, len(node.parameters["kernel"]) - 1))
    return None


def _remember_look(look: Look, settings: SettingsStore) -> None:
    for name in LOOKS:
        settings.put(f"look/{name}", f"{getattr(look, name)}")


class Application(QObject):
    """The workspace with its threads and the window around it, from `open` to `stop`."""

    failed = Signal(object)  # Failure: from any thread

    def __init__(self, options: Options, evaluator: Answerer | None = None) -> None:
        """`evaluator` answers what the window asks; one in this process if there is none."""
        super().__init__()
        self._options = options
        self._problem = ""
        evaluator = evaluator or Evaluator()
        self.workspace = Workspace(Document(self._first_network()), View(), Capture(), evaluator)
        self.window: Window | None = None
        self.recovery: Recovery | None = None
        self.failed.connect(self._show_failure)

    def open(self, settings: SettingsStore, log_file: Path | None = None) -> Window:
        """Start the threads, and build the window while the source opens. The window is not shown yet."""
        self._open_first(self._options.source or suited_picture(self.workspace.document.network))
        self.workspace.start()
        self._restore_look(settings)
        self.workspace.view.select(first_unit(self.workspace.document.network))
        self.window = Window(self.workspace, settings, log_file)
        if self._problem:
            self.workspace.say(self._problem, "error")
        self.workspace.clock.tick()  # the first frame is here by now: it is evaluated while the window appears
        return self.window

    def guard(self, folder: Path) -> Recovery:
        """Keep trainings in this folder while they run, offer what a crash left, and ask before one is lost."""
        self.recovery = Recovery(self.workspace, folder, self.window)
        if self.window is not None:
            self.window.may_close = self.recovery.may_close
        self.recovery.offer()
        return self.recovery

    def leave(self) -> None:
        """Close the window because of a signal: without questions, and without losing anything."""
        if self.recovery is not None:
            self.recovery.keep_without_asking()
        if self.window is not None:
            self.window.close()

    def stop(self) -> None:
        """End the threads; returns when they have ended. Harmless when it has been done."""
        if self.recovery is not None:
            self.workspace.trainer.pause()
            self.recovery.close()
            self.recovery = None
            if self.window is not None:
                self.window.may_close = lambda: True
        self.workspace.stop()

    def dispose(self) -> None:
        """Stop, and take the window apart while Qt is still there: left to the interpreter's end it may crash."""
        if self.window is not None:
            self.window.close()
            QCoreApplication.processEvents()  # it is gone at once, even if a camera holds its thread for a while
        self.stop()
        if self.window is not None:
            self.window.deleteLater()
            self.window = None
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def _restore_look(self, settings: SettingsStore) -> None:
        view = self.workspace.view
        view.change(gamma=FIRST_GAMMA)
        for name, allowed in LOOKS.items():
            value = settings.text(f"look/{name}")
            if value in allowed:
                view.change(**{name: allowed[value]})
        view.look_changed.connect(lambda look: _remember_look(look, settings))

    def _first_network(self) -> Network:
        try:
            return first_network(self._options)
        except NetworkFileError as error:
            self._problem = str(error)
            return build_network()

    def _open_first(self, address: str) -> None:
        try:
            self.workspace.open_source(open_source(address))
        except SourceError as error:
            self._problem = str(error)
            self.workspace.open_source(open_source(START_SOURCE))

    def _show_failure(self, failure: Failure) -> None:
        if self.window is not None:
            self.window.tell_failure(failure.summary, failure.details)


def run(options: Options) -> int:
    """Show the window until it is closed; returns the exit code."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    failures = _failure_log()
    failures.install()
    try:
        with _qt_messages_logged():
            app = _qt_application()
            settings = SettingsStore()
            _apply_theme(app, options, settings)
            application = Application(options, evaluator_beside_the_window())
            application.workspace.trainer.learn_by(run_beside_the_window())
            failures.listener = application.failed.emit
            window = application.open(settings, failures.file)
            _guard(application)
            interrupts = Interrupts(application.leave)
            try:
                interrupts.listen()
                window.show()
                gc.freeze()  # all that stays; the collector passes it by from now on
                gc.enable()
                return app.exec()
            finally:
                interrupts.stop()
                failures.listener = None
                application.dispose()
    finally:
        failures.uninstall()


def snapshot(options: Options) -> int:
    """Draw the window into a PNG without showing it; 0, or 1 and a sentence on standard error."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    with _qt_messages_logged():
        app = _qt_application()
        settings = SettingsStore(Path(os.devnull))  # a picture looks the same on every machine
        _apply_theme(app, options, settings)
        application = Application(options)
        try:
            return _draw(application, options, settings)
        finally:
            application.dispose()


def _draw(application: Application, options: Options, settings: SettingsStore) -> int:
    problems: list[str] = []
    workspace = application.workspace
    workspace.said.connect(lambda text, kind: problems.append(text) if kind == "error" else None)
    workspace.capture_changed.connect(
        lambda state: problems.append(state.sentence) if state.kind == "failed" else None
    )
    window = application.open(settings)
    window.fix_size(*options.size)
    window.show()
    if not _wait(lambda: workspace.answer is not None or bool(problems), PATIENCE_S) or problems:
        return _fail(problems or ["No picture came from the source in time, so there are no maps to draw."])
    _settle(workspace)
    if options.snapshot is not None and not window.picture().save(str(options.snapshot)):
        return _fail(
            [f"{options.snapshot} could not be written. Check the folder and the space on the disk."]
        )
    return 0


def _settle(workspace: Workspace) -> None:
    """Wait until nothing new has come for a moment, or a second of a live source."""
    started = latest = time.perf_counter()

    def came(_: object) -> None:
        nonlocal latest
        latest = time.perf_counter()

    workspace.answered.connect(came)
    _wait(
        lambda: time.perf_counter() - latest > SETTLED_MS / 1000 or time.perf_counter() - started > 1.5, 5.0
    )


def _wait(is_done: Callable[[], bool], seconds: float) -> bool:
    """Let events happen until `is_done`, for so many seconds at most."""
    ends = time.perf_counter() + seconds
    loop = QEventLoop()
    ticking = QTimer()
    ticking.timeout.connect(lambda: loop.quit() if is_done() or time.perf_counter() > ends else None)
    ticking.start(10)
    loop.exec()
    ticking.stop()
    return is_done()


def _fail(sentences: list[str]) -> int:
    sys.stderr.write(f"{sentences[0]}\n")
    return 1


def _guard(application: Application) -> None:
    try:
        application.guard(settings_folder())
    except OSError as error:
        log.warning("Trainings are not kept: %s", error)


def _failure_log() -> FailureLog:
    try:
        folder = log_folder()
    except OSError:
        return FailureLog(Path(os.devnull))
    failures = FailureLog(folder / "explorer.log")
    try:
        write_crashes_to(folder / "crashes.log")
    except OSError as error:
        log.warning("Crashes are not written down: %s", error)
    return failures


QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
    """What Qt has to say belongs into the log, not on the terminal."""
    log.log(QT_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)


@contextmanager
def _qt_messages_logged() -> Iterator[None]:
    before = qInstallMessageHandler(_log_qt_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def _qt_application() -> QApplication:
    QLocale.setDefault(QLocale.c())  # 0.5, never 0,5: numbers are typed as they are pasted
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([TITLE])
    app.setApplicationName("feature-map-explorer")
    app.setApplicationDisplayName(TITLE)
    app.setApplicationVersion(__version__)
    app.setWindowIcon(application_icon())
    return app


def _apply_theme(app: QApplication, options: Options, settings: SettingsStore) -> None:
    asked = options.theme or settings.text("window/theme")
    scheme: theme.Scheme = (
        "light" if asked == "light" else "dark" if asked == "dark" else theme.system_scheme()
    )
    theme.apply(app, scheme, settings.number("window/text", 1.0))
