"""The courses that make the trained networks: they can be taken by anyone, and say what is missing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from explorer.courses import COURSES, Course
from explorer.courses.__main__ import main
from explorer.courses.course import teach
from explorer.datasets.dataset import DataSet
from explorer.exchange.network_file import read_network
from explorer.exchange.trained_networks import same_numbers

every_course = pytest.mark.parametrize("course", COURSES.values(), ids=list(COURSES))


def pictures(classes: int, count: int = 12) -> DataSet:
    """Bright and dark images, for as many classes as wanted."""
    labels = np.arange(count) % classes
    images = np.random.default_rng(1).integers(0, 60, (count, 25, 25, 1)) + 180 * (
        labels[:, None, None, None] % 2
    )
    return DataSet(
        images.astype(np.uint8), labels, tuple(f"class {one}" for one in range(classes)), "Pictures", tested=4
    )


@pytest.fixture
def short() -> Course:
    return dataclasses.replace(COURSES["faces"], epochs=6, batch=4)


@every_course
def test_the_rate_rises_and_sinks_to_nothing(course: Course) -> None:
    settings, steps = course.settings(1000, seed=3), course.steps(1000)
    factors = [settings.schedule.factor(step) for step in range(steps + 1)]

    assert settings.seed == 3
    assert factors[0] < 0.1
    assert max(factors) == pytest.approx(1)
    assert factors[-1] == pytest.approx(0)


@every_course
def test_a_course_tells_how_it_trains(course: Course) -> None:
    assert course.describe().startswith(f"{course.epochs} epochs of AdamW, batches of {course.batch}")
    assert course.describe().endswith((").", "into the convolutions."))


def test_a_course_teaches_and_judges_by_images_never_seen(short: Course) -> None:
    told: list[tuple[int, int]] = []

    taught = teach(short, pictures(2), 5, lambda progress, steps: told.append((progress.step, steps)))

    assert told == [(step, 12) for step in range(1, 13)]
    assert taught.network.classes == ("class 0", "class 1")
    assert (taught.learned_from, taught.judged_by) == (8, 4)
    assert taught.assessment.accuracy == 1


def test_the_same_seed_gives_the_same_network(short: Course) -> None:
    first, second, other = (teach(short, pictures(2), seed).network for seed in (5, 5, 6))

    assert same_numbers(first, second)
    assert not same_numbers(first, other)


def test_other_classes_than_the_network_answers_are_refused(short: Course) -> None:
    with pytest.raises(ValueError, match="Face or not tells 2 classes apart, Pictures has 3"):
        teach(short, pictures(3), 0)


def test_the_command_writes_what_it_made(
    short: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(COURSES, "faces", short)
    monkeypatch.setattr("explorer.courses.__main__.open_dataset", lambda address: pictures(2))

    assert main(["faces", "--write", str(tmp_path)]) == 0

    assert "100.00% right: 4 of 4 images never seen, 3,714 parameters" in capsys.readouterr().out
    assert read_network(tmp_path / "faces.network").classes == ("class 0", "class 1")


def test_a_course_without_its_data_says_what_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digits"]) == 2
    assert "Expected --data FOLDER with MNIST" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digits", "--data", "/nowhere/at/all"]) == 1
    assert "There is no file or folder /nowhere/at/all" in capsys.readouterr().err
