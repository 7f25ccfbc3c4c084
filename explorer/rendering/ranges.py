"""Ranges: which value gets the strongest colour, and in which order channels are shown."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from explorer.engine.layer import Array
from explorer.rendering.flat_maps import is_list
from explorer.rendering.look import Look
from explorer.rendering.survey import Survey

Channels = NDArray[np.intp]
SETTLED = 2.0  # seconds that an order by activity stays as it is: tiles must not dance with a camera
TURN_S = 0.25  # within which every layer's ranges are looked at again while pictures move,
MOST_AT_ONCE = 1 / 8  # of all numbers in one painting, so that slow pictures do not get slower


class Known(NamedTuple):
    """A survey with the array that it was made of (None if that has been overtaken), and when that was."""

    activation: weakref.ref[Array] | None
    survey: Survey
    turn: int
    size: int  # numbers in the array
    is_list: bool


class Ranges:
    """What was surveyed of each node, with the limits and orders that follow from it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._surveys: dict[str, Known] = {}
        self._turn = 0
        self._begun = -np.inf
        self._due = 0.0  # numbers that should have been looked at again by now
        self._inputs: frozenset[str] = frozenset()
        self._held: dict[str, Array] = {}
        self._held_look: tuple[object, ...] = ()
        self._orders: dict[str, tuple[float, Channels]] = {}

    def begin(
        self, activations: Mapping[str, Array], inputs: Iterable[str], *, may_be_old: bool = False
    ) -> None:
        """Forget what belongs to other arrays than these.

        What `may_be_old` is kept while the next frame has as many channels, but within a quarter of a second, or
        eight paintings, everything is looked at again: a range is exact for a frame of a moment ago then.
        """
        self._turn += 1
        elapsed, self._begun = self._now() - self._begun, self._now()
        self._inputs = frozenset(inputs)
        kept: dict[str, Known] = {}
        for name, known in self._surveys.items():
            activation = activations.get(name)
            if activation is None:
                continue
            if known.activation is not None and known.activation() is activation:
                kept[name] = known
            elif (
                may_be_old and len(known.survey.low) == activation.shape[1] and known.size == activation.size
            ):
                kept[name] = known._replace(activation=None)
        self._surveys = kept
        old = sorted((known.turn, name) for name, known in kept.items() if known.activation is None)
        # A large layer takes more than its share at once; then the next ones wait.
        share = min(MOST_AT_ONCE, elapsed / TURN_S)
        self._due = min(self._due, 0.0) + sum(kept[name].size for _, name in old) * share
        for _, name in old:
            if self._due > 0:
                self._due -= kept.pop(name).size

    def knows(self, name: str) -> bool:
        """Whether the node has a survey that may serve now."""
        return name in self._surveys

    def is_fresh(self, name: str) -> bool:
        """Whether the node has a survey of its present array."""
        return name in self._surveys and self._surveys[name].activation is not None

    @property
    def is_exact(self) -> bool:
        """Whether all surveys are those of the present arrays."""
        return all(known.activation is not None for known in self._surveys.values())

    def learn(self, name: str, activation: Array, survey: Survey) -> None:
        """Remember a survey."""
        self._surveys[name] = Known(
            weakref.ref(activation), survey, self._turn, activation.size, is_list(activation)
        )

    def survey(self, name: str) -> Survey:
        """The survey of the node."""
        return self._surveys[name].survey

    def limits(self, name: str, look: Look) -> Array:
        """The size of value with the strongest colour: of every channel (c,), or (1,) for a list of features."""
        if not look.held:
            self._held.clear()
            return self._fresh_limits(name, look)
        if self._held_look != (look.scope, look.boost):
            self._held_look = (look.scope, look.boost)
            self._held.clear()
        fresh = self._fresh_limits(name, look)
        held = self._held.get(name)
        if held is None or held.shape != fresh.shape:
            held = self._held[name] = fresh
        return held

    def order(self, name: str, count: int, look: Look) -> Channels:
        """The channels in the order of their tiles."""
        if look.order == "index" or name in self._inputs:
            self._orders.pop(name, None)
            return np.arange(count)
        made, order = self._orders.get(name, (-np.inf, np.arange(0)))
        if len(order) == count and (self._now() - made < SETTLED or not self.knows(name)):
            return order
        if not self.knows(name):
            return np.arange(count)
        order = np.argsort(-self.survey(name).activity, kind="stable")
        self._orders[name] = (self._now(), order)
        return order

    def has_order(self, name: str, count: int) -> bool:
        """Whether an order by activity was made already."""
        return name in self._orders and len(self._orders[name][1]) == count

    def _fresh_limits(self, name: str, look: Look) -> Array:
        known = self._surveys[name]
        size = known.survey.size
        is_plain = known.is_list
        if name in self._inputs:
            return np.maximum(size, np.float32(1))  # an image goes from 0 to 1
        if look.scope == "unit" and not is_plain:
            return size
        if look.scope == "network":
            shared = max(
                float(other.survey.size.max(initial=0))
                for key, other in self._surveys.items()
                if key not in self._inputs
            )
        else:
            shared = float(size.max(initial=0))
        if is_plain:
            return np.array([shared], np.float32)
        limits = np.full(size.shape, shared, np.float32)
        if look.boost > 0:  # along a geometric path, so that half a boost lifts faint channels half the way
            alive = size > 0
            limits[alive] = limits[alive] ** (1 - look.boost) * size[alive] ** look.boost
        return limits
