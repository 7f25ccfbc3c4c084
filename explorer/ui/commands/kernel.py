"""Kernel: presets, operations and text for the kernel that the kernel panel shows."""

from __future__ import annotations

from collections.abc import Callable

from explorer.engine.kernel_operations import KERNEL_OPERATIONS
from explorer.engine.kernel_text import KERNEL_FORMATS
from explorer.engine.presets.kernels import KERNEL_PRESETS
from explorer.ui.command import Command, command, family
from explorer.ui.panels.kernel import KernelPanel
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace

PREFIX = "Alt+Shift+"  # before the letter of an operation
Act = Callable[[KernelPanel], object]


def kernel_panel(workspace: Workspace) -> KernelPanel | None:
    """The kernel panel of the window, shown or not; None where there is none or nothing to edit."""
    if workspace.shell is None:
        return None
    panel = workspace.shell.panel("kernel")
    return panel if isinstance(panel, KernelPanel) and panel.kernel_focus.slices is not None else None


def has_kernel(workspace: Workspace) -> bool:
    """Whether there is a kernel to edit."""
    return kernel_panel(workspace) is not None


def on_panel(act: Act) -> Callable[[Workspace], None]:
    """A command that does something to the kernel panel."""

    def run(workspace: Workspace) -> None:
        panel = kernel_panel(workspace)
        if panel is None:
            workspace.say(
                "There is no kernel to edit. Add a convolution or a dense layer to the network.", "error"
            )
        else:
            act(panel)

    return run


@family("kernel.presets", "Presets", "Kernel", icon="kernel", order=0, help="Kernels that are known by name.")
def presets(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"kernel.presets.{one.name}", one.title, "Kernel", on_panel(_preset_applier(one.name)), help=one.meaning,
            enabled=has_kernel,
        )
        for one in KERNEL_PRESETS.values()
    ]  # fmt: skip


def _preset_applier(name: str) -> Act:
    return lambda panel: panel.kernel_focus.apply_preset(name)


@family(
    "kernel.copy",
    "Copy as text",
    "Kernel",
    icon="copy",
    order=20,
    help="The kernel as text on the clipboard.",
)
def formats(workspace: Workspace) -> list[Command]:
    return [
        Command(
            f"kernel.copy.{one.name}", f"Copy kernel as {one.title}", "Kernel", on_panel(_copier(one.name)),
            enabled=has_kernel,
        )
        for one in KERNEL_FORMATS.values()
    ]  # fmt: skip


def _copier(name: str) -> Act:
    return lambda panel: panel.copy_text(name)


def _register_operations() -> None:
    for order, one in enumerate(KERNEL_OPERATIONS.values()):
        if not one.parameters or all(parameter.name == "seed" for parameter in one.parameters):
            shortcut = f"{PREFIX}{one.key}" if one.key else ""
            command(
                f"kernel.{one.name}", f"{one.title} (kernel)", "Kernel", shortcut=shortcut, help=one.help,
                enabled=has_kernel, order=10 + order // 20,
            )(on_panel(_operator(one.name)))  # fmt: skip


def _operator(name: str) -> Act:
    return lambda panel: panel.operate(name)


_register_operations()


@command("kernel.paste", "Paste kernel", "Kernel", icon="paste", order=21, enabled=has_kernel,
         help="The clipboard's rows of numbers in the place of the kernel; the layer takes their size.")  # fmt: skip
def paste(workspace: Workspace) -> None:
    on_panel(lambda panel: panel.paste_text())(workspace)


@command("kernel.open", "Open kernel…", "Kernel", icon="open", order=22, enabled=has_kernel,
         help="A kernel from a text file.")  # fmt: skip
def open_kernel(workspace: Workspace) -> None:
    on_panel(lambda panel: panel.ask_open())(workspace)


@command("kernel.save", "Save kernel…", "Kernel", icon="save", order=23, enabled=has_kernel,
         help="The kernel as a text file.")  # fmt: skip
def save_kernel(workspace: Workspace) -> None:
    on_panel(lambda panel: panel.ask_save())(workspace)


@command("kernel.show", "Show the kernel", "Kernel", icon="kernel", order=30, help="Opens the kernel panel.")
def show(workspace: Workspace) -> None:
    shell_of(workspace).set_shown("kernel", True)
