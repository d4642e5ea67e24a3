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


def test_netted_rows_are_measured():
    from benchmarks.net_books import books
    from benchmarks.net_coverage import measure, summary

    name, book = next(iter(books().items()))
    lines = summary(name, measure(book, 2, 256, {}))
    assert {"price", "delta", "vega"} <= {line["greek"] for line in lines}
    assert {line["seeds"] for line in lines} == {2}
