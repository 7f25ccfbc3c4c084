"""Work off the GUI thread of which only the newest counts: one piece at a time, the last asked for goes next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from explorer.runtime.errands import Errands

log = logging.getLogger(__name__)

T = TypeVar("T")


class Freshest(Generic[T]):
    """Asked faster than it can answer, it leaves out what was overtaken; a camera thus never piles up work.

    `show` is given every result that was not forgotten meanwhile, `refuse` the sentence of an error among
    `refusals`. Any other error is logged, and told in a sentence, too.
    """

    def __init__(
        self, errands: Errands, label: str, show: Callable[[T], object], refuse: Callable[[str], object],
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:  # fmt: skip
        self._errands = errands
        self._label = label
        self._show = show
        self._refuse = refuse
        self._refusals = refusals
        self._next: Callable[[], T] | None = None
        self._is_working = False
        self._is_forgotten = False

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._is_working

    def ask(self, work: Callable[[], T]) -> None:
        """Have this done as soon as what is under way is done; what waited until now is dropped."""
        self._next = work
        self._is_forgotten = False
        self._begin()

    def forget(self) -> None:
        """Nobody wants to see what is under way or waiting."""
        self._next = None
        self._is_forgotten = True

    def _begin(self) -> None:
        if self._is_working or self._next is None:
            return
        work, self._next, self._is_working = self._next, None, True

        def safely() -> Callable[[], object]:
            try:
                result = work()
            except self._refusals as error:
                sentence = str(error)
            except Exception as error:  # the errands would drop it, and the panel would wait for ever
                log.exception("%s failed", self._label)
                sentence = f"This could not be computed: {error or type(error).__name__}."
            else:
                return lambda: self._show(result)
            return lambda: self._refuse(sentence)

        self._errands.give(self._label, safely, self._finish)

    def _finish(self, tell: object) -> None:
        self._is_working = False
        if not self._is_forgotten:
            assert callable(tell)
            tell()
        self._begin()
