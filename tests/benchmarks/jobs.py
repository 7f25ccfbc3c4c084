"""The jobs that engines are compared by, and the processes that do them: `python -m tests.benchmarks.jobs JOB WHO`.

Each engine works in a process of its own with two threads, and all are asked in turns, so that whatever
disturbs the machine disturbs everybody. With one thread it is the processor's time that counts: whoever else takes
the cores disturbs that least.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

import numpy as np

from tests.benchmarks.child import ROOT
from tests.benchmarks.layer_jobs import layer_job, residual_job
from tests.benchmarks.training_jobs import THREADS, Job, training_job

WARM_UP = 5
WARM_HEAP = {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**32),
}  # PyTorch's layouts need it


def interleaved(
    job: str,
    engines: Sequence[str],
    rounds: int,
    repeats: int = 5,
    variables: Mapping[str, str] | None = None,
) -> dict[str, tuple[float, ...]]:
    """Milliseconds of every repetition, by engine: `rounds` turns of `repeats` repetitions each.

    The processes see the environment `variables` besides those that are there.
    """
    workers = {engine: _Worker(job, engine, variables or {}) for engine in engines}
    times: dict[str, list[float]] = {engine: [] for engine in engines}
    try:
        for _ in range(rounds):
            for engine, worker in workers.items():
                times[engine] += worker.ask(repeats)
    finally:
        for worker in workers.values():
            worker.close()
    return {engine: tuple(found) for engine, found in times.items()}


class _Worker:
    """A process that does one job with one engine whenever it is asked."""

    def __init__(self, job: str, engine: str, variables: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.jobs", job, engine],
            cwd=ROOT,
            env={**os.environ, **WARM_HEAP, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.ask(WARM_UP)

    def ask(self, repeats: int) -> list[float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{repeats}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{' '.join(self._process.args)} ended; see its message above.")
        times: list[float] = json.loads(answer)
        return times

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


FRAME_KERNELS = ((16, 3), (32, 16), (64, 32))  # filters and channels of job L's three convolutions


def _weights() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [
        (rng.standard_normal((k, c, 3, 3)) * np.sqrt(2 / (9 * c))).astype(np.float32)
        for k, c in FRAME_KERNELS
    ]


def _frame(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(1).random((1, 3, height, width)).astype(np.float32)


def frame_network(height: int, width: int):
    """Job L's network: three times convolution, ReLU and max pooling, all nine outputs kept."""
    from explorer.engine.layers.activation import ReLU
    from explorer.engine.layers.convolution import Conv2d
    from explorer.engine.layers.input import Input
    from explorer.engine.layers.pooling import MaxPool
    from explorer.engine.network import Network, Node

    nodes = [Node("input", Input(channels=3, height=height, width=width))]
    for number, kernel in enumerate(_weights(), 1):
        parameters = {"kernel": kernel, "bias": np.zeros(len(kernel), np.float32)}
        nodes += [
            Node(f"conv{number}", Conv2d(filters=len(kernel)), (nodes[-1].name,), parameters),
            Node(f"relu{number}", ReLU(), (f"conv{number}",)),
            Node(f"pool{number}", MaxPool(), (f"relu{number}",)),
        ]
    return Network(tuple(nodes), title="Job L")


def _frame_ours(height: int, width: int) -> Job:
    from explorer.engine.evaluate import evaluate

    network, image = frame_network(height, width), _frame(height, width)
    held = [None]

    def job() -> None:
        held[0] = evaluate(network, image)  # the trace of the frame before is let go, as in the program

    return job


def _frame_torch(height: int, width: int, layout: str) -> Job:
    import torch
    from torch.nn.functional import conv2d, max_pool2d, relu

    torch.set_num_threads(THREADS)
    form = torch.channels_last if layout == "channels last" else torch.contiguous_format
    weights = [torch.from_numpy(one).contiguous(memory_format=form) for one in _weights()]
    biases = [torch.zeros(len(one)) for one in weights]
    image = torch.from_numpy(_frame(height, width)).contiguous(memory_format=form)

    def job() -> list[object]:
        kept, x = [], image
        with torch.inference_mode():
            for weight, bias in zip(weights, biases):
                for step in (lambda x: conv2d(x, weight, bias, padding=1), relu, lambda x: max_pool2d(x, 2)):  # noqa: B023
                    x = step(x)
                    kept.append(x)
        return kept

    return job


