"""Ladders: changes against closed forms, with the coverage of their error bars, and bits of the values."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import greeks as gk
from greeks.core.workspace import Workspace
from greeks.planning import Settings, plan
from greeks.scenarios.shifts import Scenario, Shift, difference, grid, moved
from greeks.simulation.block import run_block

GBM = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
HESTON = gk.Heston(
    spot=100, rate=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.05, vol_of_vol=0.5,
    correlation=-0.6,
)  # fmt: skip
LOW, HIGH = gk.European("call", strike=100, maturity=1.0), gk.European("call", strike=110, maturity=1.0)
ASIAN = gk.Asian("call", strike=100, maturity=1.0, fixings=4)
JUMP = gk.Digital("call", strike=100, maturity=1.0)


def book(model, *payoffs, **options) -> gk.Book:
    """Long the first, short the others."""
    trades = tuple(gk.Trade(f"t{k}", "X", payoff, 1.0 if k == 0 else -1.0) for k, payoff in enumerate(payoffs))
    return gk.Book(trades, {"X": model}, **options)


def of_book(result: gk.LadderResult):
    frame = result.to_frame()
    return frame[frame.level == "book"].set_index("scenario")


def exact(where: gk.Book) -> float:
    net = gk.run(where, greeks="price").net
    return float(net[net.level == "book"].value.iloc[0])


AXES = {"spot": "-10%,0,5", "volatility": "0,3pt", "rate": "-50bp,0"}


def test_exact_changes_are_differences_of_closed_forms() -> None:
    held = book(GBM, LOW, HIGH, JUMP)
    found = of_book(gk.ladder(held, **AXES))
    assert len(found) == 12
    base = exact(held)
    for scenario in grid(*AXES.values()):
        row, value = found.loc[str(scenario)], exact(moved(held, scenario))
        assert row.value == value
        assert row.change == pytest.approx(value - base, abs=1e-12)
        assert row.standard_error == row.change_standard_error == 0.0 and not row.noise and row.status == "ok"


@pytest.mark.parametrize("model", [GBM, HESTON])
@pytest.mark.parametrize("options", [{}, {"sampler": "sobol"}, {"variance_reduction": "antithetic"}])
def test_no_shift_changes_nothing_at_all(model, options) -> None:
    found = of_book(gk.ladder(book(model, LOW, ASIAN), spot="0,1%", paths=8192, analytic=False, **options))
    still, moving = found.loc["no shift"], found.loc["spot +1%"]
    assert still.change == still.change_standard_error == still.change_ci_low == still.change_ci_high == 0.0
    assert still.standard_error > 0.0 and not still.noise
    assert moving.change_standard_error > 0.0 and moving.change != 0.0


@pytest.mark.parametrize("model", [GBM, HESTON])
@pytest.mark.parametrize("payoffs", [(LOW,), (LOW, HIGH), (ASIAN, LOW, JUMP)])
def test_values_have_the_bits_of_a_run_of_the_shifted_book(model, payoffs) -> None:
    """A run with the same seed, and without the pilot, as a ladder has none."""
    held, options = book(model, *payoffs), {"paths": 4096, "seed": 3, "analytic": False}
    found = of_book(gk.ladder(held, **AXES, **options))
    for scenario in grid(*AXES.values()):
        net = gk.run(moved(held, scenario), greeks="price", pilot=False, **options).net
        run, row = net[net.level == "book"].iloc[0], found.loc[str(scenario)]
        assert (run.value, run.standard_error, run.ci_low) == (row.value, row.standard_error, row.ci_low)


@pytest.mark.parametrize("model", [GBM, HESTON])
def test_a_change_is_the_difference_of_the_values(model) -> None:
    """On the same paths; rounding apart. A variance path that was kept from another model would not be the same."""
    held = book(model, LOW, ASIAN)
    base = gk.run(held, greeks="price", pilot=False, paths=4096, analytic=False).net.value.iloc[0]
    found = of_book(gk.ladder(held, spot="-1%,0,2%", volatility="0,2pt", rate="0,1pt", paths=4096, analytic=False))
    for row in found.itertuples():
        assert row.change == pytest.approx(row.value - base, abs=1e-9)


def coverage(held: gk.Book, scenarios: dict, seeds: int, paths: int, **options) -> dict[str, np.ndarray]:
    """By scenario a row a seed: change, its error, and the error that added variances would give."""
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in range(seeds):
        result = gk.ladder(held, **scenarios, seed=seed, paths=paths, analytic=False, threads=1, **options)
        base = result.base()
        alone = base[base.level == "book"].standard_error.iloc[0]
        for row in of_book(result).itertuples():
            added = math.hypot(row.standard_error, alone)
            found.setdefault(row.Index, []).append((row.change, row.change_standard_error, added))
    return {name: np.array(rows) for name, rows in found.items()}


@pytest.mark.parametrize(
    ("held", "seeds", "paths", "factor"),
    [(book(GBM, LOW, HIGH), 150, 2048, 1.7), (book(HESTON, LOW, HIGH), 60, 1024, 1.7)],
    ids=["gbm", "heston"],
)
def test_error_bars_of_changes_are_honest(held: gk.Book, seeds: int, paths: int, factor: float) -> None:
    """Over seeds they cover the exact change, and are its deviation; added variances are far too wide."""
    scenarios = {"spot": "-3%", "volatility": "1pt", "rate": None}, {"spot": "5%"}, {"rate": "100bp"}
    for axes in scenarios:
        ((name, runs),) = coverage(held, axes, seeds, paths).items()
        (scenario,) = grid(axes.get("spot"), axes.get("volatility"), axes.get("rate"))
        change = exact(moved(held, scenario)) - exact(held)
        values, errors, added = runs.T
        deviation = values.std(ddof=1)  # known to 1 / sqrt(2 seeds)
        spread = 4.5 / math.sqrt(2 * seeds)
        bias = 0.02 * abs(change) if held.models["X"] == HESTON else 0.0  # the time step's, which the row tells
        assert abs(values.mean() - change) < 4.5 * deviation / math.sqrt(seeds) + bias, name
        assert errors.mean() == pytest.approx(deviation, rel=spread), name
        assert added.mean() > factor * deviation, name
        inside = np.mean(abs(values - change) < 1.96 * errors + bias)
        assert inside > 0.95 - 4.5 * math.sqrt(0.95 * 0.05 / seeds), name


def test_underlyings_are_independent_and_currencies_apart() -> None:
    trades = gk.Trade("a", "X", LOW, 2.0), gk.Trade("b", "Y", LOW, -1.0, labels={"desk": "one"})
    held = gk.Book(trades, {"X": GBM, "Y": HESTON}, ("desk",), currencies={"X": "USD", "Y": "EUR"})
    options = {"spot": "5%", "paths": 4096, "analytic": False}
    apart = gk.ladder(held, **options).to_frame()
    assert list(apart[apart.level == "book"].currency) == ["USD", "EUR"]
    result = gk.ladder(held, **options, fx={"EUR": 2.0}, currency="USD", group_by="desk")
    frame = result.to_frame().set_index(["level", "underlying", "desk"])
    x, y = frame.loc["underlying", "X", ""], frame.loc["underlying", "Y", ""]
    (total,) = frame.loc["book"].itertuples()
    assert total.change == pytest.approx(x.change + 2.0 * y.change, rel=1e-12)
    assert total.change_standard_error == pytest.approx(
        math.hypot(x.change_standard_error, 2.0 * y.change_standard_error), rel=1e-12
    )
    assert frame.loc["group", "", "one"].change == pytest.approx(2.0 * y.change, rel=1e-12)


def test_a_volatility_of_a_trade_moves_with_the_shift() -> None:
    own = gk.Book((gk.Trade("a", "X", LOW, volatility=0.25), gk.Trade("b", "X", HIGH, -1.0)), {"X": GBM})
    simulated = of_book(gk.ladder(own, volatility="2pt", paths=2**15, analytic=False)).iloc[0]
    one, other = replace(GBM, volatility=0.27), replace(GBM, volatility=0.22)
    value = gk.estimate(LOW, one)["price"].value - gk.estimate(HIGH, other)["price"].value
    change = value - exact(own)
    assert of_book(gk.ladder(own, volatility="2pt")).iloc[0].change == pytest.approx(change, abs=1e-12)
    assert abs(simulated.change - change) < 4.5 * simulated.change_standard_error


def test_a_change_that_no_path_shows_is_bounded_and_not_nothing() -> None:
    """A spot that moves by a millionth: no path meets the jump, but there is a change."""
    row = of_book(gk.ladder(book(GBM, JUMP), spot="0.0001%", paths=4096, analytic=False)).iloc[0]
    change = exact(moved(book(GBM, JUMP), Scenario(Shift(1e-6, True)))) - exact(book(GBM, JUMP))
    assert row.status == "warn" and row.change_standard_error > 0.0
    assert row.change_ci_low <= change <= row.change_ci_high


def test_a_small_shift_of_what_does_not_jump_is_no_cause_for_a_warning() -> None:
    """Positions cancel to a ten-thousandth of their size, but on every path."""
    row = of_book(gk.ladder(book(GBM, LOW), spot="0.01%", paths=4096, analytic=False)).iloc[0]
    assert row.status == "ok", row.reason
    assert abs(row.change - (exact(moved(book(GBM, LOW), Scenario(Shift(1e-4, True)))) - exact(book(GBM, LOW)))) < (
        4.5 * row.change_standard_error
    )


def test_a_jump_that_no_path_shows_beside_what_all_show_is_warned_of() -> None:
    """Every path moves by a little, and the few that meet the barrier by a lot: none of these is drawn."""
    barrier = gk.Barrier(
        "call", strike=100, maturity=1.0, barrier_type="down-and-out", barrier=90, monitoring="discrete", fixings=4
    )
    row = of_book(gk.ladder(book(GBM, barrier), spot="0.0001%", paths=4096, analytic=False)).iloc[0]
    assert row.status == "warn" and "a path of a kind not drawn" in row.reason


def test_noise_is_told_and_what_is_none_is_not() -> None:
    """A call and the forward of its delta: to first order nothing moves."""
    delta = gk.estimate(LOW, GBM)["delta"].value
    held = gk.Book(
        (gk.Trade("call", "X", ASIAN), gk.Trade("other", "X", LOW, -0.55), gk.Trade("cash", "X", gk.Stock(), -delta)),
        {"X": GBM},
    )
    found = of_book(gk.ladder(held, rate="1e-9", spot="0,10%", paths=512, analytic=False))
    for row in found.itertuples():
        within = row.change_ci_low <= 0.0 <= row.change_ci_high and row.change_standard_error > 0.0
        assert row.noise == within and ("noise" in row.reason) == within
    assert not found.loc["spot +10%, rate +1e-09"].noise


def test_greeks_have_ladders_too() -> None:
    result = gk.ladder(book(GBM, LOW), greeks="delta,gamma,vega", spot="-5%,5%", units="market")
    frame = result.to_frame()
    assert list(frame.greek.unique()) == ["delta", "gamma", "vega"] and len(frame) == 2 * 2 * 3
    base = gk.estimate(LOW, GBM, greeks="vega", units="market")["vega"].value
    for shift, row in zip(
        (0.95, 1.05), frame[(frame.level == "book") & (frame.greek == "vega")].itertuples(), strict=True
    ):
        value = gk.estimate(LOW, replace(GBM, spot=100 * shift), greeks="vega", units="market")["vega"].value
        assert (row.value, row.unit) == (pytest.approx(value, rel=1e-12), "per 0.01 of volatility")
        assert row.change == pytest.approx(value - base, rel=1e-9)


def test_a_barrier_that_a_shift_breaches_is_settled_there() -> None:
    barrier = gk.Barrier("call", strike=100, maturity=1.0, barrier_type="up-and-out", barrier=120, fixings=None)
    row = of_book(gk.ladder(book(GBM, barrier), spot="30%")).iloc[0]
    assert row.value == 0.0 and row.change == pytest.approx(-exact(book(GBM, barrier)), rel=1e-12)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "no shift is given"),
        ({"spot": "5%", "units": "cash"}, "write raw or market"),
        ({"spot": "5%", "group_by": "scenario"}, "a column scenario of its own"),
        ({"spot": "5%", "target": 0.01}, "unknown option 'target'"),
        ({"spot": "5%", "greeks": "delt"}, "unknown Greek"),
        ({"spot": "-100%"}, "name a smaller shift"),
    ],
)
def test_what_cannot_be_met_is_refused(options: dict, said: str) -> None:
    with pytest.raises(gk.UsageError) as caught:
        gk.ladder(book(GBM, LOW), **options)
    assert said in str(caught.value)
    with pytest.raises(gk.UsageError, match="is no book"):
        gk.ladder("book.csv", spot="5%")  # type: ignore[arg-type]


def test_what_the_shifts_may_mean_and_do_not_is_noted() -> None:
    both = gk.Book((gk.Trade("a", "X", LOW), gk.Trade("b", "H", LOW)), {"X": GBM, "H": HESTON})
    said = " ".join(gk.ladder(both, spot=[-0.1], volatility="10%", rate="1%").notes)
    for text in ("write -10% for a relative one", "+10pt", "+1pt", "initial one under heston"):
        assert text in said
    quiet = gk.ladder(book(GBM, LOW), spot="-10%", volatility="2pt", rate="10bp")
    assert quiet.notes == ()


def test_tables_show_themselves() -> None:
    result = gk.ladder(book(GBM, LOW), spot="5%")
    assert "spot +5%" in repr(result) and "<td>spot +5%</td>" in result._repr_html_()
    assert result.to_json()["manifest"]["scenarios"] == {"spot": ["+5%"], "volatility": ["0"], "rate": ["0"]}
    assert result.to_json()["ladder"][0]["spot_shift"] == 0.05


@pytest.mark.parametrize("model", [GBM, HESTON])
def test_blocks_with_several_models_have_the_bits_of_each_alone(model) -> None:
    """Repeated or not, and on the second grid too: the moments of a line are those of a book of its own."""
    settings = Settings(greeks=("price", "delta"), estimators=("auto",), paths=2**17, seed=5, analytic=False)
    both = difference(book(model, ASIAN), Scenario(Shift(0.05, True), Shift(0.01)))
    layout = plan(both, settings)
    (job,) = layout.jobs
    assert len(list(job.runs)) == 2
    shared = Workspace()
    repeated = [run_block(job, block, 4 * job.width, shared) for block in range(2)]
    refined = [run_block(grids, 0, 2048, Workspace()) for grids in layout.grids.values()]
    assert len(refined) == (model is HESTON)
    start = 0
    for trade in both.trades:
        alone = plan(gk.Book((replace(trade, model=None),), {"X": both.model_of(trade)}), settings)
        (own,) = alone.jobs
        rows = slice(start, start + sum(len(request.greeks) for line in own.lines for request in line.requests))
        start = rows.stop
        for block, found in enumerate(repeated):
            assert np.array_equal(
                found[rows], run_block(own, block, 4 * own.width, Workspace())[: rows.stop - rows.start]
            )
        for found, grids in zip(refined, alone.grids.values(), strict=True):
            assert np.array_equal(found[rows], run_block(grids, 0, 2048, Workspace())[: rows.stop - rows.start])


def test_curves_smiles_and_dividends_move_with_their_contracts() -> None:
    """Each trade is that of a flat market with its own numbers moved; dividends stay, and the quoted spot moves."""
    from tests.unit import test_curves_and_smiles as curved
    from tests.unit import test_dividends as paying

    book = curved.book()
    found = gk.ladder(book, spot="10%", volatility="1pt", rate="50bp").to_frame()
    value = 0.0
    for trade in book.trades:
        model = book.model_of(trade)
        numbers = {"spot": 110.0, "volatility": model.volatility + 0.01, "rate": model.rate + 0.005}
        value += trade.position * gk.estimate(trade.payoff, replace(model, **numbers), greeks="price")["price"].value
    assert found[found.level == "book"].value.iloc[0] == pytest.approx(value, rel=1e-12)
    held = gk.read_portfolio(paying.BOOK.iloc[:1], paying.MARKET, dividends=paying.DIVIDENDS)
    moved = gk.ladder(held, spot="10%", rate="50bp").to_frame()
    model = paying.net(replace(paying.GROSS, spot=110.0, rate=0.035))
    own = gk.estimate(held.trades[0].payoff, model, greeks="price")["price"].value
    assert moved[moved.level == "book"].value.iloc[0] == pytest.approx(own, rel=1e-12)


@pytest.mark.parametrize(
    ("base", "own"),
    [
        (GBM, HESTON),
        (GBM, "gbm"),
        (HESTON, replace(HESTON, scheme="full_truncation")),
        (HESTON, replace(HESTON, mean_reversion=20.0)),
    ],
)
def test_a_model_of_a_trade_is_drawn_from_the_numbers_of_its_underlying(base, own) -> None:
    held = gk.Book((gk.Trade("a", "X", LOW, model=own),), {"X": base})
    with pytest.raises(gk.UsageError, match="trade a: .* write a model of the same kind"):
        gk.run(held)
    fine = gk.Book((gk.Trade("a", "X", LOW, model=replace(base, spot=120.0)),), {"X": base})
    assert gk.run(fine, greeks="price").net.value.iloc[0] == gk.estimate(LOW, replace(base, spot=120.0))["price"].value
