"""Optimizers: from parameters and their gradient to better parameters. Values, whose memory travels beside them.

All learned parameters of a network are one flat vector (see parameter_vector.py). Formulas are PyTorch's, step
for step.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

from explorer.engine.arena import arena
from explorer.engine.layer import Array
from explorer.engine.pool import pool
from explorer.engine.setting import Declared, setting

PIECE = 1 << 16  # numbers that are worked on at once: all that a step reads of them stays in the cache


class OptimizerState(NamedTuple):
    """What an optimizer remembers: how many steps it has made, and vectors as long as the parameters."""

    steps: int
    vectors: tuple[Array, ...]


class Optimizer(Declared):
    """A rule for one step. `rate` is the learning rate; weight decay adds its share of a parameter to its gradient."""

    family = "optimizer"
    kinds: ClassVar[dict[str, type[Optimizer]]] = {}
    memory: ClassVar[int] = 0  # vectors that it remembers

    rate: float = setting(
        default=0.01, low=0, high=100, step=0.001, label="Learning rate", help="How far one step goes."
    )
    weight_decay: float = setting(
        default=0.0, low=0, high=1, step=0.0001, help="Pulls every parameter a little towards 0 in each step."
    )

    def start(self, parameters: Array) -> OptimizerState:
        """The state before the first step."""
        return OptimizerState(0, tuple(np.zeros_like(parameters) for _ in range(self.memory)))

    def suits(self, state: OptimizerState, parameters: Array) -> bool:
        """Whether a state can be continued: made by an optimizer of this sort for as many parameters."""
        return [vector.size for vector in state.vectors] == [parameters.size] * self.memory

    def step(
        self, parameters: Array, gradient: Array, state: OptimizerState, factor: float = 1.0
    ) -> tuple[Array, OptimizerState]:
        """Parameters and state after one step with `factor` times the learning rate; nothing is written into."""
        steps = state.steps + 1
        result, *vectors = (
            arena.empty(parameters.size, parameters.dtype) for _ in range(1 + len(state.vectors))
        )

        def work(first: int) -> None:
            piece = slice(first, first + PIECE)
            for old, new in zip(state.vectors, vectors, strict=True):
                new[piece] = old[piece]
            memory = [vector[piece] for vector in vectors]
            result[piece] = self._moved(parameters[piece], gradient[piece], memory, self.rate * factor, steps)

        pool.each(work, range(0, parameters.size, PIECE))
        for array in (result, *vectors):
            array.flags.writeable = False
        return result, OptimizerState(steps, tuple(vectors))

    @abstractmethod
    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        """A piece of the parameters `p` with gradient `g` after a step; pieces of memory are brought up to date."""

    def _decayed(self, p: Array, g: Array) -> Array:
        return g + p * self.weight_decay if self.weight_decay else g


class SGD(Optimizer):
    """p - rate * g (Robbins & Monro 1951)."""

    kind = "sgd"
    title = "SGD"
    help = "Gradient descent: a step straight downhill."

    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        return p - rate * self._decayed(p, g)


class Momentum(Optimizer):
    """v = momentum * v + g; p - rate * v (Polyak 1964)."""

    kind = "momentum"
    title = "Momentum"
    help = "Steps gather speed like a ball that rolls downhill, which carries them through flat and narrow places."
    memory = 1

    momentum: float = setting(
        default=0.9, low=0, high=1, step=0.01, help="Share of the speed that is kept from step to step."
    )

    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        (speed,) = memory
        speed *= self.momentum
        speed += self._decayed(p, g)
        return p - rate * speed


class Nesterov(Momentum):
    """Momentum that looks ahead: p - rate * (g + momentum * v) (Sutskever et al. 2013, as PyTorch writes it)."""

    kind = "nesterov"
    title = "Nesterov"
    help = "Momentum that looks one step ahead, and so brakes earlier before a slope that rises again."

    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        (speed,) = memory
        g = self._decayed(p, g)
        speed *= self.momentum
        speed += g
        ahead = speed * self.momentum
        ahead += g
        return p - rate * ahead


class RMSprop(Optimizer):
    """v = decay * v + (1 - decay) * g²; p - rate * g / (sqrt(v) + epsilon) (Tieleman & Hinton 2012)."""

    kind = "rmsprop"
    title = "RMSprop"
    help = "Every parameter gets a step of its own size: small where gradients have been large."
    memory = 1

    rate: float = setting(
        default=0.001, low=0, high=100, step=0.0001, label="Learning rate", help="How far one step goes."
    )
    decay: float = setting(
        default=0.99,
        low=0,
        high=1,
        step=0.01,
        help="Share of the mean square that is kept from step to step.",
    )
    epsilon: float = setting(
        default=1e-8, low=0, high=1, help="Added to the root, so that nothing is divided by zero."
    )

    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        (square,) = memory
        g = self._decayed(p, g)
        square *= self.decay
        square += (1 - self.decay) * np.square(g)
        root: Array = np.sqrt(square)
        root += self.epsilon
        np.divide(g, root, out=root)
        return p - rate * root


class Adam(Optimizer):
    """m and v, running means of g and g², without the bias of their start: p - rate * m / (sqrt(v) + epsilon).

    Kingma & Ba 2014, algorithm 1.
    """

    kind = "adam"
    title = "Adam"
    help = "Momentum, and for every parameter a step of its own size. Works well without much tuning."
    memory = 2

    rate: float = setting(
        default=0.001, low=0, high=100, step=0.0001, label="Learning rate", help="How far one step goes."
    )
    beta1: float = setting(
        default=0.9, low=0, high=0.9999, step=0.01, help="Share of the mean gradient that is kept."
    )
    beta2: float = setting(
        default=0.999, low=0, high=0.99999, step=0.001, help="Share of the mean square that is kept."
    )
    epsilon: float = setting(
        default=1e-8, low=0, high=1, help="Added to the root, so that nothing is divided by zero."
    )

    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        return p - self._stride(self._decayed(p, g), memory, rate, steps)

    def _stride(self, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        mean, square = memory
        mean *= self.beta1
        mean += (1 - self.beta1) * g
        square *= self.beta2
        square += (1 - self.beta2) * np.square(g)
        root: Array = np.sqrt(square)
        root /= np.sqrt(1 - self.beta2**steps)
        root += self.epsilon
        np.divide(mean, root, out=root)
        root *= rate / (1 - self.beta1**steps)
        return root


class AdamW(Adam):
    """Adam whose weight decay is taken off the parameters themselves (Loshchilov & Hutter 2017, algorithm 2)."""

    kind = "adamw"
    title = "AdamW"
    help = "Adam with a weight decay that does not depend on the gradients."

    weight_decay: float = setting(
        default=0.01, low=0, high=1, step=0.001, help="Pulls every parameter a little towards 0 in each step."
    )

    def _moved(self, p: Array, g: Array, memory: list[Array], rate: float, steps: int) -> Array:
        return p * (1 - rate * self.weight_decay) - self._stride(g, memory, rate, steps)
