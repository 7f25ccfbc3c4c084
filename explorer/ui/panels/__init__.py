"""The panels: one file, one dock. Each is announced here, and imported when its dock is first seen."""

from __future__ import annotations

import pkgutil
from pathlib import Path

from explorer.ui.panel import announce

for _folder in __path__:
    for _module in sorted(module.name for module in pkgutil.iter_modules([_folder])):
        announce(f"{__name__}.{_module}", Path(_folder) / f"{_module}.py")
