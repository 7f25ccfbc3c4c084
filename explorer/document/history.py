"""The history: every state the document has been in, with the label of the edit that led to it.

States are values that share whatever an edit did not touch, so keeping them all costs little. (Qt 6 keeps its
QUndoStack in QtGui, above this floor, and would have to wrap each value in a command object.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")
DEPTH = 500  # entries kept; the oldest go first


@dataclass(frozen=True, eq=False)
class Entry(Generic[State]):
    """A state and the edit that led to it. Edits in a row with the same `merge_key` become one entry."""

    label: str
    state: State
    merge_key: object = None


class History(Generic[State]):
    """The entries, and which of them is shown now. The first is where everything began."""

    def __init__(self, state: State, label: str = "Start") -> None:
        self.entries: list[Entry[State]] = [Entry(label, state)]
        self.index = 0

    @property
    def state(self) -> State:
        """The state that is shown now."""
        return self.entries[self.index].state

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty where nothing is left."""
        return self.entries[self.index].label if self.index else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty where nothing is left."""
        return self.entries[self.index + 1].label if self.index + 1 < len(self.entries) else ""

    def push(self, label: str, state: State, merge_key: object = None) -> None:
        """Add a state after the one shown now and show it; whatever had been undone is forgotten."""
        del self.entries[self.index + 1 :]
        entry = Entry(label, state, merge_key)
        if self.index and merge_key is not None and self.entries[-1].merge_key is merge_key:
            self.entries[-1] = entry
        else:
            self.entries.append(entry)
        if len(self.entries) > DEPTH:
            del self.entries[0]
        self.index = len(self.entries) - 1

    def amend(self, state: State) -> None:
        """Let the entry that is shown lead to another state."""
        entry = self.entries[self.index]
        self.entries[self.index] = Entry(entry.label, state, entry.merge_key)

    def go(self, index: int) -> None:
        """Show another entry; an index beyond either end means the end."""
        self.index = min(max(index, 0), len(self.entries) - 1)
