"""The distribution of contributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import axes, colour, plain_logs, styled

Rows = Sequence[Mapping[str, Any]]


def plot_contributions(rows: Mapping[str, Rows], ax: Any = None, title: str = "") -> Any:
    """Density of the contributions on a logarithmic axis, one step line an estimator.

    Parameters
    ----------
    rows : mapping of str to rows
        By estimator: ``low``, ``high`` and ``density``, from :func:`greeks.study.tails.histogram`.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax)
        for name, bins in rows.items():
            edges = [*(row["low"] for row in bins), bins[-1]["high"]]
            ax.stairs([row["density"] for row in bins], edges, color=colour(name), label=name, linewidth=1.3)
        plain_logs(ax, x=False)
        ax.locator_params(axis="x", nbins=5)
        ax.set(xlabel="contribution of a path", ylabel="density", title=title)
        ax.legend(fontsize=7.5)
    return ax
