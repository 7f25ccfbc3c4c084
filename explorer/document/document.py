"""The document: the network and the preparation of its images, with undo for everything that changes them."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from explorer.document.history import History
from explorer.document.hurry import Laborious, hurry
from explorer.engine.kernel_limits import KernelError
from explorer.engine.layer import SettingError, ShapeError
from explorer.engine.network import Network, NetworkError
from explorer.sources.preparation import Preparation

log = logging.getLogger(__name__)

Change = Callable[[Network], Network]


class EditError(ValueError):
    """An edit that cannot be done; the text says what was expected and what to do."""


REFUSALS = (EditError, SettingError, ShapeError, NetworkError, KernelError)


@dataclass(frozen=True, eq=False)
class State:
    """Everything that undo brings back."""

    network: Network
    preparation: Preparation
    put_away: frozenset[object] = frozenset()
    """What was deleted of the things that are kept beside the network, as runs are."""


class Document(QObject):
    """Holds the state and changes it by labelled edits; whoever shows the state listens to the signals."""

    network_changed = Signal(object)  # Network
    preparation_changed = Signal(object)  # Preparation
    put_away_changed = Signal(object)  # frozenset
    history_changed = Signal()
    edited = Signal(
        object, object
    )  # the networks before and after an edit by hand, before the latter is shown
    settling = (
        Signal()
    )  # another entry of the history is about to be shown: whoever previews shall come to rest
    refused = Signal(str)  # the sentence of an edit that could not be done; nothing has changed

    def __init__(self, network: Network, preparation: Preparation | None = None) -> None:
        super().__init__()
        self._shown = State(network, preparation or Preparation())
        self.history = History(self._shown)
        self._preview: tuple[str, object] = "", None  # label and merge key that it gets in the history
        self.beside: Callable[[str, Change, object], object] | None = None
        """Does the edits that take long in another thread, and then here; None: everybody waits for them."""

    @property
    def network(self) -> Network:
        """The network as it is now."""
        return self._shown.network

    @property
    def preparation(self) -> Preparation:
        """What happens to a frame before the network."""
        return self._shown.preparation

    @property
    def put_away(self) -> frozenset[object]:
        """What was deleted of the things that are kept beside the network; undo brings it back."""
        return self._shown.put_away

    def edit(self, label: str, change: Change, merge_key: object = None, *, at_once: bool = False) -> bool:
        """Change the network by a verb of `edits`; False (and `refused` with the reason) if that is impossible.

        Edits in a row with the same `merge_key` (an object made when a drag starts) are one undo. One that draws
        millions of weights is made `beside` and comes a moment later, which is False too, unless it must be `at_once`.
        """
        beside = None if at_once else self.beside
        try:
            with hurry() if beside is not None else nullcontext():
                network = change(self.network)
        except Laborious:
            assert beside is not None
            beside(label, change, merge_key)
            return False
        except REFUSALS as error:
            log.info("Refused '%s': %s", label, error)
            self.refused.emit(str(error))
            return False
        if network is not self.network:
            self.keep()
            self.edited.emit(self.network, network)
            self._push(label, dataclasses.replace(self._shown, network=network), merge_key)
        return True

    def prepare(self, label: str, preparation: Preparation, merge_key: object = None) -> None:
        """Change what happens to a frame before the network; a preview stays one."""
        if preparation != self.preparation:
            self._push_beside(label, dataclasses.replace(self._shown, preparation=preparation), merge_key)

    def put(self, label: str, put_away: frozenset[object]) -> None:
        """Let these things, and no others, be deleted; a preview stays one."""
        if put_away != self.put_away:
            self._push_beside(label, dataclasses.replace(self._shown, put_away=put_away))

    def undo(self) -> None:
        """Take back the newest edit, which may be what is previewed."""
        self._settle()
        self.go(self.history.index - 1)

    def redo(self) -> None:
        """Do again what was taken back last."""
        self._settle()
        self.go(self.history.index + 1)

    def go(self, index: int) -> None:
        """Show the state of another entry of the history."""
        self._settle()
        self.history.go(index)
        self._show(self.history.state)
        self.history_changed.emit()

    def preview(self, network: Network, label: str = "Preview", merge_key: object = None) -> None:
        """Show a network without an entry in the history (a training in progress) until it is kept."""
        self._preview = label, merge_key
        self._show(dataclasses.replace(self._shown, network=network))

    def keep(self) -> None:
        """Make an entry of the history of what is previewed, if anything is."""
        if self.network is not self.history.state.network:
            label, merge_key = self._preview
            self._push(label, self._shown, merge_key)

    def amend(self, network: Network) -> None:
        """Put another network into the newest entry: it led to more than was known when it was made."""
        self.history.amend(dataclasses.replace(self._shown, network=network))
        self._show(self.history.state)

    def _settle(self) -> None:
        self.settling.emit()
        self.keep()

    def start_over(self, network: Network, preparation: Preparation) -> None:
        """Begin anew with another state and an empty history."""
        self.history = History(State(network, preparation))
        self._show(self.history.state)
        self.history_changed.emit()

    def _push(self, label: str, state: State, merge_key: object) -> None:
        self.history.push(label, state, merge_key)
        self._show(state)
        self.history_changed.emit()

    def _push_beside(self, label: str, state: State, merge_key: object = None) -> None:
        """Push what changes something else than the network, which may be a preview and goes on being one."""
        kept = dataclasses.replace(state, network=self.history.state.network)
        self.history.push(label, kept, merge_key)
        self._show(state)
        self.history_changed.emit()

    def _show(self, state: State) -> None:
        before, self._shown = self._shown, state
        if state.network is not before.network:
            self.network_changed.emit(state.network)
        if state.preparation != before.preparation:
            self.preparation_changed.emit(state.preparation)
        if state.put_away != before.put_away:
            self.put_away_changed.emit(state.put_away)
