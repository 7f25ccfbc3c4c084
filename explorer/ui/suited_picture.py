"""Which picture suits a network: one of which it has something to say. It follows the network, also through undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.document.fitness import misfit
from explorer.engine.network import Network
from explorer.engine.presets.networks import NETWORK_PRESETS
from explorer.exchange.network_file import NetworkFileError
from explorer.exchange.trained_networks import TrainedNetwork, trained_networks
from explorer.options import START_SOURCE
from explorer.sources.photographs import photographs
from explorer.sources.source import Source

if TYPE_CHECKING:
    from explorer.ui.workspace import Workspace

PHOTOGRAPH = "astronaut"  # edges in all directions, strong colours, and square
PHOTOGRAPH_ADDRESS = (
    f"sample:{PHOTOGRAPH}@512x512"  # its own size, which nobody types: so we know it for ours
)


class SuitedPicture:
    """Brings another picture with another network, unless the person chose the one that is shown.

    What a trained network learned from suits it best; an untrained one looks at what it is about to learn from.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._title = workspace.document.network.title
        self._brought: Source | None = (
            None  # an image of the data set, which the person might have chosen, too
        )
        workspace.document.network_changed.connect(self._follow)

    def _follow(self, network: Network) -> None:
        """Undo and redo change the network as well as the list does; an edit or a training keeps its title."""
        before, self._title = self._title, network.title
        source = self._workspace.capture.wanted
        if network.title == before or source is None or not _is_listed(network):
            return
        if source is self._brought or was_suggested(source.address):
            self._bring(network)

    def _bring(self, network: Network) -> None:
        workspace, dataset = self._workspace, self._workspace.trainer.dataset
        settings = workspace.trainer.settings
        if _card_of(network) is None and dataset is not None and not misfit(network, dataset, settings.loss):
            workspace.gallery.make_live(dataset, None, 0)
            self._brought = workspace.capture.wanted
        else:
            workspace.open_address(suited_picture(network))


def suited_picture(network: Network) -> str:
    """The address of the picture on its card; for networks that only look, one with edges and colours."""
    card = _card_of(network)
    if card is not None:
        return card.picture
    is_there = PHOTOGRAPH in [photograph.name for photograph in photographs()]
    return PHOTOGRAPH_ADDRESS if is_there else START_SOURCE


def was_suggested(address: str) -> bool:
    """Whether a picture is on screen because it suited a network, and not because the person chose it."""
    return address == PHOTOGRAPH_ADDRESS or address in [card.picture for card in _cards()]


def _is_listed(network: Network) -> bool:
    """Whether it came from the list of networks, so that we know what suits it."""
    return _card_of(network) is not None or network.title in [one.title for one in NETWORK_PRESETS.values()]


def _card_of(network: Network) -> TrainedNetwork | None:
    return next((card for card in _cards() if card.title == network.title), None)


def _cards() -> tuple[TrainedNetwork, ...]:
    try:
        return trained_networks()
    except NetworkFileError:
        return ()  # who opens one is told
