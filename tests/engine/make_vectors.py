"""Makes the vectors that the engine is checked against, with PyTorch: `python tests/engine/make_vectors.py`.

Needs PyTorch, which the tests do not. Writes vectors/pytorch.npz: for case number i the arrays 'i.input', 'i.output'
and one per parameter, and in 'cases' a JSON list of the layers' kinds and settings.
"""

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

TARGET = Path(__file__).parent / "vectors" / "pytorch.npz"
BORDERS = {"constant": "constant", "reflect-101": "reflect", "replicate": "replicate", "wrap": "circular"}

rng = np.random.default_rng(20)
cases: list[dict] = []
arrays: dict[str, np.ndarray] = {}


def keep(kind: str, settings: dict, x: torch.Tensor, y: torch.Tensor, **parameters: torch.Tensor) -> None:
    """One case more."""
    number = len(cases)
    cases.append({"kind": kind, "settings": settings, "parameters": list(parameters)})
    for name, tensor in {"input": x, "output": y, **parameters}.items():
        arrays[f"{number}.{name}"] = tensor.numpy().astype(np.float32)


def normal(*shape: int, spread: float = 1.0, mean: float = 0.0) -> torch.Tensor:
    """Numbers that float32 holds exactly, in float64: the vectors are more exact than what they check."""
    return torch.from_numpy(rng.normal(mean, spread, shape).astype(np.float32)).double()


def pair(low: int, high: int) -> tuple[int, int]:
    return int(rng.integers(low, high + 1)), int(rng.integers(low, high + 1))


def pick(*choices):
    return choices[int(rng.integers(len(choices)))]


def padded(x: torch.Tensor, sides: tuple[int, ...], border: str, value: float) -> torch.Tensor:
    top, bottom, left, right = sides
    if border == "constant":
        return F.pad(x, (left, right, top, bottom), value=value)
    return F.pad(x, (left, right, top, bottom), mode=BORDERS[border])


