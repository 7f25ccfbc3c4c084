"""What a panel declares, read from its file without running it: only what is seen is imported."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from explorer.ui.panel import Area, Panel
    from explorer.ui.workspace import Workspace

FIELDS = {
    "name": "", "title": "", "area": "right", "order": 0, "icon": "", "help": "", "shown_at_first": True,
    "tabbed_with": "", "share": 100, "keys": (),
}  # fmt: skip


class PanelKind:
    """A kind of panel by what its class declares; calling it imports the class and builds a panel."""

    name: str
    title: str
    area: Area
    order: int
    icon: str
    help: str
    shown_at_first: bool
    tabbed_with: str
    share: int
    keys: tuple[tuple[str, str], ...]

    def __init__(self, module: str, class_name: str, declared: Mapping[str, Any]) -> None:
        self._module, self._class_name = module, class_name
        for name, value in {**FIELDS, **declared}.items():
            setattr(self, name, value)

    @property
    def panel_type(self) -> type[Panel]:
        """The class, imported now if it has not been."""
        found: type[Panel] = getattr(importlib.import_module(self._module), self._class_name)
        return found

    def __call__(self, workspace: Workspace) -> Panel:
        return self.panel_type(workspace)


def declared_panel(module: str, file: Path) -> PanelKind | None:
    """The kind of panel that a file declares; None if only importing it can tell.

    The attributes of a panel stand at the head of its class, and are texts, numbers and tuples of them.
    """
    try:
        source = file.read_text(encoding="utf-8")
    except OSError:  # compiled files alone
        return None
    for text in source.split("\nclass ")[1:]:
        head = "class " + text.partition("\n    def ")[0].partition("\n    @")[0]
        if "\n    name = " not in head:
            continue
        tree = ast.parse(head).body[0]
        assert isinstance(tree, ast.ClassDef)
        values = {
            line.targets[0].id: line.value
            for line in tree.body
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        }
        try:
            declared = {name: ast.literal_eval(values[name]) for name in FIELDS.keys() & values.keys()}
        except ValueError:  # computed
            return None
        return PanelKind(module, tree.name, declared)
    return None
