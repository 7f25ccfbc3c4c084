"""The verb that makes a patch of what a convolution reads one of its kernels."""

from __future__ import annotations

import numpy as np

from explorer.document.document import Change, EditError
from explorer.document.edits import set_settings
from explorer.document.kernel_edits import resized_kernels
from explorer.document.parameter_edits import set_parameter, set_weight
from explorer.document.wiring import node_of
from explorer.engine.kernel_limits import check_size
from explorer.engine.layer import Array
from explorer.engine.layers.convolution import Conv2d
from explorer.engine.network import Network


def convolutions_of_maps(network: Network) -> list[str]:
    """The nodes whose filters can be made of a patch, in the network's order."""
    return [
        node.name
        for node in network.nodes
        if isinstance(node.layer, Conv2d)
        and "kernel" in node.parameters
        and not network.reports[node.name].problem
    ]


def use_patch(name: str, pattern: Array, filter: int | None) -> Change:
    """A pattern (channels, height, width) as a filter of a convolution; None adds a filter for it.

    All other kernels of the layer get the pattern's size around their middle. A true convolution gets it turned, so
    that it finds the pattern as it is; of groups a filter gets the channels that it reads. Its bias becomes 0.
    """

    def change(network: Network) -> Network:
        node = node_of(network, name)
        if not isinstance(node.layer, Conv2d) or "kernel" not in node.parameters:
            raise EditError(f"{name} is no convolution of maps. Choose one that is.")
        layer, (count, inputs, *size) = node.layer, node.parameters["kernel"].shape
        if len(pattern) != inputs * layer.groups:
            raise EditError(
                f"The patch has {len(pattern)} channels, but {name} reads {inputs * layer.groups}. "
                "Take the patch from what it reads."
            )
        if filter is not None and not 0 <= filter < count:
            raise EditError(f"{name} has {count} filters, numbered 0 to {count - 1}. There is no {filter}.")
        height, width = pattern.shape[1:]
        check_size(height, width)
        place = count if filter is None else filter
        values: dict[str, object] = {} if filter is not None else {"filters": count + 1}
        if [height, width] != size:
            values["kernel"] = (height, width)
        before = resized_kernels(node.parameters["kernel"], height, width)
        changed = set_settings(name, **values)(network) if values else network
        kernels = np.array(changed[name].parameters["kernel"])
        kernels[:count] = before
        group = place // max(1, len(kernels) // layer.groups)
        own = pattern[group * inputs : (group + 1) * inputs]
        kernels[place] = own[:, ::-1, ::-1] if layer.flip else own
        changed = set_parameter(name, "kernel", kernels)(changed)
        if "bias" in changed[name].parameters:
            changed = set_weight(name, "bias", (place,), 0.0)(changed)
        return changed

    return change
