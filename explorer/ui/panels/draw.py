"""The drawing panel: draw your own input, and the maps follow the stroke."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout

from explorer.sources.canvas import Canvas, CanvasSource, Pen
from explorer.ui.icons import icon
from explorer.ui.panel import Panel
from explorer.ui.widgets.drawing_board import DrawingBoard
from explorer.ui.widgets.still_lines import StillLines
from explorer.ui.widgets.tool_button import tool_button
from explorer.ui.workspace import Workspace

THINNEST, THICKEST = 2, 25  # of the slider: percent of the board


class DrawPanel(Panel):
    """Holds the board and its tools; the drawing becomes the source as soon as one draws."""

    name = "draw"
    title = "Draw"
    area = "left"
    order = 45
    icon = "pen"
    tabbed_with = "layer"
    shown_at_first = False
    help = (
        "Draw your own input: the maps and predictions follow the stroke. Digits are white on black and fill most of "
        "the board. The right button erases; Del clears; Ctrl+Z takes the last stroke back."
    )
    keys = (("Del", "Clear the drawing"), ("Ctrl+Z", "Take the last stroke back"))

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.board = DrawingBoard(Canvas())
        self.source = CanvasSource(self.board.canvas)
        self.pen = tool_button("pen", "Pen", checkable=True)
        self.eraser = tool_button("eraser", "Eraser (or the right button)", checkable=True)
        self.undo = tool_button("undo", "Take the last stroke back (Ctrl+Z)")
        self.clear = tool_button("trash", "Clear (Del)")
        self.ground = QToolButton()
        self.ground.setIcon(icon("theme"))
        self.ground.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.ground.setToolTip(
            "Digits are white on black; turn it round for networks that learned dark on light"
        )
        self.thickness = QSlider(Qt.Orientation.Horizontal)
        self.thickness.setRange(THINNEST, THICKEST)
        self.thickness.setValue(round(self.board.pen.width * 100))
        self.thickness.setMinimumWidth(50)
        self.thickness.setAccessibleName("Size of the pen")
        self.thickness.setToolTip("Size of pen and eraser")
        self.hint = QLabel()
        self._assemble()
        self._connect()
        self._show_state()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_state()

    def _assemble(self) -> None:
        self.pen.setChecked(True)
        self._tools = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(2)
        for tool in (self.pen, self.eraser):
            self._tools.addButton(tool)
            row.addWidget(tool)
        row.addWidget(self.thickness, 1)
        row.addWidget(self.undo)
        row.addWidget(self.clear)
        below = QHBoxLayout()
        below.addWidget(self.ground)
        below.addWidget(StillLines(self.hint, lines=2), 1)  # the board stays when it goes
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.board, 1)
        layout.addLayout(below)

    def _connect(self) -> None:
        self.board.drawn.connect(self._show_drawing)
        self.board.stroked.connect(self._show_state)
        self.undo.clicked.connect(self.board.undo)
        self.clear.clicked.connect(self.board.clear)
        self.ground.clicked.connect(self._turn_round)
        self._tools.buttonToggled.connect(self._take_pen)
        self.thickness.valueChanged.connect(self._take_pen)
        self.workspace.capture_changed.connect(self._show_state)

    def _take_pen(self, *_: object) -> None:
        self.board.pen = Pen(self.thickness.value() / 100, self.eraser.isChecked())
        self.board.update()

    def _turn_round(self) -> None:
        self.board.set_white_on_black(not self.board.canvas.is_white_on_black)

    def _show_drawing(self) -> None:
        """Hand the picture on; drawing makes it the source."""
        self.source.show(self.board.canvas.pixels)
        if self.workspace.capture.wanted is not self.source:
            self.workspace.open_source(self.source)

    def _show_state(self, *_: object) -> None:
        canvas = self.board.canvas
        self.undo.setEnabled(canvas.can_undo)
        self.clear.setEnabled(not canvas.is_empty)
        self.ground.setText("White on black" if canvas.is_white_on_black else "Black on white")
        is_live = self.workspace.capture.wanted is self.source
        self.hint.setText("" if is_live else "Draw, and the network sees it.")
