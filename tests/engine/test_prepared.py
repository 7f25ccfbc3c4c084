"""Prepared chains: the same numbers bit for bit, whatever changes from frame to frame, and nothing held is written."""

import copy
import gc
import threading
import weakref

import numpy as np
import pytest

from explorer.engine import chain
from explorer.engine.evaluate import evaluate
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.normalization import BatchNormalization
from explorer.engine.layers.pooling import AveragePool, L2Pool, MaxPool
from explorer.engine.layers.rectifiers import LeakyReLU
from explorer.engine.layers.weighted_pooling import WeightedPool
from explorer.engine.network import Network, Node
from explorer.engine.pool import pool
from explorer.engine.preparations import COPIES, PATIENCE, Preparations, preparations
from explorer.engine.prepared import Layout
from explorer.engine.scratch import scratch
from explorer.engine.wave import compute_wave, ordered
from tests.engine.test_chain import assert_same_bits, network_of, one_by_one

CHAINS = {
    "conv, relu, pool, twice": (Conv2d(filters=8), ReLU(), MaxPool(), Conv2d(filters=4), ReLU(), MaxPool()),
    "explicit padding": (Conv2d(padding="explicit", sides=(0, 3, 5, 1), padding_value=2.5), ReLU()),
    "valid": (Conv2d(padding="valid", kernel=(5, 4)), MaxPool(window=(3, 3), stride=(3, 3))),
    "padding wider than the kernel": (Conv2d(padding="explicit", sides=(4, 4, 4, 4)), ReLU()),
    "dilation": (Conv2d(dilation=(2, 3), kernel=(3, 5)), ReLU()),
    "stride": (Conv2d(stride=(2, 2), kernel=(7, 7)), BatchNormalization(), ReLU()),
    "groups": (Conv2d(filters=6, groups=3), ReLU(), Conv2d(filters=4, groups=2, bias=False)),
    "mirrored border": (Conv2d(border="reflect-101"), LeakyReLU()),
    "true convolution": (Conv2d(flip=True), ReLU()),
    "averages": (Conv2d(filters=4), AveragePool(ceil=True), L2Pool(), WeightedPool(window=(3, 3))),
    "overlapping poolings": (
        MaxPool(window=(3, 3), stride=(2, 2)),
        MaxPool(window=(3, 2), padding="same"),
        ReLU(),
    ),
}


def images_of(network, count, batch=1):
    images = np.random.default_rng(5).standard_normal((count, batch, *network.input_shape)).astype(np.float32)
    images[-1, 0, 0, 20, 30:33] = np.nan, np.inf, -0.0
    return images


def address(array):
    return array.__array_interface__["data"][0]


def changed(network, name):
    node = network[name]
    parameters = {key: value * np.float32(1.5) for key, value in node.parameters.items()}
    return network.replacing(node.changed(parameters=parameters))


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("layers", CHAINS.values(), ids=CHAINS.keys())
def test_frame_after_frame_gives_what_the_layers_give_one_by_one(layers, batch):
    network = network_of(layers, 61, 84, 3)
    for image in images_of(network, 5, batch):
        trace = evaluate(network, image)
        assert_same_bits(trace.activations, one_by_one(network, image))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_prepared_calls_give_the_same_for_any_number_of_threads(threads, monkeypatch):
    network = network_of((Conv2d(filters=16), ReLU(), MaxPool(), Conv2d(filters=8), ReLU()))
    monkeypatch.setattr(pool, "threads", threads)
    for image in images_of(network, 4):
        assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


def test_two_frames_take_turns_in_the_same_memory():
    network = network_of((Conv2d(filters=9), ReLU(), MaxPool()), 131, 97)
    held = [None]
    places = []
    for image in images_of(network, 8):
        held[0] = evaluate(network, image, held[0])
        places.append(address(held[0].activations["n1"]))
    assert len(set(places[2:])) == 2


def test_what_somebody_holds_is_never_written():
    network = network_of((Conv2d(filters=8), ReLU(), MaxPool(), Conv2d(filters=8)))
    corners, copies = [], []
    for image in images_of(network, 7):
        trace = evaluate(network, image)
        corners.append([one[:, 1:, ::2].transpose(1, 0, 2, 3)[1:] for one in trace.activations.values()])
        copies.append([one.copy() for one in corners[-1]])
        del trace
    for views, expected in zip(corners, copies, strict=True):
        for view, kept in zip(views, expected, strict=True):
            np.testing.assert_array_equal(view, kept)


