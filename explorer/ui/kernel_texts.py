"""The kernel as text: copied, pasted, saved and opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from explorer.document.kernel_focus import KernelFocus
from explorer.engine.kernel_limits import KernelError
from explorer.engine.kernel_text import KERNEL_FORMATS, read_kernel, write_kernel
from explorer.exchange.files import WriteError
from explorer.exchange.kernel_file import KINDS, read_kernel_file, write_kernel_file
from explorer.ui.shell import shell_of
from explorer.ui.workspace import Workspace


class KernelTexts:
    """Brings the kernel in focus to the clipboard or a file, and back; tells what came of it."""

    def __init__(self, workspace: Workspace, focus: KernelFocus) -> None:
        self._workspace = workspace
        self._focus = focus

    def menu(self, parent: QWidget) -> QMenu:
        """All of it as a menu."""
        menu = QMenu(parent)
        menu.addAction("Paste a kernel", self.paste)
        menu.addSeparator()
        for each in KERNEL_FORMATS.values():
            menu.addAction(f"Copy as {each.title}", self._copier(each.name))
        menu.addSeparator()
        menu.addAction("Open a file…", self.ask_open)
        menu.addAction("Save to a file…", self.ask_save)
        return menu

    def copy(self, format_name: str) -> None:
        """Put the kernel on the clipboard as text."""
        if self._focus.slices is not None:
            QGuiApplication.clipboard().setText(write_kernel(self._focus.kernel, format_name))
            self._workspace.say(f"Copied {self._focus.name} as {KERNEL_FORMATS[format_name].title}.")

    def paste(self) -> None:
        """The clipboard's text in the place of the kernel; the layer takes its size."""
        try:
            kernel = read_kernel(QGuiApplication.clipboard().text())
        except KernelError as error:
            self._workspace.say(str(error), "error")
        else:
            self._focus.put_kernel(kernel, "paste")

    def open(self, path: Path) -> None:
        """The kernel in a text file in the place of this one."""
        try:
            kernel = read_kernel_file(path)
        except KernelError as error:
            self._workspace.say(str(error), "error")
        else:
            self._focus.put_kernel(kernel, path.name)

    def save(self, path: Path) -> None:
        """Write the kernel to a text file."""
        if self._focus.slices is None:
            return
        try:
            written = write_kernel_file(path, self._focus.kernel)
        except WriteError as error:
            self._workspace.say(str(error), "error")
        else:
            self._workspace.say(f"Saved {self._focus.name} to {written.name}.")

    def ask_open(self) -> None:
        """Let the person choose a text file with a kernel."""
        path = shell_of(self._workspace).files.ask_file("Open a kernel", KINDS, "kernel")
        if path is not None:
            self.open(path)

    def ask_save(self) -> None:
        """Let the person name a text file for the kernel."""
        path = shell_of(self._workspace).files.ask_new_file("Save the kernel", KINDS, "kernel.txt", "kernel")
        if path is not None:
            self.save(path)

    def _copier(self, format_name: str) -> Callable[[], None]:
        return lambda: self.copy(format_name)
