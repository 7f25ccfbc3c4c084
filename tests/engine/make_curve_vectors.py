"""Makes the loss curves that trainings are checked against, with PyTorch: `python -m tests.engine.make_curve_vectors`.

Needs PyTorch, which the tests do not. Writes vectors/curves.npz: the parameters that two networks start from, and the
losses of their first hundred steps with AdamW and a one-cycle rate, in double precision.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from explorer.engine.training import epoch_order
from tests.benchmarks.torch_network import torch_network
from tests.engine.curves import NETWORKS, SETTINGS, STEPS, drawn_images

TARGET = Path(__file__).parent / "vectors" / "curves.npz"


def main() -> None:
    images, labels = drawn_images()
    arrays: dict[str, np.ndarray] = {}
    for name, build in NETWORKS.items():
        network = build().fitted(4)
        for node in network.nodes:
            for parameter, array in node.parameters.items():
                arrays[f"{name}.start.{node.name}.{parameter}"] = np.array(array)
        arrays[f"{name}.losses"] = losses(network, images, labels)
        print(name, arrays[f"{name}.losses"][[0, STEPS // 2, -1]])
    np.savez_compressed(TARGET, made_with=f"PyTorch {torch.__version__}", **arrays)
    print(f"{TARGET.stat().st_size / 1024:.0f} KiB")


def losses(network, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    model, optimizer = torch_network(network).double(), SETTINGS.optimizer
    adam = torch.optim.AdamW(model.parameters(), optimizer.rate, weight_decay=optimizer.weight_decay)
    x, y = torch.from_numpy(images).double(), torch.from_numpy(labels)
    found, epoch = [], 0
    while len(found) < STEPS:
        order = torch.from_numpy(epoch_order(len(x), epoch, SETTINGS))
        for chosen in order.split(SETTINGS.batch):
            for group in adam.param_groups:
                group["lr"] = optimizer.rate * SETTINGS.schedule.factor(len(found))
            adam.zero_grad()
            loss = cross_entropy(model(x[chosen]), y[chosen])
            loss.backward()
            adam.step()
            found.append(loss.item())
        epoch += 1
    return np.array(found[:STEPS])


if __name__ == "__main__":
    main()
