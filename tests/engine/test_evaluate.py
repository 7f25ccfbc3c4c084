"""Evaluation: what runs, what is reused, what is left out."""

import weakref

import numpy as np
import pytest

from explorer.engine.evaluate import Cancelled, activation_bytes, evaluate
from explorer.engine.layer import ShapeError
from explorer.engine.layers.activation import ReLU
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.layers.flatten import Flatten
from explorer.engine.layers.input import Input
from explorer.engine.layers.merge import Add
from explorer.engine.layers.pooling import MaxPool
from explorer.engine.network import Network, Node
from tests.engine.build import chain

IMAGE = np.random.default_rng(0).normal(size=(1, 1, 12, 16)).astype(np.float32)
LAYERS = (Conv2d(filters=3), ReLU(), MaxPool(), Conv2d(filters=2), Flatten())


def edited(network: Network, name: str) -> Network:
    node = network[name]
    return network.replacing(node.changed(parameters={k: v * 2 for k, v in node.parameters.items()}))


def test_an_unchanged_network_and_image_cost_nothing():
    network = chain(1, 12, 16, *LAYERS)
    before = evaluate(network, IMAGE)

    again = evaluate(network, IMAGE, before)

    assert again.reused == len(network.nodes)
    assert again.activations["flatten5"] is before.activations["flatten5"]


@pytest.mark.parametrize(("name", "reused"), [("conv2d1", 1), ("conv2d4", 4)])
def test_above_an_edit_everything_is_reused_and_below_it_computed(name, reused):
    network = chain(1, 12, 16, *LAYERS)

    trace = evaluate(edited(network, name), IMAGE, evaluate(network, IMAGE))

    assert trace.reused == reused


def test_another_image_is_computed_from_the_start():
    network = chain(1, 12, 16, *LAYERS)

    assert evaluate(network, IMAGE.copy(), evaluate(network, IMAGE)).reused == 0


def test_an_edit_of_one_branch_leaves_the_other_alone():
    network = Network(
        (
            Node("image", Input(channels=1, height=12, width=16)),
            Node("left", Conv2d(filters=2), ("image",)),
            Node("right", Conv2d(filters=2), ("image",)),
            Node("sum", Add(), ("left", "right")),
        )
    ).fitted()
    before = evaluate(network, IMAGE)

    after = evaluate(edited(network, "left"), IMAGE, before)

    assert after.reused == 2
    assert after.activations["right"] is before.activations["right"]
    np.testing.assert_allclose(
        after.activations["sum"], after.activations["left"] + before.activations["right"], atol=1e-6
    )


def test_a_bypassed_node_hands_on_its_input():
    network = chain(1, 12, 16, *LAYERS)
    bypassed = network.replacing(network["relu2"].changed(bypassed=True))

    trace = evaluate(bypassed, IMAGE)

    assert trace.activations["relu2"] is trace.activations["conv2d1"]


def test_nodes_that_cannot_run_are_missing_and_the_others_run():
    network = chain(1, 12, 16, Conv2d(filters=2), MaxPool(window=(20, 20)), ReLU())

    assert list(evaluate(network, IMAGE).activations) == ["image", "conv2d1"]


def test_an_image_that_does_not_fit_is_refused():
    with pytest.raises(
        ShapeError, match=r"expects images of 1 x 12 x 16, got an array of shape \(1, 3, 12, 16\)"
    ):
        evaluate(chain(1, 12, 16), np.zeros((1, 3, 12, 16), np.float32))


def test_an_evaluation_can_be_given_up():
    with pytest.raises(Cancelled):
        evaluate(chain(1, 12, 16, *LAYERS), IMAGE, cancelled=lambda: True)


def test_progress_goes_from_little_to_everything_by_the_work_that_is_done():
    shares: list[float] = []

    evaluate(chain(1, 12, 16, *LAYERS), IMAGE, progress=shares.append)

    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert shares[1] - shares[0] > 0.4  # the first convolution costs most


def test_an_empty_batch_is_refused():
    with pytest.raises(ShapeError, match="The batch is empty"):
        evaluate(chain(1, 12, 16, *LAYERS), IMAGE[:0])


class TestWhenMemoryDoesNotSuffice:
    network = chain(1, 12, 16, *LAYERS)

    def test_only_what_somebody_asks_for_is_kept(self):
        trace = evaluate(self.network, IMAGE, keep={"relu2", "max_pool3"}, budget=0)

        whole = evaluate(self.network, IMAGE)
        assert set(trace.activations) == {"relu2", "max_pool3"}
        np.testing.assert_array_equal(trace.activations["max_pool3"], whole.activations["max_pool3"])

    def test_what_is_below_is_not_computed(self):
        shares: list[float] = []

        evaluate(self.network, IMAGE, keep={"relu2"}, budget=0, progress=shares.append)

        assert len(shares) == 3  # image, convolution, ReLU

    def test_activations_on_the_way_are_let_go_at_once(self):
        alive: list[int] = []
        seen: list[weakref.ref] = []

        class Watched(ReLU):
            def forward(self, inputs, parameters, tape):
                seen.append(weakref.ref(inputs[0]))
                alive.append(sum(one() is not None for one in seen))
                return super().forward(inputs, parameters, tape)

        network = chain(1, 12, 16, *[Watched()] * 6)
        evaluate(network, IMAGE, keep={network.nodes[-1].name}, budget=0)

        assert max(alive) <= 3  # the image, which the caller holds, what is read and what was read before

    def test_a_step_forgets_inputs_that_are_not_kept(self):
        trace = evaluate(self.network, IMAGE, keep={"relu2", "max_pool3"}, budget=0)

        assert trace.steps["relu2"].inputs == ()
        assert trace.steps["max_pool3"].inputs[0] is trace.activations["relu2"]

    def test_everything_is_kept_where_the_memory_suffices(self):
        assert len(evaluate(self.network, IMAGE, keep=set()).activations) == len(self.network.nodes)
        assert activation_bytes(self.network, 2) == 2 * 4 * sum(
            x.size for x in evaluate(self.network, IMAGE).activations.values()
        )

    def test_a_recorded_evaluation_keeps_everything(self):
        trace = evaluate(self.network, IMAGE, keep=set(), budget=0, record=True)

        assert len(trace.activations) == len(self.network.nodes)


def test_earlier_traces_keep_their_numbers_while_later_ones_are_computed():
    """Buffers are lent again; one that a trace still holds must not be."""
    network = chain(1, 256, 320, Conv2d(filters=2), ReLU(), MaxPool())
    images = np.random.default_rng(1).normal(size=(4, 1, 1, 256, 320)).astype(np.float32)
    traces = [evaluate(network, image) for image in images]
    kept = [trace.activations["max_pool3"].copy() for trace in traces]

    for image in images[::-1]:
        evaluate(network, image)

    for trace, before in zip(traces, kept, strict=True):
        np.testing.assert_array_equal(trace.activations["max_pool3"], before)


def test_overflow_and_nan_pass_without_a_warning():
    network = chain(1, 256, 320, Conv2d(filters=2), Conv2d(filters=2))
    image = np.full((1, 1, 256, 320), 3e38, np.float32)
    image[0, 0, 5, 5] = np.nan

    activation = evaluate(network, image).activations["conv2d2"]

    assert not np.isfinite(activation).all()
