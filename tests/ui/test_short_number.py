"""Numbers as they are read at a glance."""

import math

import pytest

from explorer.ui.short_number import share_or_number, short_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.01234, "0.012"),
        (-3.14159, "−3.14"),
        (42.42, "42.4"),
        (12345.0, "12345"),
        (2_500_000.0, "2.5e6"),
        (-0.0001, "−1e-4"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_three_digits_count(value: float, text: str) -> None:
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("value", "is_share", "text"),
    [(0.125, True, "12.5%"), (0.125, False, "0.125"), (math.nan, True, "NaN"), (math.inf, False, "∞")],
)
def test_a_share_is_said_in_percent_where_it_is_one(value: float, is_share: bool, text: str) -> None:
    assert share_or_number(value, is_share) == text
