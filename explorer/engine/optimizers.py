"""Optimizers: from parameters and their gradient to better parameters. Values, whose memory travels beside them.

All learned parameters of a network are one flat vector (see parameter_vector.py). Formulas are PyTorch's, step
for step.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np

from explorer.engine.arena import arena
from explorer.engine.layer import Array
from explorer.engine.pool import pool
from explorer.engine.setting import Declared, setting

PIECE = 1 << 14  # numbers that are worked on at once: all that a step reads of them stays in the cache
SHARE = 1 << 16  # numbers that are worth another thread


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
        self,
        parameters: Array,
        gradient: Array,
        state: OptimizerState,
        factor: float = 1.0,
        share: float = 1.0,
    ) -> tuple[Array, OptimizerState]:
        """Parameters and state after one step with `factor` times the learning rate; nothing is written into.

        The gradient counts `share` times: what was summed over a batch needs no pass of its own to become a mean.
        """
        steps = state.steps + 1
        result, *vectors = (
            arena.empty(parameters.size, parameters.dtype) for _ in range(1 + len(state.vectors))
        )

        def work(begin: int) -> None:
            scratch = np.empty((2, PIECE), parameters.dtype)
            for first in range(begin, min(begin + SHARE, parameters.size), PIECE):
                piece = slice(first, first + PIECE)
                p = parameters[piece]
                g, other = scratch[:, : p.size]
                np.multiply(gradient[piece], p.dtype.type(share), out=g)
                old = [vector[piece] for vector in state.vectors]
                new = [vector[piece] for vector in vectors]
                self._move(_Piece(p, g, old, new, result[piece], other), self.rate * factor, steps)

        pool.each(work, range(0, parameters.size, SHARE))
        for array in (result, *vectors):
            array.flags.writeable = False
        return result, OptimizerState(steps, tuple(vectors))

    @abstractmethod
    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        """Write what a piece of parameters and memory becomes."""

    def _decay(self, piece: _Piece) -> Array:
        """The gradient with the weight decay added."""
        if self.weight_decay:
            np.multiply(piece.p, self.weight_decay, out=piece.scratch)
            np.add(piece.g, piece.scratch, out=piece.g)
        return piece.g


class _Piece(NamedTuple):
    """What a step works on at once: parameters, gradient, memory before and after it, and the new parameters.

    The gradient and the scratch may be written into.
    """

    p: Array
    g: Array
    old: list[Array]
    new: list[Array]
    result: Array
    scratch: Array


class SGD(Optimizer):
    """p - rate * g (Robbins & Monro 1951)."""

    kind = "sgd"
    title = "SGD"
    help = "Gradient descent: a step straight downhill."

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        g = self._decay(piece)
        np.multiply(g, rate, out=g)
        np.subtract(piece.p, g, out=piece.result)


class Momentum(Optimizer):
    """v = momentum * v + g; p - rate * v (Polyak 1964)."""

    kind = "momentum"
    title = "Momentum"
    help = "Steps gather speed like a ball that rolls downhill, which carries them through flat and narrow places."
    memory = 1

    momentum: float = setting(
        default=0.9, low=0, high=1, step=0.01, help="Share of the speed that is kept from step to step."
    )

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        g = self._decay(piece)
        speed = self._gather_speed(g, piece)
        np.multiply(speed, rate, out=g)
        np.subtract(piece.p, g, out=piece.result)

    def _gather_speed(self, g: Array, piece: _Piece) -> Array:
        (old,), (speed,) = piece.old, piece.new
        np.multiply(old, self.momentum, out=speed)
        np.add(speed, g, out=speed)
        return speed


class Nesterov(Momentum):
    """Momentum that looks ahead: p - rate * (g + momentum * v) (Sutskever et al. 2013, as PyTorch writes it)."""

    kind = "nesterov"
    title = "Nesterov"
    help = "Momentum that looks one step ahead, and so brakes earlier before a slope that rises again."

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        g = self._decay(piece)
        ahead = np.multiply(self._gather_speed(g, piece), self.momentum, out=piece.scratch)
        np.add(ahead, g, out=ahead)
        np.multiply(ahead, rate, out=ahead)
        np.subtract(piece.p, ahead, out=piece.result)


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

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        g, root = self._decay(piece), piece.scratch
        square = _running_mean_square(piece.old[0], g, self.decay, piece.new[0], piece.scratch)
        np.sqrt(square, out=root)
        np.add(root, self.epsilon, out=root)
        np.divide(g, root, out=root)
        np.multiply(root, rate, out=root)
        np.subtract(piece.p, root, out=piece.result)


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

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        self._decay(piece)
        np.subtract(piece.p, self._stride(piece, rate, steps), out=piece.result)

    def _stride(self, piece: _Piece, rate: float, steps: int) -> Array:
        g, root = piece.g, piece.scratch
        square = _running_mean_square(piece.old[1], g, self.beta2, piece.new[1], piece.scratch)
        mean = np.multiply(piece.old[0], self.beta1, out=piece.new[0])
        np.multiply(g, 1 - self.beta1, out=g)
        np.add(mean, g, out=mean)
        np.sqrt(square, out=root)
        np.multiply(root, 1 / math.sqrt(1 - self.beta2**steps), out=root)
        np.add(root, self.epsilon, out=root)
        np.divide(mean, root, out=root)
        np.multiply(root, rate / (1 - self.beta1**steps), out=root)
        return root


class AdamW(Adam):
    """Adam whose weight decay is taken off the parameters themselves (Loshchilov & Hutter 2017, algorithm 2)."""

    kind = "adamw"
    title = "AdamW"
    help = "Adam with a weight decay that does not depend on the gradients."

    weight_decay: float = setting(
        default=0.01, low=0, high=1, step=0.001, help="Pulls every parameter a little towards 0 in each step."
    )

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        stride = self._stride(piece, rate, steps)
        np.multiply(piece.p, 1 - rate * self.weight_decay, out=piece.result)
        np.subtract(piece.result, stride, out=piece.result)


def _running_mean_square(old: Array, g: Array, share: float, new: Array, scratch: Array) -> Array:
    """share * old + (1 - share) * g², written into `new`."""
    np.multiply(g, g, out=scratch)
    np.multiply(scratch, 1 - share, out=scratch)
    np.multiply(old, share, out=new)
    np.add(new, scratch, out=new)
    return new
