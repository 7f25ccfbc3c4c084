"""The tutorials' network learns real handwritten digits."""

import gzip
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from explorer.engine.examples import ImageExamples
from explorer.engine.presets.networks import build_network
from explorer.engine.training import Training, assess, train


def numbers(path: Path, count: int) -> np.ndarray:
    """The first `count` entries of a file in MNIST's own format: axes, their lengths, then bytes."""
    if not path.is_file():
        pytest.skip(f"no handwritten digits here: {path} does not exist")
    content = gzip.decompress(path.read_bytes())
    axes = content[3]
    shape = [int.from_bytes(content[4 + 4 * axis : 8 + 4 * axis], "big") for axis in range(axes)]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape)[:count]


def digits(folder: Path, which: str, count: int) -> ImageExamples:
    images = numbers(folder / "mnist" / f"{which}-images-idx3-ubyte.gz", count)
    labels = numbers(folder / "mnist" / f"{which}-labels-idx1-ubyte.gz", count)
    return ImageExamples(images[:, None], labels.astype(np.int64))


def test_the_tutorial_network_learns_a_few_hundred_digits_and_reads_others(shared_data):
    learned, others = digits(shared_data, "train", 600), digits(shared_data, "t10k", 200)

    made = list(islice(train(build_network("keras-tutorial"), learned, Training(batch=32)), 60))

    assert np.mean([one.loss for one in made[:5]]) > 2
    assert np.mean([one.loss for one in made[-5:]]) < 1
    assert assess(made[-1].network, others).accuracy > 0.7
