"""Makes vectors of layers along one, two and three axes, with PyTorch: `python -m tests.engine.make_axes_vectors`.

Outputs and gradients, written to vectors/axes.npz in the form of make_gradient_vectors.py, which keeps the cases.
"""

# ruff: noqa: B023 - every function is called before its loop goes on

import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from tests.engine import make_gradient_vectors as vectors
from tests.engine.make_gradient_vectors import keep, normal, pick, tied
from tests.engine.make_vectors import BORDERS

TARGET = Path(__file__).parent / "vectors" / "axes.npz"
SIZES = {1: (3, 14), 2: (3, 8), 3: (2, 6)}  # of an axis, by how many there are

vectors.rng = np.random.default_rng(50)


def several(axes: int, low: int, high: int) -> tuple[int, ...]:
    return tuple(int(one) for one in vectors.rng.integers(low, high + 1, axes))


def plain(numbers: tuple[int, ...]) -> int | tuple[int, ...]:
    """As a setting has it: the layers of signals take one number."""
    return numbers[0] if len(numbers) == 1 else numbers


def padded(x: torch.Tensor, sides: tuple[int, ...], border: str, value: float) -> torch.Tensor:
    """With sides (start, end) of every axis, the first axis first; PyTorch begins with the last."""
    pairs = [sides[i : i + 2] for i in range(0, len(sides), 2)]
    turned = [side for one in reversed(pairs) for side in one]
    if border == "constant":
        return F.pad(x, turned, value=value)
    return F.pad(x, turned, mode=BORDERS[border])


