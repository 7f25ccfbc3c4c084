"""Makes the gradients that the engine is checked against, with PyTorch: `python -m tests.engine.make_gradient_vectors`.

Needs PyTorch, which the tests do not. Writes vectors/gradients.npz: for case number i the arrays 'i.input0', ...,
'i.output', 'i.seed' (the gradient at the output), 'i.gradient0', ..., and for every parameter 'i.NAME' and
'i.NAME.gradient'; in 'cases' a JSON list of kinds and settings. Computed in float64, kept in float32.
"""

# ruff: noqa: B023 - every function is called before its loop goes on

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from tests.engine.make_vectors import BORDERS, padded

TARGET = Path(__file__).parent / "vectors" / "gradients.npz"

rng = np.random.default_rng(30)
cases: list[dict] = []
arrays: dict[str, np.ndarray] = {}


def normal(*shape: int, spread: float = 1.0, mean: float = 0.0) -> torch.Tensor:
    """Numbers that float32 holds exactly, in float64."""
    return torch.from_numpy(rng.normal(mean, spread, shape).astype(np.float32)).double()


def tied(*shape: int) -> torch.Tensor:
    """Few different numbers, so that windows hold equal ones, with both zeros."""
    values = np.array([-1.0, -0.0, 0.0, 1.0, 2.0])
    return torch.from_numpy(rng.choice(values, shape))


def pair(low: int, high: int) -> tuple[int, int]:
    return int(rng.integers(low, high + 1)), int(rng.integers(low, high + 1))


def pick(*choices):
    return choices[int(rng.integers(len(choices)))]


def keep(
    kind: str,
    settings: dict,
    function: Callable[..., torch.Tensor],
    inputs: list[torch.Tensor],
    parameters: dict[str, torch.Tensor] | None = None,
    statistics: dict[str, torch.Tensor] | None = None,
    training: bool = False,
) -> None:
    """One case more. `function(*inputs, **parameters)`; `statistics` are parameters without a gradient."""
    parameters, number = parameters or {}, len(cases)
    leaves = [x.clone().requires_grad_() for x in inputs]
    learned = {name: x.clone().requires_grad_() for name, x in parameters.items()}
    output = function(*leaves, **learned)
    seed = normal(*output.shape)
    output.backward(seed)
    for index, leaf in enumerate(leaves):
        arrays[f"{number}.input{index}"] = leaf.detach().numpy()
        arrays[f"{number}.gradient{index}"] = leaf.grad.numpy()
    for name, leaf in learned.items():
        arrays[f"{number}.{name}"], arrays[f"{number}.{name}.gradient"] = (
            leaf.detach().numpy(),
            leaf.grad.numpy(),
        )
    for name, x in (statistics or {}).items():
        arrays[f"{number}.{name}"] = x.numpy()
    arrays[f"{number}.output"], arrays[f"{number}.seed"] = output.detach().numpy(), seed.numpy()
    cases.append(
        {
            "kind": kind, "settings": settings, "inputs": len(inputs), "training": training,
            "parameters": list(parameters), "statistics": list(statistics or {}),
        }
    )  # fmt: skip


