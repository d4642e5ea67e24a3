"""A volatility of a contract's own: on the paths of its underlying's random numbers, netted path by path."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import greeks as gk
from greeks.core.workspace import Workspace
from greeks.errors import PortfolioError, UsageError
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

MODEL = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
NAMES = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta")
LOW, HIGH = gk.European("call", strike=95, maturity=1.0), gk.European("call", strike=105, maturity=1.0)
ASIAN = gk.Asian("call", strike=100, maturity=1.0, fixings=4)


def spread(low: float | None, high: float | None, payoffs=(LOW, HIGH)) -> gk.Book:
    """Long one, short the other."""
    first, second = payoffs
    trades = gk.Trade("low", "X", first, 1.0, volatility=low), gk.Trade("high", "X", second, -1.0, volatility=high)
    return gk.Book(trades, {"X": MODEL})


def rows(book: gk.Book, **options) -> dict:
    frame = gk.run(book, greeks=NAMES, paths=8192, analytic=False, **options).trades
    return {
        (line.trade_id, line.greek, line.estimator): (line.value, line.standard_error) for line in frame.itertuples()
    }


@pytest.mark.parametrize("payoffs", [(LOW, HIGH), (ASIAN, replace(ASIAN, strike=110.0))])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"variance_reduction": "antithetic"},
        {"sampler": "sobol"},
        {"estimators": "likelihood_ratio"},
        {"estimators": "likelihood_ratio,finite_difference"},
    ],
)
def test_a_trade_has_the_bits_of_an_underlying_with_its_volatility(payoffs, options) -> None:
    """Alone, in company, and as the underlying's own: one number, to the last bit."""
    together = rows(spread(0.22, 0.18, payoffs), **options)
    for name, volatility, payoff in (("low", 0.22, payoffs[0]), ("high", 0.18, payoffs[1])):
        alone = gk.Book((gk.Trade(name, "X", payoff),), {"X": replace(MODEL, volatility=volatility)})
        own = rows(alone, **options)
        assert own and own == {key: value for key, value in together.items() if key[0] == name}


def test_many_volatilities_and_repeated_blocks() -> None:
    """Blocks that repeat recorded calls have the bits of those that do not, with a model for every trade."""
    trades = tuple(gk.Trade(f"t{k}", "X", LOW, (-1.0) ** k, volatility=0.1 + 0.01 * (k % 7)) for k in range(20))
    settings = Settings(
        seed=7, greeks=NAMES, estimators=("pathwise", "likelihood_ratio", "mixed"), paths=2**18, analytic=False
    )
    (job,) = plan(gk.Book(trades, {"X": MODEL}), settings).jobs
    assert len(list(job.runs)) == 7
    shared = Workspace()
    repeated = [run_block(job, block, 4 * job.width, shared) for block in range(3)]
    for block, found in enumerate(repeated):
        assert np.array_equal(found, run_block(job, block, 4 * job.width, Workspace()))


def test_the_net_of_a_spread_is_that_of_its_paths() -> None:
    """Over 200 seeds the net covers its exact value, and its error is its deviation; added variances are not."""
    book = spread(0.22, 0.18)
    exact = gk.run(book, greeks=("price", "delta")).net
    exact = exact[exact.level == "book"].set_index("greek").value
    found: dict[str, list[tuple[float, float, float]]] = {"price": [], "delta": []}
    for seed in range(200):
        result = gk.run(
            book, greeks=("price", "delta"), estimators="pathwise", paths=2048, seed=seed, analytic=False, threads=1
        )
        net = result.net[result.net.level == "book"]
        for line in net.itertuples():
            own = result.trades[result.trades.greek == line.greek].position_standard_error
            found[line.greek].append((line.value, line.standard_error, float(np.hypot(*own))))
    for greek, runs in found.items():
        values, errors, added = np.array(runs).T
        deviation = values.std(ddof=1)  # known to 5 %
        assert abs(values.mean() - exact[greek]) < 4.5 * deviation / np.sqrt(len(values))
        assert errors.mean() == pytest.approx(deviation, rel=0.2)
        assert added.mean() > 1.5 * deviation
        assert 0.90 <= np.mean(abs(values - exact[greek]) < 1.96 * errors) <= 0.99


