"""Contracts that pay after the date that fixes them: every estimator and closed form, netting, files."""

import math

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference

LAG = 90.0  # days: long, so that a part of rho that is left out shows
GBM = gk.GBM(spot=100, rate=0.08, dividend_yield=0.03, volatility=0.25)
FUTURES = gk.Black76(spot=100, rate=0.08, volatility=0.25)
HESTON = gk.Heston(
    spot=100, rate=0.08, dividend_yield=0.03, initial_variance=0.06, mean_reversion=2.0, long_run_variance=0.05,
    vol_of_vol=0.3, correlation=-0.6,
)  # fmt: skip
CONTRACTS = (
    (gk.European, ("call",), {"strike": 90}),
    (gk.European, ("put",), {"strike": 90}),
    (gk.Digital, ("call",), {"strike": 105}),
    (gk.Gap, ("call",), {"strike": 95, "trigger": 105}),
    (gk.Power, ("call",), {"strike": 10000, "exponent": 2}),
    (gk.ForwardStart, ("call",), {"start": 0.25, "moneyness": 1.0}),
    (gk.Forward, (), {"strike": 95}),
)


def made(cls, words, fields, lag):
    return cls(*words, **fields, maturity=0.75, payment_lag=lag)


def paid_later(model, greek, known):
    """The value by hand: V exp(-r lag), and what the rate does to the factor."""
    years = LAG / 365.0
    return math.exp(-model.rate * years) * (known[greek] - (years * known["price"] if greek == "rho" else 0.0))


@pytest.mark.parametrize("model", [GBM, FUTURES, HESTON], ids=lambda model: model.kind)
@pytest.mark.parametrize(("cls", "words", "fields"), CONTRACTS, ids=lambda part: getattr(part, "kind", None))
def test_closed_forms_discount_to_the_payment(cls, words, fields, model):
    known = reference(made(cls, words, fields, 0.0), model)
    lagged = reference(made(cls, words, fields, LAG), model)
    assert lagged.keys() == known.keys()
    for greek, value in lagged.items():
        assert value == pytest.approx(paid_later(model, greek, known), rel=1e-12, abs=1e-13), greek


def test_against_another_library():
    """QuantLib 1.44.

    BlackCalculator(call 90, forward 100 exp(0.05 0.75), 0.25 sqrt(0.75), exp(-0.08 (0.75 + 90/365))).
    """
    found = reference(made(gk.European, ("call",), {"strike": 90}, LAG), GBM)
    assert found["price"] == pytest.approx(15.706247444949, rel=1e-10)
    assert found["delta"] == pytest.approx(0.746585025948, rel=1e-10)


@pytest.mark.parametrize("model", [GBM, FUTURES, HESTON], ids=lambda model: model.kind)
@pytest.mark.parametrize(("cls", "words", "fields"), CONTRACTS[1:6], ids=lambda part: getattr(part, "kind", None))
def test_every_estimator_discounts_to_the_payment(cls, words, fields, model):
    """On the same paths, so that no noise hides a factor that is left out: of the number, or of its rho."""
    options = {"greeks": "all", "estimators": "all", "paths": 1024, "seed": 7, "variance_reduction": "none"}
    lagged = gk.estimate(made(cls, words, fields, LAG), model, **options)
    known = gk.estimate(made(cls, words, fields, 0.0), model, **options)
    assert list(lagged) == list(known)
    checked = set()
    for greek, estimator in known:
        one, later = known[greek, estimator], lagged[greek, estimator]
        if one.status == "na":
            assert later.status == "na"
            continue
        exact = paid_later(model, greek, {name: known[name, estimator].value for name in {greek, "price"}})
        # a difference over the rate sees the third derivative of the factor, which is small beside its noise
        loose = 0.02 * one.standard_error if greek == "rho" and estimator == "finite_difference" else 1e-12
        assert later.value == pytest.approx(exact, rel=1e-6, abs=loose), (greek, estimator)
        checked.add(estimator)
    assert len(checked) > 5


def test_lags_share_paths_and_net_exactly():
    """Long one lag and short another: the net of the two is a multiple of one value, and so is its error."""
    trades = [
        gk.Trade(name, "A", made(gk.European, ("call",), {"strike": 110}, lag), quantity)
        for name, lag, quantity in (("now", 0.0, 1.0), ("later", LAG, -1.0))
    ]
    out = gk.run(
        gk.Book(tuple(trades), {"A": GBM}), greeks="price", estimators="likelihood_ratio", paths=4096,
        variance_reduction="none",
    )  # fmt: skip
    now = out.trades.iloc[0]
    net = out.net[out.net.level == "underlying"].iloc[0] if "underlying" in set(out.net.level) else out.net.iloc[0]
    left = 1.0 - math.exp(-GBM.rate * LAG / 365.0)
    np.testing.assert_allclose(
        [net.value, net.standard_error], [left * now.value, left * now.standard_error], rtol=1e-9
    )


