"""The plan of the house: imports run only downhill, nothing below ui/ draws, and files stay short."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "explorer"

GROUND = {"options", "resources", "folders", "log", "display"}  # under all floors: they import none of them
FLOORS = {
    **dict.fromkeys(GROUND, -1),
    "engine": 0,
    **dict.fromkeys(("rendering", "sources", "datasets", "exchange", "session", "courses"), 1),
    **dict.fromkeys(("document", "runtime"), 2),
    "ui": 3,
    **dict.fromkeys(("app", "headless", "cli", "__main__"), 4),
}
ENGINE_MAY = {"numpy", "cv2", "threadpoolctl"}
DRAWING = {"PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtSvg", "PySide6.QtOpenGLWidgets", "pyqtgraph"}
LONGEST_FILE = 400  # lines

MODULES = sorted(PACKAGE.rglob("*.py"))
OURS = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), ROOT / "run.py"]


def room(path: Path) -> str:
    """The room of a module: the package or file right under explorer/."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Everything a module imports, also inside functions, with the names that a `from` adds."""
    return tuple(_imported(ast.parse(path.read_text(encoding="utf-8"))))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_read_by(path: Path) -> set[str]:
    """The other rooms a module imports from; a name that is no room is one of explorer/__init__.py itself."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("explorer.")}
    return (names & FLOORS.keys()) - {room(path)}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def uphill() -> list[str]:
    return [
        f"{name_of(path)} imports {other}"
        for path in MODULES
        if room(path) != "__init__"
        for other in sorted(rooms_read_by(path))
        if FLOORS[other] > FLOORS[room(path)]
    ]


def test_every_room_stands_on_a_floor() -> None:
    assert {room(path) for path in MODULES} - FLOORS.keys() == {"__init__"}


def test_imports_run_only_downhill() -> None:
    assert uphill() == []


def test_rooms_of_one_floor_form_no_circle() -> None:
    reads: dict[str, set[str]] = {name: set() for name in FLOORS}
    for path in MODULES:
        if room(path) != "__init__":
            reads[room(path)] |= rooms_read_by(path)
    while free := {name for name, others in reads.items() if not others}:
        reads = {name: others - free for name, others in reads.items() if name not in free}
    assert reads == {}, "these rooms import each other"


def test_the_engine_knows_numpy_and_opencv_only() -> None:
    known = ENGINE_MAY | sys.stdlib_module_names | {"explorer"}
    strangers = {
        f"{name_of(path)} imports {name}"
        for path in (PACKAGE / "engine").rglob("*.py")
        for name in imports(path)
        if name.split(".")[0] not in known
    }
    assert strangers == set()


def test_nothing_below_the_window_draws() -> None:
    wrong = {
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if FLOORS.get(room(path), 4) < FLOORS["ui"]
        for name in imports(path)
        if name in DRAWING or name.rpartition(".")[0] in DRAWING or name.startswith("pyqtgraph")
    }
    assert wrong == set()


def test_only_the_document_uses_qt_below_the_window() -> None:
    wrong = {
        f"{name_of(path)} imports {name}"
        for path in MODULES
        if FLOORS.get(room(path), 4) < FLOORS["ui"] and room(path) != "document"
        for name in imports(path)
        if name.split(".")[0] == "PySide6"
    }
    assert wrong == set()


def test_files_can_be_read_whole() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_every_module_says_what_it_is() -> None:
    full = [path for path in OURS if path.stat().st_size > 0]
    assert [name_of(path) for path in full if not _first_words(path)] == []


def _first_words(path: Path) -> str:
    """The docstring, read without the rest of the file: that takes a twentieth of the time."""
    opening, _, rest = path.read_text(encoding="utf-8").partition('"""')
    return "" if opening else rest.partition('"""')[0].strip()
