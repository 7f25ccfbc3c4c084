"""Networks that come trained, in the window: the list, the tick, the card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from explorer.document import edits
from explorer.exchange.trained_networks import trained_networks
from explorer.ui.commands.network import presets
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace

Run = Callable[[str], None]


def entries(window: Window) -> list[tuple[str, bool]]:
    """What the list beside the camera says, and which of it is ticked."""
    menu = window.findChild(QToolButton, "network.presets").menu()
    menu.aboutToShow.emit()
    return [(action.text(), action.isChecked()) for action in menu.actions() if not action.isSeparator()]


def test_trained_networks_come_first_and_say_so(window: Window) -> None:
    labels = [text for text, _ in entries(window)]

    assert labels[: len(trained_networks())] == [f"{card.title} (trained)" for card in trained_networks()]
    assert {"LeNet-5 (untrained)", "Edges and colours"} <= set(labels)


def test_the_present_network_is_ticked_and_no_other(window: Window, run_command: Run) -> None:
    run_command("network.presets.digits")

    assert [text for text, ticked in entries(window) if ticked] == ["Digits (trained)"]


def test_a_trained_network_is_one_undo_and_knows_its_classes(workspace: Workspace, run_command: Run) -> None:
    before = workspace.document.network

    run_command("network.presets.digits")

    assert workspace.document.network.classes == tuple("0123456789")
    workspace.document.undo()
    assert workspace.document.network is before


def test_a_network_without_a_card_offers_none(workspace: Workspace) -> None:
    assert "network.presets.card" not in [one.name for one in presets(workspace)]


@pytest.mark.parametrize("is_changed", [False, True])
def test_the_card_can_be_read(window: Window, qtbot: QtBot, run_command: Run, is_changed: bool) -> None:
    run_command("network.presets.digits")
    if is_changed:
        document = window.workspace.document
        document.edit("Clear", edits.set_weight("conv1", "kernel", (0, 0, 0, 0), 1.0))

    run_command("network.presets.card")

    box = window.findChild(QMessageBox)
    text = box.text()
    box.close()
    assert "46,730 parameters" in text
    assert "of 1,000 images that it had never seen" in text
    assert "0, 1, 2, 3, 4, 5, 6, 7, 8, 9" in text
    assert ("You have changed it since" in text) == is_changed
