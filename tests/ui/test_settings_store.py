"""The settings file: what cannot be read counts as never set, and what cannot be written is told in the log."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.ui.settings_store import SettingsStore


def store(tmp_path: Path, content: str | bytes) -> SettingsStore:
    file = tmp_path / "window.ini"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return SettingsStore(file)


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999", "many", "@Size(1 1)", "@Invalid()"])
def test_a_broken_number_counts_as_never_set(tmp_path: Path, number: str) -> None:
    broken = store(tmp_path, f"[window]\ntext={number}\n[recent]\ncount={number}\n")
    assert broken.number("window/text", 1.25) == 1.25
    assert broken.recent == []


@pytest.mark.parametrize("count", ["-3", "99999999999999999999"])
def test_a_count_that_cannot_be_loses_no_address_that_is_there(tmp_path: Path, count: str) -> None:
    broken = store(tmp_path, f"[recent]\ncount={count}\n0=sample:cat\n")
    broken.remember_recent("sample:house")
    assert broken.recent[0] == "sample:house"
    assert SettingsStore(tmp_path / "window.ini").recent[0] == "sample:house"


def test_bytes_that_are_no_settings_count_as_none(tmp_path: Path) -> None:
    broken = store(tmp_path, bytes(range(256)) * 4)
    assert broken.text("window/theme", "dark") == "dark"
    assert broken.block("window/layout").isEmpty()


def test_settings_that_cannot_be_written_are_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "in the way").write_text("a file")
    lost = SettingsStore(tmp_path / "in the way" / "window.ini")
    lost.put("window/theme", "dark")
    lost.save()
    assert "could not be written" in caplog.text


def test_settings_that_are_not_kept_touch_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "devnull", str(tmp_path / "null"))
    unkept = SettingsStore(Path(os.devnull))
    unkept.remember_recent("sample:cat")
    unkept.save()
    assert unkept.recent == ["sample:cat"]
    assert not list(tmp_path.iterdir())


def test_settings_that_are_not_kept_can_be_forgotten() -> None:
    unkept = SettingsStore(Path(os.devnull))
    unkept.remember_recent("sample:cat")
    unkept.put("recently", 1)
    unkept.forget_recent()
    assert (unkept.recent, unkept.text("recently")) == ([], "1")
