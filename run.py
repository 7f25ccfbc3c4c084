"""Starts Feature-Map Explorer on a fresh machine: installs what is missing, then becomes the program.

    python3 run.py [arguments of the program]
    python3 run.py test [arguments of pytest]
    python3 run.py bench [names of benchmarks]

Standard library only, and no syntax newer than Python 3.6, so that an old Python can say that it is too old.
"""

import ctypes
import hashlib
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))
OLDEST_PYTHON = (3, 11)
EXTRAS = {"program": ["samples"], "test": ["samples", "test"], "bench": ["samples", "bench"]}

# What the wheels of PySide6 and OpenCV expect from the system, found by installing into a bare Debian:
# library file -> Debian's package (newer releases provide the same names).
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND_LIBRARIES = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}
NO_NETWORK = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "NameResolutionError",
    "Network is unreachable",
    "getaddrinfo failed",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
)


class SetupError(Exception):
    """What keeps the program from starting, as a sentence for the person in front of it."""


def main(arguments: list) -> int:
    verb, rest = split_verb(arguments)
    try:
        complain_about_python(sys.version_info[:3])
        python = prepare(verb)
    except SetupError as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        tell("Stopped. The next start goes on from here.")
        return 130
    if verb == "test":
        return run_tests(python, rest)
    if verb == "bench":
        return call([python, "-m", "tests.benchmarks"] + rest, folder=ROOT)
    return become([python, "-P", "-m", "explorer"] + rest)  # -P: the folder we stand in is no place for code


def split_verb(arguments: list) -> tuple:
    """The first word decides, unless it is a file or folder that the program shall open."""
    if arguments and arguments[0] in ("test", "bench") and not os.path.isfile(arguments[0]):
        return arguments[0], arguments[1:]
    return "program", arguments


def complain_about_python(version: tuple) -> None:
    if version[:2] < OLDEST_PYTHON:
        raise SetupError(
            "Feature-Map Explorer needs Python {}.{} or newer, this is Python {}. Install a newer Python and "
            "start run.py with it, for example: python3.12 run.py".format(
                OLDEST_PYTHON[0], OLDEST_PYTHON[1], ".".join(str(part) for part in version)
            )
        )


def prepare(verb: str) -> str:
    """Make sure that everything is installed; returns the Python of .venv."""
    stamp_file = os.path.join(ROOT, ".venv", "explorer-stamp.json")
    found = read_stamp(stamp_file)
    display = verb == "program" and needed_display(sys.platform, os.environ)
    wanted = wanted_stamp(found, EXTRAS[verb], display or "offscreen")
    python = venv_python(ROOT)
    if found == wanted and os.path.exists(python):
        return python
    check_libraries(needed_libraries(sys.platform, wanted["displays"]))
    if not works(python) or found.get("python", wanted["python"]) != wanted["python"]:
        make_venv(os.path.join(ROOT, ".venv"))
    if not has_everything(found, wanted):
        install(python, wanted["extras"])
    with open(stamp_file, "w") as file:
        json.dump(wanted, file, indent=1, sort_keys=True)
    return python


def read_stamp(path: str) -> dict:
    try:
        with open(path) as file:
            stamp = json.load(file)
        return stamp if isinstance(stamp, dict) else {}
    except (OSError, ValueError):
        return {}


def wanted_stamp(found: dict, extras: list, display: str) -> dict:
    """What the stamp in .venv must say for a start without any installing; what is there already is kept."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        project = hashlib.sha256(file.read()).hexdigest()
    return {
        "project": project,
        "folder": ROOT,  # an editable installation points at it
        "python": "{}.{}".format(*sys.version_info[:2]),
        "extras": sorted(set(extras).union(found.get("extras", []))),
        "displays": sorted({display}.union(found.get("displays", []))),
    }


def has_everything(found: dict, wanted: dict) -> bool:
    return all(found.get(key) == wanted[key] for key in ("project", "folder", "python", "extras"))


def venv_python(root: str) -> str:
    if os.name == "nt":
        return os.path.join(root, ".venv", "Scripts", "python.exe")
    return os.path.join(root, ".venv", "bin", "python")


def works(python: str) -> bool:
    try:
        return listen([python, "-c", "import sys"])[0] == 0
    except OSError:
        return False


def make_venv(folder: str) -> None:
    check_venv_module()
    code, output = listen([sys.executable, "-m", "venv", "--clear", folder])
    if code != 0:
        raise SetupError("The environment {} could not be made: {}".format(folder, last_line(output)))


def check_venv_module() -> None:
    """Debian and Ubuntu ship Python without the part that makes environments."""
    if can_make_venv():
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    install_packages([package], "Python here comes without venv and pip")
    if not can_make_venv():
        raise SetupError("Python here comes without venv and pip. Install them, then start again.")


def can_make_venv() -> bool:
    return listen([sys.executable, "-c", "import venv, ensurepip"])[0] == 0


def install(python: str, extras: list) -> None:
    check_pip(python)
    tell("Installing Feature-Map Explorer into .venv, once; this takes a minute or two.")
    command = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--retries", "2"]
    command += ["--progress-bar", "off", "--editable", "{}[{}]".format(ROOT, ",".join(extras))]
    environment = dict(os.environ, PIP_USER="0", PYTHONUNBUFFERED="1")
    code, output = listen(command, environment, show_progress)
    show_progress("")
    if code != 0:
        raise SetupError(explain_pip(output))


def check_pip(python: str) -> None:
    if listen([python, "-m", "pip", "--version"])[0] == 0:
        return
    if listen([python, "-m", "ensurepip"])[0] != 0:
        raise SetupError("The folder .venv has no pip and cannot get one. Delete .venv, then start again.")


def explain_pip(output: str) -> str:
    if any(sign in output for sign in NO_NETWORK):
        return "The packages could not be fetched: no connection. The first start needs the internet once."
    if "No space left on device" in output:
        return "The disk is full: the packages need about 800 MB."
    errors = [line for line in output.splitlines() if line.lstrip().lower().startswith("error")]
    return "pip could not install the packages.\n" + ("\n".join(errors) or output)


def show_progress(line: str) -> None:
    """One line that is written over, on a terminal; nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write("\r" + line.strip()[:78].ljust(78) + "\r")
        sys.stderr.flush()


