"""Coverage of intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import MUTED, axes, colour, marker, styled


def plot_coverage(rows: Sequence[Mapping[str, Any]], ax: Any = None, title: str = "") -> Any:
    """Share of 95 % intervals that hold the exact value, by cell, with the range that chance allows.

    Parameters
    ----------
    rows : sequence of mapping
        ``trade_id``, ``greek``, ``label``, ``estimator``, ``coverage`` and ``allowed``, the least that chance allows.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        labels = {(row["trade_id"], row["greek"]): row["label"] for row in rows}
        ax = axes(ax, 7.0, 0.9 + 0.2 * len(labels))
        place = {number: -k for k, number in enumerate(labels)}
        for number, row in {(row["trade_id"], row["greek"]): row for row in rows}.items():
            ax.plot([row["allowed"], 1.0], [place[number]] * 2, color=MUTED, linewidth=5, alpha=0.25)
        for name in dict.fromkeys(row["estimator"] for row in rows):
            mine = [row for row in rows if row["estimator"] == name]
            x, y = [row["coverage"] for row in mine], [place[row["trade_id"], row["greek"]] for row in mine]
            ax.plot(x, y, marker(name), color=colour(name), label=name)
        ax.axvline(0.95, color=MUTED, ls=":")
        ax.set_yticks(list(place.values()), labels=list(labels.values()), fontsize=7.5)
        ax.set_ylim(-len(labels) + 0.3, 0.7)
        ax.set(xlabel="share of 95 % intervals that hold the exact value", title=title)
        ax.legend(fontsize=7.5, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax
