"""z-scores against the normal distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

from greeks.plots.style import MUTED, axes, colour, marker, styled

_EDGE = 10.0  # z-scores beyond are drawn at the end of the axis


def plot_quantiles(rows: Sequence[Mapping[str, Any]], ax: Any = None, title: str = "") -> Any:
    """Sorted z-scores against normal quantiles: on the diagonal where error bars are honest.

    Parameters
    ----------
    rows : sequence of mapping
        ``z_score`` and ``estimator``.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax)
        ordered = sorted(rows, key=lambda row: row["z_score"])
        edge = min(max([3.0, *(abs(row["z_score"]) for row in rows)]), _EDGE) * 1.05
        expected = [NormalDist().inv_cdf((k + 0.5) / len(ordered)) for k in range(len(ordered))]
        for name in dict.fromkeys(row["estimator"] for row in rows):
            points = [
                (x, max(-edge, min(edge, row["z_score"])))
                for x, row in zip(expected, ordered, strict=True)
                if row["estimator"] == name
            ]
            ax.plot(*zip(*points, strict=True), marker(name), color=colour(name), label=name, alpha=0.8)
        ax.plot([-edge, edge], [-edge, edge], color=MUTED, ls=":")
        ax.set(xlabel="normal quantile", ylabel="z-score", title=title, ylim=(-edge, edge))
        limit = max([3.0, *expected]) * 1.05
        ax.set_xlim(-limit, limit)
        ax.legend(fontsize=7.5)
    return ax
