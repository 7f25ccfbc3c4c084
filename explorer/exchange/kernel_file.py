"""Kernels in text files: the name's ending says how they are written, reading finds it out."""

from __future__ import annotations

from pathlib import Path

from explorer.engine.kernel_limits import Kernel, KernelError
from explorer.engine.kernel_text import MOST_CHARACTERS, read_kernel, write_kernel
from explorer.exchange.files import write_whole

ENDINGS = {".txt": "spaces", ".tsv": "tabs", ".csv": "csv", ".json": "json", ".py": "numpy"}
KINDS = "Kernels (" + " ".join(f"*{ending}" for ending in ENDINGS) + ")"


def read_kernel_file(path: Path) -> Kernel:
    """The kernel (kh, kw) in a text file; KernelError says what is wrong with the file or with a row in it."""
    try:
        with path.open("rb") as file:
            content = file.read(4 * MOST_CHARACTERS + 1)  # at most four bytes for each character
    except OSError as error:
        reason = error.strerror or str(error)
        raise KernelError(f"{path.name} cannot be read: {reason}. Choose another file.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise KernelError(f"{path.name} is not a text file. Expected rows of numbers.") from None
    try:
        return read_kernel(text)
    except KernelError as error:
        raise KernelError(f"{path.name}: {error}") from None


def write_kernel_file(path: Path, kernel: Kernel) -> Path:
    """Write the kernel as text in the way of the path's ending, .txt if it has none; raises WriteError."""
    if not path.suffix:
        path = path.with_suffix(".txt")
    text = write_kernel(kernel, ENDINGS.get(path.suffix.lower(), "spaces"))
    return write_whole(path, lambda file: file.write(f"{text}\n".encode()))
