"""All kernels of a layer as one picture; a click chooses one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip, QWidget

from explorer.engine.layer import Array
from explorer.ui import theme
from explorer.ui.widgets.cell_editor import ARROWS
from explorer.ui.widgets.kernel_picture_grid import (
    BLOCK_GAP,
    GROUND,
    LEVELS,
    PictureGrid,
    colours_of,
    levels_of,
)
from explorer.ui.widgets.kernel_view import Colour

Index = tuple[int, int]  # output, input


class KernelPicture(QAbstractScrollArea):
    """Kernels (out, in, kh, kw): a row of inputs per output, or with three inputs one RGB tile per output."""

    chosen = Signal(int, int)  # output and input of the kernel that was clicked
    hovered = Signal(object)  # the kernel under the pointer, or None

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour
        self._kernels: Array = np.zeros((1, 1, 1, 1), np.float32)
        self._selected: Index = (0, 0)
        self._hover: Index | None = None
        self._in_colour = False
        self._own_range = False
        self._image: QImage | None = None
        self._grid = PictureGrid(1, 1, 1, 1, 1, 1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("All kernels of the layer")

    # ---- what is shown ----------------------------------------------------------------------------------------

    def set_kernels(self, kernels: Array) -> None:
        """Show the kernels (out, in, kh, kw) of a layer."""
        if kernels is not self._kernels:
            taller = kernels.shape[:2] != self._kernels.shape[:2]
            self._kernels = kernels
            self._forget_image()
            if taller:
                self.updateGeometry()

    def set_selected(self, index: Index) -> None:
        """Frame a kernel and scroll to it."""
        if index != self._selected:
            self._selected = index
            self._scroll_to(index)
            self.viewport().update()

    def set_in_colour(self, in_colour: bool) -> None:
        """Three inputs as red, green and blue of one tile."""
        self._in_colour = in_colour
        self._forget_image()

    def set_own_range(self, own_range: bool) -> None:
        """Colour every kernel by its own largest weight, or all by the layer's."""
        if own_range != self._own_range:
            self._own_range = own_range
            self._forget_image()

    def set_colour(self, colour: Colour) -> None:
        """Other colours, such as after a change of theme."""
        self._colour = colour
        self._forget_image()

    @property
    def is_in_colour(self) -> bool:
        """Whether tiles are shown as RGB: wanted, and there are three inputs."""
        return self._in_colour and self._kernels.shape[1] == 3

    @property
    def _is_row(self) -> bool:
        """Whether there is one output, whose inputs are laid out like outputs: in rows that are full."""
        return self._kernels.shape[0] == 1 and not self.is_in_colour

    def _place_of(self, index: Index) -> Index:
        """Where in the grid a kernel is."""
        if self._is_row:
            return index[1], 0
        return index[0], 0 if self.is_in_colour else index[1]

    def kernel_rect(self, index: Index) -> QRect:
        """Where a kernel lies in the viewport, in pixels."""
        left, top, width, height = self._grid.rect(self._place_of(index))
        return QRect(QPoint(left, top) + self._origin(), QSize(width, height))

    def image(self) -> QImage:
        """The whole picture in its own pixels."""
        if self._image is None:
            self._image = self._painted()
        return self._image

    def sizeHint(self) -> QSize:
        # By the number of kernels only: a height that followed the width would make the layout swing.
        tiles = self._kernels.shape[0] * self._kernels.shape[1]
        return QSize(200, 44 if tiles <= 4 else 96 if tiles <= 16 else 132 if tiles <= 48 else 180)

    # ---- painting ---------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.drawImage(self._origin(), self.image())
        for index, name, width in ((self._hover, "hover", 1), (self._selected, "selection", 2)):
            if index is not None:
                painter.setPen(QPen(theme.color(name), width))
                painter.drawRect(self.kernel_rect(index).adjusted(-1, -1, 0, 0))

    def _painted(self) -> QImage:
        grid, ground = self._grid, theme.color("panel")
        if self.is_in_colour:
            pixels = grid.lay_out(colours_of(self._kernels), (ground.red(), ground.green(), ground.blue()))
            form = QImage.Format.Format_RGB888
        else:
            levels = levels_of(self._kernels, self._own_range)
            pixels = grid.lay_out(levels.swapaxes(0, 1) if self._is_row else levels, GROUND)
            form = QImage.Format.Format_Indexed8
        image = QImage(pixels.data, grid.pixel_width, grid.pixel_height, pixels.strides[0], form)
        if not self.is_in_colour:
            image.setColorTable(
                [*(self._colour(i / (LEVELS - 1)).rgb() for i in range(LEVELS)), ground.rgb()]
            )
        return image.convertToFormat(QImage.Format.Format_RGB32)  # its own copy of the pixels

    def _forget_image(self) -> None:
        self._image = None
        self._hover = None
        self._arrange()
        self.viewport().update()

    def _arrange(self) -> None:
        outputs, inputs, height, width = self._kernels.shape
        shape = (outputs, 1 if self.is_in_colour else inputs, height, width)
        if self._is_row:
            shape = (inputs, 1, height, width)
        area = self.viewport().size()
        grid = PictureGrid.fitting(shape, area.width(), area.height())
        if grid != self._grid:
            self._grid, self._image = grid, None
        for bar, whole, seen in (
            (self.horizontalScrollBar(), grid.pixel_width, area.width()),
            (self.verticalScrollBar(), grid.pixel_height, area.height()),
        ):
            bar.setRange(0, max(0, whole - BLOCK_GAP - seen))
            bar.setPageStep(seen)
            bar.setSingleStep(16)

    def _origin(self) -> QPoint:
        return QPoint(1 - self.horizontalScrollBar().value(), 1 - self.verticalScrollBar().value())

    def _scroll_to(self, index: Index) -> None:
        rect, seen = self.kernel_rect(index), self.viewport().rect()
        for bar, low, high, end in (
            (self.horizontalScrollBar(), rect.left(), rect.right(), seen.right()),
            (self.verticalScrollBar(), rect.top(), rect.bottom(), seen.bottom()),
        ):
            bar.setValue(bar.value() + min(low, max(0, high - end)))

    # ---- pointing and choosing ----------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self._at(event.position().toPoint())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press has done it

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(event.key())
        if step is None or event.modifiers():
            super().keyPressEvent(event)
            return
        output, position = self._selected
        if self._is_row:
            position += step[0] * self._grid.columns + step[1]
        elif self.is_in_colour or self._kernels.shape[1] == 1:
            output += step[0] * self._grid.columns + step[1]
        else:
            output, position = output + step[0], position + step[1]
        if 0 <= output < self._kernels.shape[0] and 0 <= position < self._kernels.shape[1]:
            self.chosen.emit(output, position)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in ARROWS
        ):
            event.accept()
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self._at(event.pos())
            QToolTip.showText(event.globalPos(), "" if index is None else f"{index[0]} ← {index[1]}", self)
            return True
        return super().viewportEvent(event)

    def _at(self, point: QPoint) -> Index | None:
        inside = point - self._origin()
        found = self._grid.at(inside.x(), inside.y())
        if found is None:
            return None
        if self.is_in_colour:
            return found[0], self._selected[1]
        return (0, found[0]) if self._is_row else found

    def _point_at(self, index: Index | None) -> None:
        if index != self._hover:
            self._hover = index
            self.hovered.emit(index)
            self.viewport().update()
