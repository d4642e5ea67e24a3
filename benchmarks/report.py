"""How long the report of a large book takes: ``python -m benchmarks.report [TRADES]``.

The quick report of the book of :mod:`benchmarks.large_book`, in seconds on the clock and of the processors; the first
use of a machine compiles the kernels, which a second run does not.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import greeks as gk
from benchmarks.large_book import write_large_book


def seconds(trades: int, folder: Path) -> tuple[float, float]:
    """On the clock, and of the processors."""
    portfolio, market = write_large_book(folder, trades)
    book = gk.read_portfolio(portfolio, market=market)
    clock, own = perf_counter(), process_time()
    gk.write_report(book, folder, effort="quick", deterministic=True)
    return perf_counter() - clock, process_time() - own


def main(trades: int) -> None:
    """Print the two."""
    with TemporaryDirectory() as folder:
        clock, own = seconds(trades, Path(folder))
    print(f"{trades} trades: {clock:.0f} s, {own:.0f} s of the processors")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 700)
