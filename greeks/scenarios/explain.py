"""How much of a book's profit and loss its Greeks explain, and whether what they leave is more than noise.

The Greeks and values are those of two runs. Numbers of one run share their random numbers in a way that no table holds,
so that the error of a sum is taken to be the largest that it can be, the sum of the errors; of runs with different
seeds, and of different underlyings, errors are independent. A rest beyond 1.96 such errors is no noise; one within them
may be. Verified in the tests on books whose change is known in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot
from typing import Any

from greeks.checks.ranges import finite
from greeks.errors import UsageError
from greeks.names import ORDER
from greeks.results.estimate import Z95
from greeks.scenarios.moves import moves_of, volatility_in, volatility_moves, years_passed
from greeks.scenarios.readings import Number, Position, Reading, reading
from greeks.scenarios.result import ExplainResult
from greeks.text.visible import first as listed

_GREEKS = tuple(name for name in ORDER if name not in ("price", "initial_variance"))
_ROUNDING = 1e-9  # of the values: a rest of exact numbers below it is none
_TRADING = "trading"
_NAMED = 3  # trades in a warning


@dataclass(frozen=True)
class _Term:
    """One line: an amount with its standard error, what multiplied which Greek, and what is the matter with it."""

    name: str
    amount: float
    error: float
    move: float | None = None
    greek: float | None = None
    status: str = "ok"
    reason: str = ""


def explain(before: Any, after: Any, *, days: float | None = None) -> ExplainResult:
    """Explain the change from one run of a book to another by the Greeks of the first.

    Parameters
    ----------
    before, after : RunResult, or mapping
        From :func:`greeks.run`, or the data of its ``to_json()``. The first holds the price and the Greeks, the second
        the price.
    days : float, optional
        Calendar days between them; default by their ``as_of``.

    Returns
    -------
    ExplainResult
        ``to_frame()`` has a row for each term of each underlying, and of the book by currency.

    Raises
    ------
    UsageError
        For what is no run, a run without prices, other models, or a second run before the first.
    """
    if days is not None and ((given := finite(days)) is None or given < 0.0):
        raise UsageError(f"days is {days!r}: write a number of calendar days such as 1")
    first, second = reading(before, "A"), reading(after, "B")
    years, note = years_passed(first.manifest, second.manifest, days)
    independent = first.manifest["settings"]["seed"] != second.manifest["settings"]["seed"]
    rows: list[dict[str, Any]] = []
    totals: dict[str, list[list[_Term]]] = {}
    for name in dict.fromkeys([*first.underlyings, *second.underlyings]):
        currency = str(second.currency(name) or first.currency(name))
        terms = list(_underlying(name, first, second, years, independent))
        totals.setdefault(currency, []).append(terms)
        rows.extend(_row("underlying", name, currency, term) for term in terms)
    book = [_row("book", "", currency, term) for currency, parts in totals.items() for term in _added(parts)]
    how = (
        "runs of different seeds: their errors are independent"
        if independent
        else "runs of one seed share random numbers in a way that no table tells: errors are the largest they can be, "
        "and smaller with another seed for B"
    )
    return ExplainResult([*book, *rows], years, tuple(filter(None, [how, note])))


def _underlying(name: str, first: Reading, second: Reading, years: float, independent: bool) -> Iterator[_Term]:
    """The terms of one underlying."""
    value, later = first.value(name), second.value(name)
    ends = (
        _warned(_Term("value before", value.value, value.error), "A", value.warning),
        _warned(_Term("value after", later.value, later.error), "B", later.warning),
    )
    yield from ends
    change = later.value - value.value
    still = not independent and value[:2] == later[:2]  # equal bits: the same paths of the same contracts
    apart = 0.0 if still else _joint(value.error, later.error, independent)
    yield _Term("change", change, apart)
    trading = _trading(name, first, second)
    terms = [*_greeks(name, first, second, years), *([trading] if trading else [])]
    yield from terms
    explained = sum(term.amount for term in terms)
    of_first = sum(term.error for term in terms if term.name != _TRADING)
    of_second = trading.error if trading else 0.0
    yield _Term("explained", explained, _joint(of_first, of_second, independent))
    doubted = [term for term in (*ends, *terms) if term.status != "ok"]
    rest = change - explained
    size = _ROUNDING * max(abs(value.value), abs(later.value), *(abs(term.amount) for term in terms), 0.0)
    yield _Term(
        "unexplained",
        rest if abs(rest) > size else 0.0,
        of_first if still else _joint(value.error + of_first, later.error + of_second, independent),
        status="warn" if doubted else "ok",
        reason="; ".join(dict.fromkeys(term.reason for term in doubted)),
    )


def _warned(term: _Term, run: str, warning: str) -> _Term:
    """The term with what its run warns of."""
    return replace(term, status="warn", reason=f"{term.name} of {run}: {warning}") if warning else term


def _joint(first: float, second: float, independent: bool) -> float:
    """Error of what is made of two runs."""
    return hypot(first, second) if independent else first + second


def _greeks(name: str, first: Reading, second: Reading, years: float) -> Iterator[_Term]:
    """What each Greek explains of the trades that were held throughout."""
    if name not in first.market or name not in second.market:
        return
    moves = moves_of(name, first.market[name], second.market[name], years)
    kept = [one for one in first.positions(name) if second.has(one)]
    own = [_own_moves(one, first, second, moves) for one in kept]
    netted = len(kept) == len(first.positions(name)) and all(each is moves for each in own)
    for greek in _GREEKS:
        if not netted:
            if (term := _by_trade(greek, kept, own)) is not None:
                yield term
        elif (move := moves.get(greek)) is not None:
            found = first.netted(name, greek)
            if found is None:
                yield _absent(greek, move)
            else:
                term = _Term(greek, found.value * move, found.error * abs(move), move, found.value)
                yield _warned(term, "A", found.warning)


def _own_moves(one: Position, first: Reading, second: Reading, moves: Mapping[str, float]) -> Mapping[str, float]:
    """The moves of a trade: those of its underlying, but for a volatility of its own."""
    before, after = one.volatility, second.volatility(one.trade_id)
    if before is None and after is None:
        return moves
    before = volatility_in(first.market[one.underlying]) if before is None else before
    after = volatility_in(second.market[one.underlying]) if after is None else after
    return {**moves, **volatility_moves(moves.get("delta", 0.0), before, after)}


def _by_trade(greek: str, kept: Sequence[Position], own: Sequence[Mapping[str, float]]) -> _Term | None:
    """The same, trade by trade: where some have a volatility of their own, or are no longer held."""
    amount = error = 0.0
    moved, warnings = False, []
    for one, moves in zip(kept, own, strict=True):
        if not (move := moves.get(greek, 0.0)):
            continue
        moved = True
        found = one.greeks.get(greek)
        if found is None:
            return _absent(greek, move)
        amount, error = amount + found.value * move, error + found.error * abs(move)
        warnings += [f"{one.trade_id}: {found.warning}"] if found.warning else []
    return _warned(_Term(greek, amount, error), "A", listed(warnings, _NAMED)) if moved else None


def _absent(greek: str, move: float) -> _Term:
    text = f"A has no {greek}, whose part is in the rest: run A with --greeks all"
    return _Term(greek, 0.0, 0.0, move, None, "warn", text)


def _trading(name: str, first: Reading, second: Reading) -> _Term | None:
    """Trades that were opened, closed, or changed in size, at the values of the run that has them."""
    amount = error = 0.0
    before = {one.trade_id: one for one in first.positions(name)}
    after = {one.trade_id: one for one in second.positions(name)}
    traded = 0
    for one in after.values():
        old = before.get(one.trade_id)
        held = old.size if old is not None and second.has(old) else 0.0
        if one.size != held:
            value, own, _ = one.greeks.get("price", Number(0.0, 0.0))
            share = (one.size - held) / one.size if one.size else 0.0
            amount, error, traded = amount + share * value, error + abs(share) * own, traded + 1
    for one in before.values():
        if not second.has(one):
            value, own, _ = one.greeks.get("price", Number(0.0, 0.0))
            amount, error, traded = amount - value, error + own, traded + 1
    reason = f"{traded} trades opened, closed or changed in size, at their values" if traded else ""
    return _Term(_TRADING, amount, error, reason=reason) if traded else None


def _added(parts: Sequence[Sequence[_Term]]) -> list[_Term]:
    """The terms of several underlyings added, whose errors are independent; in the order of one of them."""
    found: dict[str, _Term] = {}
    for terms in parts:
        for term in terms:
            old = found.get(term.name)
            if old is None:
                found[term.name] = _Term(term.name, term.amount, term.error, status=term.status, reason=term.reason)
                continue
            reason = "; ".join(dict.fromkeys(filter(None, (old.reason, term.reason))))
            status = "warn" if "warn" in (old.status, term.status) else "ok"
            amount, error = old.amount + term.amount, hypot(old.error, term.error)
            found[term.name] = _Term(term.name, amount, error, status=status, reason=reason)
    last = ("explained", "unexplained")
    return sorted(found.values(), key=lambda term: (term.name in last, _place(term.name)))


def _place(name: str) -> int:
    order = ("value before", "value after", "change", *_GREEKS, _TRADING, "explained", "unexplained")
    return order.index(name)


def _row(level: str, underlying: str, currency: str, term: _Term) -> dict[str, Any]:
    half = Z95 * term.error
    return {
        "level": level,
        "underlying": underlying,
        "currency": currency,
        "term": term.name,
        "move": term.move,
        "greek": term.greek,
        "amount": term.amount,
        "standard_error": term.error,
        "ci_low": term.amount - half,
        "ci_high": term.amount + half,
        "noise": bool(term.error) and abs(term.amount) <= half,
        "status": term.status,
        "reason": term.reason,
    }
