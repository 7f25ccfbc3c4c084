"""What the shift meter says in words."""

from __future__ import annotations

from explorer.engine.arithmetic.shifting import Invariance
from explorer.ui.shift_reading import Reading


def shift_text(shift: tuple[int, ...]) -> str:
    """How far and where to: '2 px right, 1 px up'."""
    down, right = (0, *shift)[-2:]
    parts = [(abs(right), "right" if right > 0 else "left"), (abs(down), "down" if down > 0 else "up")]
    return ", ".join(f"{size} px {way}" for size, way in parts if size) or "no shift"


def change_text(measured: Invariance) -> str:
    """How much a prediction changed."""
    same = "the largest stays the same" if measured.same_answer else "another one is the largest"
    return f"{measured.change:.1%} went elsewhere, {same}"


def shift_sentence(reading: Reading) -> str:
    """What the numbers mean, in words."""
    measured, node, step = reading.measured, reading.question.node, reading.step
    if isinstance(measured, Invariance):
        return f"{node}: {change_text(measured)}. It has no place in the image: it should stay (invariance)."
    count = len(measured.moved)
    share = (
        f"{node}: {measured.error:.1%} over all {count} maps"
        if count > 1
        else f"{node}: {measured.error:.1%}"
    )
    edges = " The borders count, for every pixel sees them." if measured.counts_borders else ""
    if step == 1:
        meaning = "It steps 1 px: its maps move along with the image."
    else:
        meaning = f"It steps {step} px: its maps move along exactly only by multiples of {step}."
    return f"{share}. {meaning}{edges}"
