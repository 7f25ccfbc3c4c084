"""A kernel that slides along a signal: the result, and the arithmetic of every value of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from explorer.engine.arithmetic.explaining import total_of
from explorer.engine.arithmetic.explanation import Explanation, Index, Line, Link, Numbers, Part, Places
from explorer.engine.arithmetic.signal_text import SignalError
from explorer.engine.geometry import Border, Window, border_index
from explorer.engine.layer import Array

SIGNAL, KERNEL = "signal", "kernel"  # the owners of the places of an explanation
SIGNAL_PADDINGS = ("valid", "same", "full")


@dataclass(frozen=True, eq=False)
class SignalCorrelation:
    """`kernel` (taps,) slid along `signal` (length,), both float32.

    `centre` is the tap that stands over the output's own position, 0 the first; it decides where `same` pads, which
    gives one output per value (and stride). `valid` pads nothing, `full` as much as still touches the signal.
    With `flip` the kernel is turned first, which makes it a true convolution.
    """

    signal: Array
    kernel: Array
    stride: int = 1
    padding: str = "same"
    centre: int | None = None  # None: the middle, of two the earlier one
    border: Border = "constant"
    value: float = 0.0
    flip: bool = False

    def __post_init__(self) -> None:
        taps = len(self.kernel)
        if not taps or not len(self.signal):
            raise SignalError("A signal and a kernel need at least one number each.")
        if self.stride < 1:
            raise SignalError(f"The stride is {self.stride}. Expected 1 or more.")
        if self.padding not in SIGNAL_PADDINGS:
            raise SignalError(
                f"The padding is {self.padding!r}. Expected one of {', '.join(SIGNAL_PADDINGS)}."
            )
        if not 0 <= self.middle < taps:
            raise SignalError(f"The centre is tap {self.middle}. Expected 0 to {taps - 1}.")
        if self.window.output_size(len(self.signal)) < 1:
            raise SignalError(
                f"The kernel has {taps} taps, more than the {len(self.signal)} values of the signal. "
                "Use padding or a longer signal."
            )

    @property
    def middle(self) -> int:
        """The tap over the output's own position."""
        return (len(self.kernel) - 1) // 2 if self.centre is None else self.centre

    @property
    def window(self) -> Window:
        """The window that slides."""
        taps = len(self.kernel)
        before, after = {
            "valid": (0, 0), "same": (self.middle, taps - 1 - self.middle), "full": (taps - 1, taps - 1),
        }[self.padding]  # fmt: skip
        return Window(taps, self.stride, before, after)

    @property
    def applied(self) -> Array:
        """The kernel as it is multiplied."""
        return self.kernel[::-1] if self.flip else self.kernel

    @cached_property
    def padded(self) -> tuple[NDArray[np.intp], Array]:
        """The positions from the first to the last one that is read, and the values that stand there."""
        window, length = self.window, len(self.signal)
        positions = np.arange(-window.before, length + window.after)
        return positions, self._values(border_index(positions, length, self.border))

    @cached_property
    def result(self) -> Array:
        """The result (outputs,), float32."""
        window = self.window
        _, values = self.padded
        windows = np.lib.stride_tricks.sliding_window_view(values.astype(np.float64), window.size)
        return np.asarray(windows[:: window.stride] @ self.applied.astype(np.float64), np.float32)

    @property
    def positions(self) -> NDArray[np.intp]:
        """Where every output stands along the signal: where the centre of its window is."""
        return np.arange(len(self.result)) * self.stride - self.window.before + self.middle

    def explain(self, index: int) -> Explanation:
        """How the output at this index came about, in the parts of a convolution."""
        if not 0 <= index < len(self.result):
            raise SignalError(f"There is no output {index}: there are {len(self.result)}, counted from 0.")
        window, taps = self.window, len(self.kernel)
        positions = index * window.stride - window.before + np.arange(taps)
        sources = border_index(positions, len(self.signal), self.border)
        patch: Numbers = self._values(sources).astype(np.float64)
        kernel: Numbers = self.applied.astype(np.float64)
        order: Index = np.arange(taps)[::-1] if self.flip else np.arange(taps)
        products = patch * kernel
        both = (Link("patch"), Link("kernel"))
        parts = (
            Part("patch", patch, "read", "", "what the window reads", places=Places(SIGNAL, (sources,), (positions,))),
            Part("kernel", kernel, "weights", "×", "the kernel" + (" turned" if self.flip else ""),
                 places=Places(KERNEL, (order,), parameter="kernel")),
            Part("products", products, "working", "=", "patch × kernel", both),
            total_of(float(products.sum()), Link("products"), text="the sum of the products", sign="Σ"),
        )  # fmt: skip
        title = "Convolution" if self.flip else "Correlation"
        line = Line("", ("patch", "kernel"), "{}·{}")
        value = float(self.result[index])
        return Explanation(SIGNAL, title, (index,), value, parts, "y = Σ patch · kernel", line)

    def _values(self, sources: NDArray[np.intp]) -> Array:
        return np.where(sources < 0, np.float32(self.value), self.signal[sources]).astype(np.float32)
