"""The receptive field of a unit: what it reads in every earlier layer and in the input, and how large that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.arithmetic.explanation import Unit
from explorer.engine.arithmetic.reading import boxes_read
from explorer.engine.arithmetic.regions import Box, Region
from explorer.engine.geometry import Field
from explorer.engine.layer import shape_text
from explorer.engine.network import Network


@dataclass(frozen=True, eq=False)
class ReceptiveField:
    """What one unit reads: the region of every node on the way, its own and the input included.

    Only real values are in the regions: padding is left out, and where a border mode repeats a pixel, that pixel
    is in. `fields` has size, step and start of the theoretical field per axis of the input, padding included; None
    where a unit reads everything. `reach` is that field for this very unit: first and one past the last position,
    outside of the image where it begins in the padding.
    """

    node: str
    unit: Unit
    regions: Mapping[str, Region]
    fields: tuple[Field, ...] | None
    input: str

    @property
    def on_input(self) -> Region | None:
        """What it reads of the image; None where nothing of it."""
        return self.regions.get(self.input)

    @property
    def reach(self) -> tuple[tuple[int, int], ...] | None:
        """The theoretical field of this unit per axis of the input."""
        if self.fields is None:
            return None
        return tuple(field.of_unit(index) for field, index in zip(self.fields, self.unit[1:], strict=True))


def receptive_field(network: Network, node: str, unit: Unit) -> ReceptiveField:
    """What `unit`, (channel, row, column) or (feature,), of a node reads; ExplanationError where there is no such."""
    report = network.reports.get(node)
    if report is None or report.shape is None:
        raise ExplanationError(report.problem if report else f"There is no node {node!r}.")
    shape = report.shape
    if len(unit) != len(shape) or any(not 0 <= one < size for one, size in zip(unit, shape, strict=True)):
        raise ExplanationError(f"{node} has no unit {unit}: its output is {shape_text(shape)}.")
    regions = regions_read(network, node, Region(shape, (Box.of_unit(unit),)))
    return ReceptiveField(node, unit, regions, report.fields, network.input.name)


def regions_read(network: Network, node: str, region: Region) -> Mapping[str, Region]:
    """What a region of a node's output reads of every node before it; the region itself is among them."""
    found = {node: region}
    for one in reversed(network.nodes):
        own = found.get(one.name)
        if own is None or not one.inputs:
            continue
        shapes = network.reports[one.name].input_shapes
        per_input: list[list[Box]] = [[] for _ in one.inputs]
        for box in own.boxes:
            read = [[box]] if one.bypassed else boxes_read(one.layer, shapes, box)
            for boxes, more in zip(per_input, read, strict=False):
                boxes += more
        for name, shape, boxes in zip(one.inputs, shapes, per_input, strict=True):
            before = found.get(name)
            known = before.boxes if before is not None else ()
            is_exact = own.is_exact and (before is None or before.is_exact)
            joined = Region.of(shape, [*known, *boxes], is_exact)
            if joined.boxes:
                found[name] = joined
    order = [one.name for one in network.nodes if one.name in found]
    return MappingProxyType({name: found[name] for name in order})
