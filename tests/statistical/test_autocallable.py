"""The autocallable against backward quadrature, by every estimator, fresh and seasoned."""

from __future__ import annotations

import pytest

import greeks as gk
from tests.reference.quadrature import Date, Market, Quadrature
from tests.reference.quadrature_contracts import autocallable

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
TIMES = (0.5, 1.0, 1.5, 2.0)


def note(memory: str, coupon_barrier: float, **more: object) -> gk.Autocallable:
    return gk.Autocallable(
        strike=100.0, maturity=2.0, autocall_barrier=105.0, coupon=0.04, coupon_barrier=coupon_barrier, memory=memory,
        protection_barrier=70.0, fixings=4, **more,
    )  # fmt: skip


def exact(memory: str, coupon_barrier: float) -> dict[str, float]:
    dates: list[Date] = autocallable(
        105.0, 0.04, coupon_barrier, 70.0, TIMES, 100.0, initial=100.0, memory=memory == "yes"
    )
    return Quadrature(dates, Market(100.0, 0.05, 0.02, 0.25)).greeks()


@pytest.mark.parametrize("coupon_barrier", [90.0, 112.0])
@pytest.mark.parametrize("memory", ["no", "yes"])
def test_every_greek_by_every_estimator(memory, coupon_barrier):
    """|z| < 4.5; one-step survival sees an error of 1 % in the price, delta, gamma and vega."""
    right = exact(memory, coupon_barrier)
    names = ("one_step_survival", "likelihood_ratio", "finite_difference")
    found = gk.estimate(note(memory, coupon_barrier), GBM, greeks=GREEKS, estimators=names, paths=2**17, seed=3)
    for greek, name in found:
        number = found[greek, name]
        assert number.status != "na", (greek, name, number.reason)
        # Second differences of a jump keep a bias of some per cent.
        slack = (
            0.05 * abs(right[greek]) if name == "finite_difference" and greek in ("gamma", "vanna", "volga") else 0.0
        )
        assert abs(number.value - right[greek]) < 4.5 * number.standard_error + slack, (greek, name, number)
    for greek in ("price", "delta", "gamma", "vega"):
        assert 4.5 * found[greek, "one_step_survival"].standard_error < 0.02 * abs(right[greek])
    ours, scores = (found["gamma", name].standard_error for name in names[:2])
    assert ours < 0.1 * scores


def test_missed_coupons_are_remembered():
    """A seasoned note is worth more by the coupons missed, where the next fixing pays; without memory by nothing."""
    plain = gk.estimate(note("yes", 90.0), GBM, greeks="price", paths=2**14)["price"].value
    missed = gk.estimate(note("yes", 90.0, past_fixings=(95.0, 80.0, 85.0)), GBM, greeks="price", paths=2**14)
    assert plain + 2 * 4.0 * 0.5 < missed["price"].value < plain + 2 * 4.0
    other = note("yes", 90.0, past_fixings=(95.0, 80.0, 85.0))
    paths = gk.estimate(other, GBM, greeks="price", estimators="finite_difference", paths=2**17, seed=8)["price"]
    assert abs(paths.value - missed["price"].value) < 4.5 * (paths.standard_error + missed["price"].standard_error)
    forgetful = gk.estimate(note("no", 90.0, past_fixings=(80.0,)), GBM, greeks="price", paths=2**14)["price"].value
    assert forgetful == gk.estimate(note("no", 90.0), GBM, greeks="price", paths=2**14)["price"].value


def test_heston_agrees_between_estimators():
    model = gk.Heston(
        spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.05, mean_reversion=2.0, long_run_variance=0.04,
        vol_of_vol=0.3, correlation=-0.6,
    )  # fmt: skip
    trade, greeks = note("yes", 90.0), ("price", "delta", "vega", "rho", "correlation")
    runs = [gk.estimate(trade, model, greeks=greeks, estimators=name, paths=2**17, seed=seed)
            for seed, name in enumerate(("oss", "lr", "fd"))]  # fmt: skip
    for greek in greeks:
        own, *others = (next(run[key] for key in run if key[0] == greek) for run in runs)
        for other in others:
            spread = (own.standard_error**2 + other.standard_error**2) ** 0.5
            assert abs(own.value - other.value) < 4.5 * spread, (greek, own, other)


def test_what_contradicts_itself_is_refused():
    with pytest.raises(gk.UsageError, match="has redeemed the note"):
        note("no", 90.0, past_fixings=(106.0,))
    with pytest.raises(gk.UsageError, match="exactly one of fixings"):
        note("no", 90.0, fixing_times=(1.0,))
    with pytest.raises(gk.UsageError, match=r"write 0\.02"):
        gk.Autocallable(
            strike=100.0, maturity=1.0, autocall_barrier=105.0, coupon=4.0, coupon_barrier=90.0,
            protection_barrier=70.0, fixings=4,
        )  # fmt: skip


def test_expired_note_pays_what_is_left():
    last = gk.Autocallable(
        strike=100.0, maturity=0.0, autocall_barrier=105.0, coupon=0.04, coupon_barrier=60.0, memory="yes",
        protection_barrier=70.0, fixings=1, past_fixings=(50.0, 50.0),
    )  # fmt: skip
    assert last.settled(80.0) == pytest.approx(112.0)
    assert last.settled(65.0) == pytest.approx(77.0)
    assert last.settled(50.0) == pytest.approx(50.0)
