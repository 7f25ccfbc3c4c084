"""One number as a person types it: 0.5, -1, 1e-3, 0,5 or 1/9; never evaluated as code."""

import re

import numpy as np

from explorer.engine.kernel_limits import KernelError, check_weight

MOST_CHARACTERS = 64

_DECIMAL = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NUMBER = re.compile(rf"([+-]?)({_DECIMAL})(?:/({_DECIMAL}))?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)


def read_number(text: str, name: str = "This", decimal_comma: bool = True) -> float:
    """The number in the text; KernelError calls it by `name` ('Row 2, number 3') and what is expected."""
    text = text.strip()
    if not text:
        raise KernelError(f"{name} is empty. Expected a number such as 0.5, -1 or 1/9.")
    if len(text) > MOST_CHARACTERS:
        raise KernelError(f"{name} has {len(text)} characters. Expected a number such as 0.5, -1 or 1/9.")
    plain = re.sub(r"\s*/\s*", "/", text.replace("\N{MINUS SIGN}", "-"))
    if decimal_comma:
        plain = plain.replace(",", ".")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        if _NOT_FINITE.fullmatch(plain):
            raise KernelError(f"{name} is '{text}'. Expected a finite number such as 0.5, -1 or 1/9.")
        raise KernelError(f"{name} is '{text}', not a number. Expected something like 0.5, -1 or 1/9.")
    sign, above, below = found.groups()
    value = float(above)
    if below is not None:
        if float(below) == 0:
            raise KernelError(f"{name} is '{text}', and nothing can be divided by 0.")
        value /= float(below)
    value = -value if sign == "-" else value
    check_weight(value, name)
    return value


def number_text(value: float) -> str:
    """The shortest text that reads back as the same float32: `0.1`, `-2`, `1e-07`."""
    number = np.float32(value)
    if number == 0:
        return "0"
    text = str(number)
    # A decimal may lie so near the middle of two floats that reading it rounds twice.
    if np.float32(float(text)) != number:
        text = repr(float(number))
    return text.removesuffix(".0")
