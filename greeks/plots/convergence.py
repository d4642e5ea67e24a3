"""Error against the number of paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import MUTED, axes, colour, marker, plain_logs, styled

Rows = Sequence[Mapping[str, Any]]


def plot_convergence(
    rows: Mapping[str, Rows], ax: Any = None, title: str = "", slopes: Mapping[str, float] | None = None
) -> Any:
    """Root mean square error of runs of n paths, one line an estimator, beside the slope -1/2.

    Parameters
    ----------
    rows : mapping of str to rows
        By estimator: ``paths`` and ``error``, from :func:`greeks.study.batches.convergence`.
    ax : matplotlib axes, optional
    title : str
    slopes : mapping of str to float, optional
        Fitted slope by estimator, for the legend.

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax)
        for name, points in rows.items():
            kept = [point for point in points if point["error"] > 0.0]
            x, y = [point["paths"] for point in kept], [point["error"] for point in kept]
            ax.plot(x, y, color=colour(name), marker=marker(name), label=_label(name, slopes))
        first = next((points for points in rows.values() if points and points[0]["error"] > 0.0), None)
        if first:
            start, stop = first[0]["paths"], first[-1]["paths"]
            level = 0.6 * min(points[0]["error"] for points in rows.values() if points and points[0]["error"] > 0.0)
            ax.plot([start, stop], [level, level * (start / stop) ** 0.5], color=MUTED, ls=":", label="slope -1/2")
        plain_logs(ax)
        low, high = ax.get_ylim()
        ax.set_ylim(low * (low / high) ** 0.35, high)  # room for the legend
        ax.set(xlabel="paths", ylabel="root mean square error", title=title)
        ax.legend(fontsize=7.0, loc="lower left")
    return ax


def _label(name: str, slopes: Mapping[str, float] | None) -> str:
    return f"{name}: slope {slopes[name]:.2f}" if slopes and name in slopes else name
