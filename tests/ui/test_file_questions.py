"""Questions about files: the folder of the last answer is where the next question of its kind begins."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from explorer.ui.file_questions import FileQuestions
from explorer.ui.settings_store import SettingsStore


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Where each dialog began; the person answers with a file in tmp_path every time."""
    begun: list[str] = []
    chosen = str(tmp_path / "chosen.txt")
    for dialog in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, dialog, lambda *given: (begun.append(given[2]), (chosen, ""))[1])
    return begun


def test_a_folder_is_remembered_for_its_kind_of_file(
    qtbot, settings: SettingsStore, asked: list[str], tmp_path: Path
) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    files = FileQuestions(owner, settings)
    assert files.ask_file("Open", "Kernels (*.txt)", "kernel") == tmp_path / "chosen.txt"
    files.ask_new_file("Save", "Kernels (*.txt)", "new.txt", "kernel")
    files.ask_file("Open", "Networks (*)", "network")
    assert asked[1] == str(tmp_path / "new.txt")
    assert asked[2] == asked[0]


def test_a_cancelled_question_is_no_answer_and_forgets_nothing(
    qtbot, settings: SettingsStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    settings.put("folders/kernel", str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    files = FileQuestions(owner, settings)
    assert files.ask_file("Open", "Kernels (*.txt)", "kernel") is None
    assert files.ask_folder("Open", "kernel") is None
    assert settings.text("folders/kernel") == str(tmp_path)
