"""When a training stops by itself."""

from __future__ import annotations

from explorer.engine.setting import Declared, setting


class Stopping(Declared):
    """The ends that are set; 0 sets none. Steps and epochs: play again, and it goes on for as many again."""

    epochs: int = setting(default=0, low=0, high=1_000_000, help="Stop after so many epochs; 0 is no end.")
    steps: int = setting(
        default=0, low=0, high=100_000_000, step=100, help="Stop after so many steps; 0 is no end."
    )
    target: float = setting(
        default=0.0, low=0, high=1, step=0.01, label="Target accuracy",
        help="Stop when the validation accuracy is that high; 0 is no target.",
    )  # fmt: skip
    patience: int = setting(
        default=0, low=0, high=10_000,
        help="Stop when so many validations in a row brought no lower loss; 0 is never.",
    )  # fmt: skip
    keep_best: bool = setting(
        default=True, label="Keep the best", when=lambda stopping: stopping.patience > 0,
        help="When patience is over, go back to the weights with the lowest validation loss.",
    )  # fmt: skip
