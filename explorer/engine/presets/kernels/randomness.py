"""The preset that means nothing: random weights, where every trained kernel began."""

from typing import Any

from numpy.typing import NDArray

from explorer.engine.kernel_operations import random_kernel
from explorer.engine.kernel_parameter import KernelParameter
from explorer.engine.presets.kernel_preset import kernel_preset


@kernel_preset(
    "Random",
    "Chance",
    KernelParameter("seed", "Seed", 0, 0, 9999, 1, "", "The same seed gives the same numbers"),
    KernelParameter("spread", "Spread", 0.3, 0.01, 5, 0.01, "", "Standard deviation of the numbers"),
)
def random(height: int, width: int, seed: int, spread: float) -> NDArray[Any]:
    """Means nothing yet: random numbers around 0, as a kernel looks before training."""
    return random_kernel(height, width, seed, spread)
