"""The window: docks, commands and the widgets in them."""

import builtins

import PySide6.QtCore  # noqa: F401  - puts its own import in the place of Python's

# To see whether a module wants Qt's names in snake case, it reads the source of all that is imported: 0.15 s.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
