"""Every measurement can be started: its contracts and options are still those of the library."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2] / "benchmarks"
NAMES = sorted(path.stem for path in HOME.glob("*.py") if not path.stem.startswith(("_", "peer_")))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_imported(name):
    import_module(f"benchmarks.{name}")
