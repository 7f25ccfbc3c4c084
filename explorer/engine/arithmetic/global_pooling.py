"""The arithmetic of global poolings: a whole map becomes one value."""

from __future__ import annotations

import numpy as np

from explorer.engine.arithmetic.explaining import Question, explains
from explorer.engine.arithmetic.explanation import Explanation
from explorer.engine.arithmetic.pooling import explain_length, explain_mean, explain_winner, whole_map
from explorer.engine.layers.global_pooling import GlobalAveragePool, GlobalExtremePool, GlobalL2Pool


@explains(GlobalExtremePool)
def explain_global_extreme(question: Question) -> Explanation:
    """The largest (smallest) value of the map; of equal ones the first in reading order."""
    layer = question.layer
    assert isinstance(layer, GlobalExtremePool)
    return explain_winner(question, whole_map(question), "max" if layer.combine is np.maximum else "min")


@explains(GlobalAveragePool)
def explain_global_average(question: Question) -> Explanation:
    """The mean of the map."""
    patch = whole_map(question)
    return explain_mean(question, patch, patch.numbers.size)


@explains(GlobalL2Pool)
def explain_global_l2(question: Question) -> Explanation:
    """The length of the map as a vector."""
    return explain_length(question, whole_map(question))
