"""A file that somebody publishes and never changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """Where it can be had, how many bytes it has, and its SHA-256."""

    name: str
    addresses: tuple[str, ...]
    size: int
    sha256: str
