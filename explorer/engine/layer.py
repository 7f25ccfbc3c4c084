"""What every layer is: a frozen value with declared settings that registers itself under its kind."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Self, dataclass_transform

import numpy as np
from numpy.typing import NDArray

from explorer.engine.geometry import Window
from explorer.engine.tape import Gradients, Needed, Tape

Array = NDArray[np.float32]
Shape = tuple[int, ...]  # of one sample, without the batch axis: (channels, height, width) or (features,)
Parameters = Mapping[str, Array]
SettingKind = Literal["int", "float", "bool", "choice", "pair", "triple", "sides"]

AXES = {  # what the numbers of a setting are, by how many there are
    2: ("height", "width"),
    3: ("depth", "height", "width"),
    4: ("top", "bottom", "left", "right"),
    6: ("front", "back", "top", "bottom", "left", "right"),
}


class SettingError(ValueError):
    """A setting got a value that it cannot have; the text says what was expected."""


class ShapeError(ValueError):
    """A layer cannot work on the shapes it got; the text says what it got, what it expected and what to do."""


@dataclasses.dataclass(frozen=True)
class Setting:
    """The declaration of one setting of a layer, read by the form, the session file and the help.

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

    def matters(self, layer: Layer) -> bool:
        """Whether the setting has any effect on this layer as it is set now."""
        return self.when is None or self.when(layer)

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
    """Declare one setting of a layer; everything that shows, checks or stores it reads this declaration.

    Write `default=`: type checkers look for the keyword to tell that a layer may be made without this setting.
    """
    declaration = {
        "help": help, "label": label, "low": low, "high": high, "step": step,
        "choices": tuple(choices), "when": when, "names": tuple(names),
    }  # fmt: skip
    return dataclasses.field(default=default, metadata={"setting": declaration})


_REGISTRY: dict[str, type[Layer]] = {}


