"""Every run of a session has a name of its own, those from a file too."""

from __future__ import annotations

import pytest

from explorer.datasets.augmentation import Augmentation
from explorer.datasets.split import Splitting
from explorer.engine.training import Checkpoint
from explorer.runtime.run_book import RunBook
from explorer.runtime.run_record import RunRecord
from explorer.runtime.stopping import Stopping
from tests.runtime.trainings import SETTINGS, network


def record(title: str) -> RunRecord:
    start = network()
    return RunRecord(
        title, start, Checkpoint(start), SETTINGS, Stopping(), Splitting(), Augmentation(), "Oriented bars"
    )


def test_runs_are_numbered_in_the_order_in_which_they_began() -> None:
    book = RunBook()
    for _ in range(3):
        book.add(record(book.next_title()))
    assert [run.title for run in book.runs] == ["Run 1", "Run 2", "Run 3"]


@pytest.mark.parametrize(("title", "following"), [("Run 2", "Run 3"), ("large kernels", "Run 2")])
def test_a_run_that_is_restored_keeps_its_name_and_the_next_one_has_another(
    title: str, following: str
) -> None:
    book = RunBook()
    book.add(record(title))
    assert book.runs[0].title == title
    assert book.next_title() == following


def test_a_run_that_is_restored_beside_one_of_its_name_is_called_anew() -> None:
    book = RunBook()
    for _ in range(2):
        book.add(record(book.next_title()))
    book.add(record("Run 1"))
    assert [run.title for run in book.runs] == ["Run 1", "Run 2", "Run 3"]
