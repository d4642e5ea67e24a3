"""Time-step bias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks.plots.style import MARKERS, MUTED, PALETTE, axes, styled


def plot_time_step(rows: Sequence[Mapping[str, Any]], ax: Any = None, title: str = "") -> Any:
    """Relative difference to the semi-analytic value with its 95 % interval, against steps per year.

    Parameters
    ----------
    rows : sequence of mapping
        From :func:`greeks.study.time_step.time_step_bias`, of one underlying.
    ax : matplotlib axes, optional
    title : str

    Returns
    -------
    matplotlib axes
    """
    with styled():
        ax = axes(ax)
        for index, greek in enumerate(dict.fromkeys(row["greek"] for row in rows)):
            mine = [row for row in rows if row["greek"] == greek]
            ax.errorbar(
                [row["steps_per_year"] * 1.04**index for row in mine],
                [100.0 * row["bias"] for row in mine],
                [196.0 * row["bias_error"] for row in mine],
                color=PALETTE[index], marker=MARKERS[index], label=greek, capsize=2, linewidth=1.0,
            )  # fmt: skip
        ax.axhline(0.0, color=MUTED, ls=":")
        ax.set_xscale("log", base=2)
        steps = sorted({row["steps_per_year"] for row in rows})
        ax.set_xticks(steps, labels=[str(step) for step in steps])
        ax.minorticks_off()
        ax.set(xlabel="steps per year", ylabel="difference to the exact value, %", title=title)
        ax.legend(fontsize=7.5)
    return ax