def convolutions(count: int) -> None:
    made = 0
    while made < count:
        groups = pick(1, 1, 2, 4)
        channels, filters = groups * pick(1, 2), groups * pick(1, 2, 3)
        size, stride, dilation = pair(1, 5), pair(1, 4), pair(1, 3)
        height, width = pair(5, 11)
        sides = tuple(int(side) for side in rng.integers(0, 4, 4))
        border, value = pick(*BORDERS), pick(0.0, 0.0, 0.75)
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
        if height + sides[0] + sides[1] < reach[0] or width + sides[2] + sides[3] < reach[1]:
            continue
        x = normal(pick(1, 2), channels, height, width)
        kernel = normal(filters, channels // groups, *size)
        bias = normal(filters) if pick(True, False) else None
        y = F.conv2d(padded(x, sides, border, value), kernel, bias, stride, 0, dilation, groups)
        settings = {
            "filters": filters, "kernel": size, "stride": stride, "padding": "explicit", "sides": sides,
            "border": border, "padding_value": value, "dilation": dilation, "groups": groups,
            "bias": bias is not None,
        }  # fmt: skip
        parameters = {"kernel": kernel} if bias is None else {"kernel": kernel, "bias": bias}
        keep("conv2d", settings, x, y, **parameters)
        made += 1


def poolings(count: int) -> None:
    made = 0
    while made < count:
        kind = ("max_pool", "min_pool", "average_pool", "l2_pool")[made % 4]
        window, stride = pair(1, 4), pair(1, 5)
        dilation = pair(1, 3) if kind in ("max_pool", "min_pool") else (1, 1)
        pad = (0, 0) if kind == "l2_pool" else tuple(int(rng.integers(0, k // 2 + 1)) for k in window)
        ceil = kind != "l2_pool" and pick(True, False)
        count_pad = pick(True, False)
        x = normal(pick(1, 2), 3, *pair(5, 12))
        try:
            y = pooled(kind, x, window, stride, pad, dilation, ceil, count_pad)
        except RuntimeError:  # larger than the image
            continue
        settings = {
            "window": window, "stride": stride, "padding": "explicit",
            "sides": (pad[0], pad[0], pad[1], pad[1]), "dilation": dilation, "ceil": ceil,
        }  # fmt: skip
        if kind == "average_pool":
            settings["count_include_pad"] = count_pad
        keep(kind, settings, x, y)
        made += 1


def pooled(kind, x, window, stride, pad, dilation, ceil, count_pad) -> torch.Tensor:
    if kind == "max_pool":
        return F.max_pool2d(x, window, stride, pad, dilation, ceil)
    if kind == "min_pool":
        return -F.max_pool2d(-x, window, stride, pad, dilation, ceil)
    if kind == "average_pool":
        return F.avg_pool2d(x, window, stride, pad, ceil, count_pad)
    return F.lp_pool2d(x, 2, window, stride)


def activations() -> None:
    special = torch.tensor(
        [0.0, -0.0, 1e-30, 30, -30, 88, -88, 100, -100, 1e4, -1e4, torch.inf, -torch.inf, torch.nan]
    )
    x = torch.cat([special, torch.linspace(-8, 8, 106)]).float().double().reshape(1, 2, 6, 10)
    for kind, settings, function in (
        ("relu", {}, F.relu),
        ("leaky_relu", {"leak": 0.01}, F.leaky_relu),
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
        ("clip", {"low": -1.0, "high": 2.5}, lambda x: x.clamp(-1, 2.5)),
        ("abs", {}, torch.abs),
    ):
        keep(kind, settings, x, function(x))
    slope = torch.tensor([0.25, -0.5]).double()
    keep("prelu", {}, x, F.prelu(x, slope), slope=slope)
    features = normal(3, 2)
    keep("prelu", {}, features, F.prelu(features, slope), slope=slope)


def normalisations() -> None:
    for epsilon, x in ((1e-5, normal(2, 5, 4, 6, mean=100)), (1e-3, normal(4, 5))):
        scale, shift, mean, variance = normal(5), normal(5), normal(5, mean=x.mean()), normal(5).abs()
        y = F.batch_norm(x, mean, variance, scale, shift, eps=epsilon)
        keep("batch_norm", {"epsilon": epsilon}, x, y, scale=scale, shift=shift, mean=mean, variance=variance)


def lists() -> None:
    scores, kernel, bias = normal(3, 7, spread=30), normal(5, 7), normal(5)
    keep("softmax", {}, scores, F.softmax(scores, 1))
    maps = normal(2, 6, 3, 4, spread=30)
    keep("softmax", {}, maps, F.softmax(maps, 1))
    keep("dense", {"units": 5}, scores, F.linear(scores, kernel, bias), kernel=kernel, bias=bias)
    keep("dense", {"units": 5, "bias": False}, scores, F.linear(scores, kernel), kernel=kernel)
    keep("flatten", {}, maps, maps.flatten(1))


def resizings() -> None:
    for scale in ((2, 2), (3, 1), (1, 4)):
        x = normal(2, 3, 4, 5)
        settings = {"scale": scale}
        keep("upsample", {**settings, "mode": "nearest"}, x, F.interpolate(x, scale_factor=scale))
        for corners in (False, True):
            y = F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=corners)
            keep("upsample", {**settings, "mode": "bilinear", "align_corners": corners}, x, y)
    one = normal(1, 2, 1, 1)
    for corners in (False, True):
        y = F.interpolate(one, scale_factor=2, mode="bilinear", align_corners=corners)
        keep("upsample", {"mode": "bilinear", "align_corners": corners}, one, y)
    for border in BORDERS:
        x, sides = normal(2, 3, 4, 5), (1, 2, 3, 0)
        keep("pad", {"sides": sides, "border": border, "value": -1.5}, x, padded(x, sides, border, -1.5))


def global_poolings() -> None:
    x = normal(2, 3, 5, 7)
    keep("global_average_pool", {}, x, F.adaptive_avg_pool2d(x, 1))
    keep("global_max_pool", {}, x, F.adaptive_max_pool2d(x, 1))
    keep("global_min_pool", {}, x, -F.adaptive_max_pool2d(-x, 1))
    keep("global_l2_pool", {}, x, F.lp_pool2d(x, 2, (5, 7)))


if __name__ == "__main__":
    convolutions(60)
    poolings(80)
    activations()
    normalisations()
    lists()
    resizings()
    global_poolings()
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, cases=json.dumps(cases), made_with=f"PyTorch {torch.__version__}", **arrays)
    print(f"{len(cases)} cases, {TARGET.stat().st_size / 1024:.0f} KiB")
