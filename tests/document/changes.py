"""What is said of a change: why it is refused, and which nodes it left alone."""

from __future__ import annotations

from explorer.document.document import Change, Document
from explorer.engine.network import Network


def refused(change: Change, network: Network) -> str:
    """The sentence with which a change is refused, as the document tells it."""
    document = Document(network)
    sentences: list[str] = []
    document.refused.connect(sentences.append)
    assert document.edit("Impossible", change) is False
    assert document.network is network
    assert len(document.history.entries) == 1
    return sentences[0]


def same_nodes(before: Network, after: Network) -> set[str]:
    return {node.name for node in after.nodes if node.name in before and before[node.name] is node}
