"""A planner: keeps the plan of the network that was trained last, as long as nothing but its numbers changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from explorer.engine.batch_gradient import Batch, BatchGradient, batch_gradient, measured_node
from explorer.engine.losses import Loss
from explorer.engine.network import NodeReport
from explorer.engine.parameter_vector import Weights
from explorer.engine.plan.planned_gradient import planned_gradient
from explorer.engine.plan.training_plan import TrainingPlan, plan_of


class Planner:
    """Gradients of one batch after another, each by the plan for its network. For one training at a time."""

    def __init__(self) -> None:
        self._reports: Mapping[str, NodeReport] | None = None
        self._loss: Loss | None = None
        self._plan: TrainingPlan | None = None

    def gradient(self, batch: Batch, weights: Weights) -> BatchGradient:
        """The sums over a batch; by the layers themselves where a network cannot be planned.

        Raises NetworkError where the network cannot run, ValueError where the targets do not fit its output.
        """
        network = weights.template
        # The reports are the same object as long as only numbers change.
        if self._reports is not network.reports or self._loss is not batch.loss:
            self._plan = plan_of(network, measured_node(network, batch.loss))
            self._reports, self._loss = network.reports, batch.loss
        if self._plan is None:
            return batch_gradient(replace(batch, network=weights.network))
        return planned_gradient(self._plan, batch, weights.parts)
