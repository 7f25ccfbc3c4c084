"""The network panel: the graph of layers, where they are added, moved, renamed, bypassed and removed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QToolButton, QVBoxLayout, QWidget

from explorer.document import edits
from explorer.document.view import Unit
from explorer.engine.layer import Layer, layer_kinds
from explorer.engine.network import Network
from explorer.ui import deeds, icons
from explorer.ui.panel import Panel
from explorer.ui.widgets.layer_palette import LayerPalette
from explorer.ui.widgets.network_graph import NetworkGraph
from explorer.ui.widgets.network_graph_rows import Place, graph_rows
from explorer.ui.widgets.network_menu import NetworkMenu
from explorer.ui.workspace import Workspace

FOLLOW_MS = 30  # after the pointer came to a unit, its row is marked


class NetworkPanel(Panel):
    """The network as a graph; what is asked for in it is done by `deeds`."""

    name = "network"
    title = "Network"
    area = "left"
    order = 10
    icon = "network"
    help = (
        "The layers from the image down to the outputs, with the branches between them. Drag a layer to move it, "
        "drag from its dot to another layer to connect them, press Enter or + to add one."
    )

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.graph = NetworkGraph(self)
        self.palette_of_layers = LayerPalette(self)
        self.palette_of_layers.hide()
        self._asked: Callable[[Layer, bool], None] = self._add_at_end
        self._ghost = QLabel(self)
        self._ghost.setObjectName("palette_ghost")
        self._ghost.hide()
        self._assemble()
        self._connect_graph()
        self._connect_palette()
        workspace.document.network_changed.connect(self._show_network)
        workspace.view.selected.connect(self._show_selection)
        self._follow = QTimer(self)  # the maps answer the pointer first, in an event of their own
        self._follow.setSingleShot(True)
        self._follow.setInterval(FOLLOW_MS)
        self._follow.timeout.connect(self._show_hovered)
        workspace.view.hovered.connect(self._follow.start)
        self._show_network(workspace.document.network)
        self._show_selection(workspace.view.selection)

    def _show_hovered(self) -> None:
        unit = self.workspace.view.hover
        self.graph.set_hovered(unit.node if unit else "")

    # ---- what others do -----------------------------------------------------------------------------------------

    def open_palette(self, place: Place) -> None:
        """Offer the layers that can be added at a place."""
        between = (
            f"Add between {place.after} and {place.before}" if place.before else f"Add after {place.after}"
        )
        self._ask(between, lambda layer, as_branch: deeds.add(self.workspace, place, layer, as_branch))

    def open_palette_for_branch(self, name: str) -> None:
        """Offer the layers that can branch off from a node."""
        self._ask(
            f"New branch from {name}",
            lambda layer, _: deeds.add(self.workspace, Place(name), layer, as_branch=True),
        )

    def open_palette_to_replace(self, name: str) -> None:
        """Offer the layers that can take the place of a node's layer."""
        self._ask(f"Replace {name} by", lambda layer, _: deeds.replace(self.workspace, name, layer))

    def close_palette(self) -> None:
        """Put the palette away and give the graph the keyboard."""
        self.palette_of_layers.hide()
        self.graph.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.palette_of_layers.isVisible():
            self.close_palette()
        else:
            super().keyPressEvent(event)

    # ---- showing ----------------------------------------------------------------------------------------------------

    def _show_network(self, network: Network) -> None:
        before = [row.name for row in self.graph.rows]
        self.graph.show_rows(graph_rows(network))
        reports = network.reports.values()
        count = sum(report.parameters for report in reports)
        broken = sum(1 for report in reports if report.problem and not report.waits_for)
        self.headline_changed.emit(f"{count:,} parameters" + (f", {broken} cannot run" if broken else ""))
        selection = self.workspace.view.selection
        if selection is not None and selection.node not in network:
            self._select(_in_its_place(selection.node, before, network))
        self._enable()

    def _show_selection(self, unit: Unit | None) -> None:
        self.graph.set_current(unit.node if unit else "")
        self._enable()

    def _select(self, name: str) -> None:
        deeds.select(self.workspace, name)
        self._enable()

    def _enable(self) -> None:
        name = self.graph.current
        network = self.workspace.document.network
        is_layer = name in network and bool(network[name].inputs)
        for button in self._needing_layer:
            button.setEnabled(is_layer)

    # ---- doing ------------------------------------------------------------------------------------------------------

    def _ask(self, title: str, then: Callable[[Layer, bool], None]) -> None:
        self._asked = then
        self.palette_of_layers.show()
        height = self.splitter.height()
        self.splitter.setSizes([height // 4, height - height // 4])
        self.palette_of_layers.open_for(title)

    def _choose(self, kind: str, as_branch: bool) -> None:
        self._asked(layer_kinds()[kind](), as_branch)
        self.close_palette()

    def _add_at_end(self, layer: Layer, as_branch: bool) -> None:
        nodes = self.workspace.document.network.nodes
        deeds.add(self.workspace, Place(self.graph.current or nodes[-1].name), layer, as_branch)

    def _open_menu(self, name: str, at: QPoint) -> None:
        network = self.workspace.document.network
        if name not in network:
            return
        row = next(row for row in self.graph.rows if row.name == name)
        readers = [
            one.name for one in network.nodes if one.inputs and not self.graph.wire_problem(name, one.name)
        ]
        menu = NetworkMenu(row, [one for one in readers if name not in network[one].inputs], self)
        menu.asked.connect(lambda verb: self._do(verb, name))
        menu.connect_asked.connect(lambda reader: deeds.wire(self.workspace, name, reader))
        menu.popup(at)

    def _do(self, verb: str, name: str) -> None:
        node = self.workspace.document.network[name]
        match verb:
            case "add_after":
                self.open_palette(Place(name))
            case "add_before":
                self.open_palette(Place(node.inputs[0], name))
            case "add_branch":
                self.open_palette_for_branch(name)
            case "replace":
                self.open_palette_to_replace(name)
            case "rename":
                self.graph.rename_current()
            case "duplicate":
                deeds.duplicate(self.workspace, name)
            case "bypass":
                deeds.bypass(self.workspace, name, not node.bypassed)
            case "up" | "down":
                deeds.step(self.workspace, name, -1 if verb == "up" else 1)
            case "remove":
                deeds.remove(self.workspace, name)
            case "copy":
                QGuiApplication.clipboard().setText(name)

    # ---- dragging from the palette ---------------------------------------------------------------------------------

    def _drag(self, kind: str, at: QPoint) -> None:
        self.graph.show_place(self.graph.viewport().mapFromGlobal(at))
        self._ghost.setText(layer_kinds()[kind].title)
        self._ghost.adjustSize()
        self._ghost.move(self.mapFromGlobal(at) + QPoint(12, 4))
        self._ghost.show()
        self._ghost.raise_()

    def _drop(self, kind: str, at: QPoint) -> None:
        place = self.graph.show_place(self.graph.viewport().mapFromGlobal(at))
        self.graph.show_place(None)
        self._ghost.hide()
        if place is not None:
            deeds.add(self.workspace, place, layer_kinds()[kind]())

    # ---- putting together ------------------------------------------------------------------------------------------

    def _connect_graph(self) -> None:
        graph = self.graph
        workspace = self.workspace
        graph.name_problem = lambda name, new: deeds.problem_of(workspace, edits.rename(name, new))
        graph.wire_problem = lambda source, reader: deeds.problem_of(
            workspace, edits.read_also(reader, source)
        )
        graph.selected.connect(self._select)
        graph.pointed_at.connect(lambda name: workspace.view.point_at(Unit(name) if name else None))
        graph.rename_asked.connect(partial(deeds.rename, workspace))
        graph.add_asked.connect(self.open_palette)
        graph.move_asked.connect(partial(deeds.move, workspace))
        graph.step_asked.connect(partial(deeds.step, workspace))
        graph.connect_asked.connect(partial(deeds.wire, workspace))
        graph.bypass_asked.connect(partial(deeds.bypass, workspace))
        graph.duplicate_asked.connect(partial(deeds.duplicate, workspace))
        graph.remove_asked.connect(partial(deeds.remove, workspace))
        graph.menu_asked.connect(self._open_menu)

    def _connect_palette(self) -> None:
        self.palette_of_layers.chosen.connect(self._choose)
        self.palette_of_layers.dragged.connect(self._drag)
        self.palette_of_layers.dropped.connect(self._drop)
        self.palette_of_layers.closed.connect(self.close_palette)

    def _assemble(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.graph)
        self.splitter.addWidget(self.palette_of_layers)
        self.splitter.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self._buttons())

    def _buttons(self) -> QWidget:
        def button(name: str, icon: str, tip: str, run: Callable[[str], object]) -> QToolButton:
            made = QToolButton(bar)
            made.setObjectName(name)
            made.setIcon(icons.icon(icon))
            made.setIconSize(QSize(16, 16))
            made.setToolTip(tip)
            made.clicked.connect(lambda: run(self.graph.current))
            row.addWidget(made)
            return made

        bar = QWidget(self)
        bar.setStyleSheet("QToolButton { padding: 3px; }")  # six of them fit into the narrowest dock
        row = QHBoxLayout(bar)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(0)
        add = button(
            "add_layer", "add", "Add a layer after the selected one (Enter)", self._open_palette_after
        )
        add.setText("Layer")
        add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row.addStretch(1)
        self._needing_layer = [
            button("move_up", "up", "Move up (Alt+Up)", lambda name: deeds.step(self.workspace, name, -1)),
            button(
                "move_down", "down", "Move down (Alt+Down)", lambda name: deeds.step(self.workspace, name, 1)
            ),
            button("bypass", "bypass", "Bypass or use again (Ctrl+B)", self._toggle),
            button("duplicate", "duplicate", "Duplicate (Ctrl+D)", partial(deeds.duplicate, self.workspace)),
            button("remove", "trash", "Remove (Delete)", partial(deeds.remove, self.workspace)),
        ]
        return bar

    def _open_palette_after(self, name: str) -> None:
        self.open_palette(Place(name or self.workspace.document.network.nodes[-1].name))

    def _toggle(self, name: str) -> None:
        deeds.bypass(self.workspace, name, not self.workspace.document.network[name].bypassed)


def _in_its_place(name: str, before: list[str], network: Network) -> str:
    """The layer that stands now where the vanished one stood."""
    position = before.index(name) if name in before else 0
    last = len(network.nodes) - 1
    shrunk = len(network.nodes) < len(before)
    return network.nodes[min(max(0, position - shrunk), last)].name
