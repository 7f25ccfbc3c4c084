"""Kernel: presets, operations and text, for the kernel that the kernel panel shows."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.kernel_operations import KERNEL_OPERATIONS
from explorer.engine.kernel_slices import nodes_with_kernels
from explorer.engine.kernel_text import KERNEL_FORMATS
from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.ui.command import Command, command, family
from explorer.ui.panels.kernel import KernelPanel
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

PREFIX = "K"  # K, then the letter of the operation


def kernel_panel(workspace: Workspace) -> KernelPanel | None:
    """The panel that knows which kernel is meant."""
    panel = shell_of(workspace).panel("kernel")
    return panel if isinstance(panel, KernelPanel) else None


def has_kernel(workspace: Workspace) -> bool:
    """Whether there is a kernel to work on; the panel need not be built to know."""
    return bool(nodes_with_kernels(workspace.document.network))


@family(
    "kernel.presets", "Presets", "Kernel", icon="kernel", order=0, help="Kernels with a name and a meaning."
)
def presets(workspace: Workspace) -> list[Command]:
    families = list(dict.fromkeys(one.family for one in KERNEL_PRESETS.values()))
    return [
        Command(
            f"kernel.presets.{one.name}", one.title, "Kernel", _preset_setter(one.name), help=one.meaning,
            order=10 * families.index(one.family), enabled=has_kernel,
        )
        for one in sorted(KERNEL_PRESETS.values(), key=lambda one: families.index(one.family))
    ]  # fmt: skip


@family(
    "kernel.operations", "Operations", "Kernel", order=1, is_fixed=True, help="Turn, flip, scale, normalise."
)
def operations(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"kernel.operations.{one.name}", one.title, "Kernel", _operator(one.name), help=one.help,
            shortcut=f"{PREFIX}, {one.key}" if one.key else "", enabled=has_kernel,
        )
        for one in KERNEL_OPERATIONS.values()
        if one.name != "resize"  # it asks for two numbers: the panel has fields for them
    ]  # fmt: skip


@command(
    "kernel.paste", "Paste kernel", "Kernel", shortcut="K, P", icon="paste", order=10, enabled=has_kernel
)
def paste(workspace: Workspace) -> None:
    panel = kernel_panel(workspace)
    if panel is not None:
        panel.texts.paste()


@family(
    "kernel.copy", "Copy kernel as", "Kernel", icon="copy", order=11, help="Text for a file or for a program."
)
def copies(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"kernel.copy.{one.name}", f"Copy kernel as {one.title}", "Kernel", _copier(one.name),
            enabled=has_kernel,
        )
        for one in KERNEL_FORMATS.values()
    ]  # fmt: skip


@command("kernel.open", "Open kernel…", "Kernel", icon="open", order=12, enabled=has_kernel)
def open_kernel(workspace: Workspace) -> None:
    panel = kernel_panel(workspace)
    if panel is not None:
        panel.texts.ask_open()


@command("kernel.save", "Save kernel…", "Kernel", icon="save", order=13, enabled=has_kernel)
def save_kernel(workspace: Workspace) -> None:
    panel = kernel_panel(workspace)
    if panel is not None:
        panel.texts.ask_save()


def _preset_setter(name: str) -> Callable[[Workspace], None]:
    def apply(workspace: Workspace) -> None:
        panel = kernel_panel(workspace)
        if panel is not None:
            panel.kernel_focus.apply_preset(name)

    return apply


def _operator(name: str) -> Callable[[Workspace], None]:
    def operate(workspace: Workspace) -> None:
        panel = kernel_panel(workspace)
        if panel is not None:
            panel.operate(name)

    return operate


def _copier(name: str) -> Callable[[Workspace], None]:
    def copy(workspace: Workspace) -> None:
        panel = kernel_panel(workspace)
        if panel is not None:
            panel.texts.copy(name)

    return copy
