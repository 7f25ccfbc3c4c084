"""A training in a file goes on exactly, and a file that holds none is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.split import Splitting
from explorer.runtime.autosave import Autosave
from explorer.runtime.run_record import RunRecord
from explorer.runtime.stopping import Stopping
from explorer.runtime.training_file import TrainingFileError, read_training, write_training
from tests.runtime.trainings import ADDRESS, SETTINGS, Trained, network, numbers_of


@pytest.fixture
def trained() -> Iterator[Trained]:
    trained = Trained()
    yield trained
    trained.run.stop()


def record(trained: Trained, title: str = "Run 1") -> RunRecord:
    return RunRecord(
        title, network(), trained.state.checkpoint, SETTINGS, Stopping(epochs=3), Splitting(), Augmentation(shift=1),
        "Oriented bars", ADDRESS, trained.run.curves, trained.state.seconds, trained.state.images,
    )  # fmt: skip


def test_a_run_read_from_its_file_goes_on_bit_for_bit(trained: Trained, tmp_path: Path) -> None:
    trained.begin().to_rest(30)
    found = read_training(write_training(record(trained), tmp_path / "run.autosave"))
    whole = trained.to_rest(30).checkpoint
    other = Trained()
    rest = other.begin(start=found.checkpoint).to_rest(30).checkpoint
    other.run.stop()
    assert other.losses() == trained.losses()[30:]
    assert np.array_equal(numbers_of(rest.network), numbers_of(whole.network))


def test_settings_and_curves_come_back(trained: Trained, tmp_path: Path) -> None:
    trained.begin().to_rest(25)
    before = record(trained)
    found = read_training(write_training(before, tmp_path / "run.autosave"))
    for name in ("title", "settings", "stopping", "splitting", "augmentation", "data_address", "images"):
        assert getattr(found, name) == getattr(before, name)
    assert found.curves.steps["loss"].tolist() == trained.losses()
    assert set(found.curves.norms) == set(before.curves.norms)


def test_rows_after_the_checkpoint_are_left_out(trained: Trained, tmp_path: Path) -> None:
    trained.begin().to_rest(5)
    early = record(trained)
    trained.to_rest(5)
    found = read_training(write_training(early, tmp_path / "run.autosave"))
    assert len(found.curves.steps) == 5


@pytest.mark.parametrize("content", [b"", b"Roses are red", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_training_is_told(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "poem.autosave"
    file.write_bytes(content)
    with pytest.raises(TrainingFileError, match="poem.autosave holds no training that can be restored"):
        read_training(file)


def test_half_a_file_is_told(trained: Trained, tmp_path: Path) -> None:
    trained.begin().to_rest(3)
    file = write_training(record(trained), tmp_path / "run.autosave")
    file.write_bytes(file.read_bytes()[:-500])
    with pytest.raises(TrainingFileError, match="holds no training"):
        read_training(file)


def test_the_autosave_writes_the_newest_state_in_its_thread(trained: Trained, tmp_path: Path) -> None:
    autosave = Autosave(tmp_path / "run.autosave", every_s=0)
    trained.begin().to_rest(3)
    for number in range(20):
        autosave.offer(record(trained, f"Run {number}"))
    autosave.write(record(trained, "Run 20"))
    autosave.stop()
    assert read_training(autosave.path).title in ("Run 19", "Run 20")
    autosave.discard()
    assert not autosave.path.exists()


def test_a_place_that_cannot_be_written_to_costs_nothing_but_the_file(
    trained: Trained, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    autosave = Autosave(tmp_path / "file" / "run.autosave")
    trained.begin().to_rest(1)
    assert not autosave.write(record(trained))
