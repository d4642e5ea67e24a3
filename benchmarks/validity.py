"""Writes the table of what is valid into the documentation: ``python -m benchmarks.validity``."""

from __future__ import annotations

from pathlib import Path

from greeks.portfolio.templates import examples
from greeks.study.validity import grids, markdown

_HEAD = """# What is valid

The verdict on each Greek by each estimator, for the contracts of `greeks template` under each model: what `auto` simulates
by is bold, a number stands for the reason below. A stock and cash are not here: whatever is asked for, their Greeks are
exact.

As `greeks info --validity` prints it; written by `python -m benchmarks.validity`.

"""

if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "validity.md").write_text(_HEAD + markdown(grids(*examples())))
