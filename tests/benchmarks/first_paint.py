"""python -m tests.benchmarks.first_paint SECONDS: the program as it starts, until its first maps are painted.

Prints the milliseconds since the time SECONDS, when whoever asks began the process, and closes the window. Nothing
but the painting of the maps is watched: to look at each of ten thousand events would take a tenth of the time.
"""

from __future__ import annotations

import gc
import sys
import time

from explorer import cli

gc.disable()  # as the program does before it imports anything large
cli.import_opencv()

from PySide6.QtCore import QTimer  # noqa: E402
from PySide6.QtGui import QPaintEvent  # noqa: E402

from explorer.ui.widgets.flow_view import FlowView  # noqa: E402
from explorer.ui.window import Window  # noqa: E402


def main() -> int:
    began = float(sys.argv[1])
    paint = FlowView.paintEvent

    def look(view: FlowView, event: QPaintEvent) -> None:
        paint(view, event)
        window = view.window()
        answer = window.workspace.answer if isinstance(window, Window) else None
        if answer is not None and answer.pictures:
            print((time.time() - began) * 1000, flush=True)
            FlowView.paintEvent = paint
            QTimer.singleShot(0, window.close)

    FlowView.paintEvent = look
    return cli.main([])


if __name__ == "__main__":
    sys.exit(main())
