"""The jobs of single layers, forward and backward, and of a small residual network with all maps kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.benchmarks.training_jobs import THREADS, Job

BATCH = 8
CLASSES = 1000
STAGES = (
    (64, 1),
    (128, 2),
    (256, 2),
    (512, 2),
)  # filters and first stride of ResNet-18's stages of two blocks


@dataclass(frozen=True)
class Subject:
    """A layer on its own: the shape of one image, kernels (filters, channels / groups, size, size), how they slide."""

    image: tuple[int, int, int]
    kernel: tuple[int, int, int, int]
    stride: int = 1
    padding: int = 0
    groups: int = 1
    transposed: bool = False


LAYERS = {
    "depthwise": Subject((64, 56, 56), (64, 1, 3, 3), padding=1, groups=64),
    "pointwise": Subject((64, 56, 56), (128, 64, 1, 1)),
    "stem": Subject((3, 224, 224), (64, 3, 7, 7), stride=2, padding=3),
    "transposed": Subject((64, 28, 28), (32, 64, 4, 4), stride=2, padding=1, transposed=True),
}


def layer_job(layer: str, way: str, engine: str) -> Job:
    """`way` is 'forward', or 'backward' for the gradients of input, kernel and bias."""
    subject = LAYERS[layer]
    rng = np.random.default_rng(0)
    images = rng.standard_normal((BATCH, *subject.image)).astype(np.float32)
    kernel = (rng.standard_normal(subject.kernel) * 0.1).astype(np.float32)
    bias = rng.standard_normal(len(kernel)).astype(np.float32)
    if engine == "ours":
        return _layer_ours(subject, images, kernel, bias, way)
    return _layer_torch(subject, images, kernel, bias, way, engine.removeprefix("PyTorch").strip())


def _layer_ours(subject: Subject, images: np.ndarray, kernel: np.ndarray, bias: np.ndarray, way: str) -> Job:
    from explorer.engine.layers.convolution import Conv2d
    from explorer.engine.layers.transposed_convolution import ConvTranspose2d
    from explorer.engine.memory import empty_maps
    from explorer.engine.tape import Needed, Tape

    side = subject.padding
    kind = ConvTranspose2d if subject.transposed else Conv2d
    layer = kind(
        filters=len(kernel), kernel=kernel.shape[2:], stride=(subject.stride,) * 2, groups=subject.groups,
        padding="explicit", sides=(side,) * 4,
    )  # fmt: skip
    x = empty_maps(*images.shape)  # as it comes out of another layer
    x[...] = images
    parameters = {"kernel": kernel, "bias": bias}
    for array in parameters.values():
        array.flags.writeable = False  # as in a network
    tape, held = Tape(record=True), [None]
    y = layer.forward([x], parameters, tape)
    if way == "forward":

        def job() -> None:
            held[0] = layer.forward([x], parameters, Tape())

        return job
    gradient = empty_maps(*y.shape)
    gradient[...] = np.random.default_rng(1).standard_normal(y.shape)

    def back() -> None:
        held[0] = layer.backward(gradient, tape, Needed((True,)))

    return back


def _layer_torch(
    subject: Subject, images: np.ndarray, kernel: np.ndarray, bias: np.ndarray, way: str, layout: str
) -> Job:
    import torch
    from torch.nn.functional import conv2d, conv_transpose2d

    torch.set_num_threads(THREADS)
    form = torch.channels_last if layout == "channels last" else torch.contiguous_format
    if subject.transposed:  # PyTorch numbers the channels of these kernels the other way round
        kernel = np.ascontiguousarray(kernel.transpose(1, 0, 2, 3))
    x, weight = (torch.from_numpy(array).contiguous(memory_format=form) for array in (images, kernel))
    offset = torch.from_numpy(bias)
    slide: Callable[..., Any] = conv_transpose2d if subject.transposed else conv2d
    settings = {"stride": subject.stride, "padding": subject.padding, "groups": subject.groups}
    with torch.inference_mode():
        y = slide(x, weight, offset, **settings)
    gradient = torch.rand(y.shape).contiguous(memory_format=form)

    def forward() -> object:
        with torch.inference_mode():
            return slide(x, weight, offset, **settings)

    def backward() -> object:
        return torch.ops.aten.convolution_backward(
            gradient, x, weight, [len(bias)], [subject.stride] * 2, [subject.padding] * 2, [1, 1],
            subject.transposed, [0, 0], subject.groups, [True, True, True],
        )  # fmt: skip

    return forward if way == "forward" else backward


# ---- ResNet-18 (He et al. 2015, table 1) ------------------------------------------------------------------------


def residual_network(side: int):
    """ResNet-18 with random weights, for one image of `side` x `side` pixels; every step is a node of its own."""
    from explorer.engine.layers.activation import ReLU
    from explorer.engine.layers.convolution import Conv2d
    from explorer.engine.layers.dense import Dense
    from explorer.engine.layers.flatten import Flatten
    from explorer.engine.layers.global_pooling import GlobalAveragePool
    from explorer.engine.layers.input import Input
    from explorer.engine.layers.merge import Add
    from explorer.engine.layers.normalization import BatchNormalization
    from explorer.engine.layers.pooling import MaxPool
    from explorer.engine.network import Network, Node

    nodes = [Node("input", Input(channels=3, height=side, width=side))]

    def add(layer, *sources: str) -> str:
        nodes.append(Node(f"node{len(nodes)}", layer, sources or (nodes[-1].name,)))
        return nodes[-1].name

    def convolution(source: str, filters: int, size: int, stride: int) -> str:
        add(
            Conv2d(
                filters=filters, kernel=(size, size), stride=(stride, stride), padding="explicit",
                sides=(size // 2,) * 4, bias=False,
            ),
            source,
        )  # fmt: skip
        return add(BatchNormalization())

    convolution("input", 64, 7, 2)
    add(ReLU())
    x, channels = add(MaxPool(window=(3, 3), stride=(2, 2), padding="explicit", sides=(1, 1, 1, 1))), 64
    for filters, first in STAGES:
        for stride in (first, 1):
            short = x if filters == channels and stride == 1 else convolution(x, filters, 1, stride)
            convolution(x, filters, 3, stride)
            long = convolution(add(ReLU()), filters, 3, 1)
            add(Add(), long, short)
            x, channels = add(ReLU()), filters
    add(GlobalAveragePool())
    add(Flatten())
    add(Dense(units=CLASSES))
    return Network(tuple(nodes), title="ResNet-18").fitted(1)


def residual_job(side: int, engine: str) -> Job:
    """One image through ResNet-18, all its maps kept."""
    image = np.random.default_rng(1).random((1, 3, side, side)).astype(np.float32)
    if engine != "ours":
        return _residual_torch(image, engine.removeprefix("PyTorch").strip())
    from explorer.engine.evaluate import evaluate

    network, held = residual_network(side), [None]

    def job() -> None:
        held[0] = evaluate(network, image)

    return job


def _residual_torch(image: np.ndarray, layout: str) -> Job:
    import torch
    from torch import nn
    from torch.nn.functional import adaptive_avg_pool2d, max_pool2d, relu

    torch.set_num_threads(THREADS)
    form = torch.channels_last if layout == "channels last" else torch.contiguous_format

    class Unit(nn.Module):
        """Convolution and normalisation."""

        def __init__(self, channels: int, filters: int, size: int, stride: int) -> None:
            super().__init__()
            self.conv = nn.Conv2d(channels, filters, size, stride, size // 2, bias=False)
            self.norm = nn.BatchNorm2d(filters)

        def forward(self, x, kept):
            kept.append(self.conv(x))
            kept.append(self.norm(kept[-1]))
            return kept[-1]

    blocks, channels = nn.ModuleList([Unit(3, 64, 7, 2)]), 64
    for filters, first in STAGES:
        for stride in (first, 1):
            parts = [Unit(channels, filters, 3, stride), Unit(filters, filters, 3, 1)]
            if filters != channels or stride > 1:
                parts.append(Unit(channels, filters, 1, stride))
            blocks.append(nn.ModuleList(parts))
            channels = filters
    dense = nn.Linear(channels, CLASSES)
    blocks.to(memory_format=form).eval()
    x = torch.from_numpy(image).contiguous(memory_format=form)

    def job() -> list[object]:
        kept: list[Any] = []

        def keep(maps):
            kept.append(maps)
            return maps

        with torch.inference_mode():
            y = keep(max_pool2d(keep(relu(blocks[0](x, kept))), 3, 2, 1))
            for first, second, *short in blocks[1:]:
                around = short[0](y, kept) if short else y
                y = keep(relu(keep(second(keep(relu(first(y, kept))), kept) + around)))
            keep(dense(keep(adaptive_avg_pool2d(y, 1)).flatten(1)))
        return kept

    return job
