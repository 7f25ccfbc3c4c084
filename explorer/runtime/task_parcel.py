"""Tasks on their way to the process that trains: images travel once, whatever else is set anew."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.runtime.parcel import PROTOCOL
from explorer.runtime.training_task import Task

LARGE = 1 << 12  # bytes of an array that is remembered


class LaidOut(NamedTuple):
    """An array with its axes in the order in which they lie in memory, and the order in which they are meant."""

    array: NDArray[Any]
    axes: tuple[int, ...]

    @classmethod
    def of(cls, array: NDArray[Any]) -> LaidOut:
        """An array, not copied where it has no gaps."""
        order = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
        return cls(array.transpose(order), tuple(int(axis) for axis in np.argsort(order)))

    @property
    def meant(self) -> NDArray[Any]:
        """The array as it was, read-only."""
        self.array.flags.writeable = False
        return self.array.transpose(self.axes)


class PackedTask(NamedTuple):
    """A task whose large arrays have numbers: those of `new` come with it, `used` names all that it needs."""

    text: bytes
    new: Mapping[int, LaidOut]
    used: frozenset[int]


class TaskPacker:
    """Packs tasks for one other side, and remembers which arrays that has. They must not be written into."""

    def __init__(self) -> None:
        self._known: dict[object, tuple[int, NDArray[Any]]] = {}  # number and array, by where it lies
        self._next = 0

    def packed(self, task: Task) -> PackedTask:
        """A task, ready to be sent. Raises what pickling raises."""
        known = dict(self._known)
        new: dict[int, LaidOut] = {}
        used: set[int] = set()

        class Packer(pickle.Pickler):
            def persistent_id(packer, thing: Any) -> int | None:
                if type(thing) is not np.ndarray or thing.nbytes < LARGE or thing.dtype.hasobject:
                    return None
                place = thing.ctypes.data, thing.shape, thing.strides, thing.dtype.str
                if place not in known:
                    number = self._next + len(new)
                    known[place], new[number] = (number, thing), LaidOut.of(thing)
                used.add(known[place][0])
                return known[place][0]

        file = io.BytesIO()
        Packer(file, PROTOCOL).dump(task)
        self._next += len(new)
        self._known = {place: entry for place, entry in known.items() if entry[0] in used}
        return PackedTask(file.getvalue(), new, frozenset(used))


class TaskUnpacker:
    """The other side of a packer."""

    def __init__(self) -> None:
        self._arrays: dict[int, NDArray[Any]] = {}

    def task(self, packed: PackedTask) -> Task:
        """The task; what it does not need is forgotten."""
        self._arrays |= {number: laid_out.meant for number, laid_out in packed.new.items()}
        self._arrays = {number: self._arrays[number] for number in packed.used}
        arrays = self._arrays

        class Unpacker(pickle.Unpickler):
            def persistent_load(self, number: Any) -> NDArray[Any]:
                return arrays[number]

        task: Task = Unpacker(io.BytesIO(packed.text)).load()
        return task
