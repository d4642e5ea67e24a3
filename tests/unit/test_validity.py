"""What is said to be valid is what a run does, and the table of the documentation is the one that is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.models.registry import MODELS
from greeks.planning import plan
from greeks.planning.choices import make_settings
from greeks.planning.validity import verdict
from greeks.portfolio.templates import examples
from greeks.report.context import kind_of
from greeks.study.validity import contract, grids, markdown, records

DOCS = Path(__file__).parents[2] / "docs" / "validity.md"


SETTINGS = make_settings(
    greeks="all",
    estimators="all",
    paths=64,
    seed=1,
    threads=1,
    bump=1.0,
    steps_per_year=None,
    variance_reduction="none",  # controls say so in a row's reason
)


@pytest.mark.parametrize("kind", MODELS)
def test_a_plan_acts_on_the_verdicts(kind: str) -> None:
    """Every cell of every contract of the templates: status and reason are those of the verdict."""
    payoffs, models = examples()
    model = next(model for model in models if model.kind == kind)
    book = Book(tuple(Trade(str(i), "X", payoff) for i, payoff in enumerate(payoffs)), {"X": model})
    cells = plan(book, SETTINGS).cells
    assert len(cells) >= 9 * 9 * len(payoffs)
    compared = 0
    for cell in cells:
        payoff = payoffs[cell.trade]
        if payoff.settled(model.spot) is not None:
            continue
        said = verdict(cell.estimator, payoff, model, cell.greek)
        assert (cell.status, cell.reason) == (said.status, said.reason), (payoff, cell.greek, cell.estimator)
        assert said.valid == (cell.job >= 0 or cell.exact is not None)
        assert said.reason or said.status == "ok"
        compared += 1
    assert compared >= 9 * 9 * (len(payoffs) - 3)


def test_the_table_of_the_documentation_is_the_one_that_is_printed() -> None:
    """Its tables are those of the command; what to run where it differs is on its first lines."""
    assert DOCS.read_text().split("\n\n", 3)[3] == markdown(grids(*examples()))


def test_one_record_for_each_cell() -> None:
    found = grids(*examples())
    rows = records(found)
    assert len(rows) == sum(len(grid.verdicts) * len(grid.contracts) for grid in found)
    assert {row["status"] for row in rows} == {"ok", "warn", "na"}
    assert all(row["reason"] for row in rows if row["status"] != "ok")


def test_a_contract_is_named_by_what_was_chosen() -> None:
    """Nothing is said of a rebate that is not paid, nor of a term that was not asked for."""
    barrier = {"strike": 100.0, "maturity": 1.0, "barrier_type": "down-and-out", "barrier": 80.0}
    assert contract(gk.Barrier("call", **barrier)) == "barrier continuous call down-and-out vanilla"
    paid = gk.Barrier("call", **barrier, rebate=2.0, rebate_at="hit")
    assert contract(paid) == "barrier continuous call down-and-out vanilla rebate at hit"
    touch = {"lower_barrier": 80.0, "upper_barrier": 120.0, "maturity": 1.0}
    assert contract(gk.Touch(touch_type="no-touch", **touch)) == "touch continuous no-touch cash"
    assert contract(gk.Touch(touch_type="one-touch", **touch)) == "touch continuous one-touch cash paid at expiry"
    note = {"autocall_barrier": 105.0, "coupon": 0.02, "coupon_barrier": 90.0, "protection_barrier": 70.0}
    for given, words in ((True, "autocallable memory"), ("yes", "autocallable memory"), (False, "autocallable")):
        made = gk.Autocallable(strike=100.0, maturity=1.0, fixings=2, **note, memory=given)
        assert contract(made) == words
        assert kind_of(Trade("a", "U", made), MODELS["gbm"](spot=100.0, rate=0.0, volatility=0.2)) == f"{words} gbm"
