"""What the slow motion says: of the four parts of a step, and of every image of its batch."""

from __future__ import annotations

import numpy as np

from explorer.engine.slow_step import SlowStep
from explorer.ui import theme
from explorer.ui.short_number import short_number
from explorer.ui.slow_motion import GRADIENT, GUESS, LOSS, PHASES

CLASSES_TOLD = 3


class Guesses:
    """What is said below the images of a step."""

    def __init__(self, step: SlowStep, classes: tuple[str, ...]) -> None:
        self._step, self._classes = step, classes
        self._probabilities = step.answer.probabilities if step.answer is not None else None

    def guess(self, place: int) -> str:
        """The class that the network says, and whether it is right."""
        guess = int(self._probabilities[place].argmax())
        mark = "✓" if self._is_right(place) else "✗"
        return f"{mark} {self._name(guess)}"

    def loss(self, place: int) -> str:
        """What the image adds to the loss."""
        return short_number(float(self._step.losses[place]))

    def color(self, place: int) -> str:
        """The colour of the theme in which that is written."""
        if self._probabilities is None:
            return "quiet"
        return "good" if self._is_right(place) else "error"

    def tip(self, place: int) -> str:
        """The classes that come first, in a sentence."""
        loss = f"It adds {self.loss(place)} to the loss."
        if self._probabilities is None:
            return loss
        chances = self._probabilities[place]
        best = np.argsort(-chances, kind="stable")[:CLASSES_TOLD]
        told = ", ".join(f"{self._name(int(one))} {chances[one]:.0%}" for one in best)
        return f"This is {self._name(int(self._step.targets[place]))}. The network says: {told}. {loss}"

    def _is_right(self, place: int) -> bool:
        return int(self._probabilities[place].argmax()) == int(self._step.targets[place])

    def _name(self, number: int) -> str:
        return self._classes[number] if number < len(self._classes) else str(number)


def phase_sentence(step: SlowStep, phase: int) -> str:
    """What has come about in a phase, with its numbers."""
    progress, count = step.progress, len(step.images)
    loss = f"<b>{short_number(progress.loss)}</b>"
    if phase == GUESS:
        told = f" It recognised <b>{step.hits}</b> of them." if step.answer is not None else ""
        return f"{count} images went through the network.{told}"
    if phase == LOSS:
        return f"How wrong that is, as one number: the loss, the mean over the images, is {loss}."
    if phase == GRADIENT:
        length = f"<b>{short_number(progress.gradient_norm)}</b>"
        return f"For every weight: how much the loss grows when it grows. As an arrow, this is {length} long."
    after = f"<b>{short_number(step.loss_after)}</b>"
    rate = f"Every weight went a little against its gradient, at a rate of {progress.learning_rate:.3g}."
    if step.loss_after > progress.loss:
        return f"{rate} The loss of these images rose from {loss} to {after}: the step was too long for them."
    return f"{rate} The loss of these images fell from {loss} to {after}."


def phases_text(phase: int | None) -> str:
    """The four parts, the present one underlined, those that come faint."""
    words = []
    for number, name in enumerate(PHASES):
        role = "accent" if number == phase else "quiet" if phase is not None and number < phase else "faint"
        word = f"<u>{name}</u>" if number == phase else name
        words.append(f"<span style='color:{theme.css(role)}'>{word}</span>")
    thin = "&thinsp;"  # so that all four stand in one line of a narrow panel
    return f"{thin}<span style='color:{theme.css('faint')}'>›</span>{thin}".join(words)
