"""Faults of what is read and written, and of the closed forms that numbers are compared with."""

from __future__ import annotations

from benchmarks.mutants.mutant import Mutant

_DATES, _NAMES = "greeks/market/dates.py", "greeks/names.py"

MUTANTS = (
    Mutant(
        "rate-and-dividend-swapped",
        "the short names of rate and dividend yield are swapped",
        "greeks/portfolio/market_names.py",
        '"q": "dividend_yield",\n    "r": "rate",',
        '"r": "dividend_yield",\n    "q": "rate",',
        ("tests/unit/test_market_names.py::test_the_names_that_gave_a_rate_of_zero",),
    ),
    Mutant(
        "a-year-of-365.25-days",
        "years by ACT/365.25",
        _DATES,
        "DAYS_A_YEAR = 365.0",
        "DAYS_A_YEAR = 365.25",
        ("tests/unit/test_dates.py",),
    ),
    Mutant(
        "one-day-more",
        "the day of expiry counts as a whole day",
        _DATES,
        "return float((_day(day) - _day(as_of)).days)",
        "return float((_day(day) - _day(as_of)).days + 1)",
        ("tests/unit/test_dates.py",),
    ),
    Mutant(
        "time-zone-ignored",
        "the time of day without its zone",
        _DATES,
        "return (day - as_of).total_seconds() / _SECONDS_A_DAY",
        "return (day.replace(tzinfo=None) - as_of.replace(tzinfo=None)).total_seconds() / _SECONDS_A_DAY",
        ("tests/unit/test_dates.py",),
    ),
    Mutant(
        "theta-a-trading-day",
        "theta of a desk for a trading day, with the unit of a calendar day",
        _NAMES,
        '(1.0 / 365.0, "per',
        '(1.0 / 252.0, "per',
        ("tests/unit/test_units.py",),
    ),
    Mutant(
        "volga-of-a-point",
        "volga of a desk for one point, not a point squared",
        _NAMES,
        '"volga": (0.0001, "per',
        '"volga": (0.01, "per',
        ("tests/unit/test_units.py",),
    ),
    Mutant(
        "interval-in-raw-units",
        "the ends of an interval are not in the units of the value",
        "greeks/results/tables.py",
        '"ci_low": low * factor,',
        '"ci_low": low,',
        ("tests/unit/test_units.py",),
    ),
    Mutant(
        "duplicates-accepted",
        "two trades of one name are two trades",
        "greeks/portfolio/trades.py",
        "elif key and key in seen:",
        "elif False:",
        ("tests/cli/test_bad_input.py",),
    ),
    Mutant(
        "overflow-read-as-infinite",
        "a number too large to hold is read as infinite",
        "greeks/portfolio/cells.py",
        "if isinf(value):",
        "if False:",
        ("tests/cli/test_bad_input.py", "tests/cli/test_tables.py"),
    ),
    Mutant(
        "yes-and-no",
        "no is read as yes",
        "greeks/portfolio/cells.py",
        'return parse_choice(text, ("yes", "no")) == "yes"',
        'return parse_choice(text, ("yes", "no")) != ""',
        ("tests/unit/test_new_payoff.py",),
    ),
    Mutant(
        "missing-rate-is-one",
        "a currency without a rate is taken for the reporting currency",
        "greeks/portfolio/fx.py",
        "missing = [code for code in codes if code not in values and code != currency]",
        "missing: list[str] = []",
        ("tests/unit/test_fx.py",),
    ),
    Mutant(
        "foreign-cells-ignored",
        "a cell that means nothing for a product is ignored",
        "greeks/portfolio/fields.py",
        "if name not in own and cells.get(name):",
        "if False:",
        ("tests/cli/test_bad_input.py",),
    ),
    Mutant(
        "settled-payment-undiscounted",
        "a payment that is known and still to come is not discounted",
        "greeks/planning/cells.py",
        "price = value * exp(-model.rate * wait)",
        "price = value",
        ("tests/unit/test_expiry.py", "tests/unit/test_asian_schedule.py", "tests/unit/test_edges_of_a_run.py"),
    ),
)
