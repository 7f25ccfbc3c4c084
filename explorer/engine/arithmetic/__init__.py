"""The arithmetic of any unit. Importing this package registers the explanation of every layer."""

from __future__ import annotations

import importlib
import pkgutil

from explorer.engine.arithmetic.explaining import ExplanationError, explain, explainer_of
from explorer.engine.arithmetic.explanation import Explanation
from explorer.engine.arithmetic.formula import formula_text

for _module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["Explanation", "ExplanationError", "explain", "explainer_of", "formula_text"]
