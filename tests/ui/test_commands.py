"""The commands: what they do to the workspace, and that they fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QKeySequence

from explorer.document.view import Unit
from explorer.resources import resource
from explorer.sources.camera import CameraDevice
from explorer.ui.command import MENUS, Command, all_commands, command, commands, families
from explorer.ui.commands.file import paste
from explorer.ui.panel import panel_kinds
from explorer.ui.window import Window
from explorer.ui.workspace import Workspace
from tests.ui.conftest import Said

Run = Callable[[str], None]


def test_no_two_commands_share_a_shortcut(window: Window) -> None:
    keys = [QKeySequence(key).toString() for one in all_commands(window.workspace) for key in one.shortcuts]
    assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_every_shortcut_is_one_that_qt_knows(window: Window) -> None:
    unknown = [
        key
        for one in all_commands(window.workspace)
        for key in one.shortcuts
        if QKeySequence(key).isEmpty() or not QKeySequence(key).toString()
    ]
    assert unknown == []


def test_only_fixed_families_have_shortcuts(window: Window) -> None:
    loose = [one for group in families() if not group.is_fixed for one in group.make(window.workspace)]
    assert [one.name for one in loose if one.shortcuts] == []


def test_no_two_commands_share_a_name(window: Window) -> None:
    names = Counter(one.name for one in all_commands(window.workspace))
    assert [name for name, times in names.items() if times > 1] == []


def test_members_of_a_family_carry_its_name(window: Window) -> None:
    strays = [
        one.name
        for group in families()
        for one in group.make(window.workspace)
        if not one.name.startswith(f"{group.name}.") or one.menu != group.menu
    ]
    assert strays == []


def test_every_icon_is_drawn() -> None:
    names = {one.icon for one in [*commands(), *families(), *panel_kinds()]} - {""}
    for name in names:
        assert resource(f"icons/{name}.svg").is_file()


def test_a_second_command_of_the_same_name_is_refused() -> None:
    with pytest.raises(ValueError, match="two commands called 'edit.undo'"):
        command("edit.undo", "Undo", "Edit")(lambda workspace: None)


def test_a_menu_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="File, Edit"):
        command("odd.one", "Odd", "Oddities")(lambda workspace: None)


def test_every_menu_has_something_in_it() -> None:
    used = {one.menu for one in [*commands(), *families()]}
    assert used == set(MENUS)


def test_undo_says_what_it_takes_back(workspace: Workspace, run_command: Run) -> None:
    workspace.view.select(Unit("conv1"))
    run_command("network.bypass")
    undo = next(one for one in commands() if one.name == "edit.undo")
    assert undo.text(workspace) == "Undo Bypass conv1"


def test_undo_and_redo(workspace: Workspace, run_command: Run) -> None:
    workspace.view.select(Unit("relu1"))
    run_command("network.remove")
    run_command("edit.undo")
    assert "relu1" in workspace.document.network
    run_command("edit.redo")
    assert "relu1" not in workspace.document.network


def test_undo_is_disabled_where_nothing_is_left(workspace: Workspace) -> None:
    undo = next(one for one in commands() if one.name == "edit.undo")
    assert not undo.is_enabled(workspace)


def test_another_network_is_one_undo(workspace: Workspace, run_command: Run) -> None:
    before = workspace.document.network
    run_command("network.presets.lenet-5")
    assert workspace.document.network.title != before.title
    run_command("edit.undo")
    assert workspace.document.network is before


def test_layers_are_added_behind_the_selected_one(workspace: Workspace, run_command: Run) -> None:
    workspace.view.select(Unit("conv1", 3))
    run_command("network.add.sigmoid")
    name = workspace.document.network.readers["conv1"][0]
    assert workspace.document.network[name].layer.kind == "sigmoid"
    assert workspace.view.selection == Unit(name)


def test_a_removed_layer_leaves_the_one_before_it_selected(workspace: Workspace, run_command: Run) -> None:
    workspace.view.select(Unit("relu1"))
    run_command("network.remove")
    assert workspace.view.selection == Unit("conv1")


def test_the_input_can_be_neither_removed_nor_bypassed(workspace: Workspace) -> None:
    workspace.view.select(Unit(workspace.document.network.input.name))
    for one in commands():
        if one.name in ("network.remove", "network.bypass", "network.duplicate"):
            assert not one.is_enabled(workspace)


def test_a_layer_moves_down_and_up_again(workspace: Workspace, run_command: Run) -> None:
    order = [node.name for node in workspace.document.network.nodes]
    workspace.view.select(Unit("relu1"))
    run_command("network.move_down")
    assert [node.name for node in workspace.document.network.nodes] != order
    run_command("network.move_up")
    assert [node.name for node in workspace.document.network.nodes] == order


@pytest.mark.parametrize(
    ("typed", "shape"), [("1 x 32 x 48", (1, 32, 48)), ("32x48", (3, 32, 48)), ("32, 48", (3, 32, 48))]
)
def test_the_input_size_is_typed(
    window: Window, run_command: Run, monkeypatch: pytest.MonkeyPatch, typed: str, shape: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(window, "ask_text", lambda *_: typed)
    run_command("network.input_size")
    assert window.workspace.document.network.input_shape == shape


@pytest.mark.parametrize("typed", ["big", "0 x 0", "-1 x 5", "1 x 2 x 3 x 4", "99999 x 99999", ""])
def test_an_input_size_that_is_none_is_refused_with_a_sentence(
    window: Window, run_command: Run, said: Said, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    monkeypatch.setattr(window, "ask_text", lambda *_: typed)
    before = window.workspace.document.network
    run_command("network.input_size")
    assert window.workspace.document.network is before
    assert [kind for _, kind in said] == ["error"]


def test_the_input_becomes_as_large_as_the_source(window: Window, run_command: Run) -> None:
    run_command("network.source_size")
    assert window.workspace.document.network.input_shape == (3, 48, 64)


def test_a_layer_is_renamed_and_stays_selected(
    window: Window, run_command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.workspace.view.select(Unit("conv1", 2))
    monkeypatch.setattr(window, "ask_text", lambda *_: "edges")
    run_command("network.rename")
    assert window.workspace.view.selection == Unit("edges", 2)


def test_the_range_is_one_of_three(workspace: Workspace, run_command: Run) -> None:
    run_command("view.scope.network")
    scopes = next(group for group in families() if group.name == "view.scope").make(workspace)
    assert [one.label for one in scopes if one.checked and one.checked(workspace)] == ["Range of the network"]


def test_gamma_goes_round(workspace: Workspace, run_command: Run) -> None:
    seen = []
    for _ in range(4):
        run_command("view.next_gamma")
        seen.append(workspace.view.look.gamma)
    assert seen == [0.7, 0.5, 0.3, 1.0]


def test_mirror_is_an_edit(workspace: Workspace, run_command: Run) -> None:
    run_command("source.mirror")
    assert workspace.document.preparation.mirror
    run_command("edit.undo")
    assert not workspace.document.preparation.mirror


def test_a_network_is_saved_and_opened_again(
    window: Window, run_command: Run, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "mine.network"
    monkeypatch.setattr(window.files, "ask_new_file", lambda *_: file)
    monkeypatch.setattr(window.files, "ask_file", lambda *_: file)
    run_command("file.save_network")
    run_command("network.presets.lenet-5")
    run_command("file.open_network")
    assert window.workspace.document.network["conv1"].parameters["kernel"].shape == (16, 3, 3, 3)
    assert [kind for _, kind in said] == ["note", "note"]


def test_a_file_that_is_no_network_changes_nothing(
    window: Window, run_command: Run, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "poem.network"
    file.write_text("Roses are red")
    before = window.workspace.document.network
    monkeypatch.setattr(window.files, "ask_file", lambda *_: file)
    run_command("file.open_network")
    assert window.workspace.document.network is before
    assert said[0][1] == "error"
    assert "poem.network" in said[0][0]


def test_maps_are_saved_into_a_folder(
    window: Window, run_command: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.files, "ask_folder", lambda *_: tmp_path)
    run_command("file.save_maps")
    assert "conv1" in np.load(tmp_path / "maps.npz")


def test_a_cancelled_dialog_does_nothing(window: Window, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "ask_text", lambda *_: None)
    for ask in ("ask_file", "ask_new_file", "ask_folder"):
        monkeypatch.setattr(window.files, ask, lambda *_: None)
    before = window.workspace.document.network
    asking = [one for one in commands() if one.label.endswith("…") and one.name != "help.palette"]
    for one in asking:
        if one.is_enabled(window.workspace):
            one.run(window.workspace)
    assert len(asking) > 5
    assert window.workspace.document.network is before
    assert said == []


def test_a_copied_file_is_pasted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(workspace, "open_address", opened.append)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "cat.png"))])
    paste(workspace, mime)
    assert [Path(one).name for one in opened] == ["cat.png"]


def test_pasting_nothing_says_so(workspace: Workspace, said: Said) -> None:
    paste(workspace, QMimeData())
    assert said == [("There is no image in the clipboard. Copy a picture or a file first.", "error")]


def test_where_cameras_are_not_listed_they_are_looked_for_on_request(
    workspace: Workspace, run_command: Run, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(workspace), "lists_cameras", False)
    monkeypatch.setattr("explorer.ui.workspace.cameras", lambda: [CameraDevice(4, "Microscope")])
    assert [one.label for one in cameras_of(workspace)] == ["Camera 0", "Camera 1", "Look for cameras"]
    run_command("source.cameras.look")
    assert [one.label for one in cameras_of(workspace)] == ["Microscope", "Look for cameras"]
    assert said == [("Cameras: Microscope.", "note")]


def cameras_of(workspace: Workspace) -> list[Command]:
    return list(next(group for group in families() if group.name == "source.cameras").make(workspace))


def test_a_disabled_command_cannot_be_run_by_its_action(window: Window) -> None:
    ran: list[Command] = []
    one = Command("test.no", "No", "File", lambda workspace: ran.append(one), enabled=lambda workspace: False)
    from explorer.ui.actions import action_of

    action = action_of(one, window.workspace, window)
    action.trigger()
    assert ran == []
