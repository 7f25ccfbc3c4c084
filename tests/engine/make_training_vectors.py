"""Makes what training is checked against, with PyTorch: `python -m tests.engine.make_training_vectors`.

Needs PyTorch, which the tests do not. Writes vectors/training.npz: losses with their gradients, two hundred steps of
every optimizer through the same gradients, learning rates of schedules, clipped gradients, and a training.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

TARGET = Path(__file__).parent / "vectors" / "training.npz"
STEPS, SIZE = 200, 6

rng = np.random.default_rng(40)
arrays: dict[str, np.ndarray] = {}
losses: list[dict] = []
optimizers: list[dict] = []


def normal(*shape: int, spread: float = 1.0) -> torch.Tensor:
    """Numbers that float32 holds exactly, in float64."""
    return torch.from_numpy(rng.normal(0, spread, shape).astype(np.float32)).double()


def keep_loss(kind: str, settings: dict, function, outputs: torch.Tensor, targets: torch.Tensor) -> None:
    leaf = outputs.clone().requires_grad_()
    value = function(leaf, targets)
    value.backward()
    number = len(losses)
    losses.append({"kind": kind, "settings": settings})
    arrays[f"loss{number}.outputs"] = outputs.numpy().astype(np.float32)
    arrays[f"loss{number}.targets"] = targets.numpy()
    arrays[f"loss{number}.value"] = value.detach().numpy()
    arrays[f"loss{number}.gradient"] = leaf.grad.numpy().astype(np.float32)


def make_losses() -> None:
    weights = [0.5, 1.0, 2.0, 0.0, 1.5]
    for shape in ((7, 5), (2, 5, 3, 4)):
        for spread in (1.0, 40.0):
            scores = normal(*shape, spread=spread)
            labels = torch.from_numpy(rng.integers(0, 5, shape[:1] + shape[2:]))
            for smoothing in (0.0, 0.1):
                for weighted in (False, True):
                    settings = {"label_smoothing": smoothing}
                    if weighted:
                        settings["class_weights"] = weights
                    weight = torch.tensor(weights).double() if weighted else None
                    keep_loss(
                        "cross_entropy", settings,
                        lambda x, t: F.cross_entropy(x, t, weight, label_smoothing=smoothing),  # noqa: B023
                        scores, labels,
                    )  # fmt: skip
            keep_loss("mean_squared_error", {}, F.mse_loss, scores, normal(*shape))
            goal = torch.from_numpy(rng.random(shape).astype(np.float32)).double()
            keep_loss("binary_cross_entropy", {}, F.binary_cross_entropy_with_logits, scores, goal)


def make_optimizers() -> None:
    arrays["start"] = normal(SIZE).numpy().astype(np.float32)
    gradients = normal(STEPS, SIZE) * torch.tensor([1, 1e-3, 30, 0.1, 1, 1])
    gradients[:, 4] = gradients[:, 4].abs()  # one that always points the same way
    gradients[20:, 5] = 0  # one that stops
    arrays["gradients"] = gradients.numpy().astype(np.float32)
    T = torch.optim
    for kind, settings, make in (
        ("sgd", {"rate": 0.01}, lambda p: T.SGD(p, 0.01)),
        ("sgd", {"rate": 0.01, "weight_decay": 0.1}, lambda p: T.SGD(p, 0.01, weight_decay=0.1)),
        ("momentum", {"rate": 0.01}, lambda p: T.SGD(p, 0.01, momentum=0.9)),
        ("momentum", {"rate": 0.01, "momentum": 0.5, "weight_decay": 0.1},
         lambda p: T.SGD(p, 0.01, momentum=0.5, weight_decay=0.1)),
        ("nesterov", {"rate": 0.01}, lambda p: T.SGD(p, 0.01, momentum=0.9, nesterov=True)),
        ("nesterov", {"rate": 0.01, "weight_decay": 0.1},
         lambda p: T.SGD(p, 0.01, momentum=0.9, nesterov=True, weight_decay=0.1)),
        ("rmsprop", {}, lambda p: T.RMSprop(p, 0.001)),
        ("rmsprop", {"rate": 0.01, "decay": 0.9, "epsilon": 1e-3, "weight_decay": 0.1},
         lambda p: T.RMSprop(p, 0.01, alpha=0.9, eps=1e-3, weight_decay=0.1)),
        ("adam", {}, lambda p: T.Adam(p)),
        ("adam", {"rate": 0.01, "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-4, "weight_decay": 0.1},
         lambda p: T.Adam(p, 0.01, (0.8, 0.99), 1e-4, weight_decay=0.1)),
        ("adamw", {}, lambda p: T.AdamW(p)),
        ("adamw", {"rate": 0.01, "weight_decay": 0.5}, lambda p: T.AdamW(p, 0.01, weight_decay=0.5)),
    ):  # fmt: skip
        leaf = torch.from_numpy(arrays["start"]).double().requires_grad_()
        optimizer, path = make([leaf]), []
        for gradient in arrays["gradients"]:
            leaf.grad = torch.from_numpy(gradient).double()
            optimizer.step()
            path.append(leaf.detach().numpy().copy())
        arrays[f"optimizer{len(optimizers)}.path"] = np.array(path, np.float32)
        optimizers.append({"kind": kind, "settings": settings})


def make_schedules() -> None:
    S = torch.optim.lr_scheduler
    for name, make in (
        ("steps", lambda o: S.StepLR(o, 30, 0.3)),
        ("cosine", lambda o: S.CosineAnnealingLR(o, 80, 0.1)),
        ("warm_up", lambda o: S.LinearLR(o, 1 / 11, 1.0, 10)),
    ):
        optimizer = torch.optim.SGD([torch.zeros(1)], 1.0)
        schedule, rates = make(optimizer), []
        for _ in range(81):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        arrays[f"schedule.{name}"] = np.array(rates)


def make_clippings() -> None:
    gradient = normal(40, spread=3)
    arrays["clip.gradient"] = gradient.numpy().astype(np.float32)
    for limit in (1.0, 1000.0):
        leaf = torch.zeros(40).double()
        leaf.grad = gradient.clone()
        torch.nn.utils.clip_grad_norm_([leaf], limit)
        arrays[f"clip.norm{limit:g}"] = leaf.grad.numpy().astype(np.float32)
    leaf.grad = gradient.clone()
    torch.nn.utils.clip_grad_value_([leaf], 0.5)
    arrays["clip.value0.5"] = leaf.grad.numpy().astype(np.float32)


class Residual(torch.nn.Module):
    """The network of test_training_vectors.py: convolutions, normalisation, a way around, pooling, a dense layer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.norm1 = torch.nn.Conv2d(2, 4, 3, padding=1), torch.nn.BatchNorm2d(4)
        self.conv2, self.norm2 = torch.nn.Conv2d(4, 4, 3, padding=1, groups=2), torch.nn.BatchNorm2d(4)
        self.dense = torch.nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = F.relu(self.norm1(self.conv1(x)))
        joined = F.relu(self.norm2(self.conv2(first)) + first)
        return self.dense(F.max_pool2d(joined, 2).mean((2, 3)))


