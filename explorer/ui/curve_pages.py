"""What the curves panel can show of training runs: pages of one or two plots, and the curves in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.exchange.curve_file import Column
from explorer.runtime.curves import Curves, Numbers, Series
from explorer.runtime.run_record import RunRecord
from explorer.ui import curve_colors
from explorer.ui.short_number import short_number
from explorer.ui.widgets.curve import Curve
from explorer.ui.widgets.curve_numbers import share


@dataclass(frozen=True)
class Shown:
    """The runs of which curves are shown: the present one, and those that it is compared with."""

    present: RunRecord | None = None
    compared: tuple[RunRecord, ...] = ()

    @property
    def runs(self) -> tuple[RunRecord, ...]:
        """All of them, the present one first."""
        present = (self.present,) if self.present is not None else ()
        return present + tuple(run for run in self.compared if run is not self.present)


Draw = Callable[[Shown], list[Curve]]
Write = Callable[[float], str]


@dataclass(frozen=True)
class PlotKind:
    """One plot: its heading, how its values are written, and what it draws; `whole` is a range that it always has."""

    title: str
    draw: Draw
    write: Write = short_number
    whole: tuple[float, float] | None = None
    is_log: bool = False


@dataclass(frozen=True)
class Page:
    """Plots that belong together, and a sentence on what to look for in them."""

    title: str
    plots: tuple[PlotKind, ...]
    sentence: str = ""


# ---- pages ------------------------------------------------------------------------------------------------------


def _measured(name: str) -> Draw:
    """A quantity that is measured on batches and on the validation images."""

    def draw(shown: Shown) -> list[Curve]:
        found = []
        for run in shown.runs:
            own = run is shown.present
            color = curve_colors.training() if own else curve_colors.run(run.compared or 0)
            other = curve_colors.validation() if own else color
            before = "" if own else f"{run.title} "
            steps, checks = run.curves.steps, run.curves.validation
            key = f"{id(run)}/{name}"
            found += [
                _curve(f"{key}/training", f"{before}training", color, steps, name, is_noisy=True),
                _curve(
                    f"{key}/validation", f"{before}validation", other, checks, name,
                    has_marks=True, is_dashed=not own,
                ),
            ]  # fmt: skip
        return [curve for curve in found if len(curve.x)]

    return draw


def _of_run(name: str) -> Draw:
    """A quantity that every step has, of every run."""

    def draw(shown: Shown) -> list[Curve]:
        found = []
        for run in shown.runs:
            own = run is shown.present
            color = curve_colors.training() if own else curve_colors.run(run.compared or 0)
            label = "this run" if own else run.title
            is_noisy = name == "gradient_norm"
            found.append(_curve(f"{id(run)}/{name}", label, color, run.curves.steps, name, is_noisy=is_noisy))
        return [curve for curve in found if len(curve.x)]

    return draw


def _per_layer(group: str, name: str, is_noisy: bool = False) -> Draw:
    """A quantity of every layer of the present run."""

    def draw(shown: Shown) -> list[Curve]:
        if shown.present is None:
            return []
        layers: Mapping[str, Series] = getattr(shown.present.curves, group)
        colors = curve_colors.depths(len(layers))
        key = f"{id(shown.present)}/{name}"
        return [
            _curve(f"{key}/{layer}", layer, color, series, name, is_noisy=is_noisy)
            for color, (layer, series) in zip(colors, layers.items(), strict=True)
        ]

    return draw


def _curve(key: str, label: str, color: str, series: Series, name: str, **looks: bool) -> Curve:
    y = series[name]  # the shorter one, if a row comes in between
    return Curve(key, label, color, series["step"][: len(y)], y, **looks)


PAGES: tuple[Page, ...] = (
    Page(
        "Loss and accuracy",
        (PlotKind("Loss", _measured("loss")), PlotKind("Accuracy", _measured("accuracy"), share, (0, 1))),
    ),
    Page(
        "Update ÷ weights",
        (PlotKind("Update ÷ weights", _per_layer("norms", "update", is_noisy=True), is_log=True),),
        "About 0.001 is healthy: far above it steps are too large, far below it a layer hardly learns.",
    ),
    Page(
        "Gradient norms",
        (PlotKind("Gradient norm", _per_layer("norms", "gradient", is_noisy=True), is_log=True),),
        "Layers that all learn have similar gradients; watch for one that fades away or shoots up.",
    ),
    Page(
        "Weight norms",
        (PlotKind("Weight norm", _per_layer("norms", "weight")),),
        "They grow and level off; a climb without end asks for weight decay or a lower learning rate.",
    ),
    Page(
        "Dead units",
        (PlotKind("Dead units", _per_layer("dead", "share"), share, (0, 1)),),
        "The share of ReLU units that answer no image: if it jumps and stays, the learning rate is too high.",
    ),
    Page(
        "Rate and gradient",
        (
            PlotKind("Learning rate", _of_run("learning_rate")),
            PlotKind("Gradient norm", _of_run("gradient_norm"), is_log=True),
        ),
    ),
)  # fmt: skip


def in_epochs(curves: Sequence[Curve], runs: Sequence[RunRecord]) -> list[Curve]:
    """The curves over epochs instead of steps: those of each run by how far it had got."""
    tables = {str(id(run)): epochs_of(run.curves) for run in runs}
    found = []
    for curve in curves:
        steps, epochs = tables[curve.key.partition("/")[0]]
        x = np.interp(curve.x, steps, epochs) if len(steps) else curve.x
        found.append(dataclasses.replace(curve, x=x))
    return found


def epochs_of(curves: Curves) -> tuple[Numbers, Numbers]:
    """Steps, and how many epochs had been seen with each; these never fall, even if examples were added."""
    epochs = np.maximum.accumulate(curves.steps["epoch"])
    return curves.steps["step"][: len(epochs)], epochs


# ---- what is written into a file ----------------------------------------------------------------------------------


def columns_of(runs: Sequence[RunRecord]) -> dict[str, Column]:
    """Everything that is known of the runs, by a name for each column."""
    found: dict[str, Column] = {}
    for run in runs:
        before = f"{run.title}: " if len(runs) > 1 else ""
        curves = run.curves
        named = [("training", curves.steps), ("validation", curves.validation)]
        named += [(layer, series) for layer, series in curves.norms.items()]
        named += [(layer, series) for layer, series in curves.dead.items()]
        for title, series in named:
            for name in series.names[1:]:
                values = series[name]
                word = NAMES.get(name, name.replace("_", " "))
                found[f"{before}{title} {word}"] = Column(series["step"][: len(values)], values)
    return found


NAMES = {
    "weight": "weight norm",
    "gradient": "gradient norm",
    "update": "update ÷ weights",
    "share": "dead share",
}
