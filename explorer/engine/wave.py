"""A wave: prepared chains that read one another, computed tile by tile as soon as the rows they read are there.

Threads begin and end together once for all chains instead of once for each, nobody waits for the last tile of a
chain, and a chain finds the rows it reads still in the cache.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from explorer.engine.pool import pool
from explorer.engine.prepared import Layout, PreparedChain

LAG = 2  # tiles by which a chain stays behind those that it reads, so that no thread waits for another one's tile
PAUSE = 2e-5  # seconds until a thread that waits looks again


class Item(NamedTuple):
    """A tile of a chain, and of chains that it reads the last tile that must be done before."""

    chain: int
    tile: int
    needs: tuple[tuple[int, int], ...]


def compute_wave(chains: Sequence[PreparedChain]) -> None:
    """Compute all tiles of chains that have begun; a chain comes behind those that it reads."""
    items = ordered(tuple(chain.layout for chain in chains))
    done = [bytearray(len(chain.layout.tiles)) for chain in chains]
    failed: list[bool] = []

    def work(item: Item) -> None:
        for chain, last in item.needs:
            while done[chain].find(0, 0, last + 1) >= 0:
                if failed:
                    return  # the error is on its way to the caller
                time.sleep(PAUSE)
        chains[item.chain].compute(item.tile)
        done[item.chain][item.tile] = 1

    pool.each(work, items, lambda: failed.append(True))


@lru_cache(256)
def ordered(layouts: tuple[Layout, ...]) -> tuple[Item, ...]:
    """All tiles in an order in which what a tile reads comes before it: the deepest chain first that may go on."""
    places = {name: chain for chain, layout in enumerate(layouts) for name in layout.names}
    begun = [0] * len(layouts)
    items: list[Item] = []
    while len(items) < sum(len(layout.tiles) for layout in layouts):
        for chain in reversed(range(len(layouts))):
            layout, tile = layouts[chain], begun[chain]
            if tile == len(layout.tiles):
                continue
            needs = tuple(
                (places[name], _tile_with(layouts[places[name]], name, rows))
                for name, rows in layout.needs[tile]
                if name in places
            )
            if all(begun[one] >= min(last + 1 + LAG, len(layouts[one].tiles)) for one, last in needs):
                items.append(Item(chain, tile, needs))
                begun[chain] += 1
                break
    return tuple(items)


def _tile_with(layout: Layout, name: str, rows: int) -> int:
    """The first tile after which so many rows of a node are there."""
    place = layout.names.index(name)
    last = len(layout.tiles) - 1
    return next((tile for tile, spans in enumerate(layout.tiles) if spans[place][1] >= rows), last)
