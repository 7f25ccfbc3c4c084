"""The arithmetic of dense layers: a strip of products, and the bias."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains, total_of
from explorer.engine.arithmetic.explanation import Explanation, Line, Link, Part, Places
from explorer.engine.arithmetic.formula import bracketed
from explorer.engine.layers.dense import Dense


@explains(Dense)
def explain_dense(question: Question) -> Explanation:
    """y[k] = bias[k] + sum of feature x weight. `leading_terms` sorts the products by how much they count."""
    (output,) = question.unit
    node = question.step.node.name
    features = np.asarray(question.sample(), np.float64)
    weights = question.parameters["kernel"][output].astype(np.float64)
    every = np.arange(len(features))
    read = Places(question.source(), (every,), image=question.image)
    learned = Places(node, (output, every), parameter="kernel")
    products = features * weights
    both = (Link("features"), Link("weights"))
    total, links = float(products.sum()), [Link("products")]
    parts = [
        Part("features", features, "read", "", f"all features of {read.node}", places=read),
        Part("weights", weights, "weights", "×", "the weights of this unit", places=learned),
        Part("products", products, "working", "=", "feature × weight", both),
    ]
    after = ""
    if "bias" in question.parameters:
        bias = question.weight("bias", (output,), "+")
        parts.append(bias)
        links.append(Link("bias"))
        total += bias.number
        after = f" + {bracketed(bias.number)}"
    parts.append(total_of(total, *links, text="the sum of all products" + (" + bias" if after else "")))
    line = Line("", ("features", "weights"), "{}·{}", " + ", after)
    return question.explanation(parts, f"y = Σ feature · weight{' + bias' if after else ''}", line)
