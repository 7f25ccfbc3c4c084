"""What the 1-D panel shows: where its signal comes from, its kernel, and how that slides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from explorer.engine.arithmetic.signal_correlation import SIGNAL_PADDINGS, SignalCorrelation
from explorer.engine.arithmetic.signal_text import SignalError, read_signal
from explorer.engine.arithmetic.signals import line_of, noise, sine, step
from explorer.engine.geometry import BORDERS, Border
from explorer.engine.layer import Array
from explorer.engine.setting import Declared, setting
from explorer.rendering.flat_maps import flat_maps

ROW, COLUMN, SINE, STEP, NOISE, TYPED = (
    "image row",
    "image column",
    "sine",
    "step",
    "noise",
    "typed",
)
LINES = ROW, COLUMN
MADE = SINE, STEP, NOISE
MOST_TAPS = 255
MIDDLE = -1  # of the kernel, as its centre

KERNELS: Mapping[str, tuple[float, ...]] = {
    "change [-1 1]": (-1, 1),
    "central difference": (-0.5, 0, 0.5),
    "second difference": (1, -2, 1),
    "mean of 3": (1 / 3, 1 / 3, 1 / 3),
    "mean of 5": (0.2, 0.2, 0.2, 0.2, 0.2),
    "smoothing (binomial)": (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16),
    "echo": (1, 0, 0, 0.5),
    "identity": (0, 1, 0),
}  # name: taps


def is_one_of(*sources: str) -> Callable[[SignalSettings], bool]:
    """Whether the settings take their signal from one of these."""
    return lambda settings: settings.source in sources


class SignalSettings(Declared):
    """A signal of several kinds, and a kernel sliding along it."""

    source: str = setting(
        default=STEP, choices=(STEP, SINE, NOISE, ROW, COLUMN, TYPED), label="Signal",
        help="Made, read from the image (live with a camera), or typed. Draw on it with the mouse to change it.",
    )  # fmt: skip
    length: int = setting(default=24, low=1, high=500, help="How many values.", when=is_one_of(*MADE))
    period: float = setting(default=12.0, low=0.5, high=500.0, help="Values per turn.", when=is_one_of(SINE))
    at: int = setting(default=12, low=0, high=500, help="Where it jumps from 0 to 1.", when=is_one_of(STEP))
    seed: int = setting(default=0, low=0, high=9999, help="Other noise.", when=is_one_of(NOISE))
    place: float = setting(
        default=50.0, low=0, high=100, step=0.5, label="Where %", when=is_one_of(*LINES),
        help="Which row, from the top, or which column, from the left, in percent of the image.",
    )  # fmt: skip
    channel: int = setting(
        default=0,
        low=0,
        high=63,
        help="Channel of the image; the last where it has fewer.",
        when=is_one_of(*LINES),
    )
    kernel: str = setting(
        default=next(iter(KERNELS)), choices=(*KERNELS, TYPED), help="What slides along the signal."
    )
    padding: str = setting(
        default="same", choices=SIGNAL_PADDINGS,
        help="same: one output per value. valid: only where the whole kernel fits. full: wherever it touches.",
    )  # fmt: skip
    border: str = setting(
        default="replicate", choices=BORDERS, help="Where the padding takes its values.",
        when=lambda settings: settings.padding != "valid",
    )  # fmt: skip
    value: float = setting(
        default=0.0, low=-1e3, high=1e3, step=0.1, label="Padding value", help="The constant outside of the signal.",
        when=lambda settings: settings.padding != "valid" and settings.border == "constant",
    )  # fmt: skip
    centre: int = setting(
        default=MIDDLE, low=MIDDLE, high=MOST_TAPS - 1, label="Centre tap",
        help="The tap of the kernel that stands over the output's own place, counted from 0; -1 is the middle.",
        when=lambda settings: settings.padding == "same",
    )  # fmt: skip
    stride: int = setting(default=1, low=1, high=64, help="Steps from one window to the next.")
    flip: bool = setting(
        default=False,
        label="True convolution",
        help="Turns the kernel first. Off: correlation, as CNNs compute it.",
    )


def line_index(settings: SignalSettings, image: Array) -> int:
    """Which row or column of an image (channels, height, width) is meant."""
    extent = image.shape[1] if settings.source == ROW else image.shape[2]
    return round(settings.place / 100 * (extent - 1))


def signal_of(settings: SignalSettings, typed: str, image: Array | None) -> Array:
    """The signal (length,); raises SignalError."""
    match settings.source:
        case "sine":
            return sine(settings.length, settings.period)
        case "step":
            return step(settings.length, settings.at)
        case "noise":
            return noise(settings.length, seed=settings.seed)
        case "typed":
            return read_signal(typed)
    if image is None or image.ndim < 3:
        raise SignalError("There is no image to take a line of. Choose another signal.")
    flat = flat_maps(image)
    channel, index = min(settings.channel, len(flat) - 1), line_index(settings, flat)
    if settings.source == ROW:
        return line_of(flat, row=index, channel=channel)
    return line_of(flat, column=index, channel=channel)


def kernel_of(settings: SignalSettings, typed: str) -> Array:
    """The kernel (taps,); raises SignalError."""
    if settings.kernel != TYPED:
        return np.array(KERNELS[settings.kernel], np.float32)
    kernel = read_signal(typed)
    if len(kernel) > MOST_TAPS:
        raise SignalError(f"The kernel has {len(kernel)} numbers. Expected at most {MOST_TAPS}.")
    return kernel


def correlation_of(settings: SignalSettings, signal: Array, kernel: Array) -> SignalCorrelation:
    """The kernel laid along the signal; raises SignalError."""
    centre = None if settings.centre == MIDDLE else settings.centre
    border: Border = settings.border  # type: ignore[assignment]
    return SignalCorrelation(
        signal, kernel, settings.stride, settings.padding,
        centre if settings.padding == "same" else None, border, settings.value, settings.flip,
    )  # fmt: skip
