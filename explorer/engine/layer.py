"""What every layer is: a frozen value with declared settings that registers itself under its kind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from explorer.engine.geometry import Window
from explorer.engine.onnx_form import OnnxForm
from explorer.engine.row_work import RowWork
from explorer.engine.setting import Declared
from explorer.engine.setting import Setting as Setting
from explorer.engine.setting import SettingError as SettingError
from explorer.engine.setting import setting as setting
from explorer.engine.tape import Gradients, Needed, Tape

Array = NDArray[np.float32]
Shape = tuple[int, ...]  # of one sample, without the batch axis: (channels, *extents); a list is (features,)
Parameters = Mapping[str, Array]


class ShapeError(ValueError):
    """A layer cannot work on the shapes it got; the text says what it got, what it expected and what to do."""


class Layer(Declared, OnnxForm):
    """One operation of a network: its settings, its shapes and its formula. It holds no parameters and no state.

    A subclass with a `kind` registers itself. `forward` gets the inputs as float32 arrays of logical order
    (batch, channel, height, width), of signals (batch, channel, length), of volumes with a depth before the height,
    of lists (batch, feature), and never writes into them; what its `backward` will need, it keeps on the tape.
    Given float64 a layer computes in float64, which is how gradients are tested.
    """

    family = "layer"
    kinds: ClassVar[dict[str, type[Layer]]] = {}
    group: ClassVar[str] = ""  # heading in the palette: Convolution, Pooling, Activation, Shape, Merge, ...
    arity: ClassVar[tuple[int, int | None]] = (1, 1)  # fewest and most inputs; None = any number
    signed_output: ClassVar[bool] = True  # False where a value cannot be negative (a legend may start at 0)
    statistics: ClassVar[tuple[str, ...]] = ()  # parameters that training measures instead of learning them
    mixes_images: ClassVar[bool] = False  # True where, in training, an image's output depends on its batch

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
        fresh = self.room_for(parameters, shapes, rng)
        return {name: overlapping(parameters.get(name), array) for name, array in fresh.items()}

    def room_for(
        self, parameters: Parameters, shapes: Sequence[Shape], rng: np.random.Generator
    ) -> dict[str, Array]:
        """Parameters to be overwritten where they overlap with the given ones; nothing is drawn where all is."""
        needed = self.parameter_shapes(shapes)
        if all(name in parameters and _covers(parameters[name].shape, needed[name]) for name in needed):
            return {name: np.empty(shape, np.float32) for name, shape in needed.items()}
        return self.initial_parameters(shapes, rng)

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

    def windows(self, shapes: Sequence[Shape]) -> tuple[Window, ...] | None:
        """The window along every axis that one output reads, or None if it reads everything or no axis stays."""
        return (Window(),) * (len(self.output_shape(shapes)) - 1)

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

    def by_rows(self, inputs: Sequence[Array], parameters: Parameters, tape: Tape) -> RowWork | None:
        """The same as work on rows of maps, for a chain of layers (rows.py); None where it is not done by rows.

        Of the inputs only shape and type may be used here: their values may not be there before the work is done.
        """
        return None

    def backward(self, gradient: Array, tape: Tape, needed: Needed) -> Gradients:
        """Gradients with respect to inputs and parameters, from the one with respect to the output.

        `gradient` has the output's shape and `tape` is what `forward` left; neither is written into. Every
        gradient has the shape of what it belongs to. Parameters in `statistics` have none.
        """
        raise TypeError(f"{type(self).__name__} has no backward pass.")


def _covers(old: Shape, fresh: Shape) -> bool:
    """Whether an array has values for all of another one."""
    return len(old) == len(fresh) and all(before >= after for before, after in zip(old, fresh, strict=True))


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
    return dict(Layer.kinds)


def layer_of(kind: str, values: Mapping[str, Any]) -> Layer:
    """A layer from its kind and settings, as a session file keeps them; raises SettingError."""
    return Layer.of_kind(kind, values)


def shape_text(shape: Sequence[object]) -> str:
    """A shape as people write it: '3 x 160 x 160'; a list of features as '10'."""
    return " x ".join(str(size) for size in shape)
