"""Curves on their way into files: their numbers as CSV, the plots as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QImage, QRegion
from PySide6.QtWidgets import QLabel, QWidget

from explorer.exchange.curve_file import write_curves
from explorer.exchange.files import WriteError
from explorer.runtime.run_record import RunRecord
from explorer.ui import theme
from explorer.ui.curve_pages import columns_of
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

SCALE = 2  # pixels of the saved picture for one on screen


def save_numbers(workspace: Workspace, runs: Sequence[RunRecord]) -> None:
    """Ask for a file, and write all numbers of these runs into it."""
    if not runs:
        workspace.say("There are no curves yet. Train first, then they can be saved.", "error")
        return
    path = shell_of(workspace).files.ask_new_file("Save curves", "CSV (*.csv)", "curves.csv", "curves")
    if path is None:
        return
    columns = columns_of(runs)
    workspace.run_errand(
        f"Writing {path.name}",
        lambda: write_curves(columns, path.with_suffix(".csv")),
        lambda written: workspace.say(f"Saved {written}."),
        (WriteError,),
    )


def save_picture(workspace: Workspace, draw: Callable[[], QImage]) -> None:
    """Ask for a file, and write into it what is drawn then."""
    asked = shell_of(workspace).files.ask_new_file(
        "Save picture of the curves", "Pictures (*.png)", "curves.png", "pictures"
    )
    if asked is None:
        return
    path = asked.with_suffix(".png")
    if draw().save(str(path)):
        workspace.say(f"Saved {path}.")
    else:
        sentence = f"{path} could not be written. Choose another folder, or free some space."
        workspace.say(sentence, "error")


def picture_of(plots: QWidget, title: str, names: str) -> QImage:
    """The plots as they are, twice as fine, above them their title and the names of their colours (rich text)."""
    legend = QLabel(f"<b>{title}</b> &nbsp; {names}")
    legend.setContentsMargins(8, 4, 8, 4)
    legend.adjustSize()
    size, top = plots.size(), legend.height()
    pixels = QSize(max(size.width(), legend.width()), size.height() + top) * SCALE
    image = QImage(pixels, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(SCALE)
    image.fill(theme.color("panel"))
    legend.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    plots.render(image, QPoint(0, top))
    return image
