"""What a network preset is: a named builder that registers itself and says what one sees in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from explorer.engine.layer import Array, Layer
from explorer.engine.network import Network, Node

SEED = 2  # of everything random in a network to start from: it looks the same on every machine

Builder = Callable[[], Sequence[Node]]


@dataclass(frozen=True)
class NetworkPreset:
    """A network to start from: its name on the command line, its title, a sentence of help and its builder.

    One that `is_untrained` has random weights: its maps are real, its answers mean nothing yet.
    """

    name: str
    title: str
    help: str
    builder: Builder
    is_untrained: bool = False

    def build(self) -> Network:
        """The network with all its parameters."""
        return Network(tuple(self.builder()), self.title).fitted(SEED)


NETWORK_PRESETS: dict[str, NetworkPreset] = {}


def network_preset(name: str, title: str, is_untrained: bool = False) -> Callable[[Builder], Builder]:
    """Register a function that gives the nodes of a network; its docstring becomes the help."""

    def register(builder: Builder) -> Builder:
        if name in NETWORK_PRESETS:
            raise ValueError(f"Two network presets are called {name}. Each needs a name of its own.")
        help = " ".join((builder.__doc__ or "").split())
        NETWORK_PRESETS[name] = NetworkPreset(name, title, help, builder, is_untrained)
        return builder

    return register


def chain(
    *layers: tuple[str, Layer], parameters: Mapping[str, Mapping[str, Array]] | None = None
) -> list[Node]:
    """Nodes of which each reads the one before; `parameters` of those that have hand-made ones, by name."""
    nodes: list[Node] = []
    for name, layer in layers:
        inputs = (nodes[-1].name,) if nodes else ()
        nodes.append(Node(name, layer, inputs, (parameters or {}).get(name, {})))
    return nodes
