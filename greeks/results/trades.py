"""From moments to rows: estimates of trades, and the manifest beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from math import nan
from typing import Any

from greeks._version import __version__
from greeks.analytic.registry import reference
from greeks.book import Book
from greeks.checks.plausible import doubts
from greeks.core.workspace import Array
from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import on_grid
from greeks.names import unit, volatility_of
from greeks.payoffs.option_type import complement
from greeks.planning import Plan, Settings
from greeks.planning.cells import Cell
from greeks.planning.currencies import currency_notes
from greeks.planning.measured import Finding, finding
from greeks.results.bounds import beyond_reach, no_hit_bound, sign_of, weight_beyond_reach
from greeks.results.estimate import Estimate
from greeks.results.scale import natural_scale, rounding, z_score
from greeks.results.status import BIAS, DOUBT, Known, assess
from greeks.results.tables import far, row
from greeks.system.machine import machine

Exact = Sequence[Mapping[str, float]]  # by trade, then by Greek


def estimate_cell(cell: Cell, totals: Sequence[Array], known: Known | None) -> Estimate:
    """The estimate of one cell of the plan, from the moments of its job and what is known beside them."""
    if cell.exact is not None:
        return Estimate(cell.exact, 0.0, 0, cell.status, cell.reason)
    if known is None:
        return Estimate(nan, nan, 0, cell.status, cell.reason)
    return assess([(totals[cell.job][cell.row], cell.factor)], known, cell.part)


def known_cell(book: Book, layout: Plan, totals: Sequence[Array], index: int) -> Known | None:
    """What is known of a simulated cell of the plan beside its moments; None where it is not simulated."""
    cell = layout.cells[index]
    if cell.job < 0:
        return None
    payoff, moments = book.trades[cell.trade].payoff, totals[cell.job]
    measured = finding(cell, moments, payoff.smoothness, layout.grid_moments(cell.job, totals))
    paths = int(moments[cell.row][0])
    return known(paths, payoff, _model(book, cell), cell, layout.jobs[cell.job].bump, measured)


def scale_of(book: Book, layout: Plan, totals: Sequence[Array], index: int) -> float:
    """Natural scale of a simulated cell; see :func:`greeks.results.scale.natural_scale`."""
    cell = layout.cells[index]
    payoff = book.trades[cell.trade].payoff
    paid = finding(cell, totals[cell.job], payoff.smoothness).payment
    return natural_scale(payoff, _model(book, cell), cell.greek, paid)


def from_moments(
    moments: Array, payoff: Any, model: Any, cell: Cell, bump: float, grid: Array | None = None
) -> Estimate:
    """The estimate of one cell from the moments of its job; see :func:`greeks.results.status.assess`."""
    own = moments[cell.row]
    measured = finding(cell, moments, payoff.smoothness, grid)
    return assess([(own, 1.0)], known(int(own[0]), payoff, model, cell, bump, measured))


def known(paths: int, payoff: Any, model: Any, cell: Cell, bump: float, measured: Finding) -> Known:
    """What is known of one cell beside its own moments."""
    greek, estimator = cell.greek, ESTIMATORS[cell.estimator]
    missed = complement(payoff) if measured.unmet else payoff
    scale = natural_scale(payoff, model, greek, measured.payment)
    certain = estimator.certain(payoff, model)
    exact = certain or greek in payoff.unmoved or estimator.exact_if_equal(payoff)
    few = measured.few or beyond_reach(paths, cell.simulated or payoff, model, greek)
    return Known(
        0.0 if exact else no_hit_bound(paths, scale, missed, model, greek),
        sign_of(payoff, model, greek) if cell.simulated is None else 0,
        rounding(payoff, model, greek, estimator.steps(payoff, model, greek, bump) if greek != "price" else {}),
        not (model.still or certain),
        cell.status,
        cell.reason,
        bias=cell.factor * measured.bias,
        bias_error=measured.bias_error,
        cure=measured.cure,
        unresolved=abs(cell.factor) * measured.unresolved,
        few="" if certain else few or weight_beyond_reach(paths, greek, cell.estimator),
        unmet=measured.unmet,
        step=cell.factor * measured.step,
        step_error=measured.step_error,
    )


def judged(book: Book, layout: Plan, estimates: Sequence[Estimate], exact: Exact) -> list[Estimate]:
    """The same estimates, each beside its exact value, where one is known; see :func:`judge`."""
    return [
        judge(found, exact[cell.trade].get(cell.greek), book.trades[cell.trade].payoff, _model(book, cell), cell)
        if cell.job >= 0
        else found
        for cell, found in zip(layout.cells, estimates, strict=True)
    ]


def doubted(book: Book, layout: Plan, estimates: Sequence[Estimate]) -> list[Estimate]:
    """The same estimates, with a warning where the contract or its market is probably mistyped."""
    said = [doubts(trade.payoff, book.model_of(trade)) for trade in book.trades]
    return [
        found.warned("; ".join(said[cell.trade]), DOUBT) if said[cell.trade] and found.status != "na" else found
        for cell, found in zip(layout.cells, estimates, strict=True)
    ]


def _model(book: Book, cell: Cell) -> Any:
    return book.model_of(book.trades[cell.trade])


def judge(found: Estimate, exact: float | None, payoff: Any, model: Any, cell: Cell) -> Estimate:
    """A sound estimate becomes a warning where it is further from its exact value than chance allows.

    No number of paths removes a bias, so an error bar that lies outside it must not be trusted.
    """
    if found.status != "ok" or exact is None or exact != exact:
        return found
    z = z_score(found.value, found.standard_error, exact, natural_scale(payoff, model, cell.greek), payoff.early)
    if not abs(z) > far(found):
        return found
    if ESTIMATORS[cell.estimator].biased and cell.greek != "price":
        cause = "the bias of the estimator: take another one, or a smaller bump"
    else:
        grid = on_grid(model)
        cause = "the time-step bias of the scheme: take more steps per year" if grid else "more than chance explains"
    off = f"{found.value / exact - 1.0:.2%}" if exact else f"{found.value:.3g}"
    text = f"{off} from the exact value, {abs(z):.1f} standard errors: {cause}, or trust the reference"
    return found.warned(text, BIAS)


def references(book: Book) -> Exact:
    """Exact values of each trade by Greek, as far as they are known."""
    return [reference(trade.payoff, book.model_of(trade)) for trade in book.trades]


def trade_rows(
    book: Book,
    layout: Plan,
    estimates: Sequence[Estimate],
    exact: Exact,
    units: str,
    errors: Sequence[float],
    met: Sequence[bool | None],
) -> list[dict[str, Any]]:
    """One row a cell, in the columns of the results; see :mod:`greeks.execution.target` for its target."""
    rows = []
    for cell, found, relative, reached in zip(layout.cells, estimates, errors, met, strict=True):
        trade = book.trades[cell.trade]
        model = book.model_of(trade)
        of = volatility_of(cell.greek, model)
        factor, _ = unit(cell.greek, units, spot=model.quoted_spot)
        known = exact[cell.trade].get(cell.greek, nan)
        scale = natural_scale(trade.payoff, model, cell.greek) if cell.job >= 0 else nan
        numbers = row(found, cell.greek, units, of, model.quoted_spot)
        rows.append(
            {
                "trade_id": trade.trade_id,
                "underlying": trade.underlying,
                "product": trade.payoff.kind,
                "model": model.kind,
                "greek": cell.greek,
                "estimator": cell.estimator,
                **numbers,
                "reference": known * factor,
                "z_score": z_score(found.value, found.standard_error, known, scale, trade.payoff.early)
                if cell.job >= 0
                else nan,
                "bias": found.bias * factor,
                "relative_error": relative,
                "target_met": reached,
                "quantity": trade.quantity,
                "multiplier": trade.multiplier,
                "position_value": trade.position * numbers["value"] + 0.0,  # a short position in 0 is 0
                "position_standard_error": abs(trade.position) * numbers["standard_error"],
                "kurtosis": found.kurtosis,
                **{name: trade.labels.get(name, "") for name in book.label_columns},
            }
        )
    return rows


def make_manifest(
    book: Book,
    settings: Settings,
    units: str,
    asked: Mapping[str, Any],
    sources: Mapping[str, str],
    noted: Sequence[str] = (),
) -> dict[str, Any]:
    """What it takes to repeat the run, and what a reader should know of it; ``asked`` are options beside the settings,
    ``sources`` files beside the book's, and ``noted`` notes on the options.
    """
    return {
        "version": __version__,
        "settings": {**asdict(settings), "units": units, **asked},
        "inputs": {**book.sources, **sources},
        "as_of": book.as_of or None,
        "labels": list(book.label_columns),
        "currencies": dict(book.currencies),
        "market": {name: _parameters(model) | _by_time(book, name) for name, model in book.models.items()},
        "volatilities": {trade.trade_id: trade.volatility for trade in book.trades if trade.volatility is not None},
        "notes": [*book.notes, *currency_notes(book, settings), *noted],
        "machine": dict(machine()),
    }


def _by_time(book: Book, name: str) -> dict[str, str]:
    """What of an underlying's market is no one number."""
    terms = book.terms.get(name)
    if terms is None:
        return {}
    there = {"curve": bool(terms.curves), "smile": terms.smile is not None, "dividends": bool(terms.forward.dividends)}
    return {"by_time": ", ".join(what for what, is_there in there.items() if is_there)}


def _parameters(model: Any) -> dict[str, Any]:
    """Numbers and names of a model, by the names of its fields."""
    own = [part.name for part in fields(model)] if is_dataclass(model) else ["spot", "rate", "dividend_yield"]
    found = {"kind": model.kind, **{name: getattr(model, name, None) for name in own}}
    return {name: value for name, value in found.items() if isinstance(value, float | int | str)}
