"""What the training panel says in numbers."""

from __future__ import annotations

import math

from explorer.runtime.curves import RECENT
from explorer.runtime.run_record import RunRecord
from explorer.ui.short_number import short_number
from explorer.ui.trainer import Trainer
from explorer.ui.widgets.figure_tiles import Figure

NONE = "–"


def figures(trainer: Trainer) -> list[Figure]:
    """All numbers of the run under way, in their order; between two runs dashes, and none before the first."""
    run, curves = trainer.current, trainer.curves
    if run is None and not trainer.runs:
        return []
    loss, accuracy = curves.steps.recent("loss"), curves.steps.recent("accuracy")
    validation = curves.validation
    checked = bool(len(validation))
    helped = f"mean of the last {RECENT} steps"
    measured = f" Measured after step {int(validation['step'][-1]):,}." if checked else ""
    unseen = f"On images that are not learned from, as the network is used.{measured}"
    return [
        Figure("Step", f"{run.steps:,}" if run is not None else NONE, "Steps that have been made."),
        Figure("Epoch", epoch_text(trainer), "Which time all images are seen, and how much of it is done."),
        Figure(
            "Images/s",
            speed_text(trainer) if run is not None else NONE,
            "Images learned from in a second, validation included.",
        ),
        Figure("Loss", number(loss), f"On the images learned from, {helped}."),
        Figure("Accuracy", percent(accuracy), f"Right answers on the images learned from, {helped}."),
        Figure(
            "Learning rate",
            rate_text(trainer) if run is not None else NONE,
            "As it is at this step, by optimizer and schedule.",
        ),
        Figure("Val. loss", number(validation["loss"][-1] if checked else math.nan), unseen),
        Figure("Val. accuracy", percent(validation["accuracy"][-1] if checked else math.nan), unseen, "good"),
        Figure(
            *time_text(trainer, run.seconds if run is not None else math.nan),
            "Spent on training; with an end set below, what is left until then.",
        ),
    ]


def headline(trainer: Trainer) -> str:
    """The one number that matters, for the title bar."""
    run, curves = trainer.current, trainer.curves
    if run is None:
        return trainer.dataset.title if trainer.dataset is not None else ""
    step = f"step {run.steps:,}"
    if len(curves.validation) and not math.isnan(run.accuracy):
        measured = int(curves.validation["step"][-1])
        when = "" if measured == run.steps else f" at {measured:,}"
        return f"{percent(run.accuracy)} right{when} · {step}"
    return f"loss {number(curves.steps.recent('loss'))} · {step}" if len(curves.steps) else step


def run_headline(run: RunRecord | None) -> str:
    """Where a run stands, for the title bar."""
    if run is None or not len(run.curves.steps):
        return ""
    steps, checks = run.curves.steps, run.curves.validation
    parts = [
        f"{run.title}, step {int(steps['step'][-1]):,}",
        f"loss {short_number(steps.recent('loss'))}",
    ]
    if len(checks):
        parts.append(f"validation {short_number(float(checks['loss'][-1]))}")
        accuracy = float(checks["accuracy"][-1])
        if not math.isnan(accuracy):
            parts.append(f"{percent(accuracy)} right")
    return " · ".join(parts)


def epoch_text(trainer: Trainer) -> str:
    """The epoch, counted from 1 as people do, and how much of it is done."""
    checkpoint, parts = trainer.checkpoint, trainer.split
    if checkpoint is None or parts is None or not len(parts.train):
        return NONE
    share = checkpoint.position / len(parts.train)
    return f"{checkpoint.epoch + 1:,} · {share:.0%}"


def speed_text(trainer: Trainer) -> str:
    speed = trainer.images_per_second
    return NONE if math.isnan(speed) else f"{speed:,.0f}"


def rate_text(trainer: Trainer) -> str:
    settings = trainer.settings
    step = trainer.checkpoint.step if trainer.checkpoint is not None else 0
    return f"{settings.optimizer.rate * settings.schedule.factor(step):.3g}"


def time_text(trainer: Trainer, seconds: float) -> tuple[str, str]:
    """The time left until the end that is set, or the time spent where none is."""
    speed, steps = trainer.images_per_second, trainer.steps_to_go
    if math.isinf(steps) or trainer.state != "running" or not speed > 0:
        return "Time", clock(seconds)
    return "Time · left", f"{clock(seconds)} · {clock(steps * trainer.settings.batch / speed)}"


def clock(seconds: float) -> str:
    """0:07, 12:34, 1:02:03."""
    if math.isnan(seconds):
        return NONE
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def number(value: float) -> str:
    return NONE if math.isnan(value) else short_number(value)


def percent(share: float) -> str:
    return NONE if math.isnan(share) else f"{100 * share:.1f} %"
