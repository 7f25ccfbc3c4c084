"""The curves panel: how a training goes, step by step, beside earlier runs if one likes."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from explorer.runtime.run_record import RunRecord
from explorer.ui import theme
from explorer.ui.curve_pages import PAGES, Page, PlotKind, Shown, in_epochs
from explorer.ui.curve_saving import picture_of, save_numbers, save_picture
from explorer.ui.panel import Panel
from explorer.ui.training_texts import run_headline
from explorer.ui.widgets.curve_controls import SMOOTHING, CurveControls
from explorer.ui.widgets.curve_numbers import percent, plain
from explorer.ui.workspace import Workspace

if TYPE_CHECKING:
    from explorer.ui.widgets.curve_plot import CurvePlot

PLOTS = "explorer.ui.widgets.curve_plot"
SMOOTHING_KEY = "curves/smoothing"  # in the settings
PACE_MS = 100  # between two paintings: as often as one can read
NARROW = 640  # pixels: a narrower panel has its controls above the plots
NOTHING = "Press Train: the curves grow here while the network learns."
NO_DATA = "Choose images to learn from, then press Train: the curves grow here while the network learns."
NOT_YET = "Nothing has been measured for this yet; it comes after some steps."


class CurvesPanel(Panel):
    """Plots of the run under way, or of the last one, and of those that are ticked in the panel Runs."""

    name = "curves"
    title = "Curves"
    area = "bottom"
    order = 12
    icon = "curves"
    shown_at_first = False
    tabbed_with = "summary"
    help = (
        "How the training goes: every step faint, smoothed bold, validation with dots. Point at a plot to read all "
        "curves there. The wheel zooms (with Ctrl the height), a drag moves, Shift and drag zooms into a rectangle, a "
        "double click shows all. Tick runs in the panel Runs to compare them."
    )
    keys = (
        ("Left, Right", "Read the curves a step further"),
        ("+, −", "Zoom in and out"),
        ("Home", "Show all again"),
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.controls = CurveControls([page.title for page in PAGES])
        self.page = 0
        self.plots: list[CurvePlot] = []
        self._is_log = {index: page.plots[0].is_log for index, page in enumerate(PAGES)}
        self._is_loading = False
        self._last: RunRecord | None = None  # the last run of which anything was seen
        self._sentence, self._empty = QLabel(), QLabel()
        self._pages: dict[int, list[CurvePlot]] = {}  # those that have been looked at
        self._area = QStackedWidget()
        self._stack = QStackedLayout()
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._show)
        self._assemble()
        if workspace.shell is not None:
            self.controls.set_smoothing(workspace.shell.settings.number(SMOOTHING_KEY, SMOOTHING))
        self._listen()
        self.show_page(0)

    # ---- assembling -------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        for label in (self._sentence, self._empty):
            label.setWordWrap(True)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        right = QVBoxLayout()
        right.setSpacing(2)
        right.addWidget(self._sentence)
        right.addLayout(self._stack, 1)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(6, 4, 6, 4)
        row.setSpacing(4)
        row.addWidget(self.controls)
        row.addLayout(right, 1)
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_flat = self.width() < NARROW
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if is_flat else direction.LeftToRight)
        self.controls.set_flat(is_flat)

    def _listen(self) -> None:
        controls, trainer = self.controls, self.workspace.trainer
        controls.page_chosen.connect(self.show_page)
        controls.smoothing_changed.connect(self._smooth)
        controls.log_chosen.connect(self.set_log)
        controls.epochs_chosen.connect(self._count_epochs)
        controls.all_asked.connect(self.show_all)
        controls.csv_asked.connect(self.save_numbers)
        controls.picture_asked.connect(self.save_picture)
        trainer.progressed.connect(self._show_now)  # at the trainer's pace, which counts what this takes
        trainer.assessed.connect(self._show_later)
        trainer.runs_changed.connect(self._show_later)
        trainer.dataset_changed.connect(self._show_later)

    def _dress(self) -> None:
        for label in (self._sentence, self._empty):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), theme.color("quiet"))
            label.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_sentence"):
            self._dress()
            self._show_later()

    # ---- what is shown ----------------------------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        """The run under way, or the last one, and those that are compared with it."""
        trainer = self.workspace.trainer
        self._last = trainer.current or self._last
        if self._last not in trainer.runs:
            self._last = trainer.runs[-1] if trainer.runs else None
        return Shown(self._last, tuple(run for run in trainer.runs if run.compared is not None))

    def show_page(self, index: int) -> None:
        """Show another page."""
        self.page = index
        page = PAGES[index]
        self.controls.page.setCurrentIndex(index)
        self.controls.log.setChecked(self._is_log[index])
        self._sentence.setText(page.sentence)
        self._sentence.setVisible(bool(page.sentence))
        if not _are_plots_loaded():
            self._load_plots()
            return
        if index not in self._pages:
            self._pages[index] = self._build(page)
        self._area.setCurrentIndex(list(self._pages).index(index))
        self.plots = self._pages[index]
        for plot in self.plots:
            plot.set_smoothing(self.controls.smoothing)
            plot.set_x_name(self._x_name)
        self._show()

    def _load_plots(self) -> None:
        """Import pyqtgraph beside the window, which would stand still for a third of a second."""
        if not self._is_loading:
            self._is_loading = True
            self.workspace.run_errand("Preparing the plots", _load, lambda _: self.show_page(self.page))

    def _build(self, page: Page) -> list[CurvePlot]:
        """The plots of a page, which stay for as long as the panel."""
        side = QWidget()
        row = QHBoxLayout(side)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        plots = [self._plot(kind) for kind in page.plots]
        for plot in plots:
            row.addWidget(plot)
            for other in plots:
                if other is not plot:
                    plot.zoomed.connect(other.zoom_x)
                    plot.pointed.connect(other.point_at)
        self._area.addWidget(side)
        return plots

    def _plot(self, kind: PlotKind) -> CurvePlot:
        from explorer.ui.widgets.curve_plot import CurvePlot  # loaded by now

        plot = CurvePlot(kind.title, kind.write, percent if kind.whole else plain, kind.whole)
        plot.set_log(kind.is_log)
        return plot

    @property
    def _x_name(self) -> str:
        return "epoch" if self.controls.epochs.isChecked() else "step"

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pace.stop()

    def _show_later(self, *_: object) -> None:
        if not self._pace.isActive() and self.isVisible():
            self._pace.start()

    def _show_now(self) -> None:
        if self.isVisible():
            self._pace.stop()
            self._show()

    def _show(self) -> None:
        shown, found = self.shown, []
        for plot, kind in zip(self.plots, PAGES[self.page].plots):
            curves = kind.draw(shown)
            if self._x_name == "epoch":
                curves = in_epochs(curves, shown.runs)
            plot.show_curves(curves)
            found += curves
        self.controls.show_legend(found)
        nothing = NOTHING if self.workspace.trainer.dataset is not None else NO_DATA
        self._empty.setText(NOT_YET if shown.present is not None else nothing)
        self._stack.setCurrentIndex(1 if found else 0)
        self.headline_changed.emit(run_headline(shown.present))

    # ---- what one can do ----------------------------------------------------------------------------------------

    def set_log(self, is_log: bool) -> None:
        """A logarithmic axis for what is shown now, or a plain one."""
        self._is_log[self.page] = is_log
        self.controls.log.setChecked(is_log)
        for plot, kind in zip(self.plots, PAGES[self.page].plots):
            plot.set_log(is_log and kind.whole is None)

    def set_epochs(self, in_epochs: bool) -> None:
        """Count epochs, or steps."""
        self.controls.epochs.setChecked(in_epochs)
        self._count_epochs()

    def show_all(self) -> None:
        """Show everything again."""
        for plot in self.plots:
            plot.show_all()

    def save_numbers(self) -> None:
        """All numbers of the runs that are shown, as CSV."""
        save_numbers(self.workspace, self.shown.runs)

    def save_picture(self) -> None:
        """The plots with their legend, as PNG."""
        save_picture(self.workspace, self.picture)

    def picture(self) -> QImage:
        """The plots as they are, with what they show and in which colours."""
        return picture_of(self._area, PAGES[self.page].title, self.controls.legend_line)

    def _smooth(self, weight: float) -> None:
        for plot in self.plots:
            plot.set_smoothing(weight)
        if self.workspace.shell is not None:
            self.workspace.shell.settings.put(SMOOTHING_KEY, weight)

    def _count_epochs(self, *_: object) -> None:
        for plot in self.plots:
            plot.set_x_name(self._x_name)
        self._show()


def _load() -> None:
    importlib.import_module(PLOTS)


def _are_plots_loaded() -> bool:
    module = sys.modules.get(PLOTS)
    return module is not None and hasattr(module, "CurvePlot")
