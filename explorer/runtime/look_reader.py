"""What looks from the process that trains say, read with the networks that both sides know."""

from __future__ import annotations

from explorer.engine.network import Network
from explorer.engine.training import Checkpoint
from explorer.runtime import training_words as words
from explorer.runtime.divergence import Divergence
from explorer.runtime.run_state import RunState
from explorer.runtime.templates import KEPT, Templates
from explorer.runtime.validation import Assessed


class LookReader:
    """Knows from which commands both sides have the same network and the same checkpoint."""

    def __init__(self) -> None:
        self.run = 0  # number of the command that began it
        self._based = 0  # of the last command that gave a checkpoint
        self._newest: Checkpoint | None = None
        self._templates = Templates()

    def begin(self, number: int, start: Checkpoint) -> None:
        """The command of this number begins another run."""
        self.run = number
        self._templates.clear()
        self.stand(number, start)

    def stand(self, number: int, checkpoint: Checkpoint) -> None:
        """The command of this number gives another checkpoint at rest."""
        self._based, self._newest = number, checkpoint
        self.add(number, checkpoint.network)

    def add(self, number: int, network: Network) -> None:
        """The command of this number gives another network."""
        self._templates.add(number, network, 2 * KEPT)  # looks on their way may speak of older ones

    def network(self, wish: words.Wish) -> Network:
        """The network that is to be changed."""
        return self._templates.unpacked(wish.checkpoint).network

    def read(self, look: words.Look) -> tuple[RunState, Assessed | None] | None:
        """How the run stands, and what was assessed; None if the checkpoint is older than the one that was given."""
        if look.answered < self._based:
            return None
        if look.checkpoint is not None:
            self._newest = self._templates.unpacked(look.checkpoint)
        checkpoint = self._newest
        assert checkpoint is not None
        broken = look.broken
        state = RunState(
            look.kind, checkpoint, look.images, look.seconds, look.sentence,
            Divergence(broken.step, broken.layer, broken.sentence, checkpoint, broken.rate) if broken else None,
            look.steps_to_go,
        )  # fmt: skip
        return state, self._assessed(look.judged, checkpoint) if look.judged is not None else None

    def _assessed(self, judged: words.Judged, newest: Checkpoint) -> Assessed:
        checkpoint = self._templates.unpacked(judged.checkpoint) if judged.checkpoint is not None else newest
        return Assessed(
            checkpoint, judged.loss, judged.accuracy, judged.outputs, judged.indices, judged.dead
        )  # fmt: skip
