"""python -m tests.benchmarks.first_paint: the program as it starts, until its first maps are painted.

Prints the milliseconds since the process began, and closes the window.
"""

from __future__ import annotations

import sys
import time

import psutil
from PySide6.QtWidgets import QWidget

from explorer import cli
from tests.benchmarks.metered import MeteredApplication


def main() -> int:
    qt = MeteredApplication()

    def look(widget: QWidget) -> None:
        window = widget.window()
        maps = window.findChild(QWidget, "maps")
        if maps is None or (widget is not maps and not maps.isAncestorOf(widget)):
            return
        answer = window.workspace.answer
        if answer is not None and answer.pictures:
            print((time.time() - psutil.Process().create_time()) * 1000, flush=True)
            qt.painted = lambda widget: None
            window.close()

    qt.painted = look
    return cli.main([])


if __name__ == "__main__":
    sys.exit(main())