NAMES = {"weight": "kernel", "bias": "bias", "running_mean": "mean", "running_var": "variance"}


def parameters_of(network: Residual) -> dict[str, np.ndarray]:
    """By our names: node.parameter."""
    found = {}
    for name, tensor in network.state_dict().items():
        node, _, what = name.partition(".")
        if what in NAMES:
            ours = (
                NAMES[what]
                if "norm" not in node
                else {"weight": "scale", "bias": "shift"}.get(what, NAMES[what])
            )
            found[f"{node}.{ours}"] = tensor.numpy().astype(np.float32)
    return found


def make_training() -> None:
    torch.manual_seed(0)
    network = Residual().double()
    images, labels = normal(12, 2, 7, 6), torch.from_numpy(rng.integers(0, 3, 12))
    arrays["training.images"], arrays["training.labels"] = images.numpy().astype(np.float32), labels.numpy()
    for name, array in parameters_of(network).items():
        arrays[f"training.start.{name}"] = array
    optimizer, losses_of = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9), []
    for step in range(10):
        part = slice(0, 6) if step % 2 == 0 else slice(6, 12)
        optimizer.zero_grad()
        loss = F.cross_entropy(network(images[part]), labels[part])
        loss.backward()
        optimizer.step()
        losses_of.append(loss.item())
    arrays["training.losses"] = np.array(losses_of)
    for name, array in parameters_of(network).items():
        arrays[f"training.end.{name}"] = array


if __name__ == "__main__":
    make_losses()
    make_optimizers()
    make_schedules()
    make_clippings()
    make_training()
    what = json.dumps({"losses": losses, "optimizers": optimizers})
    np.savez_compressed(TARGET, what=what, made_with=f"PyTorch {torch.__version__}", **arrays)
    print(f"{len(losses)} losses, {len(optimizers)} optimizers, {TARGET.stat().st_size / 1024:.0f} KiB")
