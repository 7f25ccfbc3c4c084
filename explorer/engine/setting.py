"""Declared settings: values with a label, a range and a sentence of help, for whoever shows, checks or stores them."""

from __future__ import annotations

import dataclasses
import math
from abc import ABC
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self, dataclass_transform

import numpy as np

SettingKind = Literal["int", "float", "bool", "choice", "pair", "triple", "sides"]

AXES = {  # what the numbers of a setting are, by how many there are
    2: ("height", "width"),
    3: ("depth", "height", "width"),
    4: ("top", "bottom", "left", "right"),
    6: ("front", "back", "top", "bottom", "left", "right"),
}


class SettingError(ValueError):
    """A setting got a value that it cannot have; the text says what was expected."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """The declaration of one setting, read by the form, the session file and the help.

    `kind` follows from the default: bool, int, float, a choice of texts, a pair (height, width), a triple (depth,
    height, width) or sides (top, bottom, left, right; of a volume front and back before them). `names` says what its
    numbers are where they are others. `low` and `high` are inclusive and hold for every number in it. `when` tells
    whether the setting matters for a given layer (a form hides it otherwise).
    """

    name: str
    default: Any
    help: str
    label: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[str, ...] = ()
    when: Callable[[Any], bool] | None = None
    names: tuple[str, ...] = ()

    @property
    def kind(self) -> SettingKind:
        """What sort of value the setting holds."""
        if isinstance(self.default, bool):
            return "bool"
        if isinstance(self.default, int):
            return "int"
        if isinstance(self.default, float):
            return "float"
        if isinstance(self.default, str):
            return "choice"
        if len(self.default) == 2:
            return "pair"
        return "triple" if len(self.default) == 3 else "sides"

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of the numbers of a pair, a triple or sides."""
        return self.names or (AXES[len(self.default)] if isinstance(self.default, tuple) else ())

    def matters(self, owner: Any) -> bool:
        """Whether the setting has any effect on its owner as that is set now."""
        return self.when is None or self.when(owner)

    def checked(self, value: Any) -> Any:
        """`value` in the setting's own type; raises SettingError with what was expected."""
        match self.kind:
            case "bool":
                if not isinstance(value, bool | np.bool_):
                    raise SettingError(f"{self.label} must be on or off, got {value!r}.")
                return bool(value)
            case "choice":
                if value not in self.choices:
                    raise SettingError(
                        f"{self.label} must be one of {', '.join(self.choices)}, got {value!r}."
                    )
                return str(value)
            case "int":
                return self._integer(value)
            case "float":
                return self._real(value)
            case _:
                return self._several(value)

    def _several(self, value: Any) -> tuple[int, ...]:
        values = (
            tuple(value)
            if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)
            else (value,)
        )
        if len(values) == 1:
            values *= len(self.axes)
        if len(values) != len(self.axes):
            raise SettingError(
                f"{self.label} needs {len(self.axes)} numbers ({', '.join(self.axes)}), got {value!r}."
            )
        return tuple(self._integer(one) for one in values)

    def _integer(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise SettingError(f"{self.label} must be a whole number, got {value!r}.")
        if not math.isfinite(value) or value != int(value):
            raise SettingError(f"{self.label} must be a whole number, got {value}.")
        self._check_range(int(value))
        return int(value)

    def _real(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise SettingError(f"{self.label} must be a number, got {value!r}.")
        if not math.isfinite(value):
            raise SettingError(f"{self.label} must be a finite number, got {value}.")
        self._check_range(float(value))
        return float(value)

    def _check_range(self, value: float) -> None:
        if self.low is not None and value < self.low:
            raise SettingError(f"{self.label} must be at least {self.low:g}, got {value:g}.")
        if self.high is not None and value > self.high:
            raise SettingError(f"{self.label} must be at most {self.high:g}, got {value:g}.")


def setting(
    default: Any,
    *,
    help: str,
    label: str | None = None,
    low: float | None = None,
    high: float | None = None,
    step: float | None = None,
    choices: Sequence[str] = (),
    when: Callable[[Any], bool] | None = None,
    names: Sequence[str] = (),
) -> Any:
    """Declare one setting; everything that shows, checks or stores it reads this declaration.

    Write `default=`: type checkers look for the keyword to tell that its owner may be made without this setting.
    """
    declaration = {
        "help": help, "label": label, "low": low, "high": high, "step": step,
        "choices": tuple(choices), "when": when, "names": tuple(names),
    }  # fmt: skip
    return dataclasses.field(default=default, metadata={"setting": declaration})


@dataclass_transform(frozen_default=True, field_specifiers=(setting,))
class Declared(ABC):  # noqa: B024 - what is abstract, each family says
    """A frozen value whose fields are declared settings, checked when it is made.

    A family (the layers, the optimizers, ...) is a direct subclass with an own `kinds`; whatever of it has a
    `kind` enters itself there.
    """

    family: ClassVar[str] = ""  # the word for one of them in a sentence
    kinds: ClassVar[dict[str, type[Any]]] = {}
    _names: ClassVar[tuple[str, ...]] = ()
    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    help: ClassVar[str] = ""

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        # The fields only: compiling six methods for each of a hundred classes was a tenth of the program's start.
        dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
        cls._names = tuple(field.name for field in dataclasses.fields(cls))  # type: ignore[arg-type]
        if cls.__dict__.get("kind"):
            cls.kinds[cls.kind] = cls

    def __init__(self, *values: Any, **named: Any) -> None:
        if len(values) > len(self._names):
            raise TypeError(f"{type(self).__name__} has {len(self._names)} fields, got {len(values)} values.")
        given = dict(zip(self._names, values, strict=False))
        wrong = [name for name in named if name in given or name not in self._names]
        if wrong:
            raise TypeError(f"{type(self).__name__} has no field {wrong[0]!r}, or got it twice.")
        given.update(named)
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            value = given.get(field.name, field.default)
            if value is dataclasses.MISSING:
                raise TypeError(f"{type(self).__name__} cannot be made without {field.name!r}.")
            object.__setattr__(self, field.name, value)
        self.__post_init__()

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__} is a value: make another one instead.")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__} is a value: make another one instead.")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._names)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self._names))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._names)
        return f"{type(self).__qualname__}({fields})"

    def __post_init__(self) -> None:
        for declared in self.settings():
            object.__setattr__(self, declared.name, declared.checked(getattr(self, declared.name)))

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """The declared settings in order of declaration."""
        found = cls.__dict__.get("_settings")
        if found is None:
            found = tuple(
                Setting(
                    name=field.name,
                    default=field.default,
                    **{**field.metadata["setting"],
                       "label": field.metadata["setting"]["label"] or field.name.replace("_", " ").capitalize()},
                )
                for field in dataclasses.fields(cls)  # type: ignore[arg-type]
                if "setting" in field.metadata
            )  # fmt: skip
            cls._settings = found  # type: ignore[attr-defined]
        return found

    def values(self) -> dict[str, Any]:
        """The settings as a plain dictionary: what a session file keeps."""
        return {declared.name: getattr(self, declared.name) for declared in self.settings()}

    def with_settings(self, **changes: Any) -> Self:
        """The same with other settings; raises SettingError."""
        return dataclasses.replace(self, **changes)  # type: ignore[type-var]

    def problem_with(self, name: str, value: Any) -> str:
        """Why a setting cannot have this value beside the others, for a form; empty if it can."""
        try:
            self.with_settings(**{name: value})
        except SettingError as error:
            return str(error)
        return ""

    @classmethod
    def of_kind(cls, kind: str, values: Mapping[str, Any]) -> Self:
        """One of this family from its kind and settings, as a session file keeps them; raises SettingError."""
        if kind not in cls.kinds:
            raise SettingError(
                f"There is no {cls.family} of kind {kind!r}. Known kinds: {', '.join(sorted(cls.kinds))}."
            )
        known = {declared.name for declared in cls.kinds[kind].settings()}
        unknown = sorted(set(values) - known)
        if unknown:
            raise SettingError(
                f"A {cls.family} of kind {kind!r} has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}."
            )
        found: Self = cls.kinds[kind](**values)
        return found
