"""Parcels: what one process hands to another over a connection, with large arrays beside the text.

Very large ones do not go through the connection: they lie in files that exist only in memory, of which the other side
gets the handle. Such memory is given back when the last array in it is gone.
"""

from __future__ import annotations

import mmap
import os
import pickle
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any, NamedTuple

import numpy as np

SMALL = 1 << 14  # bytes of an array that lies in the text
LARGE = 1 << 20  # bytes of an array that lies in a file of its own
PROTOCOL = 5  # the first one that can leave arrays out

# What pickling raises where something cannot travel: a class within a function, an open file.
CANNOT_TRAVEL = pickle.PicklingError, AttributeError, TypeError


class Parcel(NamedTuple):
    """Something packed: text, and the memory of its arrays."""

    text: bytes
    arrays: tuple[memoryview, ...]


def pack(thing: object) -> Parcel:
    """Make something ready to be sent; its arrays must not be written into before that. Raises one of CANNOT_TRAVEL."""
    beside: list[memoryview] = []

    def lies_in_the_text(buffer: pickle.PickleBuffer) -> bool:
        memory = buffer.raw()
        if memory.nbytes < SMALL:
            return True
        beside.append(memory)
        return False

    return Parcel(pickle.dumps(thing, PROTOCOL, buffer_callback=lies_in_the_text), tuple(beside))


def send(connection: Connection, parcel: Parcel) -> None:
    """Send a parcel. Raises OSError where nobody is there to receive it."""
    files = [_file_of(memory) if memory.nbytes >= LARGE else None for memory in parcel.arrays]
    try:
        sizes = [(memory.nbytes, file is not None) for memory, file in zip(parcel.arrays, files, strict=True)]
        connection.send((parcel.text, sizes))
        for memory, file in zip(parcel.arrays, files, strict=True):
            if file is None:
                _write(connection.fileno(), memory)
            else:
                send_handle(connection, file, 0)
    finally:
        for file in files:
            if file is not None:
                os.close(file)


def receive(connection: Connection) -> Parcel:
    """Wait for a parcel. Raises EOFError when there will be none."""
    try:
        text, sizes = connection.recv()
        return Parcel(
            text,
            tuple(
                _mapped(connection, size) if is_file else _read(connection, size) for size, is_file in sizes
            ),
        )
    except OSError as error:
        raise EOFError from error


def unpack(parcel: Parcel) -> Any:
    """What is in it; its large arrays are read-only."""
    return pickle.loads(parcel.text, buffers=parcel.arrays)  # noqa: S301  - our own process packed it


def _file_of(memory: memoryview) -> int | None:
    """The handle of a new file with this in it; None where the system does not give one."""
    file = None
    try:
        file = os.memfd_create("parcel", os.MFD_CLOEXEC)
        _write(file, memory)
    except OSError:
        if file is not None:
            os.close(file)
        return None
    return file


def _mapped(connection: Connection, size: int) -> memoryview:
    file = recv_handle(connection)
    try:
        return memoryview(mmap.mmap(file, size, access=mmap.ACCESS_READ))
    finally:
        os.close(file)


def _write(handle: int, memory: memoryview) -> None:
    while memory.nbytes:
        memory = memory[os.write(handle, memory) :]


def _read(connection: Connection, size: int) -> memoryview:
    whole = np.empty(size, np.uint8).data
    left = whole
    while left.nbytes:
        count = os.readv(connection.fileno(), [left])
        if not count:
            raise EOFError
        left = left[count:]
    return whole.toreadonly()
