"""QuantLib's side: prices alone, pseudo-random numbers, its own engines."""

from __future__ import annotations

from typing import Any

from benchmarks.ours import FIXINGS, HESTON, HESTON_STEPS, MARKET, STRIKE, VOLATILITY
from benchmarks.timing import Missing, Work


def _market(**moved: float) -> tuple[Any, Any, tuple[Any, Any, Any]]:
    """The module, today, and the handles of spot, dividend yield and rate, some of which may be moved."""
    try:
        import QuantLib as ql
    except ImportError as error:
        raise Missing("QuantLib is not installed") from error
    values = {**MARKET, **moved}
    today = ql.Date(2, 1, 2026)
    ql.Settings.instance().evaluationDate = today

    def curve(name: str) -> Any:
        return ql.YieldTermStructureHandle(ql.FlatForward(today, values[name], ql.Actual365Fixed()))

    return ql, today, (ql.QuoteHandle(ql.SimpleQuote(values["spot"])), curve("dividend_yield"), curve("rate"))


def market_of(volatility: float = VOLATILITY, **moved: float) -> tuple[Any, Any, Any]:
    """The module, today, and the process of every workload but Heston's, some of whose parameters may be moved."""
    ql, today, (spot, dividend, rate) = _market(**moved)
    flat = ql.BlackConstantVol(today, ql.NullCalendar(), volatility, ql.Actual365Fixed())
    process = ql.BlackScholesMertonProcess(spot, dividend, rate, ql.BlackVolTermStructureHandle(flat))
    return ql, today, process


def _price(option: Any, engine: Any) -> float:
    option.setPricingEngine(engine)
    return float(option.NPV())


def asian(paths: int = 4096) -> Work:
    """Arithmetic average of 52 fixings, on the nearest days."""
    ql, today, process = market_of()
    dates = [today + round(365 * (i + 1) / FIXINGS) for i in range(FIXINGS)]
    payoff, exercise = ql.PlainVanillaPayoff(ql.Option.Call, STRIKE), ql.EuropeanExercise(dates[-1])
    option = ql.DiscreteAveragingAsianOption(ql.Average.Arithmetic, dates, payoff, exercise)

    def run() -> float:
        engine = ql.MCDiscreteArithmeticAPEngine(process, "pseudorandom", requiredSamples=paths, seed=1)
        return _price(option, engine)

    return Work(run, paths * FIXINGS)


def _call(ql: Any, today: Any) -> Any:
    return ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, STRIKE), ql.EuropeanExercise(today + 365))


def european(paths: int = 65536) -> Work:
    """European call, one step."""
    ql, today, process = market_of()
    option = _call(ql, today)

    def run() -> float:
        return _price(option, ql.MCEuropeanEngine(process, "pseudorandom", timeSteps=1, requiredSamples=paths, seed=1))

    return Work(run, paths)


def heston(paths: int = 4096) -> Work:
    """European call by QE with the martingale correction: the engine evolves the process by its own scheme."""
    ql, today, (spot, dividend, rate) = _market()
    process = ql.HestonProcess(
        rate,
        dividend,
        spot,
        *(HESTON[name] for name in ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol")),
        HESTON["correlation"],
        ql.HestonProcess.QuadraticExponentialMartingale,
    )
    option = _call(ql, today)

    def run() -> float:
        engine = ql.MCEuropeanHestonEngine(
            process, "pseudorandom", timeSteps=HESTON_STEPS, requiredSamples=paths, seed=1
        )
        return _price(option, engine)

    return Work(run, paths * HESTON_STEPS)
