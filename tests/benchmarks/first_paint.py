"""python -m tests.benchmarks.first_paint SECONDS: the program as it starts, until its first maps are painted.

Prints the milliseconds since the time SECONDS, when whoever asks began the process, and closes the window.
"""

from __future__ import annotations

import sys
import time

from PySide6.QtWidgets import QWidget

from explorer import cli
from tests.benchmarks.metered import MeteredApplication


def main() -> int:
    began = float(sys.argv[1])
    qt = MeteredApplication()

    def look(widget: QWidget) -> None:
        window = widget.window()
        maps = window.findChild(QWidget, "maps")
        if maps is None or (widget is not maps and not maps.isAncestorOf(widget)):
            return
        answer = window.workspace.answer
        if answer is not None and answer.pictures:
            print((time.time() - began) * 1000, flush=True)
            qt.painted = lambda widget: None
            window.close()

    qt.painted = look
    return cli.main([])


if __name__ == "__main__":
    sys.exit(main())
