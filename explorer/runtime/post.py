"""The post between two processes: letters in which nothing is sent twice that the other side still has.

Large arrays do not travel: they lie in memory that both see, and the letter says where. What the last letter held
already, an unchanged node or map, is named by its number only, so that it is the *same* object there as before, by
which the evaluator and the window know that nothing has changed.
"""

from __future__ import annotations

import dataclasses
import io
import pickle
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.connection import Connection
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arena import Arena
from explorer.engine.network import Network, Node
from explorer.rendering.picture import Picture
from explorer.runtime.shared_memory import Place, SharedMemory
from explorer.sources.source import Frame

SMALL = 1 << 15  # bytes of an array that travels in the letter
KEPT = (Network, Node, Frame, Picture)  # known again by identity; arrays are, too


class Ledger:
    """What one letter holds of one side's things, each with its number."""

    def __init__(self) -> None:
        self.things: dict[int, object] = {}
        self.numbers: dict[int, int] = {}  # by id

    def note(self, number: int, thing: object) -> None:
        """Write a thing down."""
        self.things[number] = thing
        self.numbers[id(thing)] = number

    def carry(self, thing: object, last: Ledger) -> None:
        """Write a thing of the last letter down again, with all its parts."""
        self.note(last.numbers[id(thing)], thing)
        for part in _parts(thing):
            if id(part) in last.numbers and id(part) not in self.numbers:
                self.carry(part, last)


class Envelope(NamedTuple):
    """What travels: the letter's number (0 for a plain word), what is packed, and what the sender no longer needs.

    `settled`  the number of the newest of the other's letters that has been dealt with
    `released` the numbers of arrays of the other's that nobody refers to here any more
    """

    number: int
    settled: int
    released: tuple[int, ...]
    packed: bytes


