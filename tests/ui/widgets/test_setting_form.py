"""Forms made from declared settings: fields propose by keys, wheel and drag; what is refused says why."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.engine.layer import Layer, setting
from explorer.ui.widgets.form_label import ScrubLabel
from explorer.ui.widgets.number_box import LONGEST_SEARCH_S, Gesture, NumberBox
from explorer.ui.widgets.setting_form import SettingForm

Key, Button = Qt.Key, Qt.MouseButton


class Example(Layer):
    """One setting of every kind. It has no kind of its own, so it is in no palette."""

    title = "Example"
    count: int = setting(4, low=1, high=12, help="Divides 12.")
    share: float = setting(0.5, low=0, high=1, help="A share.")
    free: float = setting(0.0, low=-1e6, high=1e6, step=0.1, help="Any number.")
    active: bool = setting(True, help="On or off.")
    mode: str = setting("one", choices=("one", "two"), help="One of two.")
    size: tuple[int, int] = setting((3, 3), low=1, high=9, help="Height and width.")
    sides: tuple[int, int, int, int] = setting(
        (0, 0, 0, 0), low=0, high=9, help="Sides.", when=lambda layer: layer.mode == "two"
    )
    cube: tuple[int, int, int] = setting((2, 3, 3), low=1, high=512, help="Depth, height and width.")
    ends: tuple[int, int] = setting((0, 1), low=0, high=9, help="Two ends.", names=("start", "end"))
    faces: tuple[int, ...] = setting((0,) * 6, low=0, high=9, help="The six sides of a volume.")


class Owner:
    """What stands in for document and panel: takes every change that is not refused."""

    def __init__(self) -> None:
        self.layer = Example()
        self.changes: list[tuple[str, object, object]] = []
        self.form = SettingForm(Example.settings(), self.problem_of)
        self.form.changed.connect(self.take)
        self.form.show_values(self.layer)

    def problem_of(self, name: str, value: object) -> str:
        try:
            layer = self.layer.with_settings(**{name: value})
        except ValueError as error:
            return str(error)
        return f"{layer.count} does not divide 12." if 12 % layer.count else ""

    def take(self, name: str, value: object, gesture: object) -> None:
        self.changes.append((name, value, gesture))
        self.layer = self.layer.with_settings(**{name: value})
        self.form.show_values(self.layer)

    @property
    def values(self) -> list[object]:
        return [value for _, value, _ in self.changes]

    @property
    def gestures(self) -> int:
        return len({id(gesture) for _, _, gesture in self.changes})


@pytest.fixture
def owner(qtbot: QtBot, dark: None) -> Owner:
    owner = Owner()
    qtbot.addWidget(owner.form)
    owner.form.resize(230, 320)
    owner.form.show()
    qtbot.waitExposed(owner.form)
    return owner


def box(owner: Owner, name: str, index: int = 0) -> NumberBox:
    return owner.form.fields[name].findChildren(NumberBox)[index]


def type_into(qtbot: QtBot, field: NumberBox, text: str) -> None:
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Key.Key_Return)


def turn(widget: QWidget, notches: int) -> None:
    """The wheel turned over the middle of a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle, QPointF(widget.mapToGlobal(middle.toPoint())), QPoint(), QPoint(0, 120 * notches),
        Button.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_a_typed_number_is_proposed_when_entered(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "count"), "6")
    assert owner.changes[0][:2] == ("count", 6)


def test_nothing_is_proposed_between_two_typed_digits(qtbot: QtBot, owner: Owner) -> None:
    field = box(owner, "count")
    field.selectAll()
    qtbot.keyClicks(field, "12")
    assert owner.changes == []
    qtbot.keyClick(field, Key.Key_Return)
    assert owner.values == [12]


def test_a_refused_number_says_why_below_and_the_last_good_one_returns(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "count"), "5")
    assert owner.form.sentence("count") == "5 does not divide 12."
    assert box(owner, "count").text() == "4"
    assert owner.changes == []