def test_nobody_can_write_into_what_was_handed_out():
    network = network_of((Conv2d(filters=8), ReLU()))
    for image in images_of(network, 3):
        output = evaluate(network, image).activations["n1"]
        with pytest.raises(ValueError, match="read-only"):
            output[...] = 0


def test_another_kernel_is_put_where_the_calls_read_it():
    network = network_of((Conv2d(filters=8), ReLU(), MaxPool(), Conv2d(filters=6, flip=True), ReLU()))
    image = images_of(network, 1)[0]
    trace = None
    for turn in range(6):
        trace = evaluate(network, image, trace)
        assert_same_bits(trace.activations, one_by_one(network, image))
        network = changed(network, "n3" if turn % 3 else "n0")


def test_another_batch_norm_is_another_chain():
    network = network_of((Conv2d(filters=8), BatchNormalization(), ReLU()))
    image = images_of(network, 1)[0]
    for _ in range(3):
        evaluate(network, image)
    network = changed(network, "n1")
    assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


def test_another_layer_or_another_size_is_another_chain():
    for size in (64, 65, 64):
        for last in (ReLU(), LeakyReLU(), ReLU()):
            network = network_of((Conv2d(filters=8), last), size, size)
            for image in images_of(network, 3):
                assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


def test_a_sum_of_branches_reads_the_branch_of_this_frame():
    nodes = network_of((Conv2d(filters=3), ReLU(), Conv2d(filters=3))).nodes
    nodes = (*nodes, Node("sum", Add(), ("n2", "input", "n1")), Node("end", ReLU(), ("sum",)))
    network = Network(nodes).fitted(1)
    held = []
    for image in images_of(network, 6):
        trace = evaluate(network, image)
        assert_same_bits(trace.activations, one_by_one(network, image))
        held = [*held[-1:], trace]


def test_an_edit_computes_only_what_lies_behind_it_and_equals_a_fresh_evaluation():
    network = network_of((Conv2d(filters=8), ReLU(), MaxPool(), Conv2d(filters=6), ReLU()))
    image = images_of(network, 1)[0]
    trace = evaluate(network, image)
    for _ in range(5):
        network = changed(network, "n3")
        after = evaluate(network, image, trace)
        assert after.steps["n2"] is trace.steps["n2"]
        assert after.reused == 4
        assert_same_bits(after.activations, one_by_one(network, image))
        trace = after


def test_a_wave_computes_a_tile_only_behind_those_that_it_reads():
    network = network_of(
        (Conv2d(filters=32), MaxPool(), Conv2d(filters=32, kernel=(5, 5)), ReLU(), Conv2d()), 240, 320
    )
    for image in images_of(network, 4):
        evaluate(network, image)
    chains = [preparations.of(name)[-1] for name in ("n0", "n2", "n4")]
    done = set()
    for number, tile, needs in ordered(tuple(one.layout for one in chains)):
        assert done >= {(source, place) for source, last in needs for place in range(last + 1)}
        if number:
            (_, rows), before = chains[number].layout.needs[tile][0], chains[number - 1].layout
            there = [spans[-1][1] for place, spans in enumerate(before.tiles) if (number - 1, place) in done]
            assert max(there) >= rows
        done.add((number, tile))
    assert len(done) == sum(len(one.layout.tiles) for one in chains) > 6


@pytest.mark.parametrize(("longest", "expected"), [(chain.LONGEST_WAVE, [3]), (0, [1, 1, 1])])
def test_a_wave_is_no_longer_than_an_evaluation_may_go_on_unasked(longest, expected, monkeypatch):
    network = network_of(
        (Conv2d(filters=8), MaxPool(), Conv2d(filters=8), ReLU(), Conv2d(filters=8)), 80, 260
    )
    images = images_of(network, 4)
    for image in images[:3]:
        evaluate(network, image)
    waves = []
    monkeypatch.setattr(chain, "LONGEST_WAVE", longest)
    monkeypatch.setattr(
        chain, "compute_wave", lambda chains: waves.append(len(chains)) or compute_wave(chains)
    )
    trace = evaluate(network, images[3])
    assert waves == expected
    assert_same_bits(trace.activations, one_by_one(network, images[3]))