def convolutions(axes: int, count: int) -> None:
    convolve = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
    low, high = SIZES[axes]
    made = 0
    while made < count:
        groups = pick(1, 1, 2)
        channels, filters = groups * pick(1, 2), groups * pick(1, 2)
        extents, size = several(axes, low, high), several(axes, 1, 4 if axes == 1 else 3)
        stride, dilation = several(axes, 1, 4 if axes == 1 else 3), several(axes, 1, 2)
        sides = several(2 * axes, 0, min(2, *(extent - 1 for extent in extents)))
        border, value, flip = pick(*BORDERS), pick(0.0, 0.75), pick(False, False, True)
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, size)]
        if any(extents[i] + sides[2 * i] + sides[2 * i + 1] < reach[i] for i in range(axes)):
            continue

        def correlate(x, kernel, bias=None):
            turned = kernel.flip(*range(2, 2 + axes)) if flip else kernel
            return convolve(padded(x, sides, border, value), turned, bias, stride, 0, dilation, groups)

        parameters = {"kernel": normal(filters, channels // groups, *size)}
        if pick(True, False):
            parameters["bias"] = normal(filters)
        settings = {
            "filters": filters, "kernel": plain(size), "stride": plain(stride), "padding": "explicit",
            "sides": sides, "border": border, "padding_value": value, "dilation": plain(dilation),
            "groups": groups, "bias": "bias" in parameters, "flip": flip,
        }  # fmt: skip
        keep(f"conv{axes}d", settings, correlate, [normal(pick(1, 2), channels, *extents)], parameters)
        made += 1


def transposed_convolutions(axes: int, count: int) -> None:
    stamp = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[axes - 1]
    low, high = SIZES[axes]
    made = 0
    while made < count:
        groups = pick(1, 1, 2, 4) if axes == 2 else pick(1, 1, 2)
        channels, filters = groups * pick(1, 2), groups * pick(1, 2)
        extents, size = several(axes, low - 1, high - 1), several(axes, 1, 5 if axes < 3 else 3)
        stride, dilation = several(axes, 1, 4 if axes < 3 else 3), several(axes, 1, 3 if axes < 3 else 2)
        extra = tuple(int(vectors.rng.integers(0, max(one, other))) for one, other in zip(stride, dilation))
        sides, flip = several(2 * axes, 0, 2), pick(False, False, True)
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, size)]
        whole = [(n - 1) * s + r + e for n, s, r, e in zip(extents, stride, reach, extra)]
        if any(whole[i] - sides[2 * i] - sides[2 * i + 1] < 1 for i in range(axes)):
            continue

        def stamped(x, kernel, bias=None):
            turned = kernel.flip(*range(2, 2 + axes)) if flip else kernel
            grouped = turned.reshape(groups, filters // groups, channels // groups, *size)
            weights = grouped.transpose(1, 2).reshape(channels, filters // groups, *size)
            y = stamp(x, weights, None, stride, 0, extra, groups, dilation)
            cut = tuple(slice(sides[2 * i], whole[i] - sides[2 * i + 1]) for i in range(axes))
            y = y[(..., *cut)]
            return y if bias is None else y + bias.reshape(-1, *(1,) * axes)

        parameters = {"kernel": normal(filters, channels // groups, *size)}
        if pick(True, False):
            parameters["bias"] = normal(filters)
        settings = {
            "filters": filters, "kernel": plain(size), "stride": plain(stride), "padding": "explicit",
            "sides": sides, "output_padding": plain(extra), "dilation": plain(dilation), "groups": groups,
            "bias": "bias" in parameters, "flip": flip,
        }  # fmt: skip
        inputs = [normal(pick(1, 2), channels, *extents)]
        keep(f"conv_transpose{axes}d", settings, stamped, inputs, parameters)
        made += 1


def poolings(axes: int, count: int) -> None:
    maximum = (F.max_pool1d, None, F.max_pool3d)[axes - 1]
    average = (F.avg_pool1d, None, F.avg_pool3d)[axes - 1]
    norm = (F.lp_pool1d, None, F.lp_pool3d)[axes - 1]
    low, high = SIZES[axes]
    made = 0
    while made < count:
        kind = ("max_pool", "min_pool", "average_pool", "l2_pool")[made % 4]
        window, stride = several(axes, 1, 4 if axes == 1 else 3), several(axes, 1, 4 if axes == 1 else 3)
        dilation = several(axes, 1, 2) if kind in ("max_pool", "min_pool") else (1,) * axes
        pad = (0,) * axes if kind == "l2_pool" else tuple(pick(*range(k // 2 + 1)) for k in window)
        ceil, counted = kind != "l2_pool" and pick(True, False), pick(True, False)
        draw = pick(normal, tied, tied) if kind in ("max_pool", "min_pool") else normal
        x = draw(pick(1, 2), 2, *several(axes, low, high))
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, window)]
        if any(n + 2 * p < r for n, p, r in zip(x.shape[2:], pad, reach)):
            continue
        # Single numbers of one axis: not every function of PyTorch takes a tuple there.
        w, s, p, d = plain(window), plain(stride), plain(pad), plain(dilation)
        functions = {
            "max_pool": lambda x: maximum(x, w, s, p, d, ceil),
            "min_pool": lambda x: -maximum(-x, w, s, p, d, ceil),
            "average_pool": lambda x: average(x, w, s, p, ceil, counted),
            "l2_pool": lambda x: norm(x, 2, w, s),
        }
        settings = {
            "window": w, "stride": s, "padding": "explicit", "ceil": ceil, "dilation": d,
            "sides": tuple(side for one in pad for side in (one, one)),
        }  # fmt: skip
        if kind == "average_pool":
            settings["count_include_pad"] = counted
        keep(f"{kind}{axes}d", settings, functions[kind], [x])
        made += 1


def global_poolings() -> None:
    for axes, maximum, average, norm in (
        (1, F.adaptive_max_pool1d, F.adaptive_avg_pool1d, F.lp_pool1d),
        (3, F.adaptive_max_pool3d, F.adaptive_avg_pool3d, F.lp_pool3d),
    ):
        for draw in (normal, tied):
            x = draw(2, 3, *several(axes, 2, 5))
            whole = plain(tuple(x.shape[2:]))
            keep("global_average_pool", {}, lambda x: average(x, 1), [x])
            keep("global_max_pool", {}, lambda x: maximum(x, 1), [x])
            keep("global_min_pool", {}, lambda x: -maximum(-x, 1), [x])
            keep("global_l2_pool", {}, lambda x: norm(x, 2, whole), [x])


def normalisations() -> None:
    for size, alpha, beta, bias in (
        (5, 1e-4, 0.75, 1.0),
        (3, 2.0, 0.5, 2.0),
        (1, 0.5, 1.25, 0.5),
        (9, 1.0, 0.75, 1.0),
    ):
        for shape in ((2, 6, 3, 4), (2, 4, 7), (1, 5, 2, 3, 3)):
            settings = {"size": size, "alpha": alpha, "beta": beta, "bias": bias}
            keep(
                "local_response_norm", settings,
                lambda x: F.local_response_norm(x, size, alpha, beta, bias), [normal(*shape, spread=3)],
            )  # fmt: skip
    for shape in ((4, 3, 7), (2, 3, 2, 4, 3)):
        learned = {"scale": normal(3), "shift": normal(3)}
        statistics = {"mean": normal(3), "variance": normal(3).abs()}
        mean, variance = statistics["mean"].clone(), statistics["variance"].clone()
        for training in (False, True):
            keep(
                "batch_norm", {}, lambda x, scale, shift: F.batch_norm(x, mean, variance, scale, shift, training),
                [normal(*shape)], learned, statistics, training,
            )  # fmt: skip
        number = len(vectors.cases) - 1
        vectors.arrays[f"{number}.mean.new"], vectors.arrays[f"{number}.variance.new"] = (
            mean.numpy(),
            variance.numpy(),
        )
        keep("prelu", {}, lambda x, slope: F.prelu(x, slope), [normal(*shape)], {"slope": normal(3)})


def distributions() -> None:
    for kind, function in (("softmax", F.softmax), ("log_softmax", F.log_softmax)):
        for axis, shape, dim in (
            ("height", (2, 3, 4, 5), 2), ("width", (2, 3, 4, 5), 3), ("channels", (2, 4, 6), 1),
            ("width", (2, 4, 6), 2), ("depth", (1, 2, 4, 3, 2), 2), ("width", (1, 2, 4, 3, 2), 4),
        ):  # fmt: skip
            keep(kind, {"axis": axis}, lambda x: function(x, dim), [normal(*shape, spread=5)])


def shapes() -> None:
    keep("reshape", {"form": "signal", "channels": 2}, lambda x: x.reshape(2, 2, -1), [normal(2, 3, 4, 5)])
    keep(
        "reshape",
        {"form": "maps", "channels": 2, "height": 3},
        lambda x: x.reshape(2, 2, 3, -1),
        [normal(2, 24)],
    )
    keep(
        "reshape", {"form": "volume", "depth": 3, "height": 2, "width": 2}, lambda x: x.reshape(2, 2, 3, 2, 2),
        [normal(2, 4, 6)],
    )  # fmt: skip
    keep("reshape", {"form": "list"}, lambda x: x.flatten(1), [normal(2, 2, 3, 2, 2)])
    keep("flatten", {}, lambda x: x.flatten(1), [normal(2, 2, 3, 2, 2)])
    for axis, dim, given in (
        ("width", 3, ((2, 3, 4, 5), (2, 3, 4, 2))), ("height", 2, ((2, 3, 4, 5), (2, 3, 1, 5))),
        ("depth", 2, ((1, 2, 3, 2, 2), (1, 2, 1, 2, 2))), ("width", 2, ((2, 3, 4), (2, 3, 2))),
        ("channels", 1, ((2, 3, 4), (2, 1, 4))),
    ):  # fmt: skip
        keep("concatenate", {"axis": axis}, lambda *xs: torch.cat(xs, dim), [normal(*one) for one in given])
    for given in (
        ((2, 3, 4, 1), (2, 3, 1, 5)), ((2, 1, 4, 5), (2, 3, 4, 5), (2, 3, 1, 1)), ((2, 3, 1), (2, 1, 4)),
        ((2, 3, 2, 1, 3), (2, 1, 2, 4, 1)), ((3, 1), (3, 5)),
    ):  # fmt: skip
        inputs = [normal(*one) for one in given]
        keep("add", {}, lambda *xs: sum(xs[1:], start=xs[0]), inputs)
        keep("multiply", {}, lambda *xs: torch.stack(torch.broadcast_tensors(*xs)).prod(0), inputs)


def resizings() -> None:
    for axes, name in ((1, "linear"), (3, "trilinear")):
        for scale in (several(axes, 2, 3), several(axes, 1, 4)):
            x, kind = normal(2, 2, *several(axes, 2, 4)), f"upsample{axes}d"
            settings = {"scale": plain(scale)}
            keep(kind, {**settings, "mode": "nearest"}, lambda x: F.interpolate(x, scale_factor=scale), [x])
            for corners in (False, True):
                keep(
                    kind, {**settings, "mode": name, "align_corners": corners},
                    lambda x: F.interpolate(x, scale_factor=scale, mode=name, align_corners=corners), [x],
                )  # fmt: skip
        for border in BORDERS:
            sides = several(2 * axes, 0, 2)
            settings = {"sides": sides, "border": border, "value": -1.5}
            x = normal(2, 2, *several(axes, 3, 4))
            keep(f"pad{axes}d", settings, lambda x: padded(x, sides, border, -1.5), [x])


if __name__ == "__main__":
    convolutions(1, 30)
    convolutions(3, 40)
    for axes, count in ((1, 25), (2, 60), (3, 30)):
        transposed_convolutions(axes, count)
    poolings(1, 40)
    poolings(3, 40)
    global_poolings()
    normalisations()
    distributions()
    shapes()
    resizings()
    small = {name: array.astype(np.float32) for name, array in vectors.arrays.items()}
    np.savez_compressed(
        TARGET, cases=json.dumps(vectors.cases), made_with=f"PyTorch {torch.__version__}", **small
    )
    print(f"{len(vectors.cases)} cases, {TARGET.stat().st_size / 1024:.0f} KiB")