@pytest.mark.parametrize(("text", "sentence"), [("0", "Count must be at least 1"), ("99", "at most 12")])
def test_a_number_beyond_its_bounds_is_refused(qtbot: QtBot, owner: Owner, text: str, sentence: str) -> None:
    type_into(qtbot, box(owner, "count"), text)
    assert sentence in owner.form.sentence("count")


def test_the_sentence_goes_with_the_next_good_number(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "count"), "5")
    type_into(qtbot, box(owner, "count"), "6")
    assert owner.form.sentence("count") == ""


def test_letters_cannot_be_typed(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "count"), "abc")
    assert box(owner, "count").text() == "4"
    assert owner.changes == []


def test_an_absurd_number_is_refused_as_it_was_typed(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "free"), "1e308")
    assert owner.form.sentence("free") == "Free must be at most 1e+06, got 1e+308."
    assert box(owner, "free").text() == "0"


def test_steps_pass_over_what_is_not_possible(qtbot: QtBot, owner: Owner) -> None:
    for _ in range(3):
        qtbot.keyClick(box(owner, "count"), Key.Key_Up)
    assert owner.values == [6, 12]


def test_steps_stop_at_the_last_possible_value(qtbot: QtBot, owner: Owner) -> None:
    for _ in range(5):
        qtbot.keyClick(box(owner, "count"), Key.Key_Down)
    assert owner.values == [3, 2, 1]


def test_keys_in_a_row_are_one_gesture(qtbot: QtBot, owner: Owner) -> None:
    for _ in range(3):
        qtbot.keyClick(box(owner, "size"), Key.Key_Up)
    assert len(owner.changes) == 3
    assert owner.gestures == 1


def test_the_wheel_turns_a_focused_number_in_one_gesture(qtbot: QtBot, owner: Owner) -> None:
    field = box(owner, "size")
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    for _ in range(3):
        turn(field, 1)
    assert owner.values == [(4, 4), (5, 5), (6, 6)]
    assert owner.gestures == 1


def test_the_wheel_leaves_a_number_alone_that_has_no_focus(owner: Owner) -> None:
    box(owner, "count").setFocus()
    turn(box(owner, "size"), 1)
    assert owner.changes == []


def test_linked_numbers_change_together(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "size", 1), "5")
    assert owner.values == [(5, 5)]


def test_unlinked_numbers_change_alone(qtbot: QtBot, owner: Owner) -> None:
    qtbot.mouseClick(owner.form.fields["size"].link, Button.LeftButton)
    type_into(qtbot, box(owner, "size", 1), "5")
    assert owner.values == [(3, 5)]


def test_every_axis_of_a_volume_has_a_field_of_its_own(qtbot: QtBot, owner: Owner) -> None:
    type_into(qtbot, box(owner, "cube", 0), "5")
    type_into(qtbot, box(owner, "faces", 5), "4")
    names = [box(owner, "cube", i).accessibleName() for i in range(3)]
    assert owner.values == [(5, 3, 3), (4, 4, 4, 4, 4, 4)]  # the faces were equal, so they are linked
    assert names == ["Cube, depth", "Cube, height", "Cube, width"]


def test_the_ends_of_a_signal_are_called_so(owner: Owner) -> None:
    assert [box(owner, "ends", i).accessibleName() for i in range(2)] == ["Ends, start", "Ends, end"]


def test_linking_makes_unequal_numbers_equal(qtbot: QtBot, owner: Owner) -> None:
    owner.take("size", (2, 5), None)
    link = owner.form.fields["size"].link
    assert not link.isChecked()
    qtbot.mouseClick(link, Button.LeftButton)
    assert owner.layer.size == (2, 2)