def test_a_filter_cut_product_gives_the_same_whoever_computes_it():
    network = network_of((Conv2d(filters=64), ReLU(), Conv2d(filters=64)), 40, 80, 32)
    for image in images_of(network, 3):
        assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))


def test_an_image_that_was_evaluated_is_let_go():
    network = network_of((Conv2d(filters=8), ReLU()))
    seen = []
    for image in images_of(network, 6):
        image = image.copy()
        seen.append(weakref.ref(image))
        evaluate(network, image)
        del image
    gc.collect()
    assert [one() for one in seen[3:]] == [None] * 3


def test_scratch_paper_is_let_go_with_the_chains_that_kept_it(monkeypatch):
    monkeypatch.setattr(pool, "threads", 1)
    network = network_of((Conv2d(filters=8), ReLU()), 77, 79)
    before = set(scratch._shared)
    for image in images_of(network, 3):
        evaluate(network, image)
    (paper,) = set(scratch._shared) - before
    own = weakref.ref(preparations.take(network, network["n0"], {"input": image}))
    gc.collect()
    assert own() is None
    assert paper not in scratch._shared


def test_two_threads_evaluate_the_same_network_at_once():
    network = network_of((Conv2d(filters=8), ReLU(), MaxPool(), Conv2d(filters=4)), 64, 64)
    images = images_of(network, 8)
    failures = []

    def work(own):
        try:
            for _ in range(4):
                for image in own:
                    assert_same_bits(evaluate(network, image).activations, one_by_one(network, image))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(images[start::2],)) for start in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_an_error_in_a_call_reaches_the_caller_and_the_chain_is_not_used_again():
    class Broken(ReLU):
        fails = False

        def apply(self, x, out):
            if type(self).fails:
                raise RuntimeError("broken")
            super().apply(x, out)

    network = network_of((Conv2d(filters=8), Broken()))
    images = images_of(network, 4)
    for image in images[:3]:
        evaluate(network, image)
    Broken.fails = True
    with pytest.raises(RuntimeError, match="broken"):
        evaluate(network, images[0])
    Broken.fails = False
    assert_same_bits(evaluate(network, images[3]).activations, one_by_one(network, images[3]))


def test_an_interruption_while_a_tile_waits_for_another_keeps_nobody_waiting(monkeypatch):
    """Ctrl+C comes to the main thread, and its tile, which a helper waits for, is never done."""
    interrupted, main = threading.Event(), threading.get_ident()

    class Part:
        def __init__(self, name, needs):
            self.layout = Layout((name,), (((0, 1),),), (needs,))

        def compute(self, tile):
            if threading.get_ident() == main:
                raise KeyboardInterrupt
            assert interrupted.wait(5)

    def pause(seconds):
        if threading.get_ident() == main:
            interrupted.set()
            raise KeyboardInterrupt

    monkeypatch.setattr(pool, "threads", 2)
    monkeypatch.setattr("explorer.engine.wave.time.sleep", pause)
    parts = [Part("a", ()), Part("b", (("a", 1),)), Part("c", (("b", 1),))]
    with pytest.raises(KeyboardInterrupt):
        compute_wave(parts)


def test_there_are_never_more_copies_than_can_take_turns():
    network = network_of((Conv2d(filters=8), ReLU()))
    held = [evaluate(network, image) for image in images_of(network, COPIES + 5)]
    assert len(held) > len(preparations.of("n0")) == COPIES


def test_a_chain_that_nobody_asks_for_any_more_is_forgotten():
    network = network_of((Conv2d(filters=8), ReLU()))
    for image in images_of(network, 3):
        evaluate(network, image)
    first = preparations.of("n0")[-1]
    own = Preparations()
    own.put(first)
    others = [copy.copy(first) for _ in range(PATIENCE + 1)]
    for number, other in enumerate(others):
        other.name, other.last_use = f"other {number}", 0
        own.put(other)
    assert own.of("n0") == []


def test_a_network_of_other_inputs_does_not_take_the_calls_of_this_one():
    network = network_of((Conv2d(filters=8), ReLU()), 61, 83, 3)
    other = Network(
        (
            Node("input", Input(channels=3, height=61, width=83)),
            Node("n0", Conv2d(filters=8), ("input",)),
            Node("n1", ReLU(), ("input",)),
        )
    ).fitted(1)
    for image in images_of(network, 3):
        for one in (network, other):
            assert_same_bits(evaluate(one, image).activations, one_by_one(one, image))
