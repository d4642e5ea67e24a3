"""From a book and its settings to simulation jobs, and from their moments back to numbers."""

from __future__ import annotations

from greeks.planning.groups import Plan, plan
from greeks.planning.settings import Settings

__all__ = ["Plan", "Settings", "plan"]
