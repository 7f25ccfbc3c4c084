"""Kernels in text files."""

import numpy as np
import pytest

from explorer.engine.kernel_limits import KernelError
from explorer.exchange.kernel_file import ENDINGS, read_kernel_file, write_kernel_file

KERNEL = np.array([[0.1, -2, 1 / 3], [0, 1e-7, 5]], np.float32)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_is_written_is_read_back_exactly(tmp_path, ending):
    path = write_kernel_file(tmp_path / f"kernel{ending}", KERNEL)
    np.testing.assert_array_equal(read_kernel_file(path), KERNEL)


def test_a_name_without_an_ending_gets_one(tmp_path):
    assert write_kernel_file(tmp_path / "jádro", KERNEL).name == "jádro.txt"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"1 2 3\n4 5", "kernel.txt: Row 2 has 2 numbers, row 1 has 3."),
        (b"\xff\xfe\x00\x01", "kernel.txt is not a text file."),
        (b"", "kernel.txt: There are no numbers"),
        (b"1 " * 1_000_000, "kernel.txt: The text has"),
    ],
)
def test_a_file_that_is_no_kernel_is_refused_with_its_name(tmp_path, content, sentence):
    (tmp_path / "kernel.txt").write_bytes(content)
    with pytest.raises(KernelError) as refusal:
        read_kernel_file(tmp_path / "kernel.txt")
    assert sentence in str(refusal.value)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(KernelError, match="nowhere.txt cannot be read: .* Choose another file."):
        read_kernel_file(tmp_path / "nowhere.txt")
