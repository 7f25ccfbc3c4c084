"""How large a network may become by an edit, and the parameters that fit it."""

from __future__ import annotations

from explorer.document.document import EditError
from explorer.document.hurry import check_labour
from explorer.engine.network import Network

MOST_PARAMETERS = 50_000_000  # 200 MB of float32: beyond it a laptop stops answering
MOST_MEMORY = 4 * 2**30  # bytes of all activations together: a trace keeps every one of them
LARGEST_WEIGHT = 1e6  # larger ones overflow float32 after a few layers


def fitted(network: Network, before: Network) -> Network:
    """The network with parameters that fit; EditError if it grew beyond what a laptop can hold.

    A network that was too large before (it came from a file) may be made smaller step by step.
    """
    check_size(network, before)
    check_labour(network)
    return network.fitted()


def check_size(network: Network, before: Network) -> None:
    """Raise EditError if the edit from `before` made the network larger than the limits."""
    parameters = _parameters(network)
    if parameters > MOST_PARAMETERS and parameters > _parameters(before):
        raise EditError(
            f"The network would have {parameters:,} parameters, more than {MOST_PARAMETERS:,}. "
            "Use fewer filters, a smaller image, or pool before the dense layer."
        )
    memory = _memory(network)
    if memory > MOST_MEMORY and memory > _memory(before):
        raise EditError(
            f"All maps together would need {memory / 2**30:.1f} GiB, more than {MOST_MEMORY / 2**30:.0f} GiB. "
            "Make the image smaller or use fewer filters or larger strides."
        )


def _parameters(network: Network) -> int:
    return sum(report.parameters for report in network.reports.values())


def _memory(network: Network) -> int:
    return sum(report.memory for report in network.reports.values())
