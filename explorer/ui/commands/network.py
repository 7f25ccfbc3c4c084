"""Network: networks to start from, the size of the input, and what can be done to the selected layer."""

from __future__ import annotations

from collections.abc import Callable

from explorer.document import edits
from explorer.engine.layer import Layer, layer_kinds
from explorer.engine.network import Network
from explorer.engine.presets.networks import NETWORK_PRESETS, NetworkPreset, network_names
from explorer.exchange.network_file import NetworkFileError
from explorer.exchange.trained_networks import (
    TrainedNetwork,
    named_network,
    open_trained,
    same_numbers,
    trained_networks,
)
from explorer.ui import deeds
from explorer.ui.command import Command, command, family
from explorer.ui.shell import shell_of
from explorer.ui.widgets.network_card import card_text
from explorer.ui.widgets.network_graph_rows import Place
from explorer.ui.workspace import Workspace

LARGEST_SIDE = 640  # to which a source's own size is brought down: beyond it a laptop is no longer live


@family(
    "network.presets", "Networks", "Network", icon="network", order=0, toolbar=10,
    caption=lambda workspace: workspace.document.network.title, help="Networks to start from; undo brings yours back.",
)  # fmt: skip
def presets(workspace: Workspace) -> list[Command]:
    return [
        *(_trained(card) for card in trained_networks()),
        *(_preset(NETWORK_PRESETS[name]) for name in network_names()),
        *_card(workspace),
    ]


def _trained(card: TrainedNetwork) -> Command:
    return Command(
        f"network.presets.{card.name}", f"{card.title} (trained)", "Network", _replacer(card.name, card.title),
        help=f"{card.help} {card.accuracy:.1%} right.", checked=_is_present(card.title), order=0,
    )  # fmt: skip


def _preset(one: NetworkPreset) -> Command:
    return Command(
        f"network.presets.{one.name}", f"{one.title} (untrained)" if one.is_untrained else one.title, "Network",
        _replacer(one.name, one.title), help=one.help, checked=_is_present(one.title),
        order=20 if one.is_untrained else 10,
    )  # fmt: skip


def _is_present(title: str) -> Callable[[Workspace], bool]:
    return lambda workspace: workspace.document.network.title == title


def _card(workspace: Workspace) -> list[Command]:
    """What the network that comes trained is made of, if it is one."""
    title = workspace.document.network.title
    return [
        Command(
            "network.presets.card", f"Card of {title}…", "Network", _shower(card), icon="info",
            help="What it learned from, how well it does, and how it was made.", order=30,
        )
        for card in trained_networks() if card.title == title
    ]  # fmt: skip


def _shower(card: TrainedNetwork) -> Callable[[Workspace], None]:
    def show(workspace: Workspace) -> None:
        network, original = workspace.document.network, open_trained(card.name)
        text = card_text(card, original.classes, is_changed=not same_numbers(network, original))
        shell_of(workspace).show_text(f"Card of {card.title}", text)

    return show


def _replacer(name: str, title: str) -> Callable[[Workspace], None]:
    def replace(workspace: Workspace) -> None:
        def show(network: Network) -> None:
            if workspace.document.edit(f"Network {title}", edits.replace_network(network)):
                workspace.view.select(None)

        workspace.run_errand(f"Building {title}", lambda: named_network(name), show, (NetworkFileError,))

    return replace


@command(
    "network.source_size", "Input as large as the source", "Network", icon="fit", order=10,
    enabled=lambda workspace: workspace.frame is not None,
    help=f"The network looks at all pixels of the frame, up to {LARGEST_SIDE}.",
)  # fmt: skip
def use_source_size(workspace: Workspace) -> None:
    frame = workspace.frame
    if frame is None:
        return
    scale = min(1.0, LARGEST_SIDE / max(frame.width, frame.height))
    height, width = max(1, round(frame.height * scale)), max(1, round(frame.width * scale))
    _set_input(workspace, workspace.document.network.input_shape[0], height, width)


