"""What is wanted of a frame before the network: fitted to the input size, coloured, and transformed on purpose."""

from __future__ import annotations

from explorer.engine.setting import Declared, setting

Region = tuple[float, float, float, float]
"""x, y, width, height as shares of the frame."""


class Preparation(Declared):
    """How a frame becomes an image. The defaults only fit it to the input size; all settings can change live.

    Order: region of interest, mirror, fit, flip, zoom, rotation, shift (one sampling for all of them), colour, blur,
    contrast, brightness, noise, clip to 0..1. What the frame does not cover is black.
    """

    fit: str = setting(
        default="fit", choices=("fit", "crop", "stretch"), label="Fit",
        help="fit: all of it, with black bars. crop: fills the input, the rest is cut. stretch: fills, out of shape.",
    )  # fmt: skip
    colour: str = setting(
        default="auto", choices=("auto", "grey", "rgb", "red", "green", "blue"), label="Colour",
        help="What the network gets to see; auto is grey for one input channel and RGB for three.",
    )  # fmt: skip
    mirror: bool = setting(
        default=False, label="Mirror", help="Left and right swapped, as one expects from a camera."
    )
    shift_x: float = setting(
        default=0.0,
        low=-1,
        high=1,
        step=0.005,
        label="Shift right",
        help="Moves the picture, as a share of the width.",
    )
    shift_y: float = setting(
        default=0.0,
        low=-1,
        high=1,
        step=0.005,
        label="Shift down",
        help="Moves the picture, as a share of the height.",
    )
    rotation: float = setting(
        default=0.0,
        low=-180,
        high=180,
        step=1,
        label="Rotation",
        help="Turns it around its middle; degrees, anticlockwise.",
    )
    zoom: float = setting(
        default=1.0, low=0.1, high=10, step=0.05, label="Zoom", help="Larger or smaller, about the middle."
    )
    flip_h: bool = setting(
        default=False, label="Flip horizontally", help="Left and right swapped, within the input."
    )
    flip_v: bool = setting(
        default=False, label="Flip vertically", help="Top and bottom swapped, within the input."
    )
    blur: float = setting(
        default=0.0,
        low=0,
        high=20,
        step=0.1,
        label="Blur",
        help="Standard deviation of a Gaussian, in pixels of the input.",
    )
    contrast: float = setting(
        default=1.0,
        low=0,
        high=4,
        step=0.05,
        label="Contrast",
        help="Multiplies the distance from middle grey.",
    )
    brightness: float = setting(
        default=0.0,
        low=-1,
        high=1,
        step=0.01,
        label="Brightness",
        help="Added to every value; the range is 0 to 1.",
    )
    noise: float = setting(
        default=0.0,
        low=0,
        high=1,
        step=0.01,
        label="Noise",
        help="Standard deviation of random values that are added.",
    )
    noise_moves: bool = setting(
        default=True, label="New noise in every frame", help="Off: the same noise stays on the picture.",
        when=lambda preparation: preparation.noise > 0,
    )  # fmt: skip
    region: Region | None = None
    """The part of the frame that is used: x, y, width, height as shares of 0..1; None is all of it.

    It is no setting of a form, it is drawn with the mouse.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.region is not None:
            object.__setattr__(self, "region", _inside(self.region))

    @property
    def is_random(self) -> bool:
        """Does the same frame give another image each time?"""
        return self.noise > 0 and self.noise_moves


def _inside(region: Region) -> Region | None:
    """The region cut to the frame; None if that leaves all of it."""
    x, y = min(max(region[0], 0.0), 1.0), min(max(region[1], 0.0), 1.0)
    w, h = min(max(region[2], 0.0), 1.0 - x), min(max(region[3], 0.0), 1.0 - y)
    return None if (x, y, w, h) == (0.0, 0.0, 1.0, 1.0) else (x, y, w, h)
