"""Plays a sweep: one pixel of the output after the other, to and fro, and not while the pointer rests on it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

PACES_MS = {"fast": 40, "¼ s": 250, "½ s": 500, "1 s": 1000}  # per step, as people choose it


class SweepPlayer(QObject):
    """Counts from 0 to `count` - 1. It knows nothing of maps; whoever listens moves."""

    moved = Signal(int)  # the stop that is shown now
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.count = 0
        self.index = 0
        self._is_held = False
        self._timer = QTimer(self)
        self._timer.setInterval(PACES_MS["¼ s"])
        self._timer.timeout.connect(self.tick)
        self._is_playing = False

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself, even if the pointer holds it just now."""
        return self._is_playing

    @property
    def pace_ms(self) -> int:
        """Milliseconds from stop to stop."""
        return self._timer.interval()

    def set_count(self, count: int) -> None:
        """There are so many stops now."""
        self.count = count
        self.index = min(self.index, max(0, count - 1))
        if not count:
            self.pause()

    def set_pace(self, milliseconds: int) -> None:
        """Go on as fast."""
        self._timer.setInterval(milliseconds)

    def play(self) -> None:
        """Go on from here; from the last stop begin again."""
        if not self.count:
            return
        self._is_playing, self._is_held = True, False  # a pointer that rests here anyway holds nothing
        self.playing_changed.emit(True)
        self.go(0 if self.index >= self.count - 1 else self.index)
        self._run()

    def pause(self) -> None:
        """Stay here."""
        if self._is_playing:
            self._is_playing = False
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self._is_playing:
            self.pause()
        else:
            self.play()

    def hold(self, held: bool) -> None:
        """Wait as long as the pointer rests on what moves."""
        self._is_held = held
        self._run()

    def step(self, by: int) -> None:
        """One stop on or back, and stay there."""
        self.pause()
        self.go(self.index + by)

    def go(self, index: int) -> None:
        """Show a stop."""
        if self.count:
            self.index = min(max(index, 0), self.count - 1)
            self.moved.emit(self.index)

    def stand(self, index: int) -> None:
        """Be at a stop that is shown already."""
        self.index = min(max(index, 0), max(0, self.count - 1))

    def tick(self) -> None:
        """The next stop; after the last one it stays there."""
        if self.index + 1 >= self.count:
            self.pause()
        else:
            self.go(self.index + 1)

    def _run(self) -> None:
        if self._is_playing and not self._is_held:
            self._timer.start()
        else:
            self._timer.stop()