def test_no_lag_keeps_every_bit():
    plain, zero = gk.European("call", strike=110, maturity=0.75), made(gk.European, ("call",), {"strike": 110}, 0.0)
    assert plain == zero and plain.lag == 0.0


def test_what_has_fixed_is_cash():
    with pytest.raises(gk.UsageError, match="write what it pays as product cash"):
        gk.European("call", strike=100, maturity=0.0, payment_lag=2)


HEAD = "trade_id,underlying,product,option_type,strike,maturity,payment_lag\n"


def book(folder, rows, rate="0.05", curves=None):
    (folder / "book.csv").write_text(HEAD + rows)
    (folder / "market.csv").write_text(f"underlying,spot,rate,dividend_yield,volatility\nA,100,{rate},0.02,0.2\n")
    return gk.read_portfolio(str(folder / "book.csv"), str(folder / "market.csv"), curves=curves)


def test_a_file_has_lags(tmp_path):
    found = book(tmp_path, "1,A,european,call,100,1,2\n2,A,european,call,100,1,\n")
    assert [trade.payoff.payment_lag for trade in found.trades] == [2.0, 0.0]


def test_bad_lags_are_told_in_one_pass(tmp_path):
    rows = "1,A,european,call,100,1,T+2\n2,A,european,call,100,1,-2\n3,A,american,put,100,1,2\n4,A,european,call,100,1,400\n"
    with pytest.raises(gk.PortfolioError) as caught:
        book(tmp_path, rows)
    issues = caught.value.issues
    assert [(issue.line, issue.column) for issue in issues] == [(line, "payment_lag") for line in (2, 3, 4, 5)]
    assert "scale the quantity by exp(-rate lag)" in issues[2].message
    assert "calendar days" in issues[3].message


def test_a_bent_curve_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "curves.csv").write_text("curve,maturity,zero_rate\nusd,0.5,0.02\nusd,2,0.05\n")
    with pytest.raises(gk.PortfolioError, match="discount factor from the expiry to the payment"):
        book(tmp_path, "1,A,european,call,100,1,2\n", "usd", str(tmp_path / "curves.csv"))
    book(tmp_path, "1,A,european,call,100,1,0\n", "usd", str(tmp_path / "curves.csv"))


DATED = "trade_id,underlying,product,option_type,strike,maturity,expiry,payment_lag,payment_date\n"


def dated(folder, rows):
    (folder / "book.csv").write_text(DATED + rows)
    (folder / "market.csv").write_text("underlying,spot,rate,dividend_yield,volatility\nA,100,0.05,0.02,0.2\n")
    return gk.read_portfolio(str(folder / "book.csv"), str(folder / "market.csv"), as_of="2026-06-15")


def test_a_payment_date_is_a_lag(tmp_path):
    """Over a weekend and a new year; the same day is no lag."""
    rows = "1,A,european,call,100,,2026-12-31,,2027-01-04\n2,A,european,call,100,,2026-12-18,,2026-12-18\n"
    assert [trade.payoff.payment_lag for trade in dated(tmp_path, rows).trades] == [4.0, 0.0]


def test_bad_payment_dates_are_told_in_one_pass(tmp_path):
    cells = {
        "european,call,100,,2026-12-18,,2026-12-17": "is before the expiry",
        "european,call,100,,2026-12-18,2,2026-12-20": "not both",
        "european,call,100,1,,,2026-12-20": "write expiry as a date",
        "european,call,100,,2026-12-18,,18/12/2026": "write 2026-12-18",
        "european,call,100,,2026-12-18,,2026-12-20T10:00": "write 2026-12-20",
        "european,call,100,,2026-12-18,,2028-12-20": "out of range",
        "american,put,100,,2026-12-18,,2026-12-20": "scale the quantity",
        "stock,,,,,,2026-12-20": "scale the quantity",
    }
    with pytest.raises(gk.PortfolioError) as caught:
        dated(tmp_path, "".join(f"{number},A,{row}\n" for number, row in enumerate(cells)))
    issues = caught.value.issues
    assert [(issue.line, issue.column) for issue in issues] == [(n + 2, "payment_date") for n in range(len(cells))]
    for issue, message in zip(issues, cells.values(), strict=True):
        assert message in issue.message


def test_a_book_of_frames_has_its_past_fixings():
    import pandas as pd

    trades = pd.DataFrame(
        [{
            "trade_id": "1", "underlying": "A", "product": "asian", "option_type": "call", "strike": "100",
            "expiry": "2026-12-18", "fixing_dates": "2026-06-01;2026-12-18",
        }]
    )  # fmt: skip
    market = pd.DataFrame([{"underlying": "A", "spot": 100, "rate": 0.05, "dividend_yield": 0.02, "volatility": 0.2}])
    fixings = pd.DataFrame([{"underlying": "A", "date": "2026-06-01", "fixing": 98.0}])
    book = gk.Book.from_frame(trades, market, as_of="2026-06-15", fixings=fixings)
    assert book.trades[0].payoff.past_fixings_sum == 98.0
