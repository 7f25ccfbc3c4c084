"""The card of a network that comes trained, as a text to be read."""

from __future__ import annotations

from html import escape

from explorer.exchange.trained_networks import TrainedNetwork


def card_text(card: TrainedNetwork, classes: tuple[str, ...] = (), is_changed: bool = False) -> str:
    """Rich text: what the network does, what it learned from, how well it does and how it was made."""
    facts = (
        ("Tells apart", ", ".join(classes)),
        ("Learned from", f"{card.learned_from:,} images of {card.data}"),
        ("Right", f"{card.accuracy:.1%}: {card.right:,} of {card.judged_by:,} images that it had never seen"),
        ("Size", f"{card.parameters:,} parameters, {card.file.stat().st_size / 1000:,.0f} kB"),
        (
            "Made",
            f"with this program's own engine, from noise in {_duration(card.seconds)}, {card.date}, seed {card.seed}",
        ),
        ("Training", card.made),
        ("Again", card.command),
    )
    rows = "".join(
        f"<tr><td><b>{escape(name)}</b>&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"
        for name, value in facts
        if value
    )
    changed = (
        "<p>You have changed it since: how well it does now is another matter.</p>" if is_changed else ""
    )
    return f"<h3>{escape(card.title)}</h3><p>{escape(card.help)}</p><table cellpadding='3'>{rows}</table>{changed}"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} minutes"
