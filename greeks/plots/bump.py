"""The U-curve of a finite difference's step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import BAD, GOOD, INK, PALETTE, axes, plain_logs, styled

Rows = Sequence[Mapping[str, Any]]


def plot_bump_study(rows: Rows, ax: Any = None, title: str = "") -> Any:
    """Squared bias, variance and their sum against the step; the step in use and the best one marked.

    Parameters
    ----------
    rows : sequence of mapping
        From :func:`greeks.study.bump.bump_study`.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax)
        steps = [row["bump"] for row in rows]
        for name, label, colour, style in (
            ("bias_squared", "bias squared", PALETTE[1], "--"),
            ("variance", "variance", PALETTE[0], "--"),
            ("total", "mean square error", INK, "-"),
        ):
            points = [(x, row[name]) for x, row in zip(steps, rows, strict=True) if row[name] > 0.0]
            if points:
                ax.plot(*zip(*points, strict=True), color=colour, ls=style, label=label)
        for name, label, colour, shape in (("best", "best", GOOD, "o"), ("chosen", "in use", BAD, "x")):
            for row in rows:
                if row[name] and row["total"] > 0.0:
                    ax.plot(row["bump"], row["total"], shape, color=colour, label=label, markersize=7, fillstyle="none")
        plain_logs(ax)
        totals = [row["total"] for row in rows if row["total"] > 0.0]
        if totals:
            ax.set_ylim(bottom=1e-4 * min(totals))
        ax.set(xlabel="step, in the unit of the parameter", ylabel="squared error", title=title)
        ax.legend(fontsize=7.5)
    return ax