@dataclass_transform(frozen_default=True, field_specifiers=(setting,))
class Layer:
    """One operation of a network: its settings, its shapes and its formula. It holds no parameters and no state.

    A subclass with a `kind` registers itself. `forward` gets the inputs as float32 arrays of logical order
    (batch, channel, height, width) or (batch, feature) and never writes into them; what its `backward` will
    need, it keeps on the tape. Given float64 a layer computes in float64, which is how gradients are tested.
    """

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    group: ClassVar[str] = (
        ""  # heading in the palette: Convolution, Pooling, Activation, Normalisation, Shape, Merge
    )
    help: ClassVar[str] = ""
    arity: ClassVar[tuple[int, int | None]] = (1, 1)  # fewest and most inputs; None = any number
    signed_output: ClassVar[bool] = True  # False where a value cannot be negative (a legend may start at 0)
    statistics: ClassVar[tuple[str, ...]] = ()  # parameters that training measures instead of learning them
    mixes_images: ClassVar[bool] = False  # True where, in training, an image's output depends on its batch

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        dataclasses.dataclass(frozen=True)(cls)
        if cls.__dict__.get("kind"):
            _REGISTRY[cls.kind] = cls

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
            )  # fmt: skip
            cls._settings = found  # type: ignore[attr-defined]
        return found

    def values(self) -> dict[str, Any]:
        """The settings as a plain dictionary: what a session file keeps."""
        return {declared.name: getattr(self, declared.name) for declared in self.settings()}

    def with_settings(self, **changes: Any) -> Self:
        """The same layer with other settings; raises SettingError."""
        return type(self)(**{**self.values(), **changes})

    def summary(self) -> str:
        """The few words beside the layer's name, such as 'conv 3x3'."""
        return self.title

    # ---- before anything is evaluated -------------------------------------------------------------------------

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        """Shape of the output for inputs of these shapes; raises ShapeError."""
        return shapes[0]

    def parameter_shapes(self, shapes: Sequence[Shape]) -> dict[str, Shape]:
        """Shapes of the parameters that the layer needs for inputs of these shapes."""
        return {}

    def initial_parameters(self, shapes: Sequence[Shape], rng: np.random.Generator) -> dict[str, Array]:
        """Fresh parameters for inputs of these shapes."""
        return {}

    def fitted_parameters(
        self, parameters: Parameters, shapes: Sequence[Shape], rng: np.random.Generator
    ) -> dict[str, Array]:
        """Parameters for inputs of these shapes that keep whatever overlaps with the given ones."""
        fresh = self.initial_parameters(shapes, rng)
        return {name: overlapping(parameters.get(name), array) for name, array in fresh.items()}

    def parameter_formula(self, shapes: Sequence[Shape]) -> str:
        """How the number of parameters comes about, such as '8x5x5x1 + 8 = 208'; empty without parameters."""
        needed = self.parameter_shapes(shapes)
        if not needed:
            return ""
        terms = " + ".join("x".join(str(size) for size in shape) for shape in needed.values())
        total = sum(math.prod(shape) for shape in needed.values())
        return f"{terms} = {total:,}"

    def multiply_adds(self, shapes: Sequence[Shape]) -> int:
        """Multiplications with a following addition for one sample (0 where there are none worth counting)."""
        return 0

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, Window] | None:
        """The window (vertical, horizontal) that one output reads, or None if it reads everything."""
        return Window(), Window()

    def size_formulas(self, shapes: Sequence[Shape]) -> tuple[str, ...]:
        """The output-size formula with today's numbers, one text per axis; empty where nothing is slid."""
        return ()

    def plateaus(self) -> tuple[float, ...]:
        """Values on which the output levels off, so that a channel can be stuck there (saturated)."""
        return ()

    # ---- evaluation -------------------------------------------------------------------------------------------

    def forward(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> Array:
        """The output for these inputs; float32, of logical order (batch, *output_shape)."""
        raise TypeError(f"{type(self).__name__} has no forward pass.")

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        """Gradients with respect to inputs and parameters, from the one with respect to the output.

        `gradient` has the output's shape and `tape` is what `forward` left; neither is written into. Every
        gradient has the shape of what it belongs to. Parameters in `statistics` have none.
        """
        raise TypeError(f"{type(self).__name__} has no backward pass.")


def overlapping(old: Array | None, fresh: Array, centred: Sequence[int] = ()) -> Array:
    """`fresh` with the values of `old` where both have room: from index 0, or centred on the axes named so."""
    if old is None or old.ndim != fresh.ndim:
        return fresh
    if old.shape == fresh.shape:
        return old
    result = fresh.copy()
    source, target = [], []
    for axis, (before, after) in enumerate(zip(old.shape, fresh.shape, strict=True)):
        common = min(before, after)
        # Odd sizes keep their middle on the middle. Of an even size the earlier middle counts: there stands the
        # output pixel when padding is 'same', so a kernel that gets a margin of zeros gives the same map.
        shift = (after - 1) // 2 - (before - 1) // 2 if axis in centred else 0
        first_old, first_new = max(0, -shift), max(0, shift)
        common = min(before - first_old, after - first_new)
        source.append(slice(first_old, first_old + common))
        target.append(slice(first_new, first_new + common))
    result[tuple(target)] = old[tuple(source)]
    return result


def layer_kinds() -> Mapping[str, type[Layer]]:
    """Every registered layer by its kind, in order of registration."""
    return dict(_REGISTRY)


def layer_of(kind: str, values: Mapping[str, Any]) -> Layer:
    """A layer from its kind and settings, as a session file keeps them; raises SettingError."""
    if kind not in _REGISTRY:
        raise SettingError(
            f"There is no layer of kind {kind!r}. Known kinds: {', '.join(sorted(_REGISTRY))}."
        )
    known = {declared.name for declared in _REGISTRY[kind].settings()}
    unknown = sorted(set(values) - known)
    if unknown:
        raise SettingError(
            f"A layer of kind {kind!r} has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}."
        )
    return _REGISTRY[kind](**values)


def maps_shape(layer: Layer, shape: Shape) -> tuple[int, int, int]:
    """`shape` as (channels, height, width); raises ShapeError where it is a plain list of numbers."""
    if len(shape) != 3:
        raise ShapeError(
            f"{layer.title} works on maps (channels x height x width), got {shape_text(shape)}. "
            "Put it before the layer that flattens them."
        )
    return shape[0], shape[1], shape[2]


def shape_text(shape: Shape) -> str:
    """A shape as people write it: '3 x 160 x 160'; a list of features as '10'."""
    return " x ".join(str(size) for size in shape)
