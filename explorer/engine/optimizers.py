"""Optimizers: from parameters and their gradient to better parameters. Values, whose memory travels beside them.

All learned parameters of a network are one flat vector (see parameter_vector.py). Formulas are PyTorch's, step
for step.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar, NamedTuple

import cv2
import numpy as np

from explorer.engine.arena import arena
from explorer.engine.layer import Array
from explorer.engine.pool import pool
from explorer.engine.scratch import scratch
from explorer.engine.setting import Declared, setting

PIECE = (
    1 << 16
)  # numbers worked on at once; with fewer, threads wait for the interpreter longer than they work


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

        def work(first: int) -> None:
            part = slice(first, first + PIECE)
            p = parameters[part]
            old = [vector[part] for vector in state.vectors]
            new = [vector[part] for vector in vectors]
            papers = scratch.empty("step", (2, p.size), p.dtype)
            piece = _Piece(p, gradient[part], share, old, new, result[part], *papers)
            self._move(piece, self.rate * factor, steps)

        pool.each(work, range(0, parameters.size, PIECE))
        for array in (result, *vectors):
            array.flags.writeable = False
        return result, OptimizerState(steps, tuple(vectors))

    @abstractmethod
    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        """Write what a piece of parameters and memory becomes."""

    def _descent(self, piece: _Piece) -> tuple[Array, float]:
        """The gradient with the weight decay added, and how often it counts. Not to be written into."""
        if not self.weight_decay:
            return piece.g, piece.share
        return blend(piece.p, self.weight_decay, piece.g, piece.share, piece.paper), 1.0


class _Piece(NamedTuple):
    """What a step works on at once: parameters, gradient and what it counts, memory before and after, new parameters.

    `root` may be written into, and so may `paper` by who does not ask for the descent.
    """

    p: Array
    g: Array
    share: float
    old: list[Array]
    new: list[Array]
    result: Array
    paper: Array
    root: Array


def blend(first: Array, share: float, second: Array, other: float, out: Array) -> Array:
    """share * first + other * second, in a single pass, written into `out`."""
    cv2.addWeighted(first, share, second, other, 0, out)
    return out


class SGD(Optimizer):
    """p - rate * g (Robbins & Monro 1951)."""

    kind = "sgd"
    title = "SGD"
    help = "Gradient descent: a step straight downhill."

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        g, share = self._descent(piece)
        blend(piece.p, 1, g, -rate * share, piece.result)


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
        g, share = self._descent(piece)
        blend(piece.p, 1, self._speed(g, share, piece), -rate, piece.result)

    def _speed(self, g: Array, share: float, piece: _Piece) -> Array:
        (old,), (new,) = piece.old, piece.new
        return blend(old, self.momentum, g, share, new)


class Nesterov(Momentum):
    """Momentum that looks ahead: p - rate * (g + momentum * v) (Sutskever et al. 2013, as PyTorch writes it)."""

    kind = "nesterov"
    title = "Nesterov"
    help = "Momentum that looks one step ahead, and so brakes earlier before a slope that rises again."

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        g, share = self._descent(piece)
        ahead = blend(g, share, self._speed(g, share, piece), self.momentum, piece.root)
        blend(piece.p, 1, ahead, -rate, piece.result)


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
        (g, share), root = self._descent(piece), piece.root
        square = _running_mean_square(piece.old[0], g, share, self.decay, piece.new[0], root)
        np.sqrt(square, out=root)
        np.add(root, self.epsilon, out=root)
        np.divide(g, root, out=root)
        blend(piece.p, 1, root, -rate * share, piece.result)


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
        stride, length = self._stride(*self._descent(piece), piece, steps)
        blend(piece.p, 1, stride, -rate * length, piece.result)

    def _stride(self, g: Array, share: float, piece: _Piece, steps: int) -> tuple[Array, float]:
        """Where to, and how far: m / (sqrt(v) + epsilon) without the bias of either is their product."""
        root, rest = piece.root, math.sqrt(1 - self.beta2**steps)
        square = _running_mean_square(piece.old[1], g, share, self.beta2, piece.new[1], root)
        mean = blend(piece.old[0], self.beta1, g, (1 - self.beta1) * share, piece.new[0])
        np.sqrt(square, out=root)
        np.add(root, self.epsilon * rest, out=root)
        np.divide(mean, root, out=root)
        return root, rest / (1 - self.beta1**steps)


class AdamW(Adam):
    """Adam whose weight decay is taken off the parameters themselves (Loshchilov & Hutter 2017, algorithm 2)."""

    kind = "adamw"
    title = "AdamW"
    help = "Adam with a weight decay that does not depend on the gradients."

    weight_decay: float = setting(
        default=0.01, low=0, high=1, step=0.001, help="Pulls every parameter a little towards 0 in each step."
    )

    def _move(self, piece: _Piece, rate: float, steps: int) -> None:
        stride, length = self._stride(piece.g, piece.share, piece, steps)
        blend(piece.p, 1 - rate * self.weight_decay, stride, -rate * length, piece.result)


def _running_mean_square(
    old: Array, g: Array, counts: float, share: float, new: Array, scratch: Array
) -> Array:
    """share * old + (1 - share) * (counts * g)², written into `new`."""
    np.multiply(g, g, out=scratch)
    return blend(old, share, scratch, (1 - share) * counts**2, new)
