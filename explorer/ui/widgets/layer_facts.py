"""What is known of a layer before anything is computed: sizes, formulas, costs and the receptive field."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from explorer.engine.axes import axis_names
from explorer.engine.geometry import Field
from explorer.engine.layer import shape_text
from explorer.engine.network import Network
from explorer.ui import theme
from explorer.ui.widgets.network_graph_rows import signed

UNITS = ("B", "KiB", "MiB", "GiB")


class Fact(NamedTuple):
    """One line: what it is, its value, and a word of explanation for the tool tip."""

    name: str
    value: str
    help: str = ""


def layer_facts(network: Network, name: str) -> list[Fact]:
    """The costs and the field of a node that can run, in the order in which they are shown."""
    node, report = network[name], network.reports[name]
    if report.shape is None:
        return []
    facts = [Fact("Parameters", signed(report.parameter_formula) or "none", "Numbers that can be learned.")]
    if report.multiply_adds:
        facts.append(Fact("Multiply-adds", f"{report.multiply_adds:,}", "Per image."))
    facts.append(Fact("Memory", memory_label(report.memory), "Of the output of one image, 4 bytes a number."))
    facts.append(
        Fact("Sees", field_label(report.fields), "The receptive field: what one unit reads of the image.")
    )
    if report.dense_parameters and "kernel" in node.parameters and node.layer.kind != "dense":
        facts.append(Fact("As dense", f"{report.dense_parameters:,} parameters", DENSE_HELP))
    return facts


DENSE_HELP = "What a dense layer with the same inputs and outputs would need: so many a convolution saves."


def field_label(fields: tuple[Field, ...] | None) -> str:
    """A receptive field as '5×5, step 2×2'."""
    if fields is None:
        return "the whole image"
    sizes = "×".join(str(field.size) for field in fields)
    return f"{sizes}, step {'×'.join(str(field.step) for field in fields)}"


def memory_label(size: int) -> str:
    """Bytes in the unit in which they are read easily: '1.56 MiB'."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.3g} {UNITS[unit]}"


class FactsLabel(QLabel):
    """The facts as a small table whose text can be marked and copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: list[Fact] = []
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setFont(theme.quiet_font(QGuiApplication.font()))
        self.setMinimumWidth(60)

    def show_facts(self, facts: list[Fact]) -> None:
        """Show these facts in the colours of the present theme."""
        self._facts = list(facts)
        rows = "".join(
            f"<tr><td style='color:{theme.css('quiet')}; padding-right:8px'>{fact.name}</td>"
            f"<td>{_escaped(fact.value)}</td></tr>"
            for fact in facts
        )
        self.setText(f"<table cellspacing='0' cellpadding='1'>{rows}</table>")
        self.setToolTip("\n".join(f"{fact.name}: {fact.help}" for fact in facts if fact.help))

    @property
    def facts(self) -> list[Fact]:
        """What is shown."""
        return self._facts


def size_lines(network: Network, name: str) -> list[str]:
    """How the shape of a node comes about: the output-size formula, the shapes, and pixels that nothing reads."""
    node, report = network[name], network.reports[name]
    if report.shape is None:
        return []
    taken = " and ".join(_times(one) for one in report.input_shapes)
    shapes = f"{taken} → {_times(report.shape)}" if taken else _times(report.shape)
    if node.bypassed or not node.inputs:
        return [shapes]
    formulas = list(node.layer.size_formulas(report.input_shapes))
    if len(set(formulas)) > 1:
        formulas = [f"{axis}: {text}" for axis, text in zip(axis_names(report.shape), formulas, strict=True)]
    return [*dict.fromkeys(formulas), shapes, *_unread(network, name)]


def _unread(network: Network, name: str) -> list[str]:
    """What no window reaches, in words."""
    layer, shapes = network[name].layer, network.reports[name].input_shapes
    windows = layer.windows(shapes)
    if not windows:
        return []
    units = UNITS_OF_AXES[len(windows)]
    after, between = zip(
        *(window.unread(extent) for window, extent in zip(windows, shapes[0][1:], strict=True)), strict=True
    )
    lines = []
    if any(after):
        lasts = [f"the last {_counted(n, what)}" for n, what in zip(after, units) if n]
        lines.append(_sentence(lasts, sum(after), "never read"))
    if any(between):
        gaps = [_counted(n, what, one="one ") for n, what in zip(between, units) if n]
        lines.append(_sentence([f"between two windows {gaps[0]}", *gaps[1:]], sum(between), "skipped"))
    return lines


UNITS_OF_AXES = {1: ("value",), 2: ("row", "column"), 3: ("slice", "row", "column")}


def _counted(count: int, what: str, one: str = "") -> str:
    return f"{count} {what}s" if count > 1 else f"{one}{what}"


def _sentence(things: list[str], count: int, participle: str) -> str:
    text = " and ".join(things)
    return f"{text[0].upper()}{text[1:]} {'is' if count == 1 else 'are'} {participle}."


def _times(shape: tuple[int, ...]) -> str:
    return shape_text(shape).replace(" x ", "×")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
