"""Differences between estimators on the same paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import GRID, MUTED, axes, colour, marker, styled


def plot_agreement(rows: Sequence[Mapping[str, Any]], ax: Any = None, title: str = "") -> Any:
    """Paired differences to the recommended estimator in units of their own error, by Greek.

    Parameters
    ----------
    rows : sequence of mapping
        ``greek``, ``estimator`` and ``z_score``.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        greeks = list(dict.fromkeys(row["greek"] for row in rows))
        ax = axes(ax, 7.0, 1.2 + 0.3 * len(greeks))
        names = list(dict.fromkeys(row["estimator"] for row in rows))
        ax.axvspan(-2.0, 2.0, color=GRID, alpha=0.5, linewidth=0)
        for index, name in enumerate(names):
            mine = [row for row in rows if row["estimator"] == name]
            shift = 0.5 * (index / max(len(names) - 1, 1) - 0.5)
            y = [-greeks.index(row["greek"]) - shift for row in mine]
            ax.plot(
                [row["z_score"] for row in mine], y, marker(name), color=colour(name), label=name, alpha=0.7,
                markersize=3.5,
            )  # fmt: skip
        ax.axvline(0.0, color=MUTED, ls=":")
        ax.set_xscale("symlog", linthresh=5.0)
        far = [tick for tick in (10, 20, 50, 100, 1000) if tick <= max(abs(row["z_score"]) for row in rows)]
        ticks = [*(-tick for tick in reversed(far)), -5, -4, -2, 0, 2, 4, 5, *far]
        ax.set_xticks(ticks, labels=[str(tick) for tick in ticks])
        ax.minorticks_off()
        ax.set_yticks([-k for k in range(len(greeks))], labels=greeks)
        ax.set(xlabel="difference / its standard error", title=title)
        ax.legend(fontsize=7.5, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax
