"""A network as a value: nodes in a directed acyclic graph. Every edit returns another network."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, reduce
from types import MappingProxyType

import numpy as np

from explorer.engine.geometry import Field, Window
from explorer.engine.layer import Array, Layer, Parameters, Shape, ShapeError, shape_text

NAME_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")


class NetworkError(ValueError):
    """The nodes do not form a network; the text says which one and why."""


def read_only(parameters: Mapping[str, Array]) -> Parameters:
    """The parameters as float32 arrays that nobody can write into; an array that is so already is kept."""
    fixed = {}
    for name, array in parameters.items():
        if array.dtype != np.float32 or array.flags.writeable:
            array = np.array(array, np.float32)
            array.flags.writeable = False
        fixed[name] = array
    return MappingProxyType(fixed)


@dataclass(frozen=True, eq=False)
class Node:
    """A layer at its place: name, where its inputs come from, and its parameters (read-only, float32).

    Nodes are compared by identity: an edit makes new ones of what it touched and shares the rest.
    A bypassed node hands on its first input and keeps its parameters.
    """

    name: str
    layer: Layer
    inputs: tuple[str, ...] = ()
    parameters: Parameters = field(default_factory=dict)
    bypassed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", read_only(self.parameters))

    def __getstate__(self) -> dict[str, object]:  # for another process
        return {**self.__dict__, "parameters": dict(self.parameters)}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        for array in self.parameters.values():
            array.flags.writeable = False  # as it was: no copy is made of it
        object.__setattr__(self, "parameters", read_only(self.parameters))

    def changed(self, **changes: object) -> Node:
        """This node with other fields."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class NodeReport:
    """What is known of a node before anything is evaluated.

    `shape` is None where the node cannot run, and then `problem` says why; `waits_for` names the node that is
    the cause, where that is another one. Sizes are those of one sample; memory in bytes of its output.
    """

    input_shapes: tuple[Shape, ...] = ()
    shape: Shape | None = None
    problem: str = ""
    waits_for: str = ""
    parameters: int = 0
    parameter_formula: str = ""
    multiply_adds: int = 0
    memory: int = 0
    fields: tuple[Field, ...] | None = None  # one per axis of the input; None where a unit reads all of it
    dense_parameters: int = 0  # what a dense layer with the same inputs and outputs would need


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes in an order in which every node comes after the nodes that it reads. Several may be outputs.

    `classes` are the names of what the last node answers, one per value; empty where they are not known.
    """

    nodes: tuple[Node, ...]
    title: str = "Network"
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for node in self.nodes:
            if not NAME_PATTERN.fullmatch(node.name):
                raise NetworkError(
                    f"{node.name!r} cannot be the name of a layer. Use letters, digits, _ - and a dot, "
                    "a letter first, at most 40."
                )
            if node.name in seen:
                raise NetworkError(
                    f"Two layers are called {node.name!r}. Every layer needs a name of its own."
                )
            for source in node.inputs:
                if source not in seen:
                    raise NetworkError(f"{node.name} reads {source!r}, which is not a layer before it.")
            fewest, most = node.layer.arity
            if len(node.inputs) < fewest or (most is not None and len(node.inputs) > most):
                expected = (
                    str(fewest)
                    if fewest == most
                    else f"{fewest} or more"
                    if most is None
                    else f"{fewest}-{most}"
                )
                raise NetworkError(
                    f"{node.name} ({node.layer.title}) has {len(node.inputs)} inputs, expected {expected}."
                )
            if node.bypassed and not node.inputs:
                raise NetworkError(f"{node.name} reads no layer, so it cannot be bypassed.")
            seen.add(node.name)

    def __getstate__(self) -> dict[str, object]:  # for another process, without what can be found again
        return {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}

    def __getitem__(self, name: str) -> Node:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    @cached_property
    def _by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    @property
    def input(self) -> Node:
        """The node where the image enters."""
        return self.nodes[0]

    @property
    def input_shape(self) -> Shape:
        """Shape of one image, (channels, height, width), or of whatever else enters the network."""
        return self.input.layer.output_shape(())

    @cached_property
    def readers(self) -> Mapping[str, tuple[str, ...]]:
        """For every node the names of those that read it."""
        return {
            node.name: tuple(reader.name for reader in self.nodes if node.name in reader.inputs)
            for node in self.nodes
        }

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The nodes that nobody reads."""
        return tuple(node for node in self.nodes if not self.readers[node.name])

    @cached_property
    def reports(self) -> Mapping[str, NodeReport]:
        """Shapes, sizes and problems of every node, without evaluating anything."""
        reports: dict[str, NodeReport] = {}
        for node in self.nodes:
            reports[node.name] = _report(node, reports)
        return MappingProxyType(reports)

    def report_on(self, node: Node) -> NodeReport:
        """What would be reported of a node in the place of the one of its name, at the price of this one alone."""
        return _report(node, self.reports)

    @property
    def problems(self) -> Mapping[str, str]:
        """The sentence for every node that cannot run."""
        return {name: report.problem for name, report in self.reports.items() if report.problem}

    @property
    def parameter_count(self) -> int:
        """Number of all parameters."""
        return sum(array.size for node in self.nodes for array in node.parameters.values())

    def differs_in_numbers_only(self, other: Network) -> bool:
        """Whether the other network has the very same layers at the same places, as every step of a training has."""
        return (
            self.classes == other.classes
            and len(self.nodes) == len(other.nodes)
            and all(
                a is b
                or (a.layer is b.layer and (a.name, a.inputs, a.bypassed) == (b.name, b.inputs, b.bypassed))
                for a, b in zip(self.nodes, other.nodes, strict=True)
            )
        )

    # ---- changed copies ---------------------------------------------------------------------------------------

    def with_nodes(self, nodes: Iterable[Node]) -> Network:
        """The same network with these nodes; raises NetworkError. Classes that no longer fit are dropped."""
        return dataclasses.replace(self, nodes=tuple(nodes)).with_classes(self.classes)

    def with_classes(self, classes: Iterable[str]) -> Network:
        """The network with names for what its last node answers; without any where their number does not fit."""
        fitting = tuple(classes)
        if fitting and self.reports[self.outputs[-1].name].shape != (len(fitting),):
            fitting = ()
        return self if fitting == self.classes else dataclasses.replace(self, classes=fitting)

    def replacing(self, node: Node) -> Network:
        """The network with `node` in the place of the one of the same name."""
        self[node.name]
        return self.with_nodes(node if old.name == node.name else old for old in self.nodes)

    def with_parameters(self, changes: Mapping[str, Mapping[str, Array]]) -> Network:
        """The network with other numbers in the named parameters of the named nodes; raises NetworkError.

        Cheap enough for every step of a training: what is known of the shapes stays known.
        """
        nodes = []
        for node in self.nodes:
            changed = changes.get(node.name)
            if changed:
                for name, array in changed.items():
                    if name not in node.parameters or node.parameters[name].shape != array.shape:
                        raise NetworkError(f"{node.name} has no parameter {name} of shape {array.shape}.")
                node = node.changed(parameters={**node.parameters, **changed})
            nodes.append(node)
        result = dataclasses.replace(self, nodes=tuple(nodes))
        for known in ("reports", "readers"):  # cached, and they depend on layers and shapes only
            if known in self.__dict__:
                result.__dict__[known] = self.__dict__[known]
        return result

    def fitted(self, seed: int = 0) -> Network:
        """The network with every parameter in the shape that its inputs ask for.

        What overlaps is kept, what is new starts as the layer starts it, from `seed` and the node's name.
        Nodes that cannot run keep what they have.
        """
        network = self
        for node in self.nodes:
            report = network.reports[node.name]
            if report.shape is None or node.bypassed or not node.layer.parameter_shapes(report.input_shapes):
                continue
            needed = node.layer.parameter_shapes(report.input_shapes)
            if needed == {name: array.shape for name, array in node.parameters.items()}:
                continue
            rng = np.random.default_rng([seed, *node.name.encode()])
            parameters = node.layer.fitted_parameters(node.parameters, report.input_shapes, rng)
            network = network.replacing(node.changed(parameters=parameters))
        return network

    def free_name(self, stem: str) -> str:
        """A name that no node has yet: 'conv1', 'conv2', ..."""
        number = 1
        while f"{stem}{number}" in self:
            number += 1
        return f"{stem}{number}"

    def leading_to(self, name: str) -> Network:
        """The network of the named node and all that it reads, directly or through others."""
        needed = {*self.ancestors(name), name}
        if len(needed) == len(self.nodes):
            return self
        return dataclasses.replace(
            self, nodes=tuple(node for node in self.nodes if node.name in needed), classes=()
        )

    def ancestors(self, name: str) -> set[str]:
        """Every node that the named one reads, directly or through others."""
        found: set[str] = set()
        waiting = list(self[name].inputs)
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting.extend(self[one].inputs)
        return found

    def descendants(self, name: str) -> set[str]:
        """Every node that reads the named one, directly or through others."""
        found: set[str] = set()
        for node in self.nodes:  # in topological order, so one pass is enough
            if name in node.inputs or found.intersection(node.inputs):
                found.add(node.name)
        return found


