"""Bad input in the whole window: a sentence says what was expected; nothing changes, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.document.view import Unit
from explorer.exchange.network_file import write_network
from explorer.ui.panels.kernel import KernelPanel
from explorer.ui.panels.layer_settings import LayerPanel
from explorer.ui.widgets.number_box import NumberBox
from explorer.ui.window import Window
from tests.ui.conftest import answer

Key = Qt.Key


class Promise:
    """The state before bad input came, and the promise that it is the state afterwards."""

    def __init__(self, window: Window) -> None:
        self.window, self.workspace = window, window.workspace
        self.document = self.workspace.document
        self.before = self._state()

    def is_kept(self, *expected: str) -> None:
        """Nothing has changed, and the window shows a sentence in which all of this stands; it is read and gone."""
        assert self._state() == self.before
        for part in expected:
            assert part in self.window.messages.sentence
        self.window.messages.dismiss()

    def _state(self) -> tuple[int, int, int, int]:
        history = self.document.history
        shown = self.workspace.answer, self.workspace.frame
        return id(self.document.network), len(history.entries), history.index, hash(tuple(map(id, shown)))


@pytest.fixture
def promise(window: Window) -> Promise:
    window.workspace.view.select(Unit("conv1", 0))
    window.activateWindow()
    return Promise(window)


@pytest.fixture
def kernel(window: Window) -> KernelPanel:
    panel = window.panel("kernel")
    assert isinstance(panel, KernelPanel)
    return panel


@pytest.fixture
def layer(window: Window) -> LayerPanel:
    window.set_shown("layer", True)
    panel = window.panel("layer")
    assert isinstance(panel, LayerPanel)
    return panel


def type_cell(qtbot: QtBot, panel: KernelPanel, text: str) -> None:
    table = panel.bench.table
    table.setFocus()
    qtbot.keyClick(table, Key.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.selectAll()
    editor.insert(text)
    qtbot.keyClick(editor, Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def paste(qtbot: QtBot, panel: KernelPanel, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    panel.bench.table.setFocus()
    qtbot.keyClick(panel.bench.table, Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def box_of(panel: LayerPanel, name: str) -> NumberBox:
    assert panel.form is not None
    return panel.form.fields[name].findChildren(NumberBox)[0]


def type_setting(qtbot: QtBot, panel: LayerPanel, name: str, text: str) -> None:
    box = box_of(panel, name)
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Key.Key_Return)


def drop(window: Window, what: str | list[str]) -> bool:
    """Drop a text or addresses on the window; whether it takes them."""
    mime = QMimeData()
    if isinstance(what, str):
        mime.setText(what)
    else:
        mime.setUrls([QUrl(url) for url in what])
    place, none = window.rect().center(), Qt.KeyboardModifier.NoModifier
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(place, copy, mime, left, none)
    entering.setAccepted(False)
    QApplication.sendEvent(window, entering)
    if entering.isAccepted():
        QApplication.sendEvent(window, QDropEvent(place.toPointF(), copy, mime, left, none))
    return entering.isAccepted()


NO_NUMBERS = (
    ("abc", "Expected something like 0.5, -1 or 1/9"),
    ("nan", "Expected a finite number"),
    ("-inf", "Expected a finite number"),
    ("1e308", "Expected a number between -1,000,000 and 1,000,000"),
    ("1e99999", "Expected a number between"),
    ("1/0", "nothing can be divided by 0"),
    ("9" * 500, "Expected a number such as"),
    ("__import__('os')", "Expected something like 0.5"),
    ("٣", "Expected something like 0.5"),
    (" ", "Expected a number such as"),
)


def test_what_is_no_number_does_not_enter_a_cell(
    qtbot: QtBot, promise: Promise, kernel: KernelPanel, subtests: pytest.Subtests
) -> None:
    shown = kernel.bench.table.kernel.copy()
    for typed, expected in NO_NUMBERS:
        with subtests.test(typed[:20]):
            type_cell(qtbot, kernel, typed)
            promise.is_kept(expected)
            assert np.array_equal(kernel.bench.table.kernel, shown)


NO_KERNELS = (
    ("", "the text is empty. Expected rows of numbers"),
    (" \n\t\n", "the text is empty. Expected rows of numbers"),
    ("1 2 3\n4 5 6\n7 8", "Row 3 has 2 numbers, row 1 has 3."),
    ("[[1, 2], [3]]", "Row 2 has 1 number, row 1 has 2."),
    ("1 2 3\n4 five 6\n7 8 9", "Row 2, number 2 is 'five', not a number."),
    ("1 nan 3", "Expected a finite number"),
    ("1 1e308 3", "Expected a number between -1,000,000 and 1,000,000"),
    ("{}", "Expected"),
    ("0 " * 16, "at most 15"),
    ("1 2\n" * 16, "at most 15"),
    ("1 2\n" * 100_000, "at most 15 rows of 15 numbers"),
    ("[" * 100_000, "at most 15 rows of 15 numbers"),
)


def test_what_is_no_kernel_is_not_pasted(
    qtbot: QtBot, promise: Promise, kernel: KernelPanel, subtests: pytest.Subtests
) -> None:
    for text, expected in NO_KERNELS:
        with subtests.test(text[:12]):
            paste(qtbot, kernel, text)
            promise.is_kept(expected)


NO_SETTINGS = (
    ("stride", "0", "Stride must be at least 1, got 0."),
    ("stride", "-1", "Stride must be at least 1, got -1."),
    ("stride", "9" * 400, "Stride must be at most 64"),
    ("kernel", "0", "Kernel must be at least 1, got 0."),
    ("filters", "0", "Filters must be at least 1, got 0."),
    ("filters", "10000", "Filters must be at most 4096, got 10000."),
    ("groups", "0", "Groups must be at least 1, got 0."),
    ("groups", "3", "3 groups do not divide the 16 filters. Expected 1."),
    ("dilation", "99999999999", "Dilation must be at most 64"),
)


def test_a_setting_that_cannot_be_is_refused_below_its_field(
    qtbot: QtBot, promise: Promise, layer: LayerPanel, subtests: pytest.Subtests
) -> None:
    assert layer.form is not None
    for setting, typed, expected in NO_SETTINGS:
        with subtests.test(f"{setting} {typed[:20]}"):
            shown = box_of(layer, setting).shown
            type_setting(qtbot, layer, setting, typed)
            promise.is_kept()
            assert expected in layer.form.sentence(setting)
            assert box_of(layer, setting).shown == shown


def test_letters_do_not_enter_the_field_of_a_setting(
    qtbot: QtBot, promise: Promise, layer: LayerPanel
) -> None:
    type_setting(qtbot, layer, "filters", "many")
    promise.is_kept()
    assert box_of(layer, "filters").text() == "16"


def test_a_kernel_larger_than_its_padded_input_is_refused(
    qtbot: QtBot,
    window: Window,
    layer: LayerPanel,
) -> None:
    document = window.workspace.document
    document.edit("Small", edits.set_input_size(3, 8, 8))
    document.edit("No padding", edits.set_settings("conv1", padding="valid"))
    answer(window.workspace)
    window.workspace.view.select(Unit("conv1", 0))
    promise = Promise(window)
    type_setting(qtbot, layer, "kernel", "9")
    promise.is_kept()
    assert layer.form is not None
    assert "conv1" in layer.form.sentence("kernel")
    assert "8" in layer.form.sentence("kernel")


NO_NETWORKS = (
    (b"Roses are red", "is no network: expected a file that this program saved"),
    (b"", "is no network: expected a file that this program saved"),
    (b"PK\x03\x04" + bytes(100), "is no network: expected a file that this program saved"),
    (bytes(range(256)) * 40, "is no network: expected a file that this program saved"),
    (None, "could not be read"),
)


def test_a_network_file_that_is_none_is_refused(
    promise: Promise,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    run_command: Callable[[str], None],
    subtests: pytest.Subtests,
) -> None:
    file = tmp_path / "poem.network"
    monkeypatch.setattr(promise.window.files, "ask_file", lambda *_: file)
    for content, expected in NO_NETWORKS:
        with subtests.test(expected, content=content and content[:12]):
            file.unlink(missing_ok=True)
            if content is not None:
                file.write_bytes(content)
            run_command("file.open_network")
            promise.is_kept("poem.network", expected)


NO_SOURCES = (
    ("99", "camera"),
    ("/there/is/nothing.png", "nothing.png"),
    ("http://127.0.0.1:9/none.mjpg", "127.0.0.1:9"),
    ("sample:unicorn", "unicorn"),
    ("", "Expected"),
)


def test_a_source_that_does_not_exist_is_told_and_the_last_picture_stays(
    qtbot: QtBot, promise: Promise, subtests: pytest.Subtests
) -> None:
    promise.workspace.capture.start()
    for address, expected in NO_SOURCES:
        with subtests.test(address):
            promise.workspace.open_address(address)
            qtbot.waitUntil(lambda: bool(promise.window.messages.sentence), timeout=8000)
            promise.is_kept(expected)


NONSENSE = (
    (["ftp://there/a.png"], "is no address of a stream. Expected http://"),
    (["mailto:nobody"], "There is no file or folder mailto:nobody. Expected an image"),
    ([""], "Nothing was given. Expected an image"),
    ("sample:unicorn", "There is no sample called unicorn"),
)


def test_nonsense_that_is_dropped_is_told(promise: Promise, subtests: pytest.Subtests) -> None:
    for mime, expected in NONSENSE:
        with subtests.test(str(mime)):
            assert drop(promise.window, mime)
            promise.is_kept(expected)


def test_text_that_names_nothing_cannot_be_dropped(promise: Promise, subtests: pytest.Subtests) -> None:
    for text in "hello", "x" * 1_000_000, "two\nhttp://lines":
        with subtests.test(text[:12]):
            assert not drop(promise.window, text)
            promise.is_kept()


def test_a_network_file_with_weights_that_are_no_numbers_is_shown_without_a_fault(
    window: Window, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run_command: Callable[[str], None]
) -> None:
    network = window.workspace.document.network
    broken = np.full_like(network["conv1"].parameters["kernel"], np.nan)
    broken[1] = np.inf
    broken[1, :, 0] = -np.inf
    file = write_network(network.with_parameters({"conv1": {"kernel": broken}}), tmp_path / "nan.network")
    monkeypatch.setattr(window.files, "ask_file", lambda *_: file)
    run_command("file.open_network")
    window.workspace.view.select(Unit("conv1", 1))
    assert not answer(window.workspace).failure
    assert window.grab().width() == window.width()
