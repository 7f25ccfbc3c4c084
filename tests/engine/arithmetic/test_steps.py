"""The chain of an explanation: its single numbers, and of a sum the terms that count most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explorer.engine.arithmetic import Explanation, explain
from explorer.engine.arithmetic.steps import chain_of
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node


def explained(
    kind: str, settings: dict[str, Any], unit: tuple[int, ...], source: str = "maps"
) -> Explanation:
    sources = {
        "maps": layer_of("input", {"channels": 6, "height": 5, "width": 5}),
        "list": layer_of("list_input", {"features": 12}),
    }
    nodes = (Node("input", sources[source]), Node("layer", layer_of(kind, settings), ("input",)))
    network = Network(nodes).fitted()
    image = np.random.default_rng(1).standard_normal((1, *network.input_shape)).astype(np.float32)
    return explain(evaluate(network, image), "layer", unit)


SUMS = [("conv2d", {"filters": 2}, (1, 2, 2), "maps"), ("dense", {"units": 3}, (2,), "list")]


@pytest.mark.parametrize(("kind", "settings", "unit", "source"), SUMS)
@pytest.mark.parametrize("page", [0, 1, 5])
def test_the_steps_come_to_the_total_on_every_page(
    kind: str, settings: dict[str, Any], unit: tuple[int, ...], source: str, page: int
) -> None:
    explanation = explained(kind, settings, unit, source)
    chain = chain_of(explanation, 4, page).explanation
    assert sum(part.number for part in chain.parts[:-1]) == pytest.approx(explanation.total, abs=1e-9)


def test_the_terms_that_count_most_come_first_and_tell_what_they_were_read_from() -> None:
    explanation = explained("conv2d", {"filters": 2}, (1, 2, 2))
    chain = chain_of(explanation, 3)
    sums = explanation["channel sums"].numbers
    first, second = np.argsort(-np.abs(sums))[:2]
    assert [name for name, _ in chain.terms] == [f"input:{first}", f"input:{second}"]
    assert chain.term(f"input:{first}") == first
    assert chain.others == "4 others"
    assert chain.explanation["4 others"].number == pytest.approx(np.delete(sums, [first, second]).sum())


def test_terms_that_all_have_room_keep_their_places() -> None:
    chain = chain_of(explained("conv2d", {"filters": 2}, (1, 2, 2)), 6)
    assert [index for _, index in chain.terms] == list(range(6))


def test_the_pages_go_through_all_terms() -> None:
    explanation = explained("conv2d", {"filters": 2}, (1, 2, 2))
    seen = {name for page in range(3) for name, _ in chain_of(explanation, 3, page).terms}
    assert seen == {f"input:{channel}" for channel in range(6)}


def test_of_a_softmax_the_steps_are_its_own_numbers() -> None:
    explanation = explained("softmax", {}, (4,), "list")
    chain = chain_of(explanation, 5).explanation
    numbers = {part.name: part.number for part in chain.parts}
    assert list(numbers) == ["scores", "largest", "shifted", "exp", "sum", "total"]
    assert numbers["scores"] - numbers["largest"] == pytest.approx(numbers["shifted"])
    assert np.exp(numbers["shifted"]) / numbers["sum"] == pytest.approx(explanation.value, abs=1e-6)


def test_a_short_chain_is_what_the_total_is_made_from() -> None:
    explanation = explained("log_softmax", {}, (4,), "list")
    chain = chain_of(explanation, 5, is_short=True).explanation
    assert [part.name for part in chain.parts] == ["shifted", "log(sum)", "total"]
    assert chain.parts[0].number - chain.parts[1].number == pytest.approx(explanation.value, abs=1e-6)


def test_what_has_only_single_numbers_stays_as_it_is() -> None:
    explanation = explained("relu", {}, (2, 1, 1))
    chain = chain_of(explanation, 5).explanation
    assert [part.name for part in chain.parts] == [part.name for part in explanation.parts]
    assert chain.curve is explanation.curve
