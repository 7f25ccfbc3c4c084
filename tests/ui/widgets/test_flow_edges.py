"""What a unit reads: weights of convolutions, the same channel elsewhere."""

import numpy as np

import explorer.engine.layers  # noqa: F401  - register
from explorer.document.view import Unit
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.ui.widgets.flow_edges import MOST, Edge, edges_of


def built(*nodes: Node) -> tuple[Network, dict[str, tuple[int, ...]]]:
    network = Network(
        (Node("input", layer_of("input", {"channels": 4, "height": 8, "width": 8})), *nodes)
    ).fitted()
    return network, {name: report.shape for name, report in network.reports.items() if report.shape}


def with_kernel(network: Network, name: str, kernel: np.ndarray) -> Network:
    node = network[name]
    return network.replacing(
        node.changed(parameters={**node.parameters, "kernel": kernel.astype(np.float32)})
    )


def test_the_strongest_channel_comes_first_with_its_sign() -> None:
    network, shapes = built(Node("conv1", layer_of("conv2d", {"filters": 2}), ("input",)))
    kernel = np.zeros((2, 4, 3, 3))
    kernel[1, 2], kernel[1, 0] = -2, 1
    edges = edges_of(with_kernel(network, "conv1", kernel), Unit("conv1", 1), shapes)
    assert edges == [Edge(Unit("input", 2), -1.0), Edge(Unit("input", 0), 0.5)]


def test_groups_read_only_their_own_channels() -> None:
    network, shapes = built(Node("conv1", layer_of("conv2d", {"filters": 4, "groups": 2}), ("input",)))
    read = {edge.source.channel for edge in edges_of(network, Unit("conv1", 3), shapes)}
    assert read == {2, 3}


def test_an_activation_reads_the_same_channel() -> None:
    network, shapes = built(Node("relu1", layer_of("relu", {}), ("input",)))
    assert edges_of(network, Unit("relu1", 2), shapes) == [Edge(Unit("input", 2))]


def test_a_concatenation_reads_the_branch_that_holds_the_channel() -> None:
    network, shapes = built(
        Node("conv1", layer_of("conv2d", {"filters": 3}), ("input",)),
        Node("both", layer_of("concatenate", {}), ("conv1", "input")),
    )
    assert edges_of(network, Unit("both", 4), shapes) == [Edge(Unit("input", 1))]


def test_a_flattened_feature_reads_its_map() -> None:
    network, shapes = built(Node("flatten", layer_of("flatten", {}), ("input",)))
    assert edges_of(network, Unit("flatten", 130), shapes) == [Edge(Unit("input", 2))]


def test_a_dense_unit_reads_its_strongest_features_only() -> None:
    network, shapes = built(
        Node("flatten", layer_of("flatten", {}), ("input",)),
        Node("dense", layer_of("dense", {"units": 3}), ("flatten",)),
    )
    edges = edges_of(network, Unit("dense", 1), shapes)
    assert len(edges) == MOST
    sizes = [abs(edge.weight or 0) for edge in edges]
    assert sizes == sorted(sizes, reverse=True)


def test_softmax_reads_everything() -> None:
    network, shapes = built(
        Node("flatten", layer_of("flatten", {}), ("input",)),
        Node("softmax", layer_of("softmax", {}), ("flatten",)),
    )
    assert edges_of(network, Unit("softmax", 1), shapes) == [Edge(Unit("flatten"))]


def test_the_input_reads_nothing() -> None:
    network, shapes = built()
    assert edges_of(network, Unit("input", 0), shapes) == []
