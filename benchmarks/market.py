"""Curves, smiles by expiry and dividends beside QuantLib's analytic engines: ``python -m benchmarks.market``.

The same curves, volatilities and dividends in both: discount factors interpolated log-linearly, variances linearly in
time, dividends escrowed. Prices and Greeks, ours exact or by simulation with its error; theirs by engine, and by bumping
the engine where it gives no Greek.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, hypot
from pathlib import Path
from typing import Any

import pandas as pd

import greeks as gk

try:
    import QuantLib as ql
except ImportError:  # said by the command, not where the module is read
    ql = None

DOC = Path(__file__).parents[1] / "docs" / "market_tables.md"
TODAY = ql and ql.Date(2, 1, 2026)
TIMES, RATES = (182 / 365, 1.0, 2.0), (0.03, 0.035, 0.04)
YIELDS = (0.01, 0.015, 0.02)
EXPIRIES, VOLS = TIMES, (0.25, 0.22, 0.21)
DIVIDENDS = ((91 / 365, 2.5), (274 / 365, 2.5))
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho")
FIXINGS = tuple(round(365 * time) / 365 for time in (0.3, 0.6, 1.0))
_STEP = 1e-5
_PATHS = 2**18


def day(years: float) -> Any:
    """A date so many years of 365 days from today."""
    return TODAY + round(365 * years)


def process(years: float = 0.0, spot: float = 100.0, rates: float = 0.0, yields: float = 0.0, vols: float = 0.0) -> Any:
    """QuantLib's market, moved; its volatility is that of ``years`` where that is given."""
    count = ql.Actual365Fixed()

    def curve(values: tuple[float, ...], move: float) -> Any:
        dates = [TODAY, *(day(time) for time in TIMES)]
        factors = [1.0, *(exp(-(value + move) * time) for value, time in zip(values, TIMES, strict=True))]
        return ql.YieldTermStructureHandle(ql.DiscountCurve(dates, factors, count))

    dates = [day(time) for time in EXPIRIES]
    surface = ql.BlackVarianceCurve(TODAY, dates, list(VOLS), count)
    surface.enableExtrapolation()
    if vols and not years:  # implied volatilities of every date of an average, moved alike
        ends = sorted({*TIMES, *FIXINGS})
        moved = [surface.blackVol(day(time), 100.0) + vols for time in ends]
        surface = ql.BlackVarianceCurve(TODAY, [day(time) for time in ends], moved, count)
    if years:
        level = surface.blackVol(day(years), 100.0)
        surface = ql.BlackConstantVol(TODAY, ql.NullCalendar(), level + vols, count)
    quote = ql.QuoteHandle(ql.SimpleQuote(spot))
    return ql.BlackScholesMertonProcess(
        quote, curve(YIELDS, yields), curve(RATES, rates), ql.BlackVolTermStructureHandle(surface)
    )


def european(kind: Any, strike: float, years: float, paid: bool) -> Callable[..., float]:
    """Price of a European in a moved market."""
    option = ql.EuropeanOption(ql.PlainVanillaPayoff(kind, strike), ql.EuropeanExercise(day(years)))

    def price(**moves: float) -> float:
        market = process(years, **moves)
        if paid:
            dates, amounts = zip(*((day(time), amount) for time, amount in DIVIDENDS), strict=True)
            engine = ql.AnalyticDividendEuropeanEngine(market, ql.DividendVector(dates, amounts))
        else:
            engine = ql.AnalyticEuropeanEngine(market)
        option.setPricingEngine(engine)
        return float(option.NPV())

    return price


def asian(kind: Any, strike: float, years: tuple[float, ...], errors: list[float]) -> Callable[..., float]:
    """Price of a geometric average in a moved market, by simulation: the closed form there takes one volatility."""
    option = ql.DiscreteAveragingAsianOption(
        ql.Average.Geometric, 1.0, 0, [day(time) for time in years], ql.PlainVanillaPayoff(kind, strike),
        ql.EuropeanExercise(day(years[-1])),
    )  # fmt: skip

    def price(**moves: float) -> float:
        market = process(**moves)
        option.setPricingEngine(ql.MCDiscreteGeometricAPEngine(market, "pr", requiredSamples=_PATHS, seed=7))
        errors.append(float(option.errorEstimate()) if option.NPV() else 0.0)
        return float(option.NPV())

    return price


def theirs(price: Callable[..., float]) -> dict[str, float]:
    """Price and central differences."""
    found = {"price": price()}
    for greek, (name, step) in {
        "delta": ("spot", 1e-3), "vega": ("vols", _STEP), "rho": ("rates", _STEP), "dividend_rho": ("yields", _STEP)
    }.items():  # fmt: skip
        base = 100.0 if name == "spot" else 0.0
        up, down = price(**{name: base + step}), price(**{name: base - step})
        found[greek] = (up - down) / (2.0 * step)
    up, down = price(spot=100.05), price(spot=99.95)
    found["gamma"] = (up - 2.0 * found["price"] + down) / 0.0025
    return found


