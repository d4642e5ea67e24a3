"""Dividends on dates in the escrowed model: closed forms at moved parameters, every estimator, and the files."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pandas as pd
import pytest

import greeks as gk
from greeks.estimators.registry import ESTIMATORS
from greeks.models.escrowed import Dividend, net_of_dividends

GROSS = gk.GBM(spot=100, rate=0.03, dividend_yield=0.005, volatility=0.2)
PAID = ((0.25, 2.5, 0.0), (0.5, 0.0, 0.03), (0.75, 2.5, 0.0))
FIRST = ("delta", "vega", "rho", "dividend_rho", "theta")
ALL = ("price", *FIRST, "gamma", "vanna", "volga")
CALL = gk.European("call", strike=100, maturity=1.0)
PAYOFFS = [
    CALL,
    gk.European("put", strike=110, maturity=1.0),
    gk.Digital("call", strike=105, maturity=1.0),
    gk.Gap("call", strike=95, trigger=105, maturity=1.0),
    gk.Power("call", strike=100, exponent=1.0, maturity=1.0),
]


def net(gross: gk.GBM, paid=PAID, until: float = 1.0):
    return net_of_dividends(gross, [Dividend(*each, gross.rate - gross.dividend_yield) for each in paid], until)


def price(payoff, gross: gk.GBM, earlier: float = 0.0) -> float:
    """With all dates earlier by so much."""
    moved = replace(payoff, maturity=payoff.maturity - earlier)
    paid = tuple((time - earlier, amount, fraction) for time, amount, fraction in PAID)
    return gk.estimate(moved, net(gross, paid, moved.maturity), greeks="price")["price"].value


def test_a_known_price() -> None:
    """Call 100, dividends of 2.5 after three and nine months (r 3 %, volatility 20 %): 6.7066."""
    model = net(replace(GROSS, dividend_yield=0.0), ((0.25, 2.5, 0.0), (0.75, 2.5, 0.0)))
    assert gk.estimate(CALL, model, greeks="price")["price"].value == pytest.approx(6.7066, abs=5e-5)


def test_the_forward() -> None:
    """S exp((r - q) T) prod (1 - f) less the amounts carried to T, where no fraction follows an amount."""
    paid = ((0.25, 0.0, 0.03), (0.75, 2.5, 0.0))
    model, carry = net(GROSS, paid), 0.025
    forward = model.spot * exp(model.rate - model.dividend_yield)
    assert forward == pytest.approx(100 * exp(carry) * 0.97 - 2.5 * exp(carry * 0.25), abs=1e-12)


@pytest.mark.parametrize("payoff", PAYOFFS)
def test_greeks_are_the_derivatives_of_the_price(payoff) -> None:
    found = gk.estimate(payoff, net(GROSS), greeks=("price", *FIRST))
    steps = {"delta": ("spot", 1e-3), "vega": ("volatility", 1e-5), "rho": ("rate", 1e-5),
             "dividend_rho": ("dividend_yield", 1e-5)}  # fmt: skip
    for greek, (field, step) in steps.items():
        up, down = (price(payoff, replace(GROSS, **{field: getattr(GROSS, field) + h})) for h in (step, -step))
        assert found[greek].value == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-7)
    theta = (price(payoff, GROSS, 1e-5) - price(payoff, GROSS, -1e-5)) / 2e-5
    assert found["theta"].value == pytest.approx(theta, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("payoff", PAYOFFS)
@pytest.mark.parametrize("reduction", ["none", "antithetic"])
def test_every_estimator(payoff, reduction) -> None:
    """Each number of each unbiased estimator within 4.5 errors of the exact one; a chain left out is tens off."""
    model, seen = net(GROSS), 0
    exact = gk.estimate(payoff, model, greeks=ALL)
    names = [name for name, each in ESTIMATORS.items() if not each.biased]
    drawn = gk.estimate(
        payoff, model, greeks=ALL, estimators=names, paths=65536, analytic=False, variance_reduction=reduction
    )
    for line in drawn.to_frame().itertuples():
        if line.status == "na":
            continue
        known = exact[line.greek].value
        assert abs(line.value - known) < 4.5 * line.standard_error + 1e-9 * abs(known), (line.greek, line.estimator)
        seen += line.greek in ("rho", "dividend_rho", "theta")
    assert seen >= 6


def test_paths_by_hand() -> None:
    """The spots at the date, and the weight of the rate, from the normals themselves."""
    from greeks.core.generator import first_of, stream_key
    from greeks.core.workspace import Workspace
    from greeks.models.base import Draw

    model, workspace = net(GROSS), Workspace()
    paths = model.simulate((1.0,), Draw(stream_key(1, "x", 1.0), first_of(0), 512, 512), workspace)
    spots = paths.spot[-1, :512].copy()
    z = (np.log(spots / model.spot) - (model.rate - model.dividend_yield - 0.02)) / 0.2
    weights = paths.weights(("rho", "theta"))[:, :512]
    spot_weight = z / (0.2 * model.spot)
    assert weights[0] == pytest.approx(z / 0.2 + model.chain["rho"] * spot_weight, abs=1e-10)


BOOK = pd.DataFrame(
    [("low", "X", "european", "call", 95.0, 1.0, 1.0), ("high", "X", "european", "call", 105.0, 1.0, -1.0),
     ("early", "X", "european", "put", 100.0, 0.2, 1.0), ("held", "X", "stock", None, None, None, 2.0),
     ("ahead", "X", "forward", None, 100.0, 1.0, 1.0)],
    columns=["trade_id", "underlying", "product", "option_type", "strike", "maturity", "quantity"],
)  # fmt: skip
MARKET = pd.DataFrame([{"underlying": "X", "spot": 100.0, "rate": 0.03, "dividend_yield": 0.005, "volatility": 0.2}])
DIVIDENDS = pd.DataFrame(
    [("X", 0.75, 2.5, None), ("X", 0.25, 2.5, None), ("X", 0.5, None, 0.03)],
    columns=["underlying", "maturity", "amount", "fraction"],
)


def test_a_file_of_dividends() -> None:
    """In any order; each contract has those before its date, the stock itself none."""
    book = gk.read_portfolio(BOOK, MARKET, dividends=DIVIDENDS)
    found = gk.run(book, greeks=("price", "delta", "rho")).trades.set_index(["trade_id", "greek"]).value
    low = gk.estimate(replace(CALL, strike=95.0), net(GROSS), greeks=("price", "delta", "rho"))
    assert [found["low", g] for g in ("price", "delta", "rho")] == [low[g].value for g in ("price", "delta", "rho")]
    plain = gk.estimate(gk.European("put", strike=100, maturity=0.2), GROSS, greeks="price")
    assert found["early", "price"] == plain["price"].value
    assert (found["held", "price"], found["held", "delta"]) == (100.0, 1.0)
    assert found["ahead", "price"] == pytest.approx(exp(-0.03) * (book.terms["X"].forward(1.0) - 100.0), abs=1e-12)
    assert any("escrowed model" in note for note in book.notes)


def test_simulated_nets() -> None:
    """Dividends, a smile and a curve together: the drawn book meets the exact one."""
    vols = pd.DataFrame([("X", 1.0, k, v) for k, v in ((90, 0.22), (100, 0.2), (110, 0.19))],
                        columns=["underlying", "maturity", "strike", "volatility"])  # fmt: skip
    curves = pd.DataFrame([("C", 0.5, 0.02), ("C", 1.0, 0.03)], columns=["curve", "maturity", "zero_rate"])
    market = MARKET.assign(rate="C", volatility=None)
    book = gk.read_portfolio(BOOK, market, dividends=DIVIDENDS, vols=vols, curves=curves)
    greeks = ("price", "delta", "gamma", "vega", "rho", "theta")
    exact, drawn = (gk.run(book, greeks=greeks, paths=65536, analytic=analytic).net for analytic in (True, False))
    for line, known in zip(drawn.itertuples(), exact.itertuples(), strict=True):
        assert abs(line.value - known.value) < 4.5 * line.standard_error + 1e-9


@pytest.mark.parametrize(("kind", "strike"), [("call", 65.0), ("put", 150.0)])
def test_in_the_money_by_the_twin(kind, strike) -> None:
    """What is added without error has what dividends do to the spot too."""
    option = gk.European(kind, strike=strike, maturity=1.0)
    exact = gk.estimate(option, net(GROSS), greeks=ALL)
    drawn = gk.estimate(option, net(GROSS), greeks=ALL, analytic=False, paths=65536).to_frame()
    assert drawn.reason.str.contains("by parity").any()
    for line in drawn.itertuples():
        assert abs(line.value - exact[line.greek].value) < 4.5 * line.standard_error + 1e-9, line.greek


def test_the_identities_of_the_report() -> None:
    """Parity and a change of unit hold with dividends."""
    from greeks.planning import Settings
    from greeks.study.identities import change_of_unit, parity

    book = gk.read_portfolio(BOOK, MARKET, dividends=DIVIDENDS)
    settings = Settings(
        greeks=("price", "delta", "rho", "theta", "gamma"), estimators=("pathwise", "likelihood_ratio", "finite_difference"),
        paths=8192, seed=1,
    )  # fmt: skip
    rows = parity(book, "X", 1.0, settings)
    assert len(rows) > 8 and max(abs(row["z_score"]) for row in rows if row["estimator"] != "finite_difference") < 4.5
    scaled = change_of_unit(book, book.trades[0], settings)
    assert len(scaled) > 8 and max(row["difference"] for row in scaled) < 1e-8


def test_what_reads_several_dates_is_refused() -> None:
    asian = BOOK.iloc[:1].assign(product="asian", fixings=4)
    with pytest.raises(gk.PortfolioError, match="with dividends between them"):
        gk.read_portfolio(asian, MARKET, dividends=DIVIDENDS)
    assert gk.read_portfolio(asian.assign(maturity=0.2), MARKET, dividends=DIVIDENDS)
