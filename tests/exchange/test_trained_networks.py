"""The networks that come trained: they open, know their classes, and are as good as their cards say."""

from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from explorer.courses import COURSES
from explorer.datasets.opening import open_dataset
from explorer.engine.evaluate import evaluate
from explorer.engine.presets.networks import network_names
from explorer.engine.training import assess
from explorer.exchange import trained_networks as module
from explorer.exchange.network_file import NetworkFileError, read_network
from explorer.exchange.trained_networks import (
    TrainedNetwork,
    all_names,
    named_network,
    open_trained,
    same_numbers,
    trained_networks,
    write_trained,
)
from explorer.headless import first_frame
from explorer.sources.digits import counting
from explorer.sources.opening import open_source
from explorer.sources.preparation import Preparation
from explorer.sources.preparing import prepare

every_network = pytest.mark.parametrize("card", trained_networks(), ids=lambda card: card.name)


def test_every_course_has_its_network_and_no_preset_has_its_name() -> None:
    assert [card.name for card in trained_networks()] == list(COURSES)
    assert len(set(all_names())) == len(trained_networks()) + len(network_names())


@every_network
def test_a_trained_network_opens_and_knows_its_classes(card: TrainedNetwork) -> None:
    network = open_trained(card.name)

    assert not network.problems
    assert network.title == card.title
    assert network.parameter_count == card.parameters
    assert network.reports[network.outputs[-1].name].shape == (len(network.classes),)


@every_network
def test_a_card_says_everything(card: TrainedNetwork) -> None:
    empty = [name for name, value in dataclasses.asdict(card).items() if value in ("", None)]

    assert empty == []
    assert 20 < len(card.help) < 130
    assert card.learned_from > card.judged_by > 0
    assert card.command.startswith(f"python -m explorer.courses {card.name}")
    assert card.file.stat().st_size < 700_000


def test_the_networks_are_as_good_as_promised() -> None:
    accuracy = {card.name: card.accuracy for card in trained_networks()}

    assert accuracy["digits"] >= 0.99
    assert accuracy["things"] >= 0.77
    assert accuracy["faces"] >= 0.95


def test_the_ten_things_have_large_first_kernels_and_few_parameters() -> None:
    network = open_trained("things")

    assert network["conv1"].parameters["kernel"].shape == (32, 3, 7, 7)
    assert network.parameter_count <= 300_000


@pytest.mark.parametrize(("name", "folder"), [("digits", "mnist"), ("things", "cifar10")])
def test_a_card_tells_the_accuracy_of_what_is_shipped(name: str, folder: str, shared_data: Path) -> None:
    (card,) = [card for card in trained_networks() if card.name == name]
    network = open_trained(name)
    dataset = open_dataset(shared_data / folder)

    found = assess(network, COURSES[name].examples(dataset)[1])

    assert network.classes == dataset.classes
    assert found.accuracy == pytest.approx(card.accuracy, abs=0.002)


@pytest.mark.skipif(importlib.util.find_spec("skimage") is None, reason="scikit-image is not installed")
def test_the_card_of_the_faces_tells_the_accuracy_of_what_is_shipped() -> None:
    (card,) = [card for card in trained_networks() if card.name == "faces"]

    found = assess(open_trained("faces"), COURSES["faces"].examples(open_dataset("installed:face-or-not"))[1])

    assert found.accuracy == pytest.approx(card.accuracy, abs=0.002)


@pytest.mark.parametrize("number", range(20))
def test_digits_that_this_program_writes_are_read(number: int) -> None:
    """No two of them are alike: each second brings another slant."""
    network = open_trained("digits")
    pixels = counting(280, 280, number + 0.3)[:, :, None]

    scores = evaluate(network, prepare(pixels, Preparation(), 1, 28, 28)).activations["softmax"][0]

    assert network.classes[scores.argmax()] == str(number % 10)


@pytest.mark.parametrize(("name", "said"), [("things", "ship"), ("digits", "3"), ("faces", "face")])
def test_a_network_knows_the_picture_that_its_card_names(name: str, said: str) -> None:
    (card,) = [card for card in trained_networks() if card.name == name]
    network, source = open_trained(name), open_source(card.picture)
    frame = first_frame(source)
    channels, height, width = network.input_shape

    scores = evaluate(network, prepare(frame.pixels, Preparation(), channels, height, width)).activations[
        "softmax"
    ][0]

    assert network.classes[scores.argmax()] == said
    assert scores.max() > 0.9


def test_an_edited_network_is_another_one() -> None:
    network = open_trained("faces")
    kernel = network["conv1"].parameters["kernel"].copy()
    kernel[0, 0, 0, 0] += 1

    assert same_numbers(network, open_trained("faces"))
    assert not same_numbers(network, network.with_parameters({"conv1": {"kernel": kernel}}))
    assert not same_numbers(network, open_trained("digits"))


def test_what_is_written_is_read_with_its_card_and_classes(tmp_path: Path) -> None:
    card, network = trained_networks()[-1], open_trained(trained_networks()[-1].name)

    file = write_trained(network, card, tmp_path / "again.network")

    assert same_numbers(read_network(file), network)
    assert read_network(file).classes == network.classes
    assert module._card(file) == card


def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "digits.network"
    file.write_bytes(open_trained.__module__.encode())

    with pytest.raises(NetworkFileError, match="digits.network is damaged. Install the program again"):
        module._card(file)


def test_without_its_files_the_program_has_its_other_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(path: str) -> Path:
        raise FileNotFoundError(path)

    monkeypatch.setattr(module, "resource", missing)
    trained_networks.cache_clear()
    try:
        assert all_names() == network_names()
        assert named_network("edges").title == "Horizontal and vertical edges"
    finally:
        trained_networks.cache_clear()


def test_a_name_that_no_trained_network_has_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="vgg"):
        open_trained("vgg")
