"""What an accurate number costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import MARKERS, PALETTE, axes, plain_logs, styled


def plot_cost(rows: Sequence[Mapping[str, Any]], value: str, label: str, ax: Any = None, title: str = "") -> Any:
    """One row a trade, one mark a Greek, on a logarithmic axis.

    Parameters
    ----------
    rows : sequence of mapping
        ``trade_id``, ``label`` (its short form), ``greek`` and the column ``value``.
    value : str
        Column to show.
    label : str
        Of the axis.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        labels = {row["trade_id"]: row["label"] for row in rows}
        place = {trade: -k for k, trade in enumerate(labels)}
        ax = axes(ax, 7.0, 0.9 + 0.17 * len(labels))
        for index, greek in enumerate(dict.fromkeys(row["greek"] for row in rows)):
            mine = [row for row in rows if row["greek"] == greek and row[value] is not None]
            x, y = [row[value] for row in mine], [place[row["trade_id"]] for row in mine]
            ax.plot(x, y, MARKERS[index % 8], color=PALETTE[(index + index // 8) % 8], label=greek, markersize=4)
        plain_logs(ax, y=False)
        ax.set_yticks(list(place.values()), labels=list(labels.values()), fontsize=7)
        ax.set_ylim(-len(labels) + 0.3, 0.7)
        ax.set(xlabel=label, title=title)
        ax.legend(fontsize=7.5, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax
