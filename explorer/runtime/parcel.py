"""Parcels: what one process hands to another over a connection, with large arrays beside the text, uncopied."""

from __future__ import annotations

import os
import pickle
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np

SMALL = 1 << 14  # bytes of an array that lies in the text
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
    connection.send((parcel.text, [memory.nbytes for memory in parcel.arrays]))
    for memory in parcel.arrays:
        while memory.nbytes:
            memory = memory[os.write(connection.fileno(), memory) :]


def receive(connection: Connection) -> Parcel:
    """Wait for a parcel. Raises EOFError when there will be none."""
    try:
        text, sizes = connection.recv()
        return Parcel(text, tuple(_read(connection, size) for size in sizes))
    except OSError as error:
        raise EOFError from error


def unpack(parcel: Parcel) -> Any:
    """What is in it; its large arrays are read-only."""
    return pickle.loads(parcel.text, buffers=parcel.arrays)  # noqa: S301  - our own process packed it


def _read(connection: Connection, size: int) -> memoryview:
    whole = np.empty(size, np.uint8).data
    left = whole
    while left.nbytes:
        count = os.readv(connection.fileno(), [left])
        if not count:
            raise EOFError
        left = left[count:]
    return whole.toreadonly()
