"""Files that tests make: small data sets of every kind, whole and broken."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import cv2
import numpy as np


def png(grey: int, size: tuple[int, int] = (6, 8), colour: bool = False) -> bytes:
    """An evenly grey picture of this height and width."""
    shape = (*size, 3) if colour else size
    done, content = cv2.imencode(".png", np.full(shape, grey, np.uint8))
    assert done
    return content.tobytes()


def pets() -> dict[str, bytes]:
    """Two classes of three pictures each."""
    return {
        f"{name}/{k}.png": png(level + k) for name, level in (("cat", 10), ("dog", 200)) for k in range(3)
    }


def write_folder(path: Path, contents: dict[str, bytes]) -> Path:
    for name, content in contents.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(content)
    return path


def write_zip(path: Path, contents: dict[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, contents: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def idx(array: np.ndarray) -> bytes:
    """An IDX file of bytes."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes((0, 0, 8, array.ndim)) + sizes + array.astype(np.uint8).tobytes()


def idx_files(train: int = 12, test: int = 4, prefix: str = "", test_word: str = "t10k") -> dict[str, bytes]:
    """MNIST's four files, small; image k is full of k and its label is k % 3."""
    files = {}
    for word, first, count in (("train", 0, train), (test_word, train, test)):
        numbers = np.arange(first, first + count)
        images = np.broadcast_to(numbers[:, None, None], (count, 5, 4))
        files[f"{prefix}{word}-images-idx3-ubyte.gz"] = gzip.compress(idx(images))
        files[f"{prefix}{word}-labels-idx1-ubyte.gz"] = gzip.compress(idx(numbers % 3))
    return files


def cifar_batch(labels: list[int]) -> bytes:
    """Records whose red plane is 10, green 20 and blue 30."""
    planes = b"".join(bytes([value]) * 1024 for value in (10, 20, 30))
    return b"".join(bytes([label]) + planes for label in labels)


def cifar_files() -> dict[str, bytes]:
    return {
        "cifar-10-batches-bin/test_batch.bin": cifar_batch([5]),
        "cifar-10-batches-bin/data_batch_1.bin": cifar_batch([0, 1]),
        "cifar-10-batches-bin/data_batch_2.bin": cifar_batch([2, 3, 4]),
        "cifar-10-batches-bin/readme.html": b"text",
    }
