"""The curve of errors: what is no number has no point."""

import math

from pytestqt.qtbot import QtBot

from explorer.ui.widgets.shift_plot import ShiftPlot


def test_an_error_that_is_no_number_has_no_point(qtbot: QtBot) -> None:
    plot = ShiftPlot()
    qtbot.addWidget(plot)
    plot.show_curve({0: 0.0, 1: math.nan, 2: 0.5, 3: math.inf}, reach=3, step=1, now=1, caption="")
    plot.grab()  # Qt complains about points that are none, and that fails the test
    assert plot.errors == {0: 0.0, 2: 0.5}
