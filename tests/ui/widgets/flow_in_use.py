"""A flow view with real maps in it, and hands to use it with."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import explorer.engine.layers  # noqa: F401  - register
from explorer.document.view import Unit
from explorer.engine.evaluate import evaluate
from explorer.engine.layer import layer_of
from explorer.engine.network import Network, Node
from explorer.rendering.pictures import Painter, Tiles, Wanted
from explorer.ui.widgets.flow_view import FlowView


def network(filters: int = 8, size: int = 24) -> Network:
    return Network(
        (
            Node("input", layer_of("input", {"channels": 3, "height": size, "width": size})),
            Node("conv1", layer_of("conv2d", {"filters": filters}), ("input",)),
            Node("relu1", layer_of("relu", {}), ("conv1",)),
            Node("pool1", layer_of("max_pool", {}), ("relu1",)),
            Node("flatten", layer_of("flatten", {}), ("pool1",)),
            Node("dense", layer_of("dense", {"units": 5}), ("flatten",)),
            Node("softmax", layer_of("softmax", {}), ("dense",)),
        )
    ).fitted()


class Shown:
    """A view with the pictures that it asks for, made at once."""

    def __init__(self, qtbot: QtBot, net: Network, width: int = 900, height: int = 560) -> None:
        self.view = FlowView()
        qtbot.addWidget(self.view)
        self.painter = Painter()
        self.tiles: tuple[Tiles, ...] = ()
        self.chosen: list[Unit | None] = []
        self.pointed: list[Unit | None] = []
        self.view.wanted_changed.connect(self._take)
        self.view.chosen.connect(self.chosen.append)
        self.view.pointed.connect(self.pointed.append)
        self.view.resize(width, height)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.image = np.random.default_rng(0).random((1, *net.input_shape), np.float32)
        self.set_network(net)

    def set_network(self, net: Network) -> None:
        self.view.set_network(net)
        self.trace = evaluate(
            net, self.image if net.input_shape == self.image.shape[1:] else self._image(net)
        )
        self.answer()

    def _image(self, net: Network) -> np.ndarray:
        return np.random.default_rng(0).random((1, *net.input_shape), np.float32)

    def _take(self, tiles: tuple[Tiles, ...]) -> None:
        self.tiles = tiles

    def answer(self) -> None:
        """Let the view ask for what it sees, and give it."""
        self.view.finish_motion()
        self.view.ask_now()
        self.view.show_answer(self.trace, self.painter.paint(self.trace, Wanted(self.tiles)))
        self.view.repaint()

    def middle(self, name: str) -> QPointF:
        """The middle of a unit's tile, or of a layer's title."""
        unit = Unit.parse(name)
        assert unit is not None
        place, cell = self.view.find(unit)
        assert place is not None
        if cell is None:
            return QPointF(place.x + place.width / 2, place.y - 10)
        return place.tile(cell).center()

    def move(self, at: QPointF, buttons: Qt.MouseButton = Qt.MouseButton.NoButton) -> None:
        self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, buttons)

    def click(self, at: QPointF) -> None:
        self._mouse(QEvent.Type.MouseButtonPress, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)

    def double_click(self, at: QPointF) -> None:
        self.click(at)
        self._mouse(QEvent.Type.MouseButtonDblClick, at, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)
        self._mouse(QEvent.Type.MouseButtonRelease, at, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)
        self.answer()

    def drag(self, start: QPointF, end: QPointF) -> None:
        button = Qt.MouseButton.LeftButton
        self._mouse(QEvent.Type.MouseButtonPress, start, button, button)
        self.move(QPointF((start + end) / 2), button)
        self.move(end, button)
        self._mouse(QEvent.Type.MouseButtonRelease, end, button, Qt.MouseButton.NoButton)

    def wheel(self, at: QPointF, notches: float) -> None:
        view = self.view
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPoint(), QPoint(0, round(notches * 120)), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)

    def _mouse(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, buttons: Qt.MouseButton) -> None:
        event = QMouseEvent(
            kind, at, self.view.mapToGlobal(at), button, buttons, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(self.view, event)
