"""Explaining any unit: every layer's explanation is registered here, beside the layers and not in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.engine.arithmetic.explanation import Curve, Explanation, Line, Link, Part, Places, Unit
from explorer.engine.evaluate import Step, Trace
from explorer.engine.layer import Array, Layer, Parameters, Shape, shape_text


class ExplanationError(ValueError):
    """There is no such unit to explain; the text says what there is."""


@dataclass(frozen=True, eq=False)
class Question:
    """One unit of one step of a trace: what a registered explanation answers."""

    step: Step
    unit: Unit
    image: int = 0

    @property
    def layer(self) -> Layer:
        """The layer that computed the unit."""
        return self.step.node.layer

    @property
    def parameters(self) -> Parameters:
        """Its parameters."""
        return self.step.node.parameters

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of its inputs, of one sample."""
        return [x.shape[1:] for x in self.step.inputs]

    @property
    def value(self) -> float:
        """The engine's number."""
        return float(self.step.output[self.image, *self.unit])

    def sample(self, source: int = 0) -> Array:
        """One of its inputs, of the image in question: (channels, *extents) or (features,)."""
        sample: Array = self.step.inputs[source][self.image]
        return sample

    def source(self, source: int = 0) -> str:
        """The name of the node that an input comes from."""
        return self.step.node.inputs[source]

    def read(self, unit: Unit, name: str = "x", source: int = 0, sign: str = "") -> Part:
        """A part of one number: a unit of an input."""
        places = Places(self.source(source), unit, image=self.image)
        number = np.float64(self.sample(source)[unit])
        return Part(name, np.asarray(number), "read", sign, f"read from {places.node}", places=places)

    def weight(self, parameter: str, index: Unit, sign: str = "") -> Part:
        """A part of one number: a value of a parameter."""
        places = Places(self.step.node.name, index, parameter=parameter)
        number = np.asarray(self.parameters[parameter][index], np.float64)
        return Part(parameter, number, "weights", sign, f"{parameter} of {places.node}", places=places)

    def explanation(
        self, parts: Sequence[Part], formula: str, line: Line, note: str = "", curve: Curve | None = None
    ) -> Explanation:
        """The answer from its parts."""
        node = self.step.node
        return Explanation(
            node.name, node.layer.title, self.unit, self.value, tuple(parts), formula, line, note, curve
        )


Explainer = Callable[[Question], Explanation]
EXPLAINERS: dict[type[Layer], Explainer] = {}


def explains(*layers: type[Layer]) -> Callable[[Explainer], Explainer]:
    """Register a function as the explanation of these layers and of all that are derived from them."""

    def register(explainer: Explainer) -> Explainer:
        EXPLAINERS.update(dict.fromkeys(layers, explainer))
        return explainer

    return register


def explainer_of(layer: type[Layer]) -> Explainer | None:
    """The explanation of a layer: its own or that of the nearest class it is derived from."""
    return next((EXPLAINERS[one] for one in layer.__mro__ if one in EXPLAINERS), None)


def explain(trace: Trace, node: str, unit: Unit, image: int = 0) -> Explanation:
    """How the value of `unit`, (channel, row, column) or (feature,), of a node came about.

    `image` is the index in the batch. Raises ExplanationError where there is no such node, unit or image.
    """
    step = trace.steps.get(node)
    if step is None:
        raise ExplanationError(_missing(trace, node))
    if len(step.inputs) < len(step.node.inputs):
        raise ExplanationError(
            f"What {node} read was not kept, because all maps together need more memory than there is. "
            "Make the image smaller."
        )
    shape = step.output.shape[1:]
    if len(unit) != len(shape) or any(not 0 <= one < size for one, size in zip(unit, shape, strict=True)):
        raise ExplanationError(
            f"{node} has no unit {unit}: its output is {shape_text(shape)}, counted from 0 along every axis."
        )
    if not 0 <= image < len(step.output):
        raise ExplanationError(f"There is no image {image} in a batch of {len(step.output)}.")
    question = Question(step, tuple(int(one) for one in unit), image)
    if step.node.bypassed:
        return _bypassed(question)
    explainer = explainer_of(type(step.node.layer))
    if explainer is None:
        raise ExplanationError(f"How {step.node.layer.title} works has not been written down.")
    with np.errstate(all="ignore"):  # NaN and infinity are shown as the engine has them
        return explainer(question)


def total_of(number: float, *links: Link, text: str = "", sign: str = "=") -> Part:
    """The last part: what it all comes to."""
    return Part("total", np.asarray(number, np.float64), "result", sign, text, links)


def handed_on(question: Question, source: int, unit: Unit, formula: str, note: str) -> Explanation:
    """The explanation of a value that is another one, unchanged."""
    x = question.read(unit, source=source)
    total = total_of(x.number, Link("x"), text="the same value")
    return question.explanation((x, total), formula, Line(parts=("x",)), note)


def _bypassed(question: Question) -> Explanation:
    note = f"{question.step.node.name} is bypassed: it hands on what it reads."
    return handed_on(question, 0, question.unit, "y = x", note)


def _missing(trace: Trace, node: str) -> str:
    if node not in trace.network:
        return f"There is no node {node!r}. Nodes: {', '.join(trace.network.reports)}."
    problem = trace.network.reports[node].problem
    return problem or f"{node} has not been evaluated."
