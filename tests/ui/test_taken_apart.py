"""A window that has been taken apart leaves nothing in the workspace that still wants to show something in it."""

from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QMetaMethod, QObject
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from explorer.ui.settings_store import SettingsStore
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import answer, show_picture


def build_and_take_apart(workspace: Workspace, settings: SettingsStore, qtbot: QtBot) -> None:
    """A window whose docks were all opened and shown something, and that is gone."""
    window = Window(workspace, settings)
    window.fix_size(1366, 768)
    window.show()
    qtbot.waitExposed(window)
    for name in window.docks:
        window.set_shown(name, True)
    window.set_shown("network", True)
    show_picture(workspace)
    workspace.view.show_close_up(True)
    while workspace.evaluator.requests.peek() is not None:
        answer(workspace)
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert not isValid(window)


def objects_behind(workspace: Workspace) -> Iterator[QObject]:
    """The workspace and everything of ours that hangs on it, window or no window."""
    known: dict[int, object] = {}
    waiting: list[object] = [workspace]
    while waiting:
        one = waiting.pop()
        if type(one).__module__.startswith("explorer.") and id(one) not in known:
            known[id(one)] = one
            waiting += getattr(one, "__dict__", {}).values()
    return (one for one in known.values() if isinstance(one, QObject) and isValid(one))


def listeners(workspace: Workspace) -> Counter[str]:
    """How many listen to each signal of each of those objects."""
    counted: Counter[str] = Counter()
    for one in objects_behind(workspace):
        kind = one.metaObject()
        for method in map(kind.method, range(kind.methodCount())):
            if method.methodType() == QMetaMethod.MethodType.Signal:
                signature = method.methodSignature().toStdString()
                counted[f"{kind.className()}.{signature}"] += one.receivers(f"2{signature}")
    return counted


def test_a_window_that_is_gone_leaves_nobody_listening(qtbot, workspace, settings):
    build_and_take_apart(workspace, settings, qtbot)  # the first one begins what stays
    before = listeners(workspace)

    build_and_take_apart(workspace, settings, qtbot)

    assert before["View.hovered(PyObject)"] > 0
    assert listeners(workspace) - before == Counter()
