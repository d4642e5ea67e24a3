"""Spread of a delta against the first fixing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import INK, MUTED, axes, colour, marker, plain_logs, styled

Rows = Sequence[Mapping[str, Any]]


def plot_first_fixing(sweep: Rows, trades: Rows, ax: Any = None, title: str = "") -> Any:
    """Deviation of the delta's contributions over the payment's size, beside 1/(S_0 sigma sqrt(h_1)).

    Parameters
    ----------
    sweep : sequence of mapping
        The swept option: ``estimator``, ``first_fixing``, ``relative``, ``weight``.
    trades : sequence of mapping
        The same of trades of the book, by likelihood ratio; their deviations are scaled by S_0 sigma of the swept
        option over their own, in ``scaled``.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax, 6.0, 3.6)
        days = 365.0
        for name in dict.fromkeys(row["estimator"] for row in sweep):
            mine = [row for row in sweep if row["estimator"] == name]
            x, y = [row["first_fixing"] * days for row in mine], [row["relative"] for row in mine]
            ax.plot(x, y, color=colour(name), marker=marker(name), label=f"swept option, {name}")
        if trades:
            x, y = [row["first_fixing"] * days for row in trades], [row["scaled"] for row in trades]
            ax.plot(x, y, ".", color=MUTED, label="trades of the book, likelihood_ratio")
        line = {row["first_fixing"]: row["weight"] for row in sweep}
        ax.plot([x * days for x in line], list(line.values()), color=INK, ls=":", label="1 / (S sigma sqrt(h))")
        plain_logs(ax)
        ax.set(xlabel="first fixing, days", ylabel="deviation / size of payment", title=title)
        ax.legend(fontsize=7.5)
    return ax
