"""run.py: what it finds missing, what it says, and when it has nothing to do."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(run.__file__).parent


def test_it_parses_on_python_3_6() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    assert "main" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_it_imports_only_the_standard_library() -> None:
    code = "import sys, run; print(*{name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
    output = subprocess.check_output([sys.executable, "-S", "-c", code], cwd=ROOT, text=True)
    assert set(output.split()) <= {"run", "__main__", "__mp_main__"}


def test_an_old_python_is_told_what_to_do() -> None:
    with pytest.raises(run.SetupError, match=r"needs Python 3\.11 or newer, this is Python 3\.8\.10\. "):
        run.complain_about_python((3, 8, 10))


def test_a_new_python_is_fine() -> None:
    assert run.OLDEST_PYTHON == (3, 11)
    assert run.complain_about_python((3, 11, 0)) is None


@pytest.mark.parametrize(
    ("arguments", "verb", "rest"),
    [
        ([], "program", []),
        (["cat.png", "--theme", "dark"], "program", ["cat.png", "--theme", "dark"]),
        (["test"], "test", []),
        (["test", "-k", "conv"], "test", ["-k", "conv"]),
        (["bench", "start"], "bench", ["start"]),
    ],
)
def test_the_first_word_chooses_the_verb(arguments: list[str], verb: str, rest: list[str]) -> None:
    assert run.split_verb(arguments) == (verb, rest)


def test_a_library_that_can_be_loaded_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "can_load", lambda library: library != "libEGL.so.1")
    assert run.missing_libraries(run.LIBRARIES) == ["libEGL.so.1"]


def test_the_window_needs_more_libraries_than_a_snapshot() -> None:
    assert "libxcb-cursor.so.0" not in run.needed_libraries("linux", ["offscreen"])
    assert "libxcb-cursor.so.0" in run.needed_libraries("linux", ["x11"])


def test_only_linux_lacks_libraries() -> None:
    assert run.needed_libraries("darwin", ["offscreen"]) == {}
    assert run.needed_libraries("win32", ["offscreen"]) == {}


@pytest.mark.parametrize(
    ("environment", "display"),
    [
        ({}, ""),
        ({"DISPLAY": ":0"}, "x11"),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, ""),
    ],
)
def test_the_display_is_read_from_the_environment(environment: dict[str, str], display: str) -> None:
    assert run.needed_display("linux", environment) == display


@pytest.fixture
def no_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "has_program", lambda name: name == "apt-get")
    monkeypatch.setattr(run, "root_prefix", lambda: None)


@pytest.mark.usefixtures("no_root")
def test_without_root_the_one_line_to_type_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "can_load", lambda library: library not in ("libEGL.so.1", "libGL.so.1"))
    with pytest.raises(run.SetupError) as caught:
        run.check_libraries(run.LIBRARIES)
    assert str(caught.value) == (
        "Libraries of the system are missing: libEGL.so.1, libGL.so.1. Type this line, then start again:\n"
        "    sudo apt-get install -y --no-install-recommends libegl1 libgl1"
    )


@pytest.mark.usefixtures("no_root")
def test_a_python_without_venv_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "can_make_venv", lambda: False)
    with pytest.raises(run.SetupError, match=r"without venv and pip.*\n    sudo apt-get .*python3\.\d+-venv"):
        run.check_venv_module()


def test_elsewhere_the_libraries_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "has_program", lambda name: False)
    monkeypatch.setattr(run, "can_load", lambda library: False)
    with pytest.raises(run.SetupError, match=r"libEGL\.so\.1.*package manager of this system"):
        run.check_libraries(run.LIBRARIES)


def test_package_lists_are_fetched_when_the_first_try_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    def listen(command: list[str]) -> tuple[int, str]:
        told.append(command[2:4])
        return (0 if ["apt-get", "update"] in told else 100), ""

    monkeypatch.setattr(run, "has_program", lambda name: True)
    monkeypatch.setattr(run, "root_prefix", list)
    monkeypatch.setattr(run, "listen", listen)
    run.install_packages(["libegl1"], "Something is missing")
    assert told == [["apt-get", "install"], ["apt-get", "update"], ["apt-get", "install"]]


def test_nothing_missing_calls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "can_load", lambda library: True)
    monkeypatch.setattr(run, "install_packages", lambda packages, reason: pytest.fail("called"))
    run.check_libraries(run.LIBRARIES)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("... Temporary failure in name resolution ...", "no connection. The first start needs the internet"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("looking\nERROR: No matching distribution found", "ERROR: No matching distribution found"),
        ("something else", "something else"),
    ],
)
def test_a_failed_installation_is_explained(output: str, sentence: str) -> None:
    assert sentence in run.explain_pip(output)


class Checkout:
    """A folder with run.py's view of the world: a pyproject.toml and a .venv that is made instantly."""

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.did: list[str] = []
        self.write_project("[project]")
        python = Path(run.venv_python(str(root)))
        patch.setattr(run, "ROOT", str(root))
        patch.setattr(run, "check_libraries", lambda needed: self.did.append("libraries"))
        patch.setattr(run, "works", lambda path: python.exists())
        patch.setattr(run, "install", lambda path, extras: self.did.append("install " + " ".join(extras)))

        def make_venv(folder: str) -> None:
            self.did.append("venv")
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()

        patch.setattr(run, "make_venv", make_venv)

    def write_project(self, text: str) -> None:
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def prepare(self, verb: str) -> list[str]:
        self.did = []
        run.prepare(verb)
        return self.did


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return Checkout(tmp_path, monkeypatch)


