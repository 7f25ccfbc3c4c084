"""What the command line asks for."""

from dataclasses import dataclass
from pathlib import Path

START_SOURCE = "sample:house"  # what a newcomer sees first


@dataclass(frozen=True)
class Options:
    """Checked by `explorer.cli`; None where nothing was asked."""

    source: str | None = None
    """An image, folder or video file, a camera number, or the URL of a stream, as it was typed."""
    network: str | None = None
    """The name of a network of ours, or a file."""
    snapshot: Path | None = None
    """Where the picture of the window goes."""
    maps: Path | None = None
    """The folder for every layer's maps."""
    size: tuple[int, int] = (1600, 1000)
    """Width and height of the snapshot, in pixels."""
    theme: str | None = None
    """"dark" or "light"."""
