"""A number that shapes a kernel (sigma, an angle, a factor), declared once for sliders, menus and checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.engine.kernel_limits import KernelError


@dataclass(frozen=True)
class KernelParameter:
    """One declared number of a preset or an operation; it is whole when its default is an int."""

    name: str
    title: str
    default: float
    low: float
    high: float
    step: float
    unit: str = ""
    help: str = ""
    usual: tuple[float, ...] = ()  # the values that a menu offers

    @property
    def is_whole(self) -> bool:
        return isinstance(self.default, int)

    def checked(self, value: float) -> float:
        """The value, an int where the parameter is whole; KernelError when it is out of range."""
        if not self.low <= value <= self.high:
            unit = f" {self.unit}" if self.unit else ""
            raise KernelError(f"{self.title} is {value:g}. Expected {self.low:g} to {self.high:g}{unit}.")
        if not self.is_whole:
            return float(value)
        if value != int(value):
            raise KernelError(f"{self.title} is {value:g}. Expected a whole number.")
        return int(value)


def complete_parameters(
    owner: str, declared: Sequence[KernelParameter], given: Mapping[str, float]
) -> dict[str, float]:
    """The given values, checked, with the defaults of the others; KernelError for a name nobody declared."""
    names = [parameter.name for parameter in declared]
    for name in given:
        if name not in names:
            expected = f"It has {', '.join(names)}." if names else "It has none."
            raise KernelError(f"{owner} has no parameter called {name}. {expected}")
    return {each.name: each.checked(given.get(each.name, each.default)) for each in declared}
