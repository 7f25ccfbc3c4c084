"""What a person is told of a data set, in short sentences."""

from __future__ import annotations

from html import escape

from explorer.datasets.dataset import DataSet
from explorer.datasets.split import Split

MEGABYTE = 1_000_000
UNEVEN = 3  # times as many images in the largest class as in the smallest: worth telling
FEW = 10  # images in a class: too few to learn much from


def facts(dataset: DataSet) -> str:
    """Title, count, size and origin, as rich text."""
    kind = "grey" if dataset.channels == 1 else "colour"
    lines = [
        f"<b>{escape(dataset.title)}</b>",
        f"{len(dataset):,} {kind} images of {dataset.width} × {dataset.height}, {len(dataset.classes)} classes, "
        f"{_memory(dataset.images.nbytes)}",
    ]
    if dataset.origin:
        lines.append(f"<small>{escape(dataset.origin)}</small>")
    return "<br>".join(lines)


def left_out_text(dataset: DataSet) -> str:
    """What was left out and what had to be done, as rich text; a link leads to the list."""
    lines = [escape(note) for note in dataset.notes]
    told = dataset.left_out.describe()
    if told:
        lines.insert(0, f"{escape(told)} <a href='list'>All of them</a>")
    return "<br>".join(lines)


def balance_text(dataset: DataSet) -> str:
    """A warning where classes are of very different size, or hardly there; else nothing."""
    balance = dataset.balance
    present = [count for count in balance if count]
    least, most = min(present), max(present)
    rare, frequent = dataset.classes[balance.index(least)], dataset.classes[balance.index(most)]
    if most >= UNEVEN * least:
        return (
            f"Unbalanced: {escape(frequent)} has {most:,} images, {escape(rare)} {least:,}. "
            "A network prefers what it sees often; balance the classes (Training, below Loss), or add images."
        )
    if least < FEW:
        return f"Few images: {escape(rare)} has {least}. With so few, a network learns them by heart."
    return ""


def split_text(dataset: DataSet, split: Split) -> str:
    """How many images every part has, as rich text."""
    train, validation, test = (len(part) for part in split)
    text = f"{train:,} to learn from, {validation:,} for validation, {test:,} for testing."
    if dataset.tested:
        text += " Those for testing came with the data set."
    return text


def _memory(count: int) -> str:
    if count < MEGABYTE:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / MEGABYTE:,.{0 if count >= 10 * MEGABYTE else 1}f} MB"
