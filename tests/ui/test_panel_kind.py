"""What panels declare, read from their files: the same as their classes say, and without importing them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from explorer.ui.panel import panel_kinds
from explorer.ui.panel_kind import FIELDS, PanelKind, declared_panel

KINDS = [kind for kind in panel_kinds() if isinstance(kind, PanelKind)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_read_from_a_file_is_what_its_class_says(kind: PanelKind) -> None:
    assert {name: getattr(kind, name) for name in FIELDS} == {
        name: getattr(kind.panel_type, name) for name in FIELDS
    }


def test_every_panel_is_read_without_importing_it() -> None:
    from explorer.ui import panels

    files = [file for file in Path(panels.__path__[0]).glob("*.py") if file.stem != "__init__"]
    assert len(KINDS) == len(files)


def test_the_window_s_modules_leave_the_hidden_panels_alone() -> None:
    code = "import sys, explorer.app; print(sorted(m for m in sys.modules if m.startswith('explorer.ui.panels.')))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "['explorer.ui.panels.kernel', 'explorer.ui.panels.maps']"


def test_a_computed_declaration_has_to_be_imported(tmp_path: Path) -> None:
    file = tmp_path / "clouds.py"
    file.write_text(
        'class Clouds(Panel):\n    """Clouds."""\n\n    name = "clouds"\n    title = NAME.title()\n'
    )
    assert declared_panel("clouds", file) is None


def test_where_only_compiled_files_are_a_panel_has_to_be_imported(tmp_path: Path) -> None:
    assert declared_panel("clouds", tmp_path / "clouds.py") is None
