"""Colours and axes shared by every plot.

Each colour of text, lines and estimators is one of those below, so that a report can replace them by the colours of a
light or a dark page.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from greeks.estimators.registry import ESTIMATORS

INK, MUTED, GRID = "#20242c", "#6b7280", "#d5d9e0"
GOOD, BAD = "#1b8a5a", "#c2371f"
# Okabe and Ito's palette, a little darker where it would be pale on white.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#b0569a", "#8a6d00", "#7a4b2a", "#3c9dc9", "#5b5fc7")
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "*")


def colour(estimator: str) -> str:
    """The colour of an estimator: by its place in the registry, the same in every plot."""
    names = list(ESTIMATORS)
    return PALETTE[names.index(estimator) % len(PALETTE)] if estimator in names else MUTED


def marker(estimator: str) -> str:
    """The marker of an estimator, so that colour is never the only difference."""
    names = list(ESTIMATORS)
    return MARKERS[names.index(estimator) % len(MARKERS)] if estimator in names else "."


@contextmanager
def styled() -> Iterator[None]:
    """Settings under which every plot is drawn; no text is taken for mathematics, so names may hold anything."""
    import matplotlib as mpl

    settings: Any = {
        "text.parse_math": False,
        "font.size": 9.0,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.titlecolor": INK,
        "axes.edgecolor": MUTED,
        "axes.titlesize": 10.0,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.6,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "legend.frameon": False,
        "legend.labelcolor": INK,
        "lines.linewidth": 1.4,
        "lines.markersize": 4.5,
        "axes.formatter.use_mathtext": False,
    }
    with mpl.rc_context(settings):
        yield


def axes(given: Any, width: float = 5.0, height: float = 3.4) -> Any:
    """The axes given, or those of a new figure."""
    if given is not None:
        return given
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def plain_logs(ax: Any, x: bool = True, y: bool = True) -> None:
    """Logarithmic axes with labels such as 1000 instead of raised digits, which need mathematical text.

    To be called after the data are drawn: a short axis gets labels at 2 and 5 as well.
    """
    from math import log10

    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    for wanted, axis, scale in ((x, ax.xaxis, ax.set_xscale), (y, ax.yaxis, ax.set_yscale)):
        if not wanted:
            continue
        scale("log")
        low, high = sorted(axis.get_view_interval())
        short = low > 0.0 and log10(high / low) < 2.5
        axis.set_major_locator(LogLocator(10.0, subs=(1.0, 2.0, 5.0) if short else (1.0,), numticks=9))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(NullFormatter())