def needed_display(platform: str, environment: dict) -> str:
    """The kind of display the window will open on: "x11", "wayland", or "" where Linux has none."""
    if not platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return ""
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "x11" if environment.get("DISPLAY") else ""


def needed_libraries(platform: str, displays: list) -> dict:
    """Library file -> package, for Linux; the other systems bring all of it."""
    if not platform.startswith("linux"):
        return {}
    needed = dict(LIBRARIES)
    if "x11" in displays or "wayland" in displays:  # Qt may fall back from Wayland to X
        needed.update(X11_LIBRARIES)
    if "wayland" in displays:
        needed.update(WAYLAND_LIBRARIES)
    return needed


def missing_libraries(needed: dict) -> list:
    return [name for name in sorted(needed) if not can_load(name)]


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def check_libraries(needed: dict) -> None:
    missing = missing_libraries(needed)
    if not missing:
        return
    reason = "Libraries of the system are missing: " + ", ".join(missing)
    install_packages([needed[name] for name in missing], reason)
    missing = missing_libraries(needed)
    if missing:
        names = ", ".join(missing)
        raise SetupError("These libraries are still missing: {}. Install them and start again.".format(names))


def install_packages(packages: list, reason: str) -> None:
    """Install Debian packages as root or with a sudo that asks nothing; otherwise say what to type."""
    if not has_program("apt-get"):
        raise SetupError(reason + ". Install them with the package manager of this system, then start again.")
    line = apt_line(packages)
    prefix = root_prefix()
    if prefix is None:
        raise SetupError("{}. Type this line, then start again:\n    sudo {}".format(reason, line))
    tell("{}. Installing: {}".format(reason, " ".join(packages)))
    environment = prefix + ["env", "DEBIAN_FRONTEND=noninteractive"]
    if listen(environment + line.split())[0] == 0:
        return
    listen(environment + ["apt-get", "update"])  # a fresh system knows no packages yet
    code, output = listen(environment + line.split())
    if code != 0:
        raise SetupError("{}, and apt-get could not install them: {}".format(reason, last_line(output)))


def apt_line(packages: list) -> str:
    return "apt-get install -y --no-install-recommends " + " ".join(packages)


def has_program(name: str) -> bool:
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return any(os.access(os.path.join(folder, name), os.X_OK) for folder in folders)


def root_prefix() -> object:
    """What to put before a command that needs root: nothing, sudo, or None when we may not."""
    if os.geteuid() == 0:
        return []
    if has_program("sudo") and listen(["sudo", "-n", "true"])[0] == 0:
        return ["sudo", "-n"]
    return None


def run_tests(python: str, arguments: list) -> int:
    """With arguments only pytest; otherwise everything, pytest last: its closing line ends the output."""
    if arguments:
        return call([python, "-m", "pytest"] + arguments, folder=ROOT)
    failed = []
    steps = (
        ("ruff", ["ruff", "check", "."]),
        ("format", ["ruff", "format", "--check", "--quiet", "--output-format", "concise", "."]),
        ("mypy", ["mypy"]),
        ("pytest", ["pytest", "-n", "logical", "--maxprocesses", "4", "--dist", "worksteal"]),
    )
    for name, command in steps:
        tell("== " + name)
        if call([python, "-m"] + command, folder=ROOT) != 0:
            failed.append(name)
            tell("== {} failed".format(name))
    if failed and failed[-1] != "pytest":
        tell("Failed: " + ", ".join(failed))
    return 1 if failed else 0


def listen(command: list, environment: object = None, show: object = None) -> tuple:
    """Run a program, hand every line it says to `show`; returns its exit code and all it said."""
    lines = []
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
        env=environment,
    ) as program:
        for line in program.stdout:
            lines.append(line.rstrip())
            if show is not None:
                show(lines[-1])
    return program.returncode, "\n".join(lines)


def call(command: list, folder: str) -> int:
    """Run a program on our terminal and wait for it."""
    try:
        return subprocess.call(command, cwd=folder)
    except KeyboardInterrupt:
        return 130


def become(command: list) -> int:
    """Go on as another program; where a process cannot do that, wait for it and pass on its exit code."""
    if os.name != "nt":
        os.execv(command[0], command)
    return call(command, folder=os.getcwd())


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason."


def tell(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
