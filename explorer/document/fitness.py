"""Whether a network can learn from a data set, and if not, the sentence that says what to do."""

from __future__ import annotations

from explorer.datasets.dataset import DataSet
from explorer.engine.layer import shape_text
from explorer.engine.losses import CrossEntropy, Loss
from explorer.engine.network import Network
from explorer.engine.parameter_vector import ParameterVector


def misfit(network: Network, dataset: DataSet, loss: Loss) -> str:
    """Why the network cannot learn from the data set by this loss; empty where it can."""
    last = network.outputs[-1].name
    report = network.reports[last]
    if report.problem:
        return f"The network cannot run: {report.problem}"
    if len(network.input_shape) != 3:
        return (
            f"The network reads {shape_text(network.input_shape)} numbers, not images. "
            "Choose a network that reads images."
        )
    if not ParameterVector.of(network).size:
        return (
            "There is nothing to train: no layer has weights. "
            "Add a convolution or a dense layer, or adapt the network."
        )
    shape, classes = report.shape or (), len(dataset.classes)
    if len(shape) != 1:
        return (
            f"The network ends in maps of {shape_text(shape)}, not in one number per class. "
            "Add flatten, dense and softmax layers, or adapt the network."
        )
    if shape[0] == classes or (shape[0] == 1 and classes == 2 and not isinstance(loss, CrossEntropy)):
        return ""
    return (
        f"The network answers {shape[0]} {'class' if shape[0] == 1 else 'classes'}, the data set has {classes}. "
        "Adapt the network, or choose another data set."
    )


def remark(network: Network, dataset: DataSet) -> str:
    """What happens to the images before the network, where they are not of its size; empty where they are."""
    own = (dataset.channels, dataset.height, dataset.width)
    if network.input_shape == own or len(network.input_shape) != 3:
        return ""
    made = "enlarged" if network.input_shape[1] > own[1] else "made smaller"
    if network.input_shape[1:] == own[1:]:
        made = "made grey" if network.input_shape[0] < own[0] else "given to every channel"
    return f"The images ({shape_text(own)}) are {made} for the network's input ({shape_text(network.input_shape)})."