def convolutions(count: int) -> None:
    made = 0
    while made < count:
        groups = pick(1, 1, 2, 4)
        channels, filters = groups * pick(1, 2), groups * pick(1, 2, 3)
        size, stride, dilation = pair(1, 5), pair(1, 6), pair(1, 3)  # strides beyond the kernel too
        height, width = pair(4, 11)
        sides = tuple(int(side) for side in rng.integers(0, 4, 4))
        border, value, flip = pick(*BORDERS), pick(0.0, 0.75), pick(False, False, True)
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
        if height + sides[0] + sides[1] < reach[0] or width + sides[2] + sides[3] < reach[1]:
            continue

        def convolve(x, kernel, bias=None):
            turned = kernel.flip(2, 3) if flip else kernel
            return F.conv2d(padded(x, sides, border, value), turned, bias, stride, 0, dilation, groups)

        parameters = {"kernel": normal(filters, channels // groups, *size)}
        if pick(True, False):
            parameters["bias"] = normal(filters)
        settings = {
            "filters": filters, "kernel": size, "stride": stride, "padding": "explicit", "sides": sides,
            "border": border, "padding_value": value, "dilation": dilation, "groups": groups,
            "bias": "bias" in parameters, "flip": flip,
        }  # fmt: skip
        keep("conv2d", settings, convolve, [normal(pick(1, 2, 5), channels, height, width)], parameters)
        made += 1


def poolings(count: int) -> None:
    made = 0
    while made < count:
        kind = ("max_pool", "min_pool", "average_pool", "l2_pool")[made % 4]
        window, stride = pair(1, 4), pair(1, 5)
        dilation = pair(1, 3) if kind in ("max_pool", "min_pool") else (1, 1)
        pad = (0, 0) if kind == "l2_pool" else tuple(int(rng.integers(0, k // 2 + 1)) for k in window)
        ceil = kind != "l2_pool" and pick(True, False)
        counted = pick(True, False)
        functions = {
            "max_pool": lambda x: F.max_pool2d(x, window, stride, pad, dilation, ceil),
            "min_pool": lambda x: -F.max_pool2d(-x, window, stride, pad, dilation, ceil),
            "average_pool": lambda x: F.avg_pool2d(x, window, stride, pad, ceil, counted),
            "l2_pool": lambda x: F.lp_pool2d(x, 2, window, stride),
        }
        draw = pick(normal, tied) if kind in ("max_pool", "min_pool") else normal
        x = draw(pick(1, 3), 3, *pair(4, 12))
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, window, strict=True)]
        if any(n + 2 * p < r for n, p, r in zip(x.shape[2:], pad, reach, strict=True)):
            continue  # PyTorch pools what is there in ceil mode, we say that the window does not fit
        settings = {
            "window": window, "stride": stride, "padding": "explicit",
            "sides": (pad[0], pad[0], pad[1], pad[1]), "dilation": dilation, "ceil": ceil,
        }  # fmt: skip
        if kind == "average_pool":
            settings["count_include_pad"] = counted
        keep(kind, settings, functions[kind], [x])
        made += 1
    x = normal(2, 2, 6, 6)
    x[0, 0, 1, 1] = x[0, 0, 2, 1] = x[1, 1, 0, 5] = torch.nan
    x[0, 1] = -torch.inf
    keep("max_pool", {"window": (3, 3)}, lambda x: F.max_pool2d(x, 3, 2), [x])


def global_poolings() -> None:
    for x in (normal(2, 3, 5, 7), tied(2, 3, 5, 7)):
        keep("global_average_pool", {}, lambda x: F.adaptive_avg_pool2d(x, 1), [x])
        keep("global_max_pool", {}, lambda x: F.adaptive_max_pool2d(x, 1), [x])
        keep("global_min_pool", {}, lambda x: -F.adaptive_max_pool2d(-x, 1), [x])
        keep("global_l2_pool", {}, lambda x: F.lp_pool2d(x, 2, (5, 7)), [x])


def activations() -> None:
    special = torch.tensor([0.0, -0.0, 1e-30, 3, -3, 6, 30, -30, 88, -88, 100, -100, 1e4, -1e4, -1, 2.5])
    x = torch.cat([special, torch.linspace(-8, 8, 104)]).float().double().reshape(1, 2, 6, 10)
    for kind, settings, function in (
        ("relu", {}, F.relu),
        ("leaky_relu", {"leak": 0.01}, lambda x: F.leaky_relu(x, 0.01)),
        ("leaky_relu", {"leak": 0.0}, lambda x: F.leaky_relu(x, 0.0)),
        ("elu", {}, F.elu),
        ("elu", {"alpha": 0.5}, lambda x: F.elu(x, 0.5)),
        ("selu", {}, F.selu),
        ("silu", {}, F.silu),
        ("gelu", {}, F.gelu),
        ("gelu", {"form": "tanh"}, lambda x: F.gelu(x, approximate="tanh")),
        ("sigmoid", {}, torch.sigmoid),
        ("tanh", {}, torch.tanh),
        ("softplus", {}, F.softplus),
        ("hard_sigmoid", {}, F.hardsigmoid),
        ("hard_swish", {}, F.hardswish),
        ("clip", {}, F.relu6),
        ("clip", {"low": -1.0, "high": 2.5}, lambda x: F.hardtanh(x, -1, 2.5)),
        ("abs", {}, torch.abs),
    ):
        keep(kind, settings, function, [x])
        keep(kind, settings, function, [normal(3, 4, spread=2)])
    for values in (x, normal(3, 2)):
        keep("prelu", {}, lambda x, slope: F.prelu(x, slope), [values], {"slope": normal(2)})


def normalisations() -> None:
    for epsilon, momentum, x in (
        (1e-5, 0.1, normal(2, 5, 4, 6, mean=20)),
        (1e-3, 0.3, normal(7, 5)),
        (1e-5, 0.1, normal(1, 5, 3, 3)),
    ):
        settings = {"epsilon": epsilon, "momentum": momentum}
        learned = {"scale": normal(5), "shift": normal(5)}
        statistics = {"mean": normal(5, mean=x.mean()), "variance": normal(5).abs()}
        mean, variance = statistics["mean"].clone(), statistics["variance"].clone()

        def normalise(x, scale, shift, training):
            return F.batch_norm(x, mean, variance, scale, shift, training, momentum, epsilon)

        for training in (False, True):
            keep(
                "batch_norm", settings, lambda x, **p: normalise(x, training=training, **p),
                [x], learned, statistics, training,
            )  # fmt: skip
        arrays[f"{len(cases) - 1}.mean.new"], arrays[f"{len(cases) - 1}.variance.new"] = (
            mean.numpy(),
            variance.numpy(),
        )


def lists() -> None:
    scores, maps = normal(3, 7, spread=5), normal(2, 6, 3, 4, spread=5)
    for x in (scores, maps):
        keep("softmax", {}, lambda x: F.softmax(x, 1), [x])
        keep("log_softmax", {}, lambda x: F.log_softmax(x, 1), [x])
    learned = {"kernel": normal(5, 7), "bias": normal(5)}
    keep("dense", {"units": 5}, lambda x, kernel, bias: F.linear(x, kernel, bias), [scores], learned)
    keep(
        "dense", {"units": 5, "bias": False}, lambda x, kernel: F.linear(x, kernel), [scores],
        {"kernel": normal(5, 7)},
    )  # fmt: skip
    keep("flatten", {}, lambda x: x.flatten(1), [maps])


def resizings() -> None:
    for scale, size in (
        ((2, 2), (4, 5)),
        ((3, 1), (4, 5)),
        ((1, 4), (4, 5)),
        ((5, 3), (2, 3)),
        ((2, 2), (1, 1)),
    ):
        x = normal(2, 3, *size)
        keep(
            "upsample",
            {"scale": scale, "mode": "nearest"},
            lambda x: F.interpolate(x, scale_factor=scale),
            [x],
        )
        for corners in (False, True):
            keep(
                "upsample", {"scale": scale, "mode": "bilinear", "align_corners": corners},
                lambda x: F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=corners), [x],
            )  # fmt: skip
    for border in BORDERS:
        for sides in ((1, 2, 3, 0), (3, 3, 4, 4)):
            settings = {"sides": sides, "border": border, "value": -1.5}
            keep("pad", settings, lambda x: padded(x, sides, border, -1.5), [normal(2, 3, 4, 5)])


def merges() -> None:
    for shapes in (((2, 3, 4, 5),) * 2, ((2, 3, 4, 5), (2, 3, 1, 1), (2, 3, 4, 5)), ((3, 4),) * 3):
        inputs = [normal(*shape) for shape in shapes]
        keep("add", {}, lambda *xs: sum(xs[1:], start=xs[0]), inputs)
        keep(
            "multiply",
            {},
            lambda x, *others: torch.stack(torch.broadcast_tensors(x, *others)).prod(0),
            inputs,
        )
    for shapes in (((2, 3, 4, 5), (2, 1, 4, 5), (2, 2, 4, 5)), ((3, 4), (3, 1))):
        keep("concatenate", {}, lambda *xs: torch.cat(xs, 1), [normal(*shape) for shape in shapes])


if __name__ == "__main__":
    convolutions(100)
    poolings(120)
    global_poolings()
    activations()
    normalisations()
    lists()
    resizings()
    merges()
    small = {name: array.astype(np.float32) for name, array in arrays.items()}
    np.savez_compressed(TARGET, cases=json.dumps(cases), made_with=f"PyTorch {torch.__version__}", **small)
    print(f"{len(cases)} cases, {TARGET.stat().st_size / 1024:.0f} KiB")
