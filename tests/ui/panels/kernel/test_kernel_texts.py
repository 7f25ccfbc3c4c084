"""The kernel panel by text, files, commands and keys."""

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication

from explorer.document.edits import replace_network
from explorer.engine.layers.input import Input
from explorer.engine.network import Network, Node
from explorer.ui.commands import kernel as kernel_commands
from explorer.ui.panels.kernel import KernelPanel
from tests.ui.panels.kernel.kernels import SOBEL, undo_label, weights


@pytest.mark.parametrize("name", ["spaces", "csv", "numpy", "json"])
def test_a_kernel_is_copied_and_pasted_as_text(workspace, panel, name):
    panel.kernel_focus.apply_preset("gaussian", {"sigma": 0.7})
    copied = weights(workspace)[0, 0]
    panel.texts.copy(name)
    panel.kernel_focus.choose(1, 2)
    panel.texts.paste()
    np.testing.assert_array_equal(weights(workspace)[1, 2], copied)
    assert undo_label(workspace) == "Kernel conv1 1←2: paste"


def test_a_pasted_matrix_of_another_size_resizes_the_layer_and_says_so(workspace, panel, said):
    QGuiApplication.clipboard().setText("1 2\n3 4")
    panel.texts.paste()
    assert weights(workspace).shape == (4, 3, 2, 2)
    assert said == [("All kernels of conv1 are 2 x 2 now.", "note")]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no numbers"),
        ("1 2 3\n4 5", "Row 2 has 2 numbers, row 1 has 3."),
        ("a b", "is 'a', not a number"),
    ],
)
def test_a_bad_paste_changes_nothing(workspace, panel, said, text, sentence):
    before = workspace.document.network
    QGuiApplication.clipboard().setText(text)
    panel.texts.paste()
    assert workspace.document.network is before
    assert sentence in said[0][0]


def test_a_kernel_is_saved_and_opened(tmp_path, workspace, panel, said):
    panel.kernel_focus.apply_preset("sobel_x")
    panel.texts.save(tmp_path / "sobel.csv")
    panel.kernel_focus.choose(3, 2)
    panel.texts.open(tmp_path / "sobel.csv")
    assert weights(workspace)[3, 2].tolist() == SOBEL
    assert undo_label(workspace) == "Kernel conv1 3←2: sobel.csv"
    assert said == [("Saved Kernel conv1 0←0 to sobel.csv.", "note")]


def test_a_file_that_is_no_kernel_is_refused(tmp_path, workspace, panel, said):
    (tmp_path / "letter.txt").write_text("dear kernel")
    panel.texts.open(tmp_path / "letter.txt")
    assert "letter.txt: Row 1, number 1 is 'dear'" in said[0][0]


# ---- commands


class OnePanel:
    """The window, as far as kernel commands ask for it."""

    def __init__(self, panel: KernelPanel) -> None:
        self._panel = panel

    def panel(self, name: str) -> KernelPanel | None:
        return self._panel if name == "kernel" else None


def test_presets_operations_and_text_are_commands(workspace, panel, run_command):
    workspace.shell = OnePanel(panel)
    run_command("kernel.presets.sobel_x")
    run_command("kernel.operations.rotate_90")
    assert weights(workspace)[0, 0].tolist() == [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]
    run_command("kernel.copy.json")
    assert QGuiApplication.clipboard().text().startswith("[[-1, -2, -1]")
    run_command("kernel.operations.randomise")
    run_command("kernel.paste")
    assert weights(workspace)[0, 0, 0].tolist() == [-1, -2, -1]


def test_without_a_kernel_the_commands_are_off(workspace, panel):
    workspace.shell = OnePanel(panel)
    assert kernel_commands.has_kernel(workspace)
    workspace.document.edit("Nothing", replace_network(Network((Node("image", Input()),))))
    assert not kernel_commands.has_kernel(workspace)


def test_k_and_a_letter_operate_while_one_types_numbers(qtbot, workspace, panel):
    panel.kernel_focus.apply_preset("sobel_x")
    panel.bench.table.setFocus()
    qtbot.keyClicks(panel.bench.table, "kr")
    assert undo_label(workspace) == "Kernel conv1 0←0: rotate by 90°"
    qtbot.keyClicks(panel.bench.table, "k7")
    assert undo_label(workspace) == "Kernel conv1 0←0: rotate by 90°"
