"""Portfolio and market files: reading, checking, and describing them.

Nothing here imports Numba or pandas, so that a file is checked in the time it takes to start Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greeks.portfolio.reader import read_portfolio
    from greeks.portfolio.schema import json_schema
    from greeks.portfolio.templates import template

_HOME = {
    "json_schema": "greeks.portfolio.schema",
    "read_portfolio": "greeks.portfolio.reader",
    "template": "greeks.portfolio.templates",
}

__all__ = ["json_schema", "read_portfolio", "template"]


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'greeks.portfolio' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value
