"""A layer that nobody knows, in a file of its own in a folder of its own: adding it edits no other file."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import explorer.engine.layers
from explorer.engine.layer import Layer, layer_kinds

SOURCE = '''
"""Shrinkage: values near 0 become 0."""

import numpy as np

from explorer.engine.layer import setting
from explorer.engine.layers.activation import Activation
from explorer.engine.selection import select


class HardShrink(Activation):
    """x where it is farther from 0 than the threshold, 0 elsewhere."""

    kind = "hard_shrink"
    title = "Hard shrink"
    help = "Turns values near 0 into 0."
    onnx_name = "Shrink"
    onnx_settings = {"threshold": ("lambd", 0.5)}

    threshold: float = setting(default=0.5, low=0, high=10, help="How near to 0 a value becomes 0.")

    def apply(self, x, out):
        np.multiply(x, ~(np.abs(x) <= self.threshold), out=out)

    def derive(self, x, gradient, out):
        select(gradient, ~(np.abs(x) <= self.threshold), out)
'''


@contextmanager
def hard_shrink(folder: Path) -> Iterator[type[Layer]]:
    """The layer, as long as the block lasts."""
    (folder / "hard_shrink.py").write_text(SOURCE, "utf-8")
    explorer.engine.layers.add_layers(str(folder))
    try:
        yield layer_kinds()["hard_shrink"]
    finally:
        del Layer.kinds["hard_shrink"], sys.modules["explorer.engine.layers.hard_shrink"]
        explorer.engine.layers.__path__.remove(str(folder))
