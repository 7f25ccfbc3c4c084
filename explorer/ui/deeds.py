"""What a person does to a layer, in the graph or by a command: a labelled edit, and the selection follows."""

from __future__ import annotations

from explorer.document import edits
from explorer.document.document import REFUSALS, Change
from explorer.document.hurry import Laborious, hurry
from explorer.document.view import Unit
from explorer.engine.layer import Layer
from explorer.engine.network import Network
from explorer.ui.widgets.network_graph_rows import Place
from explorer.ui.workspace import Workspace

MANY = 1_000_000  # weights, which take some 10 ms to draw


def select(workspace: Workspace, name: str) -> None:
    """Pin a layer; a pinned unit of it stays."""
    selection = workspace.view.selection
    if selection is None or selection.node != name:
        workspace.view.select(Unit(name))


def edit_beside(workspace: Workspace, label: str, change: Change) -> None:
    """An edit that draws every weight anew: of a large network beside the window, which would stand still."""
    document = workspace.document
    before = document.network
    if before.parameter_count < MANY:
        document.edit(label, change)
        return

    def adopt(after: Network) -> None:
        document.edit(label, (lambda _: after) if document.network is before else change)

    workspace.run_errand(label, lambda: change(before), adopt, REFUSALS)


def problem_of(workspace: Workspace, change: Change) -> str:
    """The sentence with which a change would be refused now; empty where it would not."""
    try:
        with hurry():
            change(workspace.document.network)
    except REFUSALS as error:
        return str(error)
    except Laborious:
        pass  # what it draws could only be too much, and that was looked at before
    return ""


def add(workspace: Workspace, place: Place, layer: Layer, as_branch: bool = False) -> None:
    """Put a layer into its place, or behind it as a branch that nobody reads yet."""
    name = workspace.document.network.free_name(edits.stem_of(layer))
    if as_branch:
        change = edits.add_branch(place.after, layer, name)
    elif place.before is not None:
        change = edits.insert_between(place.after, place.before, layer, name)
    else:
        change = edits.insert_after(place.after, layer, name)
    if workspace.document.edit(f"Add {name}", change):
        select(workspace, name)
        if layer.arity[0] > 1:
            workspace.say(
                f"{name} reads {place.after} {layer.arity[0]} times for now. "
                f"Drag from another layer's dot onto {name} to join branches."
            )


def replace(workspace: Workspace, name: str, layer: Layer) -> None:
    """Another kind of layer in the same place."""
    workspace.document.edit(f"Replace {name} by {layer.title}", edits.replace_layer(name, layer))


def remove(workspace: Workspace, name: str) -> None:
    """Take a layer out and go on with the one that it read."""
    before = workspace.document.network
    if workspace.document.edit(f"Remove {name}", edits.remove(name)):
        select(workspace, before[name].inputs[0])


def duplicate(workspace: Workspace, name: str) -> None:
    """A copy behind a layer, which is selected."""
    network = workspace.document.network
    copy = network.free_name(edits.stem_of(network[name].layer))
    if workspace.document.edit(f"Duplicate {name}", edits.duplicate(name)):
        select(workspace, copy)


def bypass(workspace: Workspace, name: str, bypassed: bool) -> None:
    """Let a layer hand on its input, or work again."""
    label = f"Bypass {name}" if bypassed else f"Use {name} again"
    workspace.document.edit(label, edits.set_bypassed(name, bypassed))


def rename(workspace: Workspace, name: str, new_name: str) -> None:
    """Another name; a pinned unit of the layer stays pinned."""
    selection = workspace.view.selection
    if new_name != name and workspace.document.edit(
        f"Rename {name} to {new_name}", edits.rename(name, new_name)
    ):
        workspace.view.select(
            Unit(new_name, selection.channel if selection and selection.node == name else None)
        )


def move(workspace: Workspace, name: str, place: Place) -> None:
    """Take a layer to another place."""
    if place.before is not None:
        change = edits.move_between(name, place.after, place.before)
    else:
        change = edits.move_after(name, place.after)
    workspace.document.edit(f"Move {name}", change)


def step(workspace: Workspace, name: str, by: int) -> None:
    """Move a layer before the one it reads (-1) or behind the one that reads it (1)."""
    if by < 0:
        workspace.document.edit(f"Move {name} up", edits.move_up(name))
    else:
        workspace.document.edit(f"Move {name} down", edits.move_down(name))


def wire(workspace: Workspace, source: str, reader: str) -> None:
    """Let a layer read another one."""
    workspace.document.edit(f"Let {reader} read {source}", edits.read_also(reader, source))
