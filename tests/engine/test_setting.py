"""Declared values: made, compared and kept as dataclasses are, with methods that all of them share."""

import copy
import dataclasses

import pytest

from explorer.engine.layers.dropout import Dropout
from explorer.engine.layers.padding import Padding
from explorer.engine.setting import Declared, setting


class Turn(Declared):
    """A value of the tests."""

    angle: float = setting(default=0.0, low=-180.0, high=180.0, help="Degrees")
    steps: int = setting(default=1, low=1, help="How many")


def test_fields_are_given_by_place_or_by_name() -> None:
    assert Turn(30, steps=2).values() == Turn(steps=2, angle=30.0).values() == {"angle": 30.0, "steps": 2}


@pytest.mark.parametrize(("values", "named"), [((1, 2, 3), {}), ((1,), {"angle": 2}), ((), {"speed": 1})])
def test_what_is_no_field_is_refused(values: tuple[float, ...], named: dict[str, float]) -> None:
    with pytest.raises(TypeError, match="Turn has"):
        Turn(*values, **named)


def test_a_value_cannot_be_changed() -> None:
    turn = Turn(30)
    with pytest.raises(dataclasses.FrozenInstanceError):
        turn.angle = 40  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del turn.angle


def test_equal_settings_of_one_class_are_equal_and_have_one_hash() -> None:
    assert Turn(30) == Turn(30.0, 1)
    assert hash(Turn(30)) == hash(Turn(30.0, 1))
    assert Turn(30) != Turn(31)


def test_values_of_two_classes_are_never_equal() -> None:
    class Tilt(Turn):
        """The same fields."""

    assert Tilt(30) != Turn(30)


def test_a_value_tells_its_fields() -> None:
    assert repr(Turn(30)) == "Turn(angle=30.0, steps=1)"


def test_a_copy_is_equal() -> None:
    assert copy.deepcopy(Turn(30)) == Turn(30)
    assert dataclasses.replace(Turn(30), steps=3) == Turn(30, 3)


def test_no_layer_brings_compiled_methods_of_its_own() -> None:
    made = {"__init__", "__eq__", "__hash__", "__repr__", "__setattr__"}
    assert not made & (vars(Dropout).keys() | vars(Padding).keys())
