"""The place where something enters the network: an image, a list, a signal or a volume."""

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


class ListInput(Layer):
    """Hands on a list of numbers, of shape (features,)."""

    kind = "list_input"
    title = "Input of a list"
    group = "Input"
    help = "Numbers without an order in space, such as measurements."
    arity = (0, 0)

    features: int = setting(default=16, low=1, high=1_000_000, help="How many numbers.")

    def summary(self) -> str:
        return "list"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return (self.features,)


class SignalInput(Layer):
    """Hands on a signal, of shape (channels, length)."""

    kind = "signal_input"
    title = "Input of a signal"
    group = "Input"
    help = "A signal as the network sees it: channels and length, such as a sound or the row of an image."
    arity = (0, 0)

    channels: int = setting(default=1, low=1, high=512, help="How many signals run beside each other.")
    length: int = setting(default=256, low=1, high=1_000_000, help="How many values each of them has.")

    def summary(self) -> str:
        return "signal"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return self.channels, self.length


class VolumeInput(Layer):
    """Hands on a volume, of shape (channels, depth, height, width)."""

    kind = "volume_input"
    title = "Input of a volume"
    group = "Input"
    help = "A volume as the network sees it: channels, depth, height and width, such as the last frames of a film."
    arity = (0, 0)

    channels: int = setting(default=1, low=1, high=512, help="1 for grey, 3 for red, green and blue.")
    depth: int = setting(default=16, low=1, high=4096, help="How many slices, or frames.")
    height: int = setting(default=64, low=1, high=4096, help="Height of every slice in pixels.")
    width: int = setting(default=64, low=1, high=4096, help="Width of every slice in pixels.")

    def summary(self) -> str:
        return "volume"

    def output_shape(self, shapes: Sequence[Shape]) -> Shape:
        return self.channels, self.depth, self.height, self.width
