"""The arithmetic of activations: each one's rule with the number in it, and its curve with the point on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, total_of
from explorer.engine.arithmetic.explanation import Curve, Explanation, Line, Link
from explorer.engine.layer import Layer, Parameters
from explorer.engine.layers.activation import Activation, ReLU
from explorer.engine.layers.exponentials import ELU, SELU, SELU_ALPHA, SELU_SCALE, Softplus
from explorer.engine.layers.gates import GELU, HardSwish, SiLU
from explorer.engine.layers.rectifiers import Absolute, Clip, LeakyReLU, PReLU
from explorer.engine.layers.sigmoids import HardSigmoid, Sigmoid, Tanh
from explorer.engine.tape import Tape

Rule = Callable[[Any, float], tuple[float, str]]  # layer, x -> the value, and how it is written with this x
RULES: dict[type[Layer], tuple[str, Rule]] = {}
SAMPLES = 201  # of a curve
NARROWEST = 4.0  # a curve shows at least from -4 to 4: where most activations bend


def rule(layer: type[Activation], formula: str) -> Callable[[Rule], Rule]:
    """Register how an activation is computed: in float64, independent of the layer's own fast formula."""

    def register(function: Rule) -> Rule:
        RULES[layer] = formula, function
        return function

    return register


def rule_of(layer: type[Layer]) -> tuple[str, Rule] | None:
    """The formula and the rule of an activation, or of the nearest class it is derived from."""
    return next((RULES[one] for one in layer.__mro__ if one in RULES), None)


@explains(Activation)
def explain_activation(question: Question) -> Explanation:
    """A function of one value."""
    found = rule_of(type(question.layer))
    x = question.read(question.unit)
    if found is None:  # a layer that came without its rule: its own curve tells at least the value
        number = float(_sampled(question, np.array([x.number]))[0])
        formula, text = f"y = {question.layer.title}(x)", f"{question.layer.title}({x.number:.4g})"
    else:
        formula, function = found
        number, text = function(question.layer, x.number)
    total = total_of(number, Link("x"), text=text)
    return question.explanation((x, total), formula, Line(text), curve=curve_of(question, x.number))


@explains(PReLU)
def explain_prelu(question: Question) -> Explanation:
    """x, or x times the slope of its channel below zero."""
    x, slope = question.read(question.unit), question.weight("slope", question.unit[:1])
    number = max(x.number, 0.0) + min(x.number, 0.0) * slope.number if x.number == x.number else math.nan
    text = f"{slope.number:.4g}·({x.number:.4g})" if x.number < 0 else f"{x.number:.4g}"
    total = total_of(number, Link("x"), Link("slope"), text=text)
    formula = "y = x where x > 0, else slope · x"
    return question.explanation((x, slope, total), formula, Line(text), curve=curve_of(question, x.number))


def curve_of(question: Question, x: float) -> Curve | None:
    """The activation around 0 and as far out as `x`, computed by the layer itself; None where x is not finite."""
    if not math.isfinite(x):
        return None
    reach = max(NARROWEST, 1.25 * abs(x))
    samples = np.linspace(-reach, reach, SAMPLES)
    return Curve(samples, _sampled(question, samples), (x, question.value))


def _sampled(question: Question, x: np.ndarray) -> np.ndarray:
    """The layer's outputs for these numbers, with the parameters of the unit's channel."""
    channel = slice(question.unit[0], question.unit[0] + 1)
    parameters: Parameters = {name: array[channel] for name, array in question.parameters.items()}
    column = np.asarray(x, np.float32)[:, None]  # (samples, 1): a list of one feature each
    y = question.layer.forward([column], parameters, Tape())
    return y[:, 0].astype(np.float64)


def _exp(x: float) -> float:
    return float(np.exp(np.float64(x)))


def _sigmoid(x: float) -> float:
    return 1 / (1 + _exp(-x))


def _relu(x: float) -> float:
    return x if not x <= 0 else 0.0  # a NaN stays one


