"""Netted numbers: the sums of the plan through the same gate as a trade's number, and what their members know.

Independent simulation groups add their variances; within a group the netted contributions were measured path by path.
Equal contracts are one position, so that what cancels is nothing; what a sum cannot show in its own moments comes from
its members. Verified in the tests by the coverage of books with hedges, and against the rows of lone trades.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from greeks.book import Book
from greeks.core.workspace import Array
from greeks.names import unit
from greeks.planning import Plan, Settings
from greeks.planning.measured import finding, grid_bias, with_grid
from greeks.planning.netting import NOTHING, NetCell, Place, group_columns
from greeks.results.estimate import Estimate
from greeks.results.positions import NAMED, Held, beside_exact, bias_of, with_members
from greeks.results.scale import uncertainty
from greeks.results.status import DOUBT, NO_HIT, TARGET, Known, assess, measure, missed, rounding_of
from greeks.results.tables import row
from greeks.results.trades import Exact, estimate_cell, known_cell, scale_of
from greeks.text.visible import first


def net_rows(
    book: Book,
    layout: Plan,
    totals: Sequence[Array],
    known: Sequence[Known | None],
    estimates: Sequence[Estimate],
    exact: Exact,
    settings: Settings,
    units: str,
    target: float | None = None,
) -> tuple[list[dict[str, Any]], bool]:
    """One row a netted number, in the columns of the results, and whether those of the book met a target of the net."""
    netting = Netting(book, layout, totals, known, estimates, exact)
    rows, columns, met = [], group_columns(book, settings), True
    aims = set() if target is None else set(aimed_at(layout))
    for place, cell in enumerate(layout.net):
        found = netting.estimate(cell)
        if target is not None and place in aims:
            error = netting.relative(cell, found)
            met = met and error <= target and found.status == "ok"
            if not error <= target and found.status != "na":
                found = found.warned(missed(target, error), TARGET)
        numbers = row(found, cell.greek, units, cell.volatility)
        del numbers["paths"]
        tail = {name: numbers.pop(name) for name in ("unit", "status", "reason")}
        rows.append(
            {
                "level": cell.level,
                "underlying": cell.underlying,
                "currency": cell.currency,
                **dict(zip(columns, cell.labels, strict=True)),
                **({"bucket": cell.bucket} if settings.buckets else {}),
                "greek": cell.greek,
                "estimator": cell.estimator,
                **numbers,
                "trades": len(cell.cells),
                **tail,
                "bias": found.bias * unit(cell.greek, units)[0],
            }
        )
    return rows, met


def netted(book: Book, layout: Plan, totals: Sequence[Array]) -> Iterator[tuple[NetCell, Estimate, float]]:
    """The netted numbers that a target is of: each with its estimate and its relative error."""
    known = [known_cell(book, layout, totals, index) for index in range(len(layout.cells))]
    found = [estimate_cell(cell, totals, own) for cell, own in zip(layout.cells, known, strict=True)]
    netting = Netting(book, layout, totals, known, found, [{} for _ in book.trades])
    for cell in (layout.net[place] for place in aimed_at(layout)):
        own = netting.estimate(cell)
        yield cell, own, netting.relative(cell, own)


def aimed_at(layout: Plan) -> list[int]:
    """Places of simulated numbers of the book, and by underlying of those not added over them, such as deltas."""
    simulated = [(place, cell) for place, cell in enumerate(layout.net) if cell.rows and not cell.bucket]
    covered = {index for _, cell in simulated if cell.level == "book" for index in cell.cells}
    whole = [place for place, cell in simulated if cell.level == "book"]
    return whole + [place for place, cell in simulated if cell.level == "underlying" and not covered & set(cell.cells)]


@dataclass(frozen=True)
class Netting:
    """What netted numbers are made of: the plan, its moments, and what is known and estimated of its cells."""

    book: Book
    layout: Plan
    totals: Sequence[Array]
    known: Sequence[Known | None]
    estimates: Sequence[Estimate]
    exact: Exact

    def estimate(self, cell: NetCell) -> Estimate:
        """The estimate of one netted number."""
        present = [index for index in cell.cells if self.estimates[index].status != "na"]
        absent = [index for index in cell.cells if self.estimates[index].status == "na"]
        lost = ""
        if absent:
            why = self.estimates[absent[0]].reason
            lost = f"{len(absent)} of {len(cell.cells)} trades have no value and are left out: {why}"
        if broken := [index for index in absent if self.layout.cells[index].job >= 0]:
            return Estimate(nan, nan, 0, "na", self._without_sum(cell, broken))
        if not present:
            return Estimate(nan, nan, 0, "na", lost)
        held = self._positions(cell, present)
        live = [one for one in held if abs(one.net) > NOTHING * one.gross]
        random = [one for one in live if one.known.random]
        signs = {one.known.sign * (1 if one.net > 0 else -1) for one in random}
        rows = cell.rows if live or lost else ()  # what closed-out contracts leave is rounding
        parts = [(self.totals[job][line], factor) for job, line, factor in rows]
        step, step_error = grid_bias(self._grid(rows), measure(parts).error)
        bias, bias_error, cure = with_grid(*bias_of(live), step, step_error)
        known = Known(
            sum(abs(one.net) * one.known.bound for one in random),
            signs.pop() if len(signs) == 1 else 0,
            sum(one.gross * max(one.known.rounding, rounding_of(one.estimate)) for one in held),
            bool(random),
            bias=bias,
            bias_error=bias_error,
            cure=cure,
            unresolved=0.0 if step == step else step_error,
            summed=len(live) > 1,
            step=step,
            step_error=step_error,
        )
        found = assess(parts, known, cell.exact)
        if parts and found.status != "na" and NO_HIT not in found.causes:
            found = with_members(found, live)
            if found.status == "ok" and live:
                found = beside_exact(found, sum(self._exact_part(cell, index) for index in present), known.rounding)
        found = self._with_doubts(found, cell, present)
        return found.warned(lost, DOUBT) if lost else found

    def _without_sum(self, cell: NetCell, broken: Sequence[int]) -> str:
        """Why there is no sum: it is taken path by path, and those of a simulated trade are no numbers."""
        shown = first([self.book.trades[self.layout.cells[index].trade].trade_id for index in broken], NAMED)
        return (
            f"{len(broken)} of {len(cell.cells)} trades have no finite sum over paths, nor has the net with them: "
            f"{shown}: {self.estimates[broken[0]].reason}: run the book without them"
        )

    def relative(self, cell: NetCell, found: Estimate) -> float:
        """Standard error over the size of the sum, or over 1 % of the scale of all positions where that is larger."""
        gross = 0.0
        for index in cell.cells:
            if self.layout.cells[index].job >= 0:
                trade = self.book.trades[self.layout.cells[index].trade]
                held = abs(trade.position * cell.weight(self.layout.cells[index].trade, trade.underlying))
                gross += held * scale_of(self.book, self.layout, self.totals, index)
        return uncertainty(found.standard_error, found.value, gross) if found.standard_error else 0.0

    def _with_doubts(self, found: Estimate, cell: NetCell, present: Sequence[int]) -> Estimate:
        """Warnings of values that were not simulated: no moments of the sum show them."""
        told = [
            index for index in present if self.layout.cells[index].job < 0 and self.estimates[index].status == "warn"
        ]
        if not told or found.status == "na":
            return found
        shown = first([self.book.trades[self.layout.cells[index].trade].trade_id for index in told], NAMED)
        text = f"{len(told)} of {len(cell.cells)} trades carry a warning: {shown}: {self.estimates[told[0]].reason}"
        return found.warned(text, DOUBT)

    def _positions(self, cell: NetCell, present: Sequence[int]) -> list[Held]:
        """Simulated positions, equal contracts added."""
        held: dict[Any, Held] = {}
        for index in present:
            own, known = self.layout.cells[index], self.known[index]
            if known is None:
                continue
            trade = self.book.trades[own.trade]
            position = trade.position * cell.weight(own.trade, trade.underlying)
            payoff = trade.payoff
            if own.simulated is not None:  # a call by its put, and that put, are positions in one contract
                payoff, position = own.simulated, own.factor * position
            # Without a jump, what one contract pays under two models differs by little on every path.
            contract: Any = trade.underlying, payoff, own.estimator
            model = self.book.model_of(trade)
            key = contract, model
            if key in held:
                before = held[key]
                held[key] = replace(before, net=before.net + position, gross=before.gross + abs(position))
                continue
            reference = self.exact[own.trade].get(own.greek, nan)
            found = self.estimates[index]
            found = replace(found, bias=own.factor * found.bias)  # that of what is held, as the steps are
            by_step = finding(own, self.totals[own.job], trade.payoff.smoothness)
            steps = by_step.bias, by_step.bias_error
            contract = contract if payoff.smoothness == "lipschitz" else key
            held[key] = Held(position, abs(position), found, known, reference, trade.trade_id, steps, contract)
        return list(held.values())

    def _grid(self, rows: Sequence[Place]) -> list[tuple[Array, float]]:
        """Moments of the differences between two grids, netted path by path."""
        grids = [(self.layout.grid_moments(job, self.totals), line, factor) for job, line, factor in rows]
        return [(grid[line], factor) for grid, line, factor in grids if grid is not None]

    def _exact_part(self, cell: NetCell, index: int) -> float:
        """Exact value of one position; nan where it is not known."""
        own = self.layout.cells[index]
        trade = self.book.trades[own.trade]
        value = self.exact[own.trade].get(own.greek, nan) if own.job >= 0 else self.estimates[index].value
        return trade.position * cell.weight(own.trade, trade.underlying) * value
