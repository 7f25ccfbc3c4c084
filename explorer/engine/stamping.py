"""Where the stamps of a transposed convolution fall, one axis at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.engine.geometry import Window


@dataclass(frozen=True)
class Stamping:
    """An axis of `extent` inputs whose stamps make `output` outputs.

    `read` is the window of the convolution whose transpose it is: it slides over the outputs, once per input.
    `extra` outputs at the end are reached by no stamp, or only by a part of one.
    """

    extent: int
    output: int
    extra: int
    read: Window

    @classmethod
    def of(
        cls,
        extent: int, size: int, stride: int, dilation: int, output_padding: int,
        padding: str, sides: Sequence[int],
    ) -> Stamping:  # fmt: skip
        """For these settings. `same` gives stride outputs per input; an odd one is cut off at the end, like Keras."""
        reach = dilation * (size - 1) + 1
        before, after, extra = 0, 0, output_padding
        if padding == "same":
            before = max(0, reach - stride) // 2
            after, extra = max(0, reach - stride) - before, max(0, stride - reach)
        elif padding == "explicit":
            before, after = sides
        output = (extent - 1) * stride + reach - before - after + extra
        return cls(extent, output, extra, Window(size, stride, before, after - extra, dilation))

    @property
    def window(self) -> Window:
        """The inputs that an output depends on, as a window with so many outputs (`zoom`) at each of its places."""
        stride, before, reach = self.read.stride, self.read.before, self.read.reach
        first = -((reach - 1 - before) // stride)  # of the first output of a place, counted from the place
        last = (stride - 1 + before) // stride  # of its last output
        return Window(last - first + 1, before=-first, after=last, zoom=stride)

    @property
    def formula(self) -> str:
        """The output size with today's numbers: '(80 - 1) · 2 + 4 - 1 - 1 = 160'."""
        read = self.read
        reach = str(read.size) if read.dilation == 1 else f"({read.dilation}·({read.size} - 1) + 1)"
        cut = "".join(f" - {side}" for side in (read.before, read.after + self.extra) if side)
        extra = f" + {self.extra}" if self.extra else ""
        return f"({self.extent} - 1) · {read.stride} + {reach}{cut}{extra} = {self.output}"
