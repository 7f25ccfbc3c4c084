"""Asks the display whether a window can open on it, before Qt does: Qt ends the process where it cannot."""

import ctypes
import importlib.util
import os
import sys
from pathlib import Path


def display_problem() -> str | None:
    """Why no window can be shown here, or None. Only Linux and its relatives can be without a display."""
    if sys.platform in ("win32", "darwin"):
        return None
    return linux_display_problem(os.environ.get("QT_QPA_PLATFORM", ""))


def linux_display_problem(platform: str) -> str | None:
    """`platform` is what QT_QPA_PLATFORM says: nothing, "offscreen", "xcb", "wayland;xcb"."""
    asked = {
        choice.split(":")[0].replace("wayland-egl", "wayland") for choice in platform.split(";") if choice
    }
    if asked and asked.isdisjoint({"xcb", "wayland"}):
        return None  # offscreen, vnc and the like need no display
    problem: str | None = "DISPLAY is not set"
    if os.environ.get("WAYLAND_DISPLAY") and (not asked or "wayland" in asked):
        problem = _plugin_problem("wayland") if _wayland_answers() else "the Wayland display does not answer"
    if problem and os.environ.get("DISPLAY") and (not asked or "xcb" in asked):
        display = os.environ["DISPLAY"]
        problem = _plugin_problem("xcb") if _x_answers() else f"the display {display} does not answer"
    return problem


def _x_answers() -> bool:
    """Connect the way Qt will: libxcb knows about sockets, hosts and authorisation."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)  # never null: a failed connection is an object too
    answers = bool(xcb.xcb_connection_has_error(connection) == 0)
    xcb.xcb_disconnect(connection)
    return answers


def _wayland_answers() -> bool:
    if not os.environ.get("XDG_RUNTIME_DIR") and not os.environ["WAYLAND_DISPLAY"].startswith("/"):
        return False  # the library would say so on the terminal
    try:
        wayland = ctypes.CDLL("libwayland-client.so.0")
    except OSError:
        return False
    wayland.wl_display_connect.restype = ctypes.c_void_p
    wayland.wl_display_connect.argtypes = [ctypes.c_char_p]
    wayland.wl_display_disconnect.argtypes = [ctypes.c_void_p]
    connection = wayland.wl_display_connect(None)
    if connection is None:
        return False
    wayland.wl_display_disconnect(connection)
    return True


def _plugin_problem(name: str) -> str | None:
    """Load Qt's plugin, as Qt will; the loader's message names the library that is missing."""
    pyside = importlib.util.find_spec("PySide6")
    for folder in (pyside.submodule_search_locations if pyside else None) or ():
        plugin = Path(folder, "Qt", "plugins", "platforms", f"libq{name}.so")
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return f"a library of the system is missing: {error}"
    return None
