"""Longstaff and Schwartz in two passes: policies from paths of their own, frozen, then values on others.

With tau the date at which a policy exercises, the value is E[D_tau f(S_tau)], and as the best policy is a maximum its
derivatives are those at fixed tau: delta, vega, rho and theta along the path; gamma and vanna are the score of the
first interval times delta and vega. The European value is taken off at tau and added now, where it is exact.

Each share of the paths has a policy of its own, and the error is that of the means of the shares: so the scatter of
policies, which no spread of one policy's paths shows, is in it. What a policy is short of the best is not, and is
measured in ``docs/american.md``.

Source: Longstaff and Schwartz, Valuing American options by simulation (2001); Piterbarg, Computing deltas of callable
Libor exotics in forward Libor models (2004). Verified against cosine series, an integral equation and lattices, by the
coverage of intervals over seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np

from greeks.core.rows import add_scaled, fill
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.exercise_kernels import (
    OF_DIVIDENDS,
    OF_RATE,
    OF_VOLATILITY,
    add_constant,
    add_increments,
    add_row,
    paid,
    stop,
    tangent_at,
    unless_now,
)
from greeks.estimators.exercise_policies import (
    dates_of,
    european_greeks,
    futures_of,
    known_of,
    last_strike,
    policies,
)
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model, Tangent
from greeks.payoffs.base import Payoff
from greeks.payoffs.kernels import multiply

_EXPLICIT = {"vega": OF_VOLATILITY, "rho": OF_RATE, "dividend_rho": OF_DIVIDENDS}
_ALONG = {"gamma": "delta", "vanna": "vega"}  # the derivative along the path that the score differentiates


class LongstaffSchwartz(Estimator):
    """E[D_tau f(S_tau)] and its derivatives at fixed tau."""

    name, short, own_paths = "longstaff_schwartz", "lsm", True
    early = True

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Whatever is not exercised early, and a second derivative to the volatility."""
        if not payoff.early:
            return "longstaff_schwartz finds when to exercise, and nobody decides that here"
        if model.still:
            return "nothing is random, so there is nothing to regress"
        if greek == "price":
            return None
        if greek == "volga":
            return "longstaff_schwartz gives no volga"
        if greek == "vanna" and not model.flat:
            return "longstaff_schwartz gives no vanna where curves are not flat or dividends are paid"
        return missing_parameter(model, greek)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """How many dates there are where any will do."""
        option, said = cast(Any, payoff), []  # which has schedules, being exercised early
        if len(option.schedules) > 1:
            counts = " and ".join(str(len(places)) for _, places in option.schedules)
            said.append(f"exercise at any time: extrapolated from {counts} dates")
        if getattr(model, "dividends", ()):
            said.append("dividends of the escrowed model: its volatility is that of the spot less their present value")
        return "ok", "; ".join(said)

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The score of delta, for a second derivative to the spot."""
        return ("delta",) if set(greeks) & set(_ALONG) else ()

    def controlled(self, model: Model) -> bool:
        """The European value, where it is a closed form."""
        return not model.still

    def exact_if_equal(self, payoff: Payoff) -> bool:
        """What every policy exercises at once is worth its payment."""
        return True

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Rows of all schedules, added up."""
        sample, payoff = valuation.sample, valuation.payoff
        paths: Any = sample.paths
        control, n, draw = bool(sample.controls), paths.count, paths.draw
        out = sample.workspace.array("exercise/greeks", len(greeks), valuation.stride)
        for row in out:
            fill(0.0, n, row)
        found = policies(payoff, sample.model, max(draw.shares, 1), control, draw.key)
        for (weight, _), levels in zip(payoff.schedules, found, strict=True):
            self._schedule(valuation, greeks, weight, levels, control, out)
        known = european_greeks(payoff, sample.model) if control else {}
        for greek, row in zip(greeks, out, strict=True):
            if control:
                add_constant(known[greek], n, row)
        return [Terms.of_rows(out)]

    def _schedule(
        self,
        valuation: Valuation,
        greeks: tuple[str, ...],
        weight: float,
        levels: Array,
        control: bool,
        out: Array,
    ) -> None:
        """Add ``weight`` times the rows of one schedule."""
        sample, payoff = valuation.sample, valuation.payoff
        paths: Any = sample.paths
        n, model, first, workspace = paths.count, sample.model, paths.draw.first_path, sample.workspace
        date, level, along = workspace.array("exercise/stopped", 3, valuation.stride)
        rows = workspace.array("exercise/paid", 5, valuation.stride)
        part, running = workspace.array("exercise/part", 2, valuation.stride)
        nothing = np.zeros(len(dates_of(payoff, model)))
        now, later = np.ascontiguousarray(levels[:, 0]), np.ascontiguousarray(levels[:, 1:])
        stop(paths.spot, later, first, payoff.sign, n, date, level)
        known, strike = np.ascontiguousarray(known_of(payoff, model)[:, 1:]), last_strike(payoff, model)
        paid(date, level, known, payoff.sign, strike, futures_of(model), control, n, rows)
        european = european_greeks(payoff, model) if control else {}
        intrinsic = max(payoff.sign * (model.quoted_spot - payoff.strike), 0.0)
        at_once = {"price": intrinsic, "delta": payoff.sign if intrinsic > 0.0 else 0.0}
        for greek, row in zip(greeks, out, strict=True):
            first_order = _ALONG.get(greek, greek)
            fill(0.0, n, part)
            if first_order == "price":
                fill(0.0, n, along)
            else:
                self._tangent(sample.tangent(first_order), date, n, running, along)
            carry = self._carry(first_order, payoff, model)
            add_row(rows, along, _EXPLICIT.get(first_order, -1), carry, date, 1.0, n, part)
            if greek in _ALONG:  # what is differentiated along the path reads the spot now: S_tau / S_0, or W_tau
                weights, index = sample.weights(("delta",))
                multiply(weights[int(index[0])], n, part)
                self._tangent(sample.tangent("delta"), date, n, running, along)
                by = -1.0 / (model.spot if greek == "gamma" else model.volatility)
                add_row(rows, along, -1, nothing, date, by, n, part)
            unless_now(now, first, model.spot, payoff.sign, at_once.get(greek, 0.0) - european.get(greek, 0.0), n, part)
            add_scaled(part, weight, n, row)

    @staticmethod
    def _carry(greek: str, payoff: Any, model: Any) -> Array:
        """Logarithmic derivative of the discount factor of each date; 1 for the price itself."""
        dates = np.array(dates_of(payoff, model))
        if greek == "price":
            return np.ones(len(dates))
        if greek == "rho":
            return -dates
        return np.full(len(dates), model.first_rate if greek == "theta" else 0.0)

    @staticmethod
    def _tangent(tangent: Tangent, date: Array, n: int, running: Array, out: Array) -> None:
        """Derivative of the log-spot at the date of each path."""
        tangent_at(tangent.by_date, date, n, out)
        if tangent.by_path is not None:
            multiply(tangent.by_path, n, out)
        if tangent.increments is not None and tangent.scale is not None:
            add_increments(tangent.increments, tangent.scale, date, n, running, out)