class Post:
    """One end. Letters are sent by any thread, and received by one.

    The side that `asks` sends letters, the other one answers them and may name in its answers what they held.
    Whoever receives never waits for whoever sends, or two full lines would wait for each other.
    """

    def __init__(
        self, connection: Connection, ours: SharedMemory, theirs: SharedMemory, *, asks: bool
    ) -> None:
        self._asks = asks
        self._connection, self._ours, self._theirs = connection, ours, theirs
        self._copies = Arena(SMALL // 4)
        self._copies.new_buffer = ours.lend
        self._sending = threading.Lock()  # one letter after the other
        self._noting = threading.Lock()  # never held for long
        self._settled = 0
        # Of ours: what the last letter held, what the other side reads in our memory, and what it may name.
        self._next = 0
        self._number = 0
        self._last = Ledger()
        self._lent: dict[int, NDArray[Any]] = {}
        self._sent: list[tuple[int, Ledger]] = []
        # Of theirs: what the last letter held, what they are told to name theirs, and what is not needed any more.
        self._held = Ledger()
        self._received: list[tuple[int, Ledger]] = []
        self._released: deque[int] = deque()

    def send(self, letter: object, settled: int = 0) -> int:
        """Send a letter and say up to which of theirs all has been dealt with; returns its number."""
        with self._sending:
            self._settled = max(settled, self._settled)
            self._number += 1
            packer = _Packer(self)
            packed = packer.packed(letter)
            self._last = packer.current
            if self._asks:
                with self._noting:
                    self._sent = [*self._sent, (self._number, packer.current)]
            self._write(Envelope(self._number, self._settled, self._taken_back(), packed))
            return self._number

    def say(self, word: object) -> None:
        """Send something small that has no number and holds nothing of what letters hold."""
        with self._sending:
            packed = pickle.dumps(word, pickle.HIGHEST_PROTOCOL)
            self._write(Envelope(0, self._settled, self._taken_back(), packed))

    def receive(self) -> tuple[int, Any]:
        """Wait for the next letter or word; returns its number, too. Raises EOFError when there will be none."""
        try:
            content = self._connection.recv_bytes()
        except OSError as error:
            raise EOFError from error
        envelope = Envelope(*pickle.loads(content))  # noqa: S301  - our own process wrote it
        for number in envelope.released:
            self._lent.pop(number, None)
        with self._noting:
            self._sent = [one for one in self._sent if one[0] >= envelope.settled]
        if not envelope.number:
            return 0, pickle.loads(envelope.packed)  # noqa: S301
        unpacker = _Unpacker(self, envelope.packed)
        letter = unpacker.load()
        self._held = unpacker.current
        if not self._asks:
            received = [one for one in self._received if one[0] >= self._settled]
            self._received = [*received, (envelope.number, self._held)]
        return envelope.number, letter

    def _write(self, envelope: Envelope) -> None:
        try:
            self._connection.send_bytes(pickle.dumps(tuple(envelope), pickle.HIGHEST_PROTOCOL))
        except OSError as error:
            raise EOFError from error

    def _taken_back(self) -> tuple[int, ...]:
        taken = []
        while self._released:
            taken.append(self._released.popleft())
        return tuple(taken)

    # ---- what packer and unpacker ask -------------------------------------------------------------------------

    def number_of_theirs(self, thing: object) -> int | None:
        """The number of something that came from the other side and is still spoken of."""
        for number, ledger in reversed(self._received):
            if number >= self._settled and id(thing) in ledger.numbers:  # they have forgotten older ones
                return ledger.numbers[id(thing)]
        return None

    def own(self, number: int) -> object:
        """What was sent under this number, and is still spoken of."""
        return next(ledger.things[number] for _, ledger in reversed(self._sent) if number in ledger.things)

    @property
    def sent_last(self) -> Ledger:
        """What the other side holds of ours."""
        return self._last

    @property
    def received_last(self) -> Ledger:
        """What the other side knows that we hold of theirs."""
        return self._held

    def next_number(self) -> int:
        """For something that was never sent before."""
        self._next += 1
        return self._next

    def lend(self, number: int, array: NDArray[Any]) -> Place | None:
        """Where the other side can read an array, copied if it is not in our memory; None if there is no room."""
        place = self._ours.place_of(array)
        if place is None:
            room = self._copies.empty(-(-array.nbytes // 4)).view(np.uint8)[: array.nbytes]
            copy = room.view(array.dtype).reshape(array.shape)
            copy[...] = array
            array, place = copy, self._ours.place_of(copy)
        if place is not None:
            self._lent[number] = array
        return place

    def borrow(self, number: int, place: Place) -> NDArray[Any]:
        """An array in the other side's memory; it is told when nobody refers to it any more."""
        array = self._theirs.view(place)
        weakref.finalize(array, self._released.append, number).atexit = False
        return array


class _Packer(pickle.Pickler):
    """Packs one letter; `current` is what it holds."""

    def __init__(self, post: Post) -> None:
        self._buffer = io.BytesIO()
        super().__init__(self._buffer, pickle.HIGHEST_PROTOCOL)
        self._post = post
        self.current = Ledger()

    def packed(self, letter: object) -> bytes:
        """The letter as bytes."""
        self.dump(letter)
        return self._buffer.getvalue()

    def persistent_id(self, thing: Any) -> tuple[Any, ...] | None:
        """How something travels that both sides know by a number; None for everything else."""
        kind = type(thing)
        if kind is MappingProxyType:
            return "mapping", 0, dict(thing)
        if kind is not np.ndarray and kind not in KEPT:
            return None
        post = self._post
        if id(thing) not in self.current.numbers and id(thing) in post.sent_last.numbers:
            self.current.carry(thing, post.sent_last)
        if id(thing) in self.current.numbers:
            return "known", self.current.numbers[id(thing)]
        if (theirs := post.number_of_theirs(thing)) is not None:
            return "yours", theirs
        number = post.next_number()
        self.current.note(number, thing)
        if kind is not np.ndarray:
            return "kept", number, kind, _fields(thing)
        place = None if thing.nbytes < SMALL else post.lend(number, thing)
        if place is None:
            return "small", number, thing.shape, thing.dtype.str, thing.tobytes()
        return "array", number, tuple(place)


class _Unpacker(pickle.Unpickler):
    """Unpacks one letter; `current` is what it holds, by number."""

    def __init__(self, post: Post, packed: bytes) -> None:
        super().__init__(io.BytesIO(packed))
        self._post = post
        self.current = Ledger()

    def persistent_load(self, name: tuple[Any, ...]) -> object:
        """What travelled as such a tuple."""
        kind, number, *rest = name
        if kind == "mapping":
            return MappingProxyType(rest[0])
        if kind == "yours":
            return self._post.own(number)
        if kind != "known":
            self.current.note(number, _MAKERS[kind](self._post, number, *rest))
        elif number not in self.current.things:
            last = self._post.received_last
            self.current.carry(last.things[number], last)
        return self.current.things[number]


def _fields(thing: Any) -> dict[str, object]:
    return {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing) if one.init}


def _parts(thing: object) -> Iterator[object]:
    """What a thing holds that has a number, too."""
    if isinstance(thing, KEPT):
        for value in _fields(thing).values():
            values = value if isinstance(value, tuple) else (value,)
            yield from value.values() if isinstance(value, Mapping) else values


def _kept(post: Post, number: int, kind: type, fields: dict[str, Any]) -> object:
    return kind(**fields)


def _small(post: Post, number: int, shape: tuple[int, ...], dtype: str, content: bytes) -> object:
    return np.frombuffer(content, dtype).reshape(shape)


def _array(post: Post, number: int, place: tuple[Any, ...]) -> object:
    return post.borrow(number, Place(*place))


_MAKERS: Mapping[str, Callable[..., object]] = {"kept": _kept, "small": _small, "array": _array}
