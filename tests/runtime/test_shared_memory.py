"""Memory that two processes see: lent once, read where it lies, and given back."""

import gc
import os

import numpy as np
import pytest

from explorer.engine.arena import Arena
from explorer.runtime import companion
from explorer.runtime.companion import memory_file
from explorer.runtime.shared_memory import SharedMemory

pytestmark = pytest.mark.skipif(not companion.is_possible(), reason="companions need Linux")


@pytest.fixture
def memories():
    """The same memory as the one who lends sees it, and as the one who reads."""
    handle = memory_file()
    pair = SharedMemory(handle, may_lend=True), SharedMemory(handle, may_lend=False)
    file = os.dup(handle)
    os.close(handle)
    yield *pair, file
    os.close(file)


def used(file):
    """Bytes of memory that the file takes."""
    return os.fstat(file).st_blocks * 512


def test_what_is_written_on_one_side_is_read_on_the_other(memories):
    lender, reader, _ = memories
    array = lender.lend(1000)
    array[:] = np.arange(1000)
    turned = array.reshape(10, 100).T[::2]
    np.testing.assert_array_equal(reader.view(lender.place_of(turned)), turned)
    assert reader.view(lender.place_of(turned)).strides == turned.strides


def test_whoever_only_reads_cannot_write(memories):
    lender, reader, _ = memories
    view = reader.view(lender.place_of(lender.lend(10)))
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1


def test_an_array_elsewhere_or_backwards_has_no_place(memories):
    lender, _, _ = memories
    assert lender.place_of(np.zeros(3)) is None
    assert lender.place_of(lender.lend(10)[::-1]) is None


def test_the_memory_of_an_array_that_is_gone_goes_back_to_the_system_and_is_lent_again(memories):
    lender, _, file = memories
    array = lender.lend(1 << 20)
    array[:] = 1
    offset = lender.place_of(array).offset
    assert used(file) >= array.nbytes
    view = array[5:]
    del array
    assert used(file) >= 1 << 22, "a view of it is still there"
    del view
    gc.collect()
    assert used(file) == 0
    assert lender.place_of(lender.lend(1 << 20)).offset == offset


def test_what_was_left_side_by_side_is_lent_as_one(memories):
    lender, _, _ = memories
    parts = [lender.lend(1 << 20) for _ in range(3)]
    first = lender.place_of(parts[0]).offset
    parts.clear()
    assert lender.place_of(lender.lend(3 << 20)).offset == first


def test_where_there_is_no_room_private_memory_is_lent(memories, monkeypatch):
    lender, _, _ = memories
    lender._free = [(0, 4096)]
    assert lender.place_of(lender.lend(1 << 20)) is None


def test_an_arena_lends_its_buffers_again(memories):
    lender, _, _ = memories
    arena = Arena()
    arena.new_buffer = lender.lend
    first = lender.place_of(arena.empty(1 << 18))
    assert lender.place_of(arena.empty(1 << 18)) == first
    held = arena.empty(1 << 18)
    assert lender.place_of(arena.empty(1 << 18)).offset != lender.place_of(held).offset