def test_dragging_a_label_scrubs_in_one_gesture(qtbot: QtBot, owner: Owner) -> None:
    label = next(one for one in owner.form.findChildren(ScrubLabel) if one.text() == "Size")
    qtbot.mousePress(label, Button.LeftButton, pos=QPoint(5, 5))
    for x in (12, 18, 24, 900):
        qtbot.mouseMove(label, QPoint(x, 5))
    qtbot.mouseRelease(label, Button.LeftButton, pos=QPoint(900, 5))
    assert owner.values == [(4, 4), (5, 5), (6, 6), (9, 9)]
    assert owner.gestures == 1


def test_scrubbing_stays_on_possible_values(qtbot: QtBot, owner: Owner) -> None:
    label = next(one for one in owner.form.findChildren(ScrubLabel) if one.text() == "Count")
    qtbot.mousePress(label, Button.LeftButton, pos=QPoint(5, 5))
    for x in (11, 17, 23, 29):  # 5, 6, 7, 8
        qtbot.mouseMove(label, QPoint(x, 5))
    qtbot.mouseRelease(label, Button.LeftButton, pos=QPoint(29, 5))
    assert owner.values == [6]


def test_a_slider_drag_is_one_gesture(qtbot: QtBot, owner: Owner) -> None:
    slider = owner.form.fields["share"].slider
    slider.setSliderDown(True)
    for tick in (110, 120, 150):
        slider.setValue(tick)
    slider.setSliderDown(False)
    assert owner.values == [0.55, 0.6, 0.75]
    assert owner.gestures == 1


def test_a_switch_and_a_choice_propose(qtbot: QtBot, owner: Owner) -> None:
    qtbot.keyClick(owner.form.fields["active"].box, Key.Key_Space)
    qtbot.keyClick(owner.form.fields["mode"].box, Key.Key_Down)
    assert [change[:2] for change in owner.changes] == [("active", False), ("mode", "two")]


def test_settings_that_do_not_matter_are_hidden(owner: Owner) -> None:
    assert not owner.form.fields["sides"].isVisible()
    owner.take("mode", "two", None)
    assert owner.form.fields["sides"].isVisible()


def test_showing_values_proposes_nothing(owner: Owner) -> None:
    owner.form.show_values(Example(count=6, share=0.25, active=False, mode="two", size=(2, 7)))
    assert owner.changes == []


def test_the_form_fits_into_the_narrowest_dock(owner: Owner) -> None:
    owner.take("mode", "two", None)
    assert owner.form.minimumSizeHint().width() <= 216


def test_every_field_has_its_help(owner: Owner) -> None:
    assert owner.form.fields["share"].toolTip() == "A share."


def test_a_pause_ends_a_gesture() -> None:
    moments = iter([0.0, 0.5, 1.0, 3.0])
    gesture = Gesture(now=lambda: next(moments))
    first, second, third, fourth = (gesture.key() for _ in range(4))
    assert first is second is third
    assert fourth is not first


def test_a_tiny_number_is_still_shown_when_the_text_is_written_anew(qtbot: QtBot) -> None:
    box = NumberBox(whole=False, low=0, high=1, step=0.1)
    qtbot.addWidget(box)
    box.show_value(1e-8)
    box.setStyleSheet("padding: 1px")  # as the theme does
    box.setSingleStep(0.2)
    box.setRange(-2, 2)  # makes Qt write the text
    assert box.text() == "1e-08"
    assert box.value() == 1e-8


def test_a_key_that_finds_nothing_possible_soon_gives_up(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = NumberBox(whole=True, low=1, high=4096, step=1)
    qtbot.addWidget(box)
    box.show_value(4)
    clock = itertools.count()  # ten looks at it, and the time is over
    monkeypatch.setattr(
        "explorer.ui.widgets.number_box.time.perf_counter", lambda: next(clock) * LONGEST_SEARCH_S / 10
    )
    tried: list[float] = []
    box.problem_of = lambda value: tried.append(value) or "It does not divide 12."
    box.stepBy(1)
    assert tried == [*range(5, 14)]
    assert box.shown == 4
