"""Comparing maps: the pinned one laid over the image, or beside a kept one, with the difference of the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QPushButton, QWidget

from explorer.document.view import Unit
from explorer.engine.arithmetic.explaining import ExplanationError
from explorer.engine.evaluate import Trace, evaluate
from explorer.engine.layer import Array, shape_text
from explorer.engine.network import Network
from explorer.engine.setting import Declared, setting
from explorer.rendering.flat_maps import flat_maps, is_list
from explorer.rendering.look import Look
from explorer.rendering.map_pixels import image_pixels, largest_size, map_pixels, own_pixels
from explorer.rendering.mosaic import Pixels
from explorer.rendering.summary import summarize
from explorer.ui.comparison import Compared, ComparisonPanel
from explorer.ui.icons import icon
from explorer.ui.pinned_map import PinnedMap, pinned_map
from explorer.ui.short_number import short_number
from explorer.ui.widgets.form_label import FormLabel
from explorer.ui.widgets.map_strip import StripMap
from explorer.ui.widgets.scrub_slider import ScrubSlider
from explorer.ui.widgets.side_form import field_row
from explorer.ui.workspace import Workspace

IMAGE, KEPT, LIVE, BEFORE = "the image", "kept map", "kept unit, live", "before the edit"
NOTHING_KEPT = "Nothing is kept yet. Click a map, press Keep, and then change something or click another map."
NO_EDIT = (
    "Nothing has been edited yet. After an edit the map is shown as it was and as it is, on this same image."
)


class Against(Declared):
    """What the pinned map is compared with."""

    against: str = setting(
        default=IMAGE, choices=(IMAGE, KEPT, LIVE, BEFORE), label="With",
        help="The image beneath it; a map as it was when it was kept; the same unit in today's image; or this map "
        "with the network as it was before the last edit.",
    )  # fmt: skip


class Kept(NamedTuple):
    """A map as it was."""

    unit: Unit
    values: Array
    is_input: bool


class Shown(NamedTuple):
    """A map beside another one, and what stands above it."""

    title: str
    values: Array
    is_input: bool


class ComparePanel(ComparisonPanel):
    """The image with the map over it, or two maps and their difference."""

    name = "compare"
    title = "Compare"
    area = "bottom"
    order = 60
    icon = "compare"
    tabbed_with = "summary"
    shown_at_first = False
    notes = 1
    help = (
        "The pinned map laid over the image, or beside another one with the difference of the two: a map that was "
        "kept, another unit, or the same map before the last edit."
    )
    keys = (
        ("Space", "Keep the pinned map, to compare others with it"),
        ("Arrows", "Point at the neighbouring pixel, in all maps at once"),
        ("Esc", "Point at nothing"),
    )

    def __init__(self, workspace: Workspace) -> None:
        self.keep_button = QPushButton("Keep this map")
        self.opacity = ScrubSlider()
        self._opacity_label = FormLabel("Opacity")
        self._kept: Kept | None = None
        super().__init__(workspace, Against())
        self._show_controls()

    def more(self) -> Sequence[QWidget | QLayout]:
        self.keep_button.setIcon(icon("pin"))
        self.keep_button.setToolTip("Keep the pinned map as it is now, to compare with (Space)")
        self.keep_button.clicked.connect(self.keep)
        self.opacity.setRange(0, 100)
        self.opacity.setValue(60)
        self.opacity.setAccessibleName("Opacity of the map over the image")
        self.opacity.setToolTip("How much of the image the map covers")
        self.opacity.valueChanged.connect(self._compare_anew)
        return field_row(self._opacity_label, self.opacity), self.keep_button

    @property
    def kept(self) -> Kept | None:
        """The map that was kept."""
        return self._kept

    def keep(self) -> None:
        """Keep the pinned map as it is now."""
        pinned = pinned_map(self.workspace)
        if isinstance(pinned, str):
            self.workspace.say(pinned)
            return
        self._kept = Kept(pinned.unit, pinned.values.copy(), pinned.is_input)
        if self._against not in (KEPT, LIVE):
            self._change("against", KEPT)
        else:
            self._compare_anew()
        self.workspace.say(f"Kept {pinned.unit}.")

    def _compare_anew(self, _: object = None) -> None:
        """Something has changed that is no setting."""
        self._asked = ()
        self.refresh()

    def compare(self, pinned: PinnedMap, look: Look, dark: bool) -> Callable[[], Compared]:
        against = self._against
        if against == IMAGE:
            share = self.opacity.value() / 100
            return lambda: _laid_over(pinned, share, look, dark)
        if against == BEFORE:
            return self._with_before(pinned, look, dark)
        kept = self._kept
        if kept is None:
            raise ExplanationError(NOTHING_KEPT)
        if against == KEPT:
            then = Shown(f"{kept.unit}, kept", kept.values, kept.is_input)
            return lambda: _side_by_side(then, pinned, look, dark)
        live = Shown(str(kept.unit), _map_of(pinned.trace, kept.unit), kept.is_input)
        return lambda: _side_by_side(live, pinned, look, dark)

    def _with_before(self, pinned: PinnedMap, look: Look, dark: bool) -> Callable[[], Compared]:
        history = self.workspace.document.history
        if not history.index:
            raise ExplanationError(NO_EDIT)
        network, label = history.entries[history.index - 1].state.network, history.undo_label

        def work() -> Compared:
            values = _map_of(trace_before(network, pinned.trace), pinned.unit)
            return _side_by_side(Shown(f"before: {label}", values, pinned.is_input), pinned, look, dark)

        return work

    @property
    def _against(self) -> str:
        assert isinstance(self.settings, Against)
        return self.settings.against

    def _change(self, name: str, value: object, key: object = None) -> None:
        super()._change(name, value, key)
        self._show_controls()

    def _show_controls(self) -> None:
        for widget in (self._opacity_label, self.opacity):
            widget.setVisible(self._against == IMAGE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.keep()
        else:
            super().keyPressEvent(event)


def trace_before(network: Network, now: Trace) -> Trace:
    """What another network makes of the image of a trace; all that the two networks share is taken from there."""
    image = now.activations[now.network.input.name]
    if network.input_shape != image.shape[1:]:
        raise ExplanationError(
            f"Before the last edit the input was {shape_text(network.input_shape)}, now it is "
            f"{shape_text(image.shape[1:])}. Only maps of one image can be compared."
        )
    return evaluate(network, image, now)


def _map_of(trace: Trace, unit: Unit) -> Array:
    """The map of a unit; a sentence where there is none."""
    activation = trace.activations.get(unit.node)
    if activation is None or is_list(activation) or (unit.channel or 0) >= activation.shape[1]:
        raise ExplanationError(
            f"There is no map {unit} to compare with. Click another one, or keep this one."
        )
    return flat_maps(activation)[unit.channel or 0]


def _laid_over(pinned: PinnedMap, share: float, look: Look, dark: bool) -> Compared:
    """The map in its colours over the image, as large as the image."""
    image = flat_maps(pinned.trace.activations[pinned.trace.network.input.name])
    height, width = image.shape[1:]
    limit = largest_size(pinned.values)
    below = image_pixels(image)
    own = own_pixels(pinned.values, limit, look, dark, pinned.is_input)
    above = _enlarged(own.view(np.int32), height, width).view(np.uint32)
    values = _enlarged(np.ascontiguousarray(pinned.values, np.float32), height, width)
    mixed = blended(below, above, share)
    note = f"{pinned.unit} over the image, {share:.0%}"
    maps = [
        StripMap("The image", below, values, "", is_image=True),
        StripMap(f"{pinned.unit} over it", mixed, values, f"{share:.0%} opaque"),
        StripMap(str(pinned.unit), above, values, f"up to {short_number(limit)}"),
    ]
    return Compared(maps, summarize(pinned.values, limit), note, pinned.is_input)


def blended(below: Pixels, above: Pixels, share: float) -> Pixels:
    """Pixels 0xffRRGGBB of which `share` is `above`."""
    under, over = (np.ascontiguousarray(one).view(np.uint8) for one in (below, above))
    return np.asarray(cv2.addWeighted(under, 1 - share, over, share, 0)).view(np.uint32).reshape(below.shape)


def _enlarged(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """The nearest pixel for every pixel of the image."""
    rows = np.arange(height) * pixels.shape[0] // height
    columns = np.arange(width) * pixels.shape[1] // width
    return np.ascontiguousarray(pixels[rows][:, columns])


def _side_by_side(other: Shown, pinned: PinnedMap, look: Look, dark: bool) -> Compared:
    """Another map, the pinned one, and what the second has more than the first."""
    title, values, _ = other
    limit = largest_size(values, pinned.values)
    maps = [
        StripMap(one.title, own_pixels(one.values, limit, look, dark, one.is_input), one.values, _mean_of(one.values))
        for one in (other, Shown(str(pinned.unit), pinned.values, pinned.is_input))
    ]  # fmt: skip
    if values.shape != pinned.values.shape:
        sizes = " and ".join(f"{one.shape[0]}×{one.shape[1]}" for one in (values, pinned.values))
        return Compared(maps, summarize(pinned.values, limit), f"maps of {sizes} have no difference")
    difference = pinned.values.astype(np.float32) - values
    away = largest_size(difference)
    pixels = map_pixels(difference, away, look, dark)
    maps.append(StripMap("Difference", pixels, difference, f"±{short_number(away)}, second − first"))
    share = away / limit if limit else 0.0
    told = f"differ by up to {short_number(away)} ({share:.0%} of the largest)" if away else "are the same"
    return Compared(maps, summarize(difference, away), f"{title} and {pinned.unit} {told}")


def _mean_of(values: Array) -> str:
    return f"mean {short_number(float(np.mean(values)))}"