@command(
    "network.input_size", "Input size…", "Network", icon="size", order=11, help="Channels, height and width."
)
def ask_input_size(workspace: Workspace) -> None:
    now = " x ".join(map(str, workspace.document.network.input_shape))
    typed = shell_of(workspace).ask_text("Input size", "Channels x height x width, or height x width", now)
    if typed is None:
        return
    parts = typed.lower().replace("×", "x").replace(",", "x").split("x")
    if len(parts) not in (2, 3) or not all(part.strip().isdecimal() for part in parts):
        workspace.say(f"{typed!r} is no size. Expected channels x height x width, as in {now}.", "error")
        return
    sizes = [int(part) for part in parts]
    channels = sizes[0] if len(sizes) == 3 else workspace.document.network.input_shape[0]
    _set_input(workspace, channels, sizes[-2], sizes[-1])


def _set_input(workspace: Workspace, channels: int, height: int, width: int) -> None:
    label = f"Input size {channels} x {height} x {width}"
    workspace.document.edit(label, edits.set_input_size(channels, height, width))


@family("network.add", "Add layer after the selected", "Network", icon="add", order=20)
def add_layer(workspace: Workspace) -> list[Command]:
    kinds = [kind for kind in layer_kinds().values() if kind.arity[0] > 0]
    groups = list(dict.fromkeys(kind.group for kind in kinds))
    return [
        Command(
            f"network.add.{kind.kind}", f"Add {kind.title}", "Network", _adder(kind), help=kind.help,
            order=10 * groups.index(kind.group),
        )
        for kind in sorted(kinds, key=lambda kind: groups.index(kind.group))
    ]  # fmt: skip


def _adder(kind: type[Layer]) -> Callable[[Workspace], None]:
    def add(workspace: Workspace) -> None:
        after = selected_node(workspace) or workspace.document.network.nodes[-1].name
        deeds.add(workspace, Place(after), kind())

    return add


def selected_node(workspace: Workspace) -> str | None:
    """The node of the pinned unit, if the network still has it."""
    unit = workspace.view.selection
    return unit.node if unit is not None and unit.node in workspace.document.network else None


def _can_change(workspace: Workspace) -> bool:
    name = selected_node(workspace)
    return name is not None and name != workspace.document.network.input.name


def _with_selected(workspace: Workspace, deed: Callable[..., None], *arguments: object) -> None:
    name = selected_node(workspace)
    if name is not None:
        deed(workspace, name, *arguments)


@command(
    "network.remove", "Remove layer", "Network", shortcut="Del", icon="remove", order=30, enabled=_can_change
)
def remove(workspace: Workspace) -> None:
    _with_selected(workspace, deeds.remove)


@command(
    "network.duplicate", "Duplicate layer", "Network", shortcut="Ctrl+D", icon="duplicate", order=31,
    enabled=_can_change,
)  # fmt: skip
def duplicate(workspace: Workspace) -> None:
    _with_selected(workspace, deeds.duplicate)


@command(
    "network.bypass", "Bypass layer", "Network", shortcut="B", also=("Ctrl+B",), icon="bypass", order=32,
    enabled=_can_change,
    checked=lambda workspace: _can_change(workspace) and _is_bypassed(workspace),
    help="The layer hands on its input and keeps its weights.",
)  # fmt: skip
def bypass(workspace: Workspace) -> None:
    _with_selected(workspace, deeds.bypass, not _is_bypassed(workspace))


def _is_bypassed(workspace: Workspace) -> bool:
    name = selected_node(workspace)
    return name is not None and workspace.document.network[name].bypassed


@command(
    "network.rename", "Rename layer…", "Network", shortcut="F2", icon="rename", order=33,
    enabled=lambda workspace: selected_node(workspace) is not None,
)  # fmt: skip
def rename(workspace: Workspace) -> None:
    name = selected_node(workspace)
    if name is None:
        return
    new_name = shell_of(workspace).ask_text("Rename layer", f"New name of {name}", name)
    if new_name is not None:
        deeds.rename(workspace, name, new_name.strip())


@command(
    "network.move_up", "Move layer up", "Network", shortcut="Alt+Up", icon="up", order=34, enabled=_can_change
)
def move_up(workspace: Workspace) -> None:
    _with_selected(workspace, deeds.step, -1)


@command(
    "network.move_down", "Move layer down", "Network", shortcut="Alt+Down", icon="down", order=35,
    enabled=_can_change,
)  # fmt: skip
def move_down(workspace: Workspace) -> None:
    _with_selected(workspace, deeds.step, 1)