def _report(node: Node, before: Mapping[str, NodeReport]) -> NodeReport:
    sources = [before[name] for name in node.inputs]
    for name, source in zip(node.inputs, sources, strict=True):
        if source.shape is None:
            cause = source.waits_for or name
            return NodeReport(problem=f"{node.name} waits for {cause}, which cannot run.", waits_for=cause)
    shapes = tuple(source.shape for source in sources if source.shape is not None)
    if node.bypassed:
        return NodeReport(shapes, shapes[0], parameters=0, memory=0, fields=sources[0].fields)
    layer = node.layer
    try:
        shape = layer.output_shape(shapes)
        needed = layer.parameter_shapes(shapes)
        windows = layer.windows(shapes)
    except ShapeError as error:
        return NodeReport(shapes, problem=f"{node.name}: {error}")
    if math.prod(shape) * 4 > MOST_BYTES:
        return NodeReport(
            shapes,
            problem=f"{node.name}: its output {shape_text(shape)} would need {math.prod(shape) * 4 / 2**30:.1f} GiB, "
            f"more than {MOST_BYTES / 2**30:.0f} GiB. Make the image smaller or use fewer filters or a larger stride.",
        )
    inputs, outputs = sum(math.prod(one) for one in shapes), math.prod(shape)
    return NodeReport(
        input_shapes=shapes,
        shape=shape,
        parameters=sum(math.prod(one) for one in needed.values()),
        parameter_formula=layer.parameter_formula(shapes),
        multiply_adds=layer.multiply_adds(shapes),
        memory=outputs * 4,
        fields=_fields(sources, windows, shape),
        dense_parameters=inputs * outputs + outputs if needed else 0,
    )


MOST_BYTES = 2 * 2**30  # of one activation; beyond it a laptop swaps instead of answering


def _fields(
    sources: list[NodeReport], windows: tuple[Window, ...] | None, shape: Shape
) -> tuple[Field, ...] | None:
    if not sources:
        return (Field(),) * (len(shape) - 1)
    known = [source.fields for source in sources if source.fields is not None]
    if windows is None or len(known) < len(sources):
        return None
    joined = [reduce(Field.merged, of_one_axis) for of_one_axis in zip(*known, strict=True)]
    return tuple(field.through(window) for field, window in zip(joined, windows, strict=True))
