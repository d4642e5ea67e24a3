"""The step of finite differences."""

from __future__ import annotations

from typing import Any

from greeks.plots.bump import plot_bump_study
from greeks.report.context import Context, greeks_of
from greeks.report.svg import draw_panels
from greeks.report.tables import GREEK, KIND, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.study.bump import bump_study

_GREEKS = ("delta", "gamma", "vega", "vanna", "volga")
_NOTHING = "At every step the noise exceeds the bias: a longer step may be taken."
_FEW = "Differences of which too few paths met a kink at the step in use to judge it by: {few}."
_NEGLIGIBLE = 1e-6  # of the natural scale: an error below this is none, whatever the step
_FAR = 4.0  # ratio of mean square errors at which the step in use is called doubtful


def build(context: Context) -> Section:
    """The U-curve of three Greeks for one trade of each kind."""
    lead = (
        "A long step is biased, a short one is noisy: most of all where the payoff jumps, or for a second derivative. "
        "The curve is the mean square error of a run as long as that of the book; the step in use should lie near its "
        "bottom."
    )
    title = "The bump of finite differences"
    points: list[dict[str, Any]] = []
    chosen: list[dict[str, Any]] = []
    curves: list[tuple[str, list[dict[str, Any]]]] = []
    few = 0
    for kind in context.kinds:
        done = context.representative(kind)
        for greek in greeks_of(done.model, _GREEKS):
            row = done.row(greek, "finite_difference")
            if row is None:
                continue
            rows = bump_study(context.book, done.trade, greek, context.settings)
            identity = context.identity(done, row)
            points.extend({**identity, **point} for point in rows)
            used = next((point for point in rows if point["chosen"]), None)
            best = next((point for point in rows if point["best"]), None)
            few += bool(used and not used["sampled"])
            if used and used["sampled"] and best and best["total"] > 0.0:
                counts = used["total"] > (_NEGLIGIBLE * done.scale(greek)) ** 2
                loss = used["total"] / best["total"] if counts else 1.0
                chosen.append({**identity, **used, "best_bump": best["bump"], "loss": loss})
            if used and used["bias_from"] != "not resolved":
                curves.append((f"{kind}\n{greek}", rows))
    unsampled = [Check("note", Said(_FEW, {"few": few}, {"few": "count"}))] if few else []
    if not chosen:
        words = _NOTHING if points else "No delta, gamma, vega, vanna or volga of this book is bumped."
        return Section("bump", title, lead, [Check("note", Said(words)), *unsampled])
    chosen.sort(key=lambda row: -row["loss"])
    columns = (
        TRADE,
        KIND,
        GREEK,
        Column("bump", "Step in use, in the parameter's unit"),
        Column("best_bump", "Best step"),
        Column("loss", "Its mean square error / best", "ratio"),
        Column("bias_squared", "Bias squared"),
        Column("variance", "Variance"),
        Column("bias_from", "Bias from", "text"),
    )
    far = sum(row["loss"] > _FAR for row in chosen)
    said = Said(
        "The step in use costs at most {loss} times the least mean square error ({greek}, {kind}); for {far} of {all} "
        "differences it costs more than {bound} times.",
        {"loss": chosen[0]["loss"], "greek": chosen[0]["greek"], "kind": chosen[0]["kind"], "far": far,
         "all": len(chosen), "bound": _FAR},
        {"loss": "ratio", "far": "count", "all": "count"},
    )  # fmt: skip
    worst = [f"{row['kind']}\n{row['greek']}" for row in chosen[: context.budget.panels]]
    panels = [(label, rows) for label, rows in curves if label in worst]
    svg = draw_panels("bump", panels, lambda ax, panel: plot_bump_study(panel[1], ax, panel[0]))
    caption = "Squared bias, variance and their sum against the step, where the step in use is furthest from the best."
    return Section(
        "bump", title, lead, [Check("doubtful" if far else "sound", said), *unsampled],
        tables=[Table("bump", "Step in use and best step, the costliest first", columns, chosen, 10),
                Table("bump_points", "Points of the curves", columns, points, 0)],
        figures=[Figure("bump", caption, svg)],
    )  # fmt: skip
