"""The measures that go with a trade's numbers: asked for in the plan, read after the simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, nan
from typing import Any

from greeks.book import Trade
from greeks.core.moments import standard_error
from greeks.core.workspace import Array
from greeks.estimators.measures import MEASURES, Crossings, Kinks, Pairs, Payment, Unpaid, measures_of
from greeks.planning.cells import Cell
from greeks.planning.edges import deep_in_the_money
from greeks.planning.points import rounded_up
from greeks.simulation.job import Request

Places = dict[tuple[str, str], dict[str, int]]  # (Greek, estimator) to the row of each measure

_FEW = 22  # crossings below which the spread says little of the jump: of k the mean's squared skewness is 1 / k
_REACH = 100.0  # paths moved over a level at the centre of the spot: where none crossed, there is nothing to cross
_CENTRE = 0.4  # density of a normal at its centre


_SHARE, _LEAST = 32, 8192  # of the paths, and at the least, that measure a time-step bias: 9 % of the cost
_TIMES, _SMALL = 4, 2**14  # of a small run's paths; and the most that those are, which is also the largest small run
_ORDER = 4.0 / 3.0  # of a scheme of second order: the bias over the difference to a grid twice as fine
RESOLVED = 0.5  # of a standard error: what a bias is known to, or it is not resolved


def grid_paths(paths: int, replicates: int) -> int:
    """Paths on which a time-step bias is measured.

    A small run takes more of them than its own, up to as many as the largest small run has. Controls shrink the error
    of a number and not the noise between two grids, so that as many paths as the run's own leave a bias of one standard
    error in that noise. In a larger run such a bias stands out, or is warned of as not resolved.
    """
    least = min(_TIMES * paths, _SMALL) if paths <= _SMALL else _LEAST
    return rounded_up(max(least, paths // _SHARE), replicates)


def measures_beside(
    wanted: Sequence[tuple[str, list[str]]], trade: Trade, payoff: Any, model: Any, row: int
) -> tuple[list[Request], Places]:
    """Requests for the measures of a trade's numbers, the first of which has row ``row``, and their places.

    ``payoff`` is what is simulated, the trade's own or its twin.
    """
    asked: dict[str, list[tuple[str, str]]] = {}
    for estimator, greeks in wanted:
        for greek in greeks:
            for measure in measures_of(estimator, trade.payoff, model, greek):
                asked.setdefault(measure, []).append((greek, estimator))
    requests, places = [], Places()
    unknown = wanted and trade.payoff.smoothness == "unknown"
    deep = wanted and deep_in_the_money(payoff, model)
    for name in (Payment.name,) * bool(unknown) + (Unpaid.name,) * bool(deep):  # one row for all numbers of the trade
        for estimator, greeks in wanted:
            for greek in greeks:
                places.setdefault((greek, estimator), {})[name] = row
        requests.append(_request(name, ["price"]))
        row += 1
    for measure, cells in asked.items():
        for key in cells:
            places.setdefault(key, {})[measure] = row
            row += MEASURES[measure].rows
        requests.append(_request(measure, [greek for greek, _ in cells]))
    return requests, places


def _request(measure: str, greeks: Sequence[str]) -> Request:
    """A measure beside numbers: each Greek as often as it has rows, none of them netted."""
    names = tuple(greek for greek in greeks for _ in range(MEASURES[measure].rows))
    return Request(measure, names, (-1,) * len(names), (False,) * len(names))


def jumps_beside(requests: Sequence[Request], payoff: Any, model: Any) -> tuple[Request, ...]:
    """Requests for the pairs that met a jump, beside those of the numbers that are made of them."""
    greeks = [
        greek
        for request in requests
        for greek in request.greeks
        if Pairs.name in measures_of(request.estimator, payoff, model, greek)
    ]
    return (_request(Pairs.name, greeks),) if greeks else ()


def few_jumps(
    payoff: Any, model: Any, estimator: str, greek: str, rows: Mapping[tuple[str, str], Sequence[Array]]
) -> str:
    """Why too few of the pairs of a number met a jump, by the moments of :func:`jumps_beside`; blank where enough."""
    if Pairs.name not in measures_of(estimator, payoff, model, greek):
        return ""
    odd, even = rows[greek, Pairs.name]
    return _few_pairs(odd, even, payoff.smoothness)


_BUMP, STEPS = "take a smaller bump or another estimator", "time-step bias: take more steps per year"


@dataclass(frozen=True)
class Finding:
    """What the measures say of one number.

    Attributes
    ----------
    bias, bias_error : float
        Of the value, by a second step and a second grid; nan where none was measured.
    cure : str
        What lessens it.
    payment : float
        Typical size of a discounted payment that is not 0, where it was measured; 0 where not, or where none paid.
    few : str
        Why a jump or a kink may have been missed; blank where it was not.
    unresolved : float
        Standard error of a time-step bias that is left out because it is noise; 0 where none is.
    unmet : bool
        Whether no path ended out of the money, of an option that nearly all exercise.
    step, step_error : float
        Of the bias, the part of the time step, and its own error; nan where none is known.
    """

    bias: float = nan
    bias_error: float = 0.0
    cure: str = _BUMP
    few: str = ""
    payment: float = 0.0
    unresolved: float = 0.0
    unmet: bool = False
    step: float = nan
    step_error: float = 0.0


def finding(cell: Cell, moments: Array, smoothness: str, grid: Array | None = None) -> Finding:
    """Read the measures of a cell from the moments of its job.

    Parameters
    ----------
    cell : Cell
    moments : ndarray, shape (rows, columns of moments)
    smoothness : str
        Of the payoff.
    grid : ndarray, optional
        Moments of the differences between two grids, row by row. A time-step bias that they do not resolve to half the
        standard error is left out: it would be noise.
    """
    places: Mapping[str, int] = cell.measures
    bias, bias_error = nan, 0.0
    few, payment, unmet = "", 0.0, False
    for name, row in places.items():
        if name == Payment.name:
            count, mean, m2 = (float(each) for each in moments[row, :3])
            payment = (m2 / count + mean * mean) / mean if mean > 0.0 else 0.0  # E f^2 / E |f|
        elif name == Unpaid.name:
            unmet = float(moments[row, 1]) == 0.0
        elif name == Kinks.name:
            few = _few_kinks(moments[row])
        elif name == Pairs.name:
            few = _few_pairs(moments[row], moments[row + 1], smoothness)
        elif name == Crossings.name:
            few = _few(moments[row], moments[row + 1], smoothness)
        else:
            bias, bias_error = _mean(moments[row])
    cure = _BUMP
    step, step_error = grid_bias([] if grid is None else [(grid[cell.row], 1.0)], _mean(moments[cell.row])[1])
    if step == step:
        bias, bias_error, cure = with_grid(bias, bias_error, step, step_error)
    unresolved = 0.0 if step == step else step_error
    return Finding(bias, bias_error, cure, few, payment, unresolved, unmet, step, step_error)


def grid_bias(parts: Sequence[tuple[Array, float]], error: float) -> tuple[float, float]:
    """Time-step bias of a number and its own error; the bias nan where it is not resolved to half the standard error.

    ``parts`` are rows of moments of differences between two grids, and factors, one for each row that the number adds.
    """
    if not parts:
        return nan, 0.0
    found = [(factor * mean, factor * own) for row, factor in parts for mean, own in [_mean(row)]]
    step, step_error = _ORDER * sum(mean for mean, _ in found), _ORDER * hypot(*(own for _, own in found))
    return (step, step_error) if step_error <= max(RESOLVED * error, 0.5 * abs(step)) else (nan, step_error)


def with_grid(bias: float, bias_error: float, step: float, step_error: float) -> tuple[float, float, str]:
    """A bias by a second step and one by a second grid, their error, and what lessens the larger; nan is none."""
    if step != step:
        return bias, bias_error, _BUMP
    cure = STEPS if not abs(bias) > abs(step) else _BUMP
    return step + (bias if bias == bias else 0.0), hypot(step_error, bias_error), cure


def _mean(row: Array) -> tuple[float, float]:
    """Mean and standard error."""
    return float(row[1]), standard_error(row) if row[0] > 1 else 0.0


def _few(crossed: Array, moved: Array, smoothness: str) -> str:
    """Whether the sides of a difference met a jump too seldom, or cannot have met one."""
    paths = int(crossed[0])
    crossings = round(paths * float(crossed[1]))
    reached = _CENTRE * paths * float(moved[1])
    if crossings >= _FEW or (smoothness == "unknown" and reached >= _REACH):
        return ""
    what = "the jump" if smoothness == "discontinuous" else "a jump, if the payoff has one,"
    return (
        f"the two sides of the difference met {what} on {crossings} of {paths} paths, so that its part is in neither "
        "the value nor the error: use likelihood_ratio, more paths or a longer bump"
    )


def _few_pairs(odd: Array, even: Array, smoothness: str) -> str:
    """Whether pairs of moved paths met a jump too seldom, where there is one."""
    paths = int(odd[0])
    met = [round(paths * float(row[1])) for row in (odd, even)]
    if min(met) >= _FEW or (smoothness == "unknown" and max(met) == 0):
        return ""
    return (
        f"the pairs of moved paths met the jump on {min(met)} of {paths} paths, so that its part is in neither the "
        "value nor the error: use likelihood_ratio or more paths"
    )


def _few_kinks(met: Array) -> str:
    """Whether a second difference is made of too few paths."""
    paths = int(met[0])
    count = round(paths * float(met[1]))
    if count >= _FEW:
        return ""
    return (
        f"the step moved {count} of {paths} paths into or out of the money, and a second difference is made of those: "
        "use another estimator, more paths or a longer bump"
    )