def ours(row: dict[str, Any], paid: bool, paths: int) -> Any:
    """The rows of one trade."""
    frames = {
        "curves": pd.DataFrame(
            [("R", time, value) for time, value in zip(TIMES, RATES, strict=True)]
            + [("Q", time, value) for time, value in zip(TIMES, YIELDS, strict=True)],
            columns=["curve", "maturity", "zero_rate"],
        ),
        "vols": pd.DataFrame(
            [("X", time, value) for time, value in zip(EXPIRIES, VOLS, strict=True)],
            columns=["underlying", "maturity", "volatility"],
        ),
    }
    if paid:
        frames["dividends"] = pd.DataFrame(
            [("X", time, amount) for time, amount in DIVIDENDS], columns=["underlying", "maturity", "amount"]
        )
        days = [round(365 * time) / 365 for time, _ in DIVIDENDS]
        frames["dividends"]["maturity"] = days
    trade = pd.DataFrame([{"trade_id": "A", "underlying": "X", **row}])
    market = pd.DataFrame([{"underlying": "X", "spot": 100.0, "rate": "R", "dividend_yield": "Q"}])
    book = gk.read_portfolio(trade, market, **frames)
    return gk.run(book, greeks=GREEKS, paths=paths).trades.set_index("greek")


def main() -> None:
    """Write the tables."""
    if ql is None:
        raise SystemExit("QuantLib is not installed: python -m pip install QuantLib")
    ql.Settings.instance().evaluationDate = TODAY
    lines = ["# Curves, volatilities by expiry and dividends beside QuantLib", ""]
    lines += [f"Written by `python -m benchmarks.market`, QuantLib {ql.__version__}. Zero rates 3, 3.5 and 4 % and yields 1,"
              " 1.5 and 2 % at",
              "0.5, 1 and 2 years; volatilities 25, 22 and 21 % at the same dates; dividends of 2.5 after three and nine"
              " months where it says", "so. Theirs is the analytic engine, its Greeks by central differences, of a volatility at the contract's date.", ""]  # fmt: skip
    short, long = round(365 * 0.75) / 365, 1.5 - 0.5 / 365
    errors: list[float] = []
    cases: list[tuple[str, dict[str, Any], Callable[..., float], bool]] = []
    for name, kind in (("call", ql.Option.Call), ("put", ql.Option.Put)):
        for strike in (90.0, 110.0):
            for years in (short, 1.0, long):
                row = {
                    "product": "european",
                    "option_type": name,
                    "strike": strike,
                    "maturity": round(365 * years) / 365,
                }
                told = f"{name} {strike:g}, {years:.2f} years"
                cases.append((told, row, european(kind, strike, years, False), False))
                cases.append((f"{told}, dividends", row, european(kind, strike, years, True), True))
        row = {
            "product": "asian",
            "option_type": name,
            "strike": 100.0,
            "maturity": FIXINGS[-1],
            "averaging": "geometric",
        }
        row |= {"fixing_times": list(FIXINGS)}
        cases.append(
            (
                f"geometric Asian {name} 100, fixings {FIXINGS[0]:.2f}, {FIXINGS[1]:.2f}, 1",
                row,
                asian(kind, 100.0, FIXINGS, errors),
                False,
            )
        )
    lines += ["| contract | " + " | ".join(GREEKS) + " |", "|---|" + "---|" * len(GREEKS)]
    worst, farthest = 0.0, 0.0
    for told, row, price, paid in cases:
        known, found = theirs(price), ours(row, paid, 2**20)
        shown = []
        for greek in GREEKS:
            value, error, exact = float(found.value[greek]), float(found.standard_error[greek]), known[greek]
            if error > 0.0:
                shown.append(f"{value:.6g} ± {error:.1g} ({exact:.6g})")
                if greek == "price":
                    farthest = max(farthest, abs(value - exact) / hypot(error, errors[0]))
            else:
                worst = max(worst, abs(value - exact) / max(abs(exact), 1e-3))
                shown.append(f"{value:.6g} ({exact:.6g})")
        lines.append(f"| {told} | " + " | ".join(shown) + " |")
    lines += [
        "",
        f"Ours, theirs in brackets. Exact numbers agree to a relative {worst:.1e}, that of their differences. Prices of",
        f"averages are simulated in both, theirs by {_PATHS} paths on the same curves, since its closed form takes one",
        f"volatility and one rate: they are within {farthest:.1f} standard errors, and its Greeks are differences of it.",
        "",
    ]
    DOC.write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
