"""The arithmetic of the pixel that is pointed at, or pinned, worked out once for everybody who shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from explorer.document.view import Pointed
from explorer.document.view import Unit as ViewUnit
from explorer.engine.arithmetic import Explanation, ExplanationError, explain
from explorer.engine.arithmetic.effective_field import EffectiveField, effective_fields
from explorer.engine.arithmetic.receptive_field import ReceptiveField, receptive_field
from explorer.engine.evaluate import Trace
from explorer.engine.layer import Shape
from explorer.rendering.flat_maps import pixel_of, unit_at
from explorer.runtime.evaluator import Answer
from explorer.ui.freshest import Freshest
from explorer.ui.short_number import short_number
from explorer.ui.widgets.legend import PACE_MS
from explorer.ui.workspace import Workspace

MOST_NUMBERS = 40_000  # of an explanation; from about there it takes more than 2 ms and is made in a thread
MOST_OF_IT = 0.9  # of all effect, for the size of an effective field
HINT = "Point at a pixel of a map to read how its value came about. A click pins it."

Unit = tuple[int, ...]


class Explained(NamedTuple):
    """An explanation, the trace it was read from, what was pointed at, and what the unit reads of every map."""

    explanation: Explanation
    trace: Trace
    pointed: Pointed
    field: ReceptiveField | None


class PixelArithmetic(QObject):
    """Explains what the view points at, as long as one of those who `attend` can be seen.

    The maps show the field of the pinned pixel; while it explains, that of what is pointed at, and within the
    theoretical field the effective one.
    """

    explained = Signal(object)  # Explained
    silent = Signal(str)  # why there is nothing to explain
    fields_changed = Signal()  # what the maps show of the unit's field
    _due = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.workspace = workspace
        self.shows_field = True
        self.shows_effective = False
        self._attending: dict[str, Callable[[], bool]] = {}
        self._unit: tuple[str, Unit] | None = None  # node and unit that are explained
        self._field: tuple[object, ReceptiveField | None] = (None, None)
        self._sizes: dict[tuple[str, Shape], int] = {}  # numbers in an explanation of a node
        self._large = Freshest[Explained](
            workspace.explaining, "Arithmetic", self._show_late, self._say, (ExplanationError,)
        )
        self._effective = Freshest[tuple[str, Unit, Mapping[str, EffectiveField]]](
            workspace.explaining, "Effective field", self._show_effective, self._drop_effective, (ExplanationError,)
        )  # fmt: skip
        self._is_due = False  # one move of the pointer changes unit and pixel, and is explained once
        self._is_behind = False  # a frame came while the numbers of the one before could not be read yet
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        # As an event, not as a timer: events come before the painting, so that the maps are painted once.
        self._due.connect(self._refresh_if_due, Qt.ConnectionType.QueuedConnection)
        view = workspace.view
        changes = (view.selected, view.hovered, view.pixel_changed, view.look_changed)
        for signal in (*changes, workspace.document.network_changed):
            signal.connect(self.refresh_later)
        workspace.answered.connect(self._take_answer)

    def attend(self, name: str, owner: QObject, is_seen: Callable[[], bool]) -> None:
        """As long as `owner` lives it shows explanations, and can be asked whether anybody sees them."""
        self._attending[name] = is_seen
        owner.destroyed.connect(lambda: self._leave(name, is_seen))

    def _leave(self, name: str, is_seen: Callable[[], bool]) -> None:
        if self._attending.get(name) is is_seen:
            del self._attending[name]

    @property
    def is_attended(self) -> bool:
        """Whether somebody can see an explanation, or what needs one."""
        return self.shows_effective or any(is_seen() for is_seen in self._attending.values())

    def show_field(self, theoretical: bool, effective: bool) -> None:
        """What the maps show of the unit's field."""
        self.shows_field, self.shows_effective = theoretical, effective
        self.fields_changed.emit()
        self.refresh_later()

    def toggle_field(self) -> None:
        """Show the theoretical field in the maps, or no longer."""
        self.show_field(not self.shows_field, self.shows_effective)

    def follow(self, node: str, unit: Unit) -> None:
        """Explain another unit: one that was read."""
        answer, view = self.workspace.answer, self.workspace.view
        if answer is None or node not in answer.trace.activations:
            return
        shape = answer.trace.activations[node].shape[1:]
        view.select(ViewUnit(node, unit[0]))
        view.pin_pixel(pixel_of(shape, unit))

    def refresh_later(self, _: object = None) -> None:
        """Explain anew when everything has changed that changes now."""
        if not self._is_due:
            self._is_due = True
            self._due.emit()

    def refresh(self) -> None:
        """Explain anew what is pointed at, if somebody can see it."""
        self._is_due = False
        if not self.is_attended:
            self._unit = None
            self._show_fields(self._pinned_field())
            return
        pointed, answer = self.workspace.view.pointed, self.workspace.answer
        if pointed is None or answer is None or pointed.unit.node not in self.workspace.document.network:
            self._say(HINT)
            return
        step = answer.trace.steps.get(pointed.unit.node)
        if step is None:
            self._say(_reason(answer.trace, pointed.unit.node))
            return
        shape = step.output.shape[1:]
        if pointed.unit.channel is None:
            self._say(_whole(answer.trace, pointed, shape))
        elif pointed.pixel is None and prod(shape[1:]) > 1:
            self._say(HINT)
        else:
            row, column = pointed.pixel or (0, 0)
            self._explain(answer, pointed, unit_at(shape, pointed.unit.channel, row, column))

    def _take_answer(self, answer: Answer) -> None:
        """With a camera only as often as one can read the numbers; whoever points elsewhere does not wait."""
        self._is_behind = True
        if not self._pace.isActive():
            self._catch_up()

    def _catch_up(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self.refresh()
            self._pace.start()

    @Slot()
    def _refresh_if_due(self) -> None:
        if self._is_due:
            self.refresh()

    def _explain(self, answer: Answer, pointed: Pointed, unit: Unit) -> None:
        node, trace = pointed.unit.node, answer.trace
        self._unit = node, unit

        def work() -> Explained:
            return Explained(explain(trace, node, unit), trace, pointed, self._field_of(node, unit))

        if self._sizes.get((node, trace.steps[node].output.shape[1:]), 0) <= MOST_NUMBERS:
            try:
                self._show(work())
            except ExplanationError as error:
                self._say(str(error))
        else:
            self._large.ask(work)

    def _show_late(self, found: Explained) -> None:
        if self._unit == (found.explanation.node, found.explanation.unit) and self.is_attended:
            self._show(found)

    def _show(self, found: Explained) -> None:
        explanation, trace = found.explanation, found.trace
        kind = explanation.node, trace.steps[explanation.node].output.shape[1:]
        self._sizes[kind] = sum(part.numbers.size for part in explanation.parts)
        self._show_fields(found.field if self.shows_field or self.shows_effective else None)
        if self.shows_effective:
            node, unit = explanation.node, explanation.unit
            self._effective.ask(lambda: (node, unit, _effective_fields(trace, node, unit)))
        self.explained.emit(found)

    def _show_fields(self, field: ReceptiveField | None) -> None:
        view = self.workspace.view
        view.show_field(field)
        shown = view.effective
        if field is None or not self.shows_effective or (shown is not None and field.node not in shown):
            self._effective.forget()
            view.show_effective(None)

    def _show_effective(self, found: tuple[str, Unit, Mapping[str, EffectiveField]]) -> None:
        node, unit, fields = found
        if self.shows_effective and self._unit == (node, unit):
            self.workspace.view.show_effective(fields)

    def _drop_effective(self, sentence: str) -> None:
        self.workspace.view.show_effective(None)

    def _field_of(self, node: str, unit: Unit) -> ReceptiveField | None:
        network = self.workspace.document.network
        key = (network, node, unit)
        known, field = self._field
        if known != key:
            try:
                field = receptive_field(network, node, unit)
            except ExplanationError:  # the network has just got other shapes: the next answer brings them
                field = None
            self._field = key, field
        return field

    def _pinned_field(self) -> ReceptiveField | None:
        """What the pinned pixel reads: a click shows it, whichever panel is in front; Esc lets it go."""
        view, network = self.workspace.view, self.workspace.document.network
        unit = view.selection
        if not self.shows_field or unit is None or unit.channel is None or view.pixel is None:
            return None
        shape = network.reports[unit.node].shape if unit.node in network else None
        return self._field_of(unit.node, unit_at(shape, unit.channel, *view.pixel)) if shape else None

    def _say(self, sentence: str) -> None:
        self._unit = None
        self._large.forget()
        self._show_fields(None)
        self.silent.emit(sentence)


def _effective_fields(trace: Trace, node: str, unit: Unit) -> Mapping[str, EffectiveField]:
    fields = effective_fields(trace, node, unit)
    if trace.network.input.name in fields:
        fields[trace.network.input.name].size_of(MOST_OF_IT)  # keeps its sums, so that nobody waits for them
    return fields


def _reason(trace: Trace, node: str) -> str:
    """Why a node has no values."""
    try:
        explain(trace, node, ())
    except ExplanationError as error:
        return str(error)
    return HINT


def _whole(trace: Trace, pointed: Pointed, shape: Shape) -> str:
    """What to say of a whole node: the numbers of a pixel of the image, or what to do."""
    node = pointed.unit.node
    if pointed.pixel is None or trace.network[node].inputs or len(shape) != 3:
        return f"{node} has {shape[0]} maps. {HINT}"
    row, column = pointed.pixel
    values = trace.activations[node][0, :, min(row, shape[1] - 1), min(column, shape[2] - 1)]
    return f"{node} at ({row}, {column}) is given: {'   '.join(short_number(float(one)) for one in values)}"


def pixel_arithmetic(workspace: Workspace) -> PixelArithmetic:
    """The one of this workspace."""
    found = workspace.findChild(PixelArithmetic)
    return found if isinstance(found, PixelArithmetic) else PixelArithmetic(workspace)
