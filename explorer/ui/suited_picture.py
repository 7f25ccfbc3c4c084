"""Which bundled picture suits a network: one of which it has something to say."""

from __future__ import annotations

from explorer.engine.network import Network
from explorer.exchange.network_file import NetworkFileError
from explorer.exchange.trained_networks import TrainedNetwork, trained_networks
from explorer.options import START_SOURCE
from explorer.sources.photographs import photographs

PHOTOGRAPH = "astronaut"  # edges in all directions, strong colours, and square
PHOTOGRAPH_ADDRESS = (
    f"sample:{PHOTOGRAPH}@512x512"  # its own size, which nobody types: so we know it for ours
)


def suited_picture(network: Network) -> str:
    """The address of the picture on its card; for networks that only look, one with edges and colours."""
    for card in _cards():
        if card.title == network.title:
            return card.picture
    is_there = PHOTOGRAPH in [photograph.name for photograph in photographs()]
    return PHOTOGRAPH_ADDRESS if is_there else START_SOURCE


def was_suggested(address: str) -> bool:
    """Whether a picture is on screen because it suited a network, and not because the person chose it."""
    return address == PHOTOGRAPH_ADDRESS or address in [card.picture for card in _cards()]


def _cards() -> tuple[TrainedNetwork, ...]:
    try:
        return trained_networks()
    except NetworkFileError:
        return ()  # who opens one is told
