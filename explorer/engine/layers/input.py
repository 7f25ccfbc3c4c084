"""The place where an image enters the network."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.engine.layer import Layer, Shape, setting


class Input(Layer):
    """Hands on the image, of shape (channels, height, width)."""

    kind = "input"
    title = "Input"
    group = "Input"
    help = "The image as the network sees it: channels, height and width. A frame is fitted to this size."
    arity = (0, 0)

    channels: int = setting(default=3, low=1, high=512, help="1 for grey, 3 for red, green and blue.")
    height: int = setting(default=160, low=1, high=4096, help="Height of the image in pixels.")
    width: int = setting(default=160, low=1, high=4096, help="Width of the image in pixels.")

    def summary(self) -> str:
        return "image"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return self.channels, self.height, self.width