def _edit_ours(height: int, width: int) -> Job:
    """Another kernel in the last convolution: what lies before it is reused."""
    from explorer.engine.evaluate import evaluate

    network, image = frame_network(height, width), _frame(height, width)
    held = [evaluate(network, image)]
    kernels = [network["conv3"].parameters["kernel"] * np.float32(share) for share in (1, 1.1)]
    edited = [network.with_parameters({"conv3": {"kernel": kernel}}) for kernel in kernels]
    turn = [0]

    def job() -> None:
        turn[0] ^= 1
        held[0] = evaluate(edited[turn[0]], image, held[0])

    return job


def _edit_torch(height: int, width: int, layout: str) -> Job:
    import torch
    from torch.nn.functional import conv2d, max_pool2d, relu

    torch.set_num_threads(THREADS)
    form = torch.channels_last if layout == "channels last" else torch.contiguous_format
    x = torch.rand(1, 32, height // 4, width // 4).contiguous(memory_format=form)
    weight, bias = torch.from_numpy(_weights()[2]).contiguous(memory_format=form), torch.zeros(64)

    def job() -> list[object]:
        with torch.inference_mode():
            maps = conv2d(x, weight, bias, padding=1)
            return [maps, positive := relu(maps), max_pool2d(positive, 2)]

    return job


def _frame_onnxruntime(height: int, width: int) -> Job:
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    nodes, tensors, outputs, name = [], [], [], "image"
    for number, kernel in enumerate(_weights(), 1):
        tensors += [
            numpy_helper.from_array(kernel, f"kernel{number}"),
            numpy_helper.from_array(np.zeros(len(kernel), np.float32), f"bias{number}"),
        ]
        conv, relu, pool = (f"{kind}{number}" for kind in ("conv", "relu", "pool"))
        nodes += [
            helper.make_node("Conv", [name, f"kernel{number}", f"bias{number}"], [conv], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [conv], [relu]),
            helper.make_node("MaxPool", [relu], [pool], kernel_shape=[2, 2], strides=[2, 2]),
        ]
        outputs += [helper.make_tensor_value_info(one, TensorProto.FLOAT, None) for one in (conv, relu, pool)]
        name = pool
    entry = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, height, width])
    graph = helper.make_graph(nodes, "frame", [entry], outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    image = _frame(height, width)
    return lambda: session.run(None, {"image": image})


def job_of(name: str, engine: str) -> Job:
    """The job for 'ours', 'PyTorch', 'PyTorch channels last' or 'onnxruntime'.

    Jobs are 'frame-640x480', 'edit-640x480' (of the last convolution) and their like, 'train-NET-BATCH',
    'forward-LAYER' and 'backward-LAYER', and 'resnet-224'.
    """
    if name.startswith("resnet-"):
        return residual_job(int(name.removeprefix("resnet-")), engine)
    if name.startswith(("forward-", "backward-")):
        way, _, layer = name.partition("-")
        return layer_job(layer, way, engine)
    if name.startswith("train-"):
        _, net, batch = name.split("-")
        return training_job(net, int(batch), engine)
    if name.startswith("edit-"):
        width, height = map(int, name.removeprefix("edit-").split("x"))
        return _edit_ours(height, width) if engine == "ours" else _edit_torch(height, width, _layout(engine))
    width, height = map(int, name.removeprefix("frame-").split("x"))
    if engine == "ours":
        return _frame_ours(height, width)
    if engine == "onnxruntime":
        return _frame_onnxruntime(height, width)
    return _frame_torch(height, width, _layout(engine))


def _layout(engine: str) -> str:
    return engine.removeprefix("PyTorch").strip()


def main() -> None:
    """Answer every line of standard input, a number of repetitions, with their times in ms as JSON."""
    clock = time.perf_counter
    if THREADS == 1:
        clock = time.process_time
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # before any engine counts the cores
    job = job_of(*sys.argv[1:3])
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            started = clock()
            job()
            times.append((clock() - started) * 1000)
        print(json.dumps(times), flush=True)


if __name__ == "__main__":
    main()
