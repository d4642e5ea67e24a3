"""Published values of every product that exists, by simulation; the source of each row is in the data file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import greeks as gk
from greeks.payoffs.registry import PAYOFFS
from tests.reference.published import contract, market

DATA = Path(__file__).parents[1] / "reference" / "data"
ROWS = [row for name in ("gbm", "asian") for row in csv.DictReader((DATA / f"published_{name}.csv").open())]
# Not simulated: continuous averaging, and a strike that multiplies the average; neither product exists here.
CONTINUOUS, MULTIPLIER = 30, 4


def build(row):
    """The payoff of a row, or None where the product does not exist."""
    kind, side, t = row["product"], row["call_put"], float(row["maturity_years"])
    if kind in ("european", "european_fx"):
        return gk.European(side, strike=float(row["strike"]), maturity=t)
    if kind in ("digital_cash", "digital_asset"):
        cash = float(row["cash"]) if row["cash"] else None
        return gk.Digital(side, strike=float(row["strike"]), maturity=t, payout=kind[8:], cash=cash)
    if kind == "asian_fixed_strike" and row["fixings"] != "continuous":
        n, start = int(row["fixings"]), float(row["first_fixing"])
        times = [start + i * (t - start) / (n - 1) for i in range(n)]
        averaging = row.get("average") or "geometric"
        return gk.Asian(side, strike=float(row["strike"]), maturity=t, fixing_times=times, averaging=averaging)
    return None


CASES = [(row, build(row)) for row in ROWS]
RUN = [(row, trade) for row, trade in CASES if trade is not None]


HESTON_ASIAN = list(csv.DictReader((DATA / "published_heston_asian.csv").open()))
DISCRETE = [row for row in HESTON_ASIAN if row["fixings"] != "continuous"]


def test_how_many_rows_are_simulated():
    assert len(RUN) == 103 + 4
    assert len(ROWS) - len(RUN) == CONTINUOUS + MULTIPLIER


@pytest.mark.parametrize(("row", "trade"), RUN, ids=[row["case_id"] for row, _ in RUN])
def test_published(row, trade):
    model = gk.GBM(
        spot=float(row["spot"]),
        rate=float(row["rate"]),
        dividend_yield=float(row["dividend"] or 0),
        volatility=float(row["sigma"]),
    )
    quantity = row["quantity"]
    greek = quantity.removesuffix("_per_day").removesuffix("_1day")
    found = gk.estimate(trade, model, greeks=[greek], paths=2**18, seed=7, analytic=False)[greek]
    exact, slack = float(row["exact_value"]), 1e-12
    if quantity == "theta_per_day":
        exact *= 365.0
    if quantity == "theta_1day":  # a repricing one day later: half a day of its change in theta away from the slope
        slack = 0.01 * abs(exact)
    assert abs(found.value - exact) < 4.5 * found.standard_error + slack, row["notes"]


def test_how_many_heston_averages_are_simulated():
    assert (len(HESTON_ASIAN), len(DISCRETE)) == (37, 9)  # the others average continuously: no such product exists


@pytest.mark.parametrize("row", DISCRETE, ids=[row["case_id"] for row in DISCRETE])
def test_published_heston_average(row):
    """Weekly geometric averages; 0.1 % is allowed for the time step, of which the fixings make 52 a year."""
    model = gk.Heston(
        spot=float(row["spot"]),
        rate=float(row["rate"]),
        dividend_yield=float(row["dividend"]),
        initial_variance=float(row["v0"]),
        mean_reversion=float(row["kappa"]),
        long_run_variance=float(row["theta"]),
        vol_of_vol=float(row["xi"]),
        correlation=float(row["rho"]),
    )
    maturity, fixings = float(row["maturity_years"]), int(row["fixings"])
    assert float(row["first_fixing"]) == pytest.approx(maturity / fixings)
    trade = gk.Asian(
        row["call_put"], strike=float(row["strike"]), maturity=maturity, fixings=fixings, averaging=row["average"]
    )
    found = gk.estimate(trade, model, greeks="price", paths=2**18, seed=7, analytic=False)["price"]
    exact = float(row["exact_value"])
    assert found.standard_error < 0.0075 * exact
    assert abs(found.value - exact) < 4.5 * found.standard_error + 1e-3 * exact


def test_published_barrier_on_dates():
    (row,) = (row for row in csv.DictReader((DATA / "published_barrier.csv").open()) if row["fixings"])
    product, terms = contract(row)
    found = gk.estimate(PAYOFFS[product](**terms), market(row), paths=2**18, seed=7)["price"]
    exact = float(row["exact_value"])
    assert found.standard_error < 0.003 * exact
    assert abs(found.value - exact) < 4.5 * found.standard_error