def _elu(x: float, alpha: float) -> float:
    return x if not x <= 0 else alpha * float(np.expm1(x))


def _hard_sigmoid(x: float) -> float:
    return _clip(x + 3, 0, 6) / 6


def _clip(x: float, low: float, high: float) -> float:
    return x if x != x else min(max(x, low), high)


@rule(ReLU, "y = max(0, x)")
def _of_relu(layer: ReLU, x: float) -> tuple[float, str]:
    return _relu(x), f"max(0, {x:.4g})"


@rule(LeakyReLU, "y = x where x > 0, else leak · x")
def _of_leaky_relu(layer: LeakyReLU, x: float) -> tuple[float, str]:
    return (layer.leak * x, f"{layer.leak:g}·({x:.4g})") if x < 0 else (x, f"{x:.4g}")


@rule(Clip, "y = min(max(x, low), high)")
def _of_clip(layer: Clip, x: float) -> tuple[float, str]:
    return _clip(x, layer.low, layer.high), f"min(max({x:.4g}, {layer.low:g}), {layer.high:g})"


@rule(Absolute, "y = |x|")
def _of_absolute(layer: Absolute, x: float) -> tuple[float, str]:
    return abs(x), f"|{x:.4g}|"


@rule(Sigmoid, "y = 1 / (1 + exp(−x))")
def _of_sigmoid(layer: Sigmoid, x: float) -> tuple[float, str]:
    return _sigmoid(x), f"1 / (1 + exp({-x:.4g}))"


@rule(HardSigmoid, "y = min(max(x + 3, 0), 6) / 6")
def _of_hard_sigmoid(layer: HardSigmoid, x: float) -> tuple[float, str]:
    return _hard_sigmoid(x), f"min(max({x:.4g} + 3, 0), 6) / 6"


@rule(Tanh, "y = tanh(x)")
def _of_tanh(layer: Tanh, x: float) -> tuple[float, str]:
    return math.tanh(x), f"tanh({x:.4g})"


@rule(ELU, "y = x where x > 0, else alpha · (exp(x) − 1)")
def _of_elu(layer: ELU, x: float) -> tuple[float, str]:
    return _elu(x, layer.alpha), f"{layer.alpha:g}·(exp({x:.4g}) - 1)" if x <= 0 else f"{x:.4g}"


@rule(SELU, "y = 1.0507 · x where x > 0, else 1.0507 · 1.6733 · (exp(x) − 1)")
def _of_selu(layer: SELU, x: float) -> tuple[float, str]:
    text = f"1.0507·1.6733·(exp({x:.4g}) - 1)" if x <= 0 else f"1.0507·{x:.4g}"
    return SELU_SCALE * _elu(x, SELU_ALPHA), text


@rule(Softplus, "y = log(1 + exp(x))")
def _of_softplus(layer: Softplus, x: float) -> tuple[float, str]:
    return float(np.logaddexp(0, x)), f"log(1 + exp({x:.4g}))"


@rule(SiLU, "y = x / (1 + exp(−x))")
def _of_silu(layer: SiLU, x: float) -> tuple[float, str]:
    return x * _sigmoid(x), f"{x:.4g} / (1 + exp({-x:.4g}))"


@rule(HardSwish, "y = x · min(max(x + 3, 0), 6) / 6")
def _of_hard_swish(layer: HardSwish, x: float) -> tuple[float, str]:
    return x * _hard_sigmoid(x), f"{x:.4g}·min(max({x:.4g} + 3, 0), 6) / 6"


@rule(GELU, "y = x · Φ(x), Φ(x) the chance that a normal number is smaller")
def _of_gelu(layer: GELU, x: float) -> tuple[float, str]:
    if layer.form == "tanh":
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return x * 0.5 * (1 + math.tanh(inner)), f"{x:.4g}·(1 + tanh({inner:.4g})) / 2"
    chance = 0.5 * math.erfc(-x / math.sqrt(2))
    return x * chance, f"{x:.4g}·Φ({x:.4g}) = {x:.4g}·{chance:.4g}"
