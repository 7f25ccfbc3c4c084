"""What the network's graph says about each node, as plain texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from explorer.engine.layer import Shape
from explorer.engine.network import Network, Node, NodeReport


class Place(NamedTuple):
    """Where a layer may go: behind a node, or only on the connection from it to one of its readers."""

    after: str
    before: str | None = None


@dataclass(frozen=True)
class GraphRow:
    """One node as the graph shows it. `problem` is why it cannot run; `waits` if another node is the cause."""

    name: str
    title: str
    summary: str
    shape: str
    formula: str
    help: str
    inputs: tuple[str, ...]
    problem: str = ""
    waits: bool = False
    bypassed: bool = False

    @property
    def is_input(self) -> bool:
        """Whether the image enters here."""
        return not self.inputs

    @property
    def note(self) -> str:
        """The second line: why it cannot run, else how its parameters come about."""
        return self.problem or ("" if self.bypassed else self.formula)

    @property
    def tip(self) -> str:
        """All there is to say, for a tool tip."""
        state = "Bypassed: it hands on its input." if self.bypassed else ""
        parameters = f"Parameters: {self.formula}" if self.formula else ""
        lines = (f"{self.name} ({self.title})", self.problem, state, parameters, self.help)
        return "\n".join(line for line in lines if line)


def graph_rows(network: Network) -> list[GraphRow]:
    """A row for every node, in the network's order."""
    return [_row(node, network.reports[node.name]) for node in network.nodes]


def shape_label(shape: Shape | None) -> str:
    """A shape as narrow as it can be read: '16×160×160'."""
    return "" if shape is None else "×".join(str(size) for size in shape)


def signed(text: str) -> str:
    """A formula or a summary of the engine with the sign × between its numbers instead of the letter."""
    parts = text.split("x")
    result = parts[0]
    for part in parts[1:]:
        between_numbers = result[-1:].isdigit() and part[:1].isdigit()
        result += ("×" if between_numbers else "x") + part
    return result


def _row(node: Node, report: NodeReport) -> GraphRow:
    return GraphRow(
        name=node.name,
        title=node.layer.title,
        summary=signed(node.layer.summary()),
        shape=shape_label(report.shape),
        formula=signed(report.parameter_formula),
        help=node.layer.help,
        inputs=node.inputs,
        problem=report.problem.removeprefix(f"{node.name}: "),
        waits=bool(report.waits_for),
        bypassed=node.bypassed,
    )
