"""Motion that explains: a camera on its way, a level that opens; never in the way of what one does next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

ZOOM_MS, LEVEL_MS = 140, 300


class Motion(QObject):
    """Calls `step(share)` with shares from 0 to 1 for a while, then `done()`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._on_value)
        self._animation.finished.connect(self._on_finished)
        self._step: Callable[[float], None] = lambda share: None
        self._done: Callable[[], None] = lambda: None

    @property
    def is_running(self) -> bool:
        """Whether something is on its way."""
        return self._animation.state() == QVariantAnimation.State.Running

    def start(
        self, duration_ms: int, step: Callable[[float], None], done: Callable[[], None], soft: bool = True
    ) -> None:
        """Begin; what was on its way before stays where it is."""
        self._animation.stop()
        self._step, self._done = step, done
        curve = QEasingCurve.Type.InOutCubic if soft else QEasingCurve.Type.OutCubic
        self._animation.setEasingCurve(curve)
        self._animation.setDuration(duration_ms)
        self._animation.start()

    def finish(self) -> None:
        """Arrive at once."""
        if self.is_running:
            self._animation.setCurrentTime(self._animation.duration())
            if self.is_running:
                self._animation.stop()
                self._on_finished()

    def _on_value(self, share: object) -> None:
        if self.is_running:
            self._step(float(share))  # type: ignore[arg-type]

    def _on_finished(self) -> None:
        self._step(1.0)
        self._done()
