"""The jobs that train: whole steps with Adam, our general engine beside PyTorch, on examples that lie in memory."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np

THREADS = int(os.environ.get("BENCHMARK_THREADS", "2"))  # of an engine in a process of its own

Job = Callable[[], object]

# What a net is made of: ("conv", filters, size), ("dense", units), or a word. Every conv and hidden dense has a ReLU.
NETS: dict[str, tuple[tuple[int, int, int], tuple[tuple[object, ...], ...]]] = {
    "keras": (
        (1, 28, 28),
        (("conv", 32, 3), ("pool",), ("conv", 64, 3), ("pool",), ("flatten",), ("dropout",), ("dense", 10)),
    ),
    "lenet": (
        (1, 32, 32),
        (
            ("conv", 6, 5), ("pool",), ("conv", 16, 5), ("pool",), ("flatten",),
            ("dense", 120), ("relu",), ("dense", 84), ("relu",), ("dense", 10),
        ),
    ),
    "cifar": (
        (3, 32, 32),
        (
            ("conv", 32, 3), ("conv", 32, 3), ("pool",), ("conv", 64, 3), ("conv", 64, 3), ("pool",), ("flatten",),
            ("dense", 144), ("relu",), ("dense", 10),
        ),
    ),
    "vehicles": (
        (3, 64, 64),
        (
            ("conv", 32, 3), ("pool",), ("conv", 64, 3), ("pool",), ("flatten",),
            ("dense", 1024), ("relu",), ("dense", 10),
        ),
    ),
}  # fmt: skip


def training_job(net: str, batch: int, engine: str) -> Job:
    """One step of a net of NETS with `batch` images, another batch every time."""
    shape, layers = NETS[net]
    rng = np.random.default_rng(0)
    images = rng.random((8 * batch, *shape)).astype(np.float32)
    images[:, :, :4] = 0  # a black margin, as pictures of digits have: ties in the pooling
    targets = rng.integers(0, 10, len(images))
    if engine == "ours":
        return _ours(shape, layers, images, targets, batch)
    return _torch(shape, layers, images, targets, batch, engine.removeprefix("PyTorch").strip())


def _ours(shape, layers, images: np.ndarray, targets: np.ndarray, batch: int) -> Job:
    from explorer.engine.layers.activation import ReLU
    from explorer.engine.layers.convolution import Conv2d
    from explorer.engine.layers.dense import Dense
    from explorer.engine.layers.dropout import Dropout
    from explorer.engine.layers.flatten import Flatten
    from explorer.engine.layers.input import Input
    from explorer.engine.layers.pooling import MaxPool
    from explorer.engine.network import Network, Node
    from explorer.engine.training import Training, train

    nodes = [Node("input", Input(*shape))]

    def add(layer) -> None:
        nodes.append(Node(f"node{len(nodes)}", layer, (nodes[-1].name,)))

    for kind, *sizes in layers:
        match kind:
            case "conv":
                add(Conv2d(filters=sizes[0], kernel=(sizes[1], sizes[1]), padding="valid"))
                add(ReLU())
            case "dense":
                add(Dense(units=sizes[0]))
            case _:
                add({"pool": MaxPool, "flatten": Flatten, "dropout": Dropout, "relu": ReLU}[kind]())

    class Examples:
        def __len__(self) -> int:
            return len(images)

        def batch(self, indices, rng):
            return images[indices], targets[indices]

    steps = train(Network(tuple(nodes)).fitted(1), Examples(), Training(batch=batch))
    return lambda: next(steps)


def _torch(shape, layers, images: np.ndarray, targets: np.ndarray, batch: int, layout: str) -> Job:
    import torch
    from torch import nn

    torch.set_num_threads(THREADS)
    form = torch.channels_last if layout == "channels last" else torch.contiguous_format
    modules, channels, extent, features = [], shape[0], shape[1], 0
    for kind, *sizes in layers:
        match kind:
            case "conv":
                modules += [nn.Conv2d(channels, sizes[0], sizes[1]), nn.ReLU()]
                channels, extent = sizes[0], extent - sizes[1] + 1
            case "pool":
                modules.append(nn.MaxPool2d(2))
                extent //= 2
            case "flatten":
                modules.append(nn.Flatten())
                features = channels * extent * extent
            case "dense":
                modules.append(nn.Linear(features, sizes[0]))
                features = sizes[0]
            case _:
                modules.append({"dropout": nn.Dropout, "relu": nn.ReLU}[kind]())
    model = nn.Sequential(*modules).to(memory_format=form)
    optimizer, loss = torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss()
    pictures = torch.from_numpy(images).contiguous(memory_format=form)
    classes, turn = torch.from_numpy(targets), [0]

    def job() -> None:
        first = turn[0] % len(pictures)
        turn[0] += batch
        optimizer.zero_grad()
        measured = loss(model(pictures[first : first + batch]), classes[first : first + batch])
        measured.backward()
        optimizer.step()
        measured.item()

    return job