def test_the_first_start_installs(checkout: Checkout) -> None:
    assert checkout.prepare("program") == ["libraries", "venv", "install samples"]


def test_the_second_start_has_nothing_to_do(checkout: Checkout) -> None:
    checkout.prepare("program")
    assert checkout.prepare("program") == []


def test_another_verb_adds_its_extra_and_keeps_the_others(checkout: Checkout) -> None:
    checkout.prepare("bench")
    assert checkout.prepare("test") == ["libraries", "install bench samples test"]
    assert checkout.prepare("bench") == []


def test_a_changed_project_is_installed_again(checkout: Checkout) -> None:
    checkout.prepare("program")
    checkout.write_project("[project]\nname = 'other'")
    assert checkout.prepare("program") == ["libraries", "install samples"]


def test_a_new_python_gets_a_new_environment(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout.prepare("program")
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    assert checkout.prepare("program") == ["libraries", "venv", "install samples"]


def test_a_display_only_asks_for_its_libraries(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("elsewhere a display needs no libraries of its own")
    monkeypatch.delenv("QT_QPA_PLATFORM")
    checkout.prepare("program")
    monkeypatch.setenv("DISPLAY", ":0")
    assert checkout.prepare("program") == ["libraries"]


def test_a_failed_installation_is_tried_again(checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(python: str, extras: list[str]) -> None:
        raise run.SetupError("no connection")

    with monkeypatch.context() as patch:
        patch.setattr(run, "install", fail)
        with pytest.raises(run.SetupError):
            run.prepare("program")
    assert checkout.prepare("program") == ["libraries", "install samples"]


def test_a_broken_stamp_is_no_stamp(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_text("{half", encoding="utf-8")
    assert run.read_stamp(str(stamp)) == {}
    stamp.write_text(json.dumps([1]), encoding="utf-8")
    assert run.read_stamp(str(stamp)) == {}


def test_a_program_is_listened_to_line_by_line() -> None:
    heard: list[str] = []
    program = "print('one'); print('two'); raise SystemExit(3)"
    code, output = run.listen([sys.executable, "-c", program], None, heard.append)
    assert (code, output, heard) == (3, "one\ntwo", ["one", "two"])


def test_every_step_of_the_tests_runs_and_the_failed_one_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = []

    def call(command: list[str], folder: str) -> int:
        ran.append(" ".join(command[2:4]))
        return 1 if command[2] == "mypy" else 0

    monkeypatch.setattr(run, "call", call)
    assert run.run_tests("python", []) == 1
    assert ran == ["ruff check", "ruff format", "mypy", "pytest -n"]
    assert capsys.readouterr().err.endswith("Failed: mypy\n")
