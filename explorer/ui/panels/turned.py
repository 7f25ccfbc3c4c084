"""Correlation and convolution: the same map and the same kernel, once as it is and once turned by 180 degrees."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtWidgets import QLayout, QLineEdit, QWidget

from explorer.document.view import Unit
from explorer.engine.arithmetic.comparisons import TurnedKernel, compare_convolution
from explorer.engine.geometry import BORDERS
from explorer.engine.kernel_limits import Kernel, KernelError
from explorer.engine.kernel_number import number_text
from explorer.engine.kernel_slices import kernel_slices
from explorer.engine.kernel_text import read_kernel
from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.engine.setting import Declared, setting
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import largest_size, map_pixels, own_pixels
from explorer.rendering.summary import summarize
from explorer.ui.comparison import Compared, ComparisonPanel
from explorer.ui.kernel_pixels import kernel_pixels
from explorer.ui.pinned_map import PinnedMap
from explorer.ui.short_number import short_number
from explorer.ui.widgets.form_label import FormLabel
from explorer.ui.widgets.map_strip import StripMap
from explorer.ui.widgets.side_form import field_row
from explorer.ui.workspace import Workspace

OWN, TYPED = "the pinned map's own", "typed"


def _asymmetric_presets() -> dict[str, Kernel]:
    """The kernels with a name that are not the same when they are turned, by title."""
    built = {}
    for one in KERNEL_PRESETS.values():
        height, width = (max(3, side) for side in one.smallest_size)
        if one.name != "random":
            built[one.title] = one.build(height, width, **one.defaults)
    return {
        title: kernel
        for title, kernel in built.items()
        if not np.allclose(kernel, kernel[::-1, ::-1], atol=1e-6)
    }


PRESETS = _asymmetric_presets()


class Turning(Declared):
    """Which kernel, and what stands around the map."""

    kernel: str = setting(
        default=next(iter(PRESETS)), choices=(OWN, *PRESETS, TYPED),
        help="A kernel that is not the same when it is turned by 180 degrees, or the one of the pinned convolution.",
    )  # fmt: skip
    border: str = setting(
        default="reflect-101", choices=BORDERS, help="Where the pixels outside of the map take their values."
    )


class TurnedPanel(ComparisonPanel):
    """Kernel, turned kernel, both results and their difference."""

    name = "turned"
    title = "Correlation, convolution"
    area = "bottom"
    order = 64
    icon = "turn"
    tabbed_with = "summary"
    shown_at_first = False
    notes = 1
    help = (
        "CNNs correlate: they lay the kernel on the map as it is. Mathematics' convolution turns it by 180 degrees "
        "first. Both side by side for the pinned map, or for the input of the pinned convolution with its own "
        "kernel. Type another kernel, rows apart by a semicolon."
    )

    def __init__(self, workspace: Workspace) -> None:
        self.typed = QLineEdit("1 0; 0 -1")
        super().__init__(workspace, Turning())
        self.typed.textEdited.connect(self._type)
        self._show_typed(PRESETS[Turning().kernel])

    def more(self) -> Sequence[QWidget | QLayout]:
        self.typed.setToolTip("The kernel's numbers, rows apart by a semicolon: -1 0 1; -2 0 2; -1 0 1")
        self.typed.setAccessibleName("The kernel's numbers")
        return (field_row(FormLabel("Numbers"), self.typed),)

    def compare(self, pinned: PinnedMap, look: Look, dark: bool) -> Callable[[], Compared]:
        chosen = self.settings
        assert isinstance(chosen, Turning)
        kernel = None
        if chosen.kernel == OWN:
            pinned, kernel = _read_by(pinned)
            self._show_typed(kernel)
        elif chosen.kernel == TYPED:
            kernel = read_kernel(self.typed.text())
        else:
            kernel = PRESETS[chosen.kernel]
            self._show_typed(kernel)
        return lambda: _compared(pinned, kernel, chosen.border, look, dark)

    def _type(self) -> None:
        self._change("kernel", TYPED)

    def _show_typed(self, kernel: Kernel) -> None:
        if not self.typed.hasFocus():
            self.typed.setText("; ".join(" ".join(number_text(float(one)) for one in row) for row in kernel))
            self.typed.setCursorPosition(0)


def _read_by(pinned: PinnedMap) -> tuple[PinnedMap, Kernel]:
    """Of a map made by a convolution the input map that counts most, and the kernel on it."""
    unit, trace = pinned.unit, pinned.trace
    node = trace.network[unit.node]
    slices = kernel_slices(trace.network, unit.node)
    source = trace.activations.get(node.inputs[0]) if node.inputs else None
    if slices is None or source is None or is_list(source) or not slices.resizable or unit.channel is None:
        raise KernelError(
            f"{unit.node} is no convolution of maps, it has no kernel of its own. Choose one by name."
        )
    output = slices.within((unit.channel, 0))[0]
    largest = int(np.abs(slices.kernels[output]).sum(axis=(1, 2)).argmax())
    channel = slices.channel((output, largest))
    values = flat_maps(source)[channel]
    kernel: Kernel = slices.kernels[output, largest]
    return PinnedMap(Unit(node.inputs[0], channel), trace, values), kernel


def _compared(pinned: PinnedMap, kernel: Kernel, border: str, look: Look, dark: bool) -> Compared:
    found: TurnedKernel = compare_convolution(pinned.values, kernel, border)
    limit = largest_size(found.correlation, found.convolution)
    own = own_pixels(pinned.values, largest_size(pinned.values), look, dark, pinned.is_input)
    away = largest_size(found.difference)
    size = f"{kernel.shape[0]}×{kernel.shape[1]}"
    share = away / limit if limit else 0.0
    same = (
        "the same when turned" if found.is_symmetric else f"differ by up to {share:.0%} of the largest value"
    )
    maps = [
        StripMap("Kernel", kernel_pixels(kernel, dark), kernel, size, scene=1, shows_numbers=True),
        StripMap("Turned", kernel_pixels(found.turned, dark), found.turned, "by 180°", scene=2, shows_numbers=True),
        StripMap(str(pinned.unit), own, pinned.values, "the map"),
        StripMap("Correlation", map_pixels(found.correlation, limit, look, dark), found.correlation, "with the kernel"),
        StripMap("Convolution", map_pixels(found.convolution, limit, look, dark), found.convolution, "with it turned"),
        StripMap("Difference", map_pixels(found.difference, limit, look, dark), found.difference,
                 f"up to {short_number(away)}"),
    ]  # fmt: skip
    return Compared(maps, summarize(found.correlation, limit), f"{pinned.unit} · {same}")