def test_opposite_positions_net_to_nothing() -> None:
    """A long and a short of one trade with a volatility of its own, beside others."""
    trades = tuple(
        gk.Trade(f"{side}{vol}", "X", LOW, side, volatility=vol) for vol in (0.15, 0.25, None) for side in (1.0, -1.0)
    )
    net = gk.run(gk.Book(trades, {"X": MODEL}), greeks=NAMES, paths=8192, analytic=False).net
    assert (net.value.abs() < 1e-12).all() and (net.standard_error < 1e-12).all()


def test_exact_values_are_those_of_the_own_volatility() -> None:
    book = spread(0.22, 0.18)
    for trade in book.trades:
        own = gk.estimate(trade.payoff, replace(MODEL, volatility=trade.volatility), greeks=NAMES)
        frame = gk.run(book, greeks=NAMES).trades
        for line in frame[frame.trade_id == trade.trade_id].itertuples():
            assert line.value == own[line.greek].value


HEADER = "trade_id,underlying,product,option_type,strike,maturity,volatility\n"
MARKETS = (
    "underlying,model,spot,rate,volatility,initial_variance,mean_reversion,long_run_variance,vol_of_vol,correlation\n"
)


def read(folder, cell: str, underlying: str = "X") -> gk.Book:
    (folder / "b.csv").write_text(f"{HEADER}A,{underlying},european,call,95,1,{cell}\nB,X,european,call,105,1,\n")
    (folder / "m.csv").write_text(f"{MARKETS}X,gbm,100,0.03,0.2,,,,,\nH,heston,100,0.03,,0.04,1,0.04,0.5,-0.5\n")
    return gk.read_portfolio(folder / "b.csv", market=folder / "m.csv")


def test_the_column(tmp_path) -> None:
    """A blank cell is the underlying's; 0 is a volatility too."""
    book = read(tmp_path, "0.25")
    assert [trade.volatility for trade in book.trades] == [0.25, None]
    assert [book.model_of(trade).volatility for trade in book.trades] == [0.25, 0.2]
    assert book.label_columns == ()
    assert read(tmp_path, "0").trades[0].volatility == 0.0


@pytest.mark.parametrize(
    ("cell", "underlying", "said"),
    [
        ("20", "X", "a volatility of 20 is 2000%: write 0.20 for 20 %"),
        ("-0.2", "X", "-0.2"),
        ("x", "X", "cannot read 'x' as a number"),
        ("nan", "X", "nan"),
        ("1e-9", "X", "out of range"),
        ("0.2", "H", "has no meaning under model heston: leave it blank"),
    ],
)
def test_bad_cells(tmp_path, cell: str, underlying: str, said: str) -> None:
    with pytest.raises(PortfolioError) as caught:
        read(tmp_path, cell, underlying)
    (issue,) = caught.value.issues
    assert issue.line == 2 and issue.column == "volatility" and said in issue.message


def test_bad_arguments() -> None:
    heston = gk.Heston(
        spot=100, initial_variance=0.04, mean_reversion=1, long_run_variance=0.04, vol_of_vol=0.5, correlation=-0.5
    )
    with pytest.raises(UsageError, match="trade a: a volatility of its own has no meaning"):
        gk.run(gk.Book((gk.Trade("a", "H", LOW, volatility=0.2),), {"H": heston}))
    for value in (-0.1, float("nan"), "x", 20.0):
        with pytest.raises(UsageError, match="trade a: volatility"):
            gk.Trade("a", "X", LOW, volatility=value)  # type: ignore[arg-type]


def test_one_contract_at_two_volatilities_is_not_closed_out() -> None:
    """Long at one, short at the other: what is left is the difference, with the error of its paths."""
    book = spread(0.22, 0.18, (LOW, LOW))
    exact = gk.run(book, greeks="price").net.value.iloc[0]
    net = gk.run(book, greeks="price", analytic=False, paths=8192).net.iloc[0]
    assert net.standard_error > 0.0 and abs(net.value - exact) < 4.5 * net.standard_error
    assert net.status == "ok"
