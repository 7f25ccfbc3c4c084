"""The log panel: what was said and logged, from any thread, filtered and copied."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.folders import log_folder
from explorer.log import LOGGER
from explorer.runtime.log_records import MOST_WAITING, LogRecords
from explorer.ui.panels.log import MOST_ENTRIES, LogPanel
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said

log = logging.getLogger("explorer.runtime.example")


@pytest.fixture
def panel(qtbot: QtBot, workspace: Workspace) -> Iterator[LogPanel]:
    level = LOGGER.level
    LOGGER.setLevel(logging.INFO)
    panel = LogPanel(workspace)
    qtbot.addWidget(panel)
    panel.resize(520, 180)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    LOGGER.setLevel(level)
    LOGGER.removeHandler(panel.records)


def shown(panel: LogPanel) -> list[str]:
    return [entry.text for entry in panel.model.shown]


def test_the_model_keeps_qts_rules(panel: LogPanel, qtmodeltester) -> None:
    log.info("Something.")
    panel.workspace.clock.tick()
    qtmodeltester.check(panel.model)


def test_what_is_logged_is_seen_at_the_next_tick(panel: LogPanel) -> None:
    log.info("The camera is open.")
    assert shown(panel) == []
    panel.workspace.clock.tick()
    assert shown(panel) == ["The camera is open."]


def test_a_record_from_a_thread_wakes_the_clock(qtbot: QtBot, panel: LogPanel) -> None:
    thread = threading.Thread(target=log.warning, args=("The camera is silent.",), name="capture")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: shown(panel) == ["The camera is silent."])
    assert panel.model.shown[0].thread == "capture"


def test_what_is_said_stands_there_once_and_in_order(panel: LogPanel) -> None:
    log.info("First.")
    panel.workspace.say("Second.", "error")
    panel.workspace.clock.tick()
    assert shown(panel) == ["First.", "Second."]
    assert panel.headline == "1 error"


def test_levels_and_words_filter(panel: LogPanel) -> None:
    log.info("All is well.")
    log.warning("The disk is nearly full.")
    log.error("The disk is full.")
    panel.workspace.clock.tick()
    panel.level.setCurrentIndex(1)
    assert shown(panel) == ["The disk is nearly full.", "The disk is full."]
    panel.level.setCurrentIndex(2)
    assert shown(panel) == ["The disk is full."]
    panel.level.setCurrentIndex(0)
    panel.search.setText("disk nearly")
    assert shown(panel) == ["The disk is nearly full."]


def test_what_comes_later_passes_the_filter_too(panel: LogPanel) -> None:
    panel.level.setCurrentIndex(2)
    log.info("All is well.")
    log.error("It is not.")
    panel.workspace.clock.tick()
    assert shown(panel) == ["It is not."]


def test_a_traceback_is_one_entry_whose_first_line_is_shown(panel: LogPanel) -> None:
    try:
        raise KeyError("conv9")
    except KeyError:
        log.exception("It went wrong.")
    panel.workspace.clock.tick()
    assert panel.model.index(0).data().endswith("It went wrong. …")
    assert "KeyError: 'conv9'" in panel.model.shown[0].text


def test_copying_takes_what_is_marked_or_all_that_is_shown(panel: LogPanel) -> None:
    log.info("One.")
    log.info("Two.")
    panel.workspace.clock.tick()
    panel.copy_marked()
    assert [line[9:] for line in QGuiApplication.clipboard().text().splitlines()] == [
        "INFO runtime.example One.", "INFO runtime.example Two.",
    ]  # fmt: skip
    panel.list.setCurrentIndex(panel.model.index(1))
    panel.copy_marked()
    assert QGuiApplication.clipboard().text().endswith("Two.\n")
    assert "One." not in QGuiApplication.clipboard().text()


def test_the_folder_of_the_log_is_opened(panel: LogPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    panel.open_folder()
    assert opened == [QUrl.fromLocalFile(str(log_folder()))]


def test_where_no_file_manager_answers_the_folder_is_told(
    panel: LogPanel, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: False)
    panel.open_folder()
    assert str(log_folder()) in said[-1][0]


def test_it_does_not_grow_without_end(panel: LogPanel) -> None:
    for batch in range(3):
        for number in range(MOST_ENTRIES // 2):
            log.info("%d", batch * MOST_ENTRIES // 2 + number)
        panel.workspace.clock.tick()
    assert panel.model.rowCount() == MOST_ENTRIES
    assert shown(panel)[-1] == str(3 * MOST_ENTRIES // 2 - 1)


def test_it_follows_the_end_unless_one_has_scrolled_up(qtbot: QtBot, panel: LogPanel) -> None:
    bar = panel.list.verticalScrollBar()
    for _ in range(2):
        for number in range(50):
            log.info("%d", number)
        panel.workspace.clock.tick()
        qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())
    bar.setValue(0)
    log.info("Later.")
    panel.workspace.clock.tick()
    assert bar.value() == 0


def test_records_wait_no_longer_than_there_is_room() -> None:
    records = LogRecords()
    for number in range(MOST_WAITING + 5):
        records.handle(logging.LogRecord("explorer.x", logging.INFO, "x.py", 1, "%d", (number,), None))
    taken = records.take()
    assert len(taken) == MOST_WAITING
    assert taken[0].text == "5"
    assert records.take() == []


def test_a_record_that_cannot_be_written_breaks_nothing(capsys: pytest.CaptureFixture) -> None:
    records = LogRecords()
    records.handle(logging.LogRecord("explorer.x", logging.INFO, "x.py", 1, "%d", ("letters",), None))
    assert records.take() == []
    assert "TypeError" in capsys.readouterr().err


def test_a_closed_panel_listens_no_more(workspace: Workspace) -> None:
    panel = LogPanel(workspace)
    records = panel.records
    assert records in LOGGER.handlers
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert records not in LOGGER.handlers
