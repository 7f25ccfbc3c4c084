"""The commands that open again what was opened before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from explorer.ui.command import Command
from explorer.ui.workspace import Workspace


def recent_commands(
    family: str,
    menu: str,
    addresses: Sequence[str],
    open_address: Callable[[Workspace, str], object],
    text_of: Callable[[str], str],
    forget: Callable[[Workspace], object],
) -> list[Command]:
    """One for every address, the newest first, and one that forgets them all; none where nothing was opened."""

    def opener(address: str) -> Callable[[Workspace], object]:
        return lambda workspace: open_address(workspace, address)

    found = [
        Command(f"{family}.{i}", text_of(address), menu, opener(address), help=address)
        for i, address in enumerate(addresses)
    ]
    if found:
        found.append(Command(f"{family}.forget", "Forget these", menu, forget, icon="trash", order=10))
    return found
