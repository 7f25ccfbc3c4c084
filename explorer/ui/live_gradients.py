"""Gradients for everybody who shows them: worked out beside the window, of the newest frame, in a share of the time."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.gradient_goal import Goal, GoalError
from explorer.engine.layer import Array, ShapeError
from explorer.engine.network import Network, NetworkError
from explorer.rendering.wanted import Wanted
from explorer.runtime.gradient_painter import GradientAnswer, GradientPainter
from explorer.ui.freshest import Freshest
from explorer.ui.workspace import Workspace

REST = 3.0  # times as long as a gradient took no frame follows it: the maps come first
LEAST_REST_MS, MOST_REST_MS = 60, 500


class LiveGradients(QObject):
    """Whoever shows gradients asks, everybody hears the answer. What follows frames rests in between."""

    answered = Signal(object)  # GradientAnswer
    refused = Signal(str)  # why there is none
    due = Signal()  # a frame that came during the rest can be asked for now
    ended = Signal()  # nobody asks any more

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._painter = GradientPainter()
        self._took = 0.0  # seconds, the last one
        self._is_behind = False
        self._freshest: Freshest[GradientAnswer] = Freshest(
            workspace.explaining, "Gradients", self._show, self.refused.emit, (GoalError, ShapeError, NetworkError)
        )  # fmt: skip
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._catch_up)

    def ask(self, network: Network, image: Array, goal: Goal, wanted: Wanted) -> None:
        """Have the gradients of this worked out as soon as possible; what waited is dropped."""
        painter = self._painter
        self._is_behind = False

        def work() -> GradientAnswer:
            started = time.perf_counter()
            try:
                return painter.answer(network, image, goal, wanted)
            finally:
                self._took = time.perf_counter() - started

        self._freshest.ask(work)

    def can_follow(self) -> bool:
        """Whether a new frame may be asked for now; if not, `due` tells when."""
        if self._rest.isActive() or not self._freshest.is_idle:
            self._is_behind = True
        return not self._is_behind

    def forget(self) -> None:
        """Nobody wants what is under way."""
        self._freshest.forget()

    def end(self) -> None:
        """Nobody shows gradients any more; what is kept for the next one is as large as all maps."""
        self._freshest.forget()
        self._rest.stop()
        self._is_behind = False
        self._painter = GradientPainter()
        self.ended.emit()

    def _show(self, found: GradientAnswer) -> None:
        self._rest.start(min(max(LEAST_REST_MS, round(1000 * REST * self._took)), MOST_REST_MS))
        self.answered.emit(found)

    def _catch_up(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self.due.emit()


def live_gradients(workspace: Workspace) -> LiveGradients:
    """The one of this workspace."""
    found = workspace.findChild(LiveGradients)
    return found if isinstance(found, LiveGradients) else LiveGradients(workspace)
