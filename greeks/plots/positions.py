"""A book's Greeks by underlying with their error bars, and the trades that make the errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import GRID, INK, MUTED, PALETTE, axes, styled
from greeks.results.estimate import Z95

Rows = Sequence[Mapping[str, Any]]
_SOUND, _WARNED = PALETTE[0], PALETTE[1]


def plot_totals(rows: Rows, greeks: Sequence[str], figure: Any = None) -> Any:
    """One panel a Greek, one line an underlying: value over size with its 95 % interval, and the value in words.

    Parameters
    ----------
    rows : sequence of mapping
        ``underlying``, ``label`` (its short form), ``greek``, ``value``, ``standard_error``, ``size`` and ``status``.
    greeks : sequence of str
        Panels, from left to right.
    figure : matplotlib figure, optional

    Returns
    -------
    matplotlib figure
    """
    with styled():
        if figure is None:
            import matplotlib.pyplot as plt

            figure = plt.figure(figsize=(8.4, 4.0), layout="constrained")
        labels = {row["underlying"]: row["label"] for row in rows}
        place = {name: -k for k, name in enumerate(labels)}
        panels = figure.subplots(1, len(greeks), sharey=True, squeeze=False)[0]
        for ax, greek in zip(panels, greeks, strict=True):
            ax.axvline(0.0, color=MUTED, linewidth=0.8)
            for row in rows:
                if row["greek"] != greek:
                    continue
                colour = _SOUND if row["status"] == "ok" else _WARNED
                x, y = 100.0 * row["value"] / row["size"], place[row["underlying"]]
                half = 100.0 * Z95 * row["standard_error"] / row["size"]
                ax.errorbar([x], [y], xerr=[half], fmt="o", color=colour, markersize=3.5, capsize=2.5, linewidth=1.2)
                ax.text(0.5, y + 0.2, _words(row), transform=ax.get_yaxis_transform(), ha="center", fontsize=6.5)
            ax.set_title(greek.replace("_", " "), fontsize=9)
            ax.set_ylim(-len(labels) + 0.4, 0.7)
            ax.locator_params(axis="x", nbins=3)
            ax.margins(x=0.2)
            ax.grid(axis="y", color=GRID)
            ax.tick_params(labelsize=7)
        panels[0].set_yticks(list(place.values()), labels=list(labels.values()), fontsize=8)
        figure.supxlabel("% of the size of the positions", fontsize=8, color=INK)
    return figure


def _words(row: Mapping[str, Any]) -> str:
    """A value and its error in few characters."""
    if row["standard_error"] == 0.0:
        return f"{_short(row['value'], 4)}, exact"
    return f"{_short(row['value'], 4)} ± {_short(row['standard_error'], 1)}"


def _short(number: float, digits: int) -> str:
    return f"{number:.{digits}g}".replace("e+0", "e").replace("e-0", "e-")


def plot_errors(rows: Rows, ax: Any = None, title: str = "") -> Any:
    """One bar a number of a trade: its error over the size of its underlying's positions.

    Parameters
    ----------
    rows : sequence of mapping
        ``label``, ``error_of_size``, ``share`` and ``status``, the largest first.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax, 7.0, 0.9 + 0.22 * len(rows))
        y = [-k for k in range(len(rows))]
        colours = [_SOUND if row["status"] == "ok" else _WARNED for row in rows]
        lengths = [100.0 * row["error_of_size"] for row in rows]
        ax.barh(y, lengths, color=colours, height=0.6)
        for place, length, row in zip(y, lengths, rows, strict=True):
            text = f" {row['share']:.0%} of this Greek's squared error in {row['underlying_label']}"
            ax.text(length, place, text, va="center", fontsize=6.5)
        ax.set_yticks(y, labels=[row["label"] for row in rows], fontsize=7.5)
        ax.set_ylim(-len(rows) + 0.3, 0.7)
        ax.set_xlim(0.0, 1.75 * max(lengths))
        ax.grid(axis="y", visible=False)
        ax.set(xlabel="standard error, % of size; orange: it carries a warning", title=title)
    return ax
