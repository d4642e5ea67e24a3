"""What the report measures, against the engine, closed forms and samples whose answer is known."""

from __future__ import annotations

from dataclasses import replace
from math import nan, sqrt

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.estimators.registry import ESTIMATORS
from greeks.planning import Settings
from greeks.results.estimate import Estimate
from greeks.study import identities
from greeks.study.batches import convergence, covered, merged, paired, slope
from greeks.study.bias import bias
from greeks.study.bump import bump_study
from greeks.study.contributions import BATCH, Study, study
from greeks.study.cost import paths_to
from greeks.study.first_fixing import sweep
from greeks.study.ranking import ranking
from greeks.study.tails import histogram, top_share
from greeks.study.time_step import time_step_bias

GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta")


def settings(paths: int, **changes: object) -> Settings:
    return replace(Settings(GREEKS, tuple(ESTIMATORS), paths, 7), **changes)


@pytest.mark.parametrize("row", [0, 2, 3, 5], ids=["european", "digital", "asian", "heston"])
@pytest.mark.parametrize("paths", [2**11, 2**13 + BATCH])
def test_a_study_has_the_bits_of_a_run(book: Book, row: int, paths: int) -> None:
    trade = book.trades[row]
    done = study(book, trade, settings(paths))
    options = {
        "greeks": GREEKS,
        "estimators": tuple(ESTIMATORS),
        "paths": paths,
        "seed": 7,
        "underlying": trade.underlying,
    }
    result = gk.estimate(trade.payoff, book.models[trade.underlying], **options)
    assert len(done.cells) > 8
    for cell, found in zip(done.cells, done.estimates, strict=True):
        other = result[cell.greek, cell.estimator]
        for name in ("value", "standard_error", "paths", "status", "reason", "kurtosis", "low", "high", "bias"):
            assert repr(getattr(found, name)) == repr(getattr(other, name)), name  # nan is nan here
    for cell in done.refused:
        assert result[cell.greek, cell.estimator].status == "na"
    prices = [done.means[k].tobytes() for k in done.rows("price")]
    assert len(set(prices)) == len(prices)  # a price that many estimators share is there once


def test_batches_merge_to_the_whole(book: Book) -> None:
    done = study(book, book.trades[0], settings(2**13))
    for k, found in enumerate(done.estimates):
        mean, error = merged(done, k, 2**13)
        assert mean == pytest.approx([found.value], rel=1e-10, abs=1e-14)
        assert error == pytest.approx([found.standard_error], rel=1e-10)
        means, errors = merged(done, k, BATCH)
        assert means[3] == pytest.approx(done.kept[k, 3 * BATCH : 4 * BATCH].mean(), rel=1e-10, abs=1e-14)
        by_hand = done.kept[k, 3 * BATCH : 4 * BATCH].std(ddof=1) / sqrt(BATCH)
        assert errors[3] == pytest.approx(by_hand, rel=1e-9)


def made(samples: np.ndarray, exact: dict[str, float] | None = None, **changes: object) -> Study:
    """A study of given contributions, one row each, as if of a delta."""
    names = ("likelihood_ratio", "pathwise", "finite_difference")[: len(samples)]
    model = gk.GBM(spot=100.0, volatility=0.2)
    trade = Trade("t", "X", gk.European("call", strike=100.0, maturity=1.0))
    real = study(Book((trade,), {"X": model}), trade, settings(BATCH, greeks=("delta",), estimators=names))
    order = {cell.estimator: cell for cell in real.cells}
    batches = samples.reshape(len(samples), -1, BATCH)
    size = samples.shape[1]
    estimates = tuple(
        Estimate(float(x.mean()), float(x.std(ddof=1) / sqrt(size)), size, "ok", "", 3.0) for x in samples
    )
    done = Study(
        trade, model, tuple(order[name] for name in names), (), estimates, estimates, batches.mean(axis=2),
        batches.std(axis=2, ddof=1) / sqrt(BATCH), samples, exact or {},
    )  # fmt: skip
    return replace(done, **changes)


def normals(rows: int, paths: int = 2**18, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, paths))


def test_coverage_of_honest_and_of_short_intervals() -> None:
    honest = made(normals(1), {"delta": 0.0})
    counted = covered(honest, 0, BATCH)
    assert counted is not None
    hits, runs = counted
    assert runs == 512
    assert abs(hits / runs - 0.95) < 3.0 * sqrt(0.95 * 0.05 / runs)
    for wrong in (replace(honest, errors=0.6 * honest.errors), replace(honest, exact={"delta": 0.1})):
        assert covered(wrong, 0, BATCH)[0] / runs < 0.85
    assert covered(made(normals(1)), 0, BATCH) is None


def test_slope_of_convergence() -> None:
    fitted, error = slope(convergence(made(normals(1), {"delta": 0.0}), 0))
    assert abs(fitted + 0.5) < 3.0 * error
    assert error < 0.04
    unknown, _ = slope(convergence(made(normals(1)), 0))
    assert abs(unknown + 0.5) < 3.0 * error
    biased, _ = slope(convergence(made(normals(1), {"delta": 0.05}), 0))
    assert biased > -0.3  # a bias flattens the line
    points = [{"paths": 2.0**k, "error": 3.0 * 2.0 ** (-0.4 * k), "runs": 10.0} for k in range(5)]
    assert slope(points)[0] == pytest.approx(-0.4)
    assert np.isnan(slope(points[:1])[0])


def test_the_error_of_a_slope_is_honest() -> None:
    """Levels share their paths: over 300 samples the distance to -1/2 in errors has deviation 1 and mean 0."""
    off = []
    for seed in range(300):
        means = np.random.default_rng(seed).standard_normal((1, 512)) / sqrt(BATCH)
        done = replace(made(normals(1, 2 * BATCH), {"delta": 0.0}), means=means, errors=np.full((1, 512), 1.0))
        fitted, error = slope(convergence(done, 0))
        off.append((fitted + 0.5) / error)
    assert np.std(off) == pytest.approx(1.0, abs=0.15)
    assert abs(np.mean(off)) < 0.2


def test_paired_differences() -> None:
    x = normals(2)
    x[1] = x[0] + 0.01 * x[1]
    difference, error = paired(made(x), 1, 0)
    assert error == pytest.approx(0.01 / 512.0, rel=0.1)
    assert abs(difference) < 4.0 * error
    x[1] += 0.001
    difference, error = paired(made(x), 1, 0)
    assert difference / error > 20.0  # a bias that neither error bar alone would show


def chosen(of: Study, seconds: dict[str, float] | None = None) -> tuple[str, str]:
    costs = {("delta", name): cost for name, cost in seconds.items()} if seconds else None
    found = next(one for one in ranking(of, "delta", costs) if one.chosen)
    return of.cells[found.row].estimator, found.why


def test_ranking_prefers_sound_then_the_least_mean_square_error() -> None:
    x = normals(3) + 0.5
    x[0] = 0.5 + 3.0 * (x[0] - 0.5)
    done = made(x)
    name, why = chosen(done)
    assert name == "pathwise"  # as good as the difference, and without a bias
    assert why == "as good as finite_difference"
    ranked = ranking(done, "delta", None)
    assert [one.variance_ratio for one in ranked] == pytest.approx([9.0, 1.0, 1.0], rel=0.05)
    assert max(one.efficiency for one in ranked) == 1.0
    assert ranked[0].mean_square_error == pytest.approx(9.0 / 2**18, rel=0.05)
    # Dearer, pathwise loses to the likelihood ratio; the difference too.
    assert (
        chosen(done, {"likelihood_ratio": 1.0, "pathwise": 20.0, "finite_difference": 100.0})[0] == "likelihood_ratio"
    )
    assert chosen(done, {"likelihood_ratio": 1.0, "pathwise": 1.0, "finite_difference": 0.95})[0] == "pathwise"
    warned = [replace(e, status="warn", reason="heavy tail (x); y") for e in done.estimates]
    only = replace(done, sampled=(done.estimates[0], *warned[1:]))
    name, why = chosen(only)
    assert name == "likelihood_ratio"
    assert why.startswith("the only one with a sound error bar; ")
    assert why.endswith(": heavy tail (x)")
    none = replace(done, sampled=tuple(warned))
    assert chosen(none)[1].startswith("no estimator has a sound error bar")
    wrong = replace(
        done, exact={"delta": 0.5}, estimates=(done.estimates[0], replace(done.estimates[1], value=0.6), warned[2])
    )
    assert chosen(wrong)[0] == "likelihood_ratio"  # 50 errors from the exact value


def test_ranking_counts_a_bias_as_error() -> None:
    """A quick difference wins where its bias is small, and loses where it is not."""
    x = normals(2) + 0.5
    x[1] = 0.5 + 0.1 * (x[1] - 0.5)
    pair = replace(made(x), cells=tuple(made(normals(3)).cells[k] for k in (0, 2)))
    name, why = chosen(pair)
    assert name == "finite_difference"
    assert "less squared error than likelihood_ratio: variance ÷" in why
    error = float(pair.sampled[1].standard_error)
    moved = replace(pair, means=pair.means + np.array([[0.0], [300.0 * error]]))
    found = ranking(moved, "delta", None)
    assert found[1].bias == pytest.approx(300.0 * error, rel=0.1)
    assert chosen(moved)[0] == "likelihood_ratio"  # the variance is a hundredth, the squared bias is not


def test_the_theta_of_a_jump_is_not_recommended_by_likelihood_ratio() -> None:
    """-60.9 +- 3.3 by likelihood ratio was recommended over -61.0 +- .5 by a difference; exact -60.72."""
    model = gk.GBM(spot=4980.0, rate=0.0245, dividend_yield=0.0285, volatility=0.185)
    trade = Trade("t", "SX5E", gk.Digital("call", strike=5200.0, maturity=2.0, payout="asset"))
    done = study(Book((trade,), {"SX5E": model}), trade, settings(2**18, greeks=("theta",)))
    best = next(one for one in ranking(done, "theta", None) if one.chosen)
    assert done.cells[best.row].estimator in ("finite_difference", "smoothed", "sigmoid")  # within 15 % of each other
    assert done.exact["theta"] == pytest.approx(-60.7248, rel=1e-5)
    found = done.sampled[best.row]
    assert abs(found.value - best.bias - done.exact["theta"]) < 3.0 * found.standard_error


def test_the_bias_of_a_difference_is_that_of_the_closed_form() -> None:
    model = gk.GBM(spot=100.0, volatility=0.2)
    trade = Trade("t", "X", gk.Digital("call", strike=100.0, maturity=1.0))
    done = study(Book((trade,), {"X": model}), trade, settings(2**12, greeks=("price", "delta"), bump=4.0))
    row = done.row("delta", "finite_difference")
    h = 0.4 * model.step_scale("delta", (1.0,))
    up, down = (reference(trade.payoff, gk.GBM(spot=100.0 + s, volatility=0.2))["price"] for s in (h, -h))
    assert bias(done, row) == pytest.approx((up - down) / (2.0 * h) - done.exact["delta"], rel=1e-6)
    assert bias(done, done.row("delta", "likelihood_ratio")) == 0.0
    assert bias(done, done.row("price", "finite_difference") or 0) == 0.0


def test_tails() -> None:
    x = np.zeros(10_000)
    x[:10] = 5.0
    x[10:20] = -1.0
    assert top_share(x) == pytest.approx(50.0 / 60.0)
    assert top_share(np.zeros(10)) == 0.0
    assert top_share(normals(1)[0]) == pytest.approx(0.0043, rel=0.05)  # what the page says of a normal
    bins = histogram(normals(1)[0])
    area = sum(row["density"] * (row["high"] - row["low"]) for row in bins)
    assert area == pytest.approx(0.999, abs=1e-3)
    assert len(histogram(np.ones(9))) == 1


def test_bump_study_against_black_scholes(book: Book) -> None:
    trade, model = book.trades[0], book.models["X"]
    rows = bump_study(book, trade, "delta", settings(2**14))
    assert [row["chosen"] for row in rows].count(True) == 1
    for row in rows:
        h = row["bump"]
        up, down = (reference(trade.payoff, gk.GBM(**{**vars(model), "spot": 100.0 + s}))["price"] for s in (h, -h))
        bias = (up - down) / (2 * h) - reference(trade.payoff, model)["delta"]
        assert row["bias_squared"] == pytest.approx(bias**2, rel=1e-3, abs=1e-22)
    assert [row["bias_squared"] for row in rows] == sorted(row["bias_squared"] for row in rows)
    jump = bump_study(book, book.trades[2], "delta", settings(2**14))
    assert jump[0]["variance"] > 20.0 * jump[5]["variance"]  # O(1/h) where the payoff jumps
    best = [row["best"] for row in jump].index(True)
    assert 0 < best < len(jump) - 1  # a U
    asian = bump_study(book, book.trades[3], "delta", settings(2**15, bump=1.5))
    assert [row["chosen"] for row in asian].count(True) == 1
    assert {row["bias_from"] for row in asian} == {"fit of c h^2"}


def test_a_step_at_which_nothing_was_sampled_is_not_the_best() -> None:
    """Gammas of far strikes are rounding noise at short steps: bounded as a run bounds them, and never the best."""
    model = gk.GBM(spot=100.0, volatility=0.2)
    for strike in (145.0, 60.0):
        trade = Trade("t", "X", gk.European("call", strike=strike, maturity=0.25))
        rows = bump_study(Book((trade,), {"X": model}), trade, "gamma", settings(2**16))
        assert not rows[0]["sampled"]
        assert rows[0]["variance"] > 1e-12  # it was 4e-28
        assert not any(row["best"] and not row["sampled"] for row in rows)
    near = Trade("t", "X", gk.European("call", strike=105.0, maturity=0.25))
    rows = bump_study(Book((near,), {"X": model}), near, "gamma", settings(2**16))
    assert [row["sampled"] for row in rows if row["chosen"] or row["best"]]


def test_martingale_and_parity_hold_and_catch_a_bug(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    few = settings(2**15)
    for underlying in ("X", "Y"):
        assert abs(identities.martingale(book, underlying, 0.5, few)[0]["z_score"]) < 4.0
        rows = identities.parity(book, underlying, 0.5, few)
        assert len(rows) > 10
        for row in rows:
            if not ESTIMATORS[row["estimator"]].biased:
                assert abs(row["z_score"]) < 4.5, row
    from greeks.estimators.valuation import Valuation

    monkeypatch.setattr(Valuation, "carry", lambda self, greek: 0.0)  # rho forgets that the discount moves
    broken = [row for row in identities.parity(book, "X", 0.5, few) if row["greek"] == "rho"]
    broken = [row for row in broken if row["estimator"] != "finite_difference"]
    assert {row["estimator"] for row in broken} >= {"likelihood_ratio", "pathwise"}
    assert all(abs(row["z_score"]) > 10.0 for row in broken)


def test_change_of_unit_is_rounding_and_catches_a_bug(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    for trade in book.trades:
        rows = identities.change_of_unit(book, trade, settings(2048))
        assert rows
        assert max(row["difference"] for row in rows) < 1e-9, trade
    monkeypatch.setattr(gk.European, "scaled", lambda self, factor: self)  # the strike stays
    assert max(r["difference"] for r in identities.change_of_unit(book, book.trades[0], settings(2048))) > 0.01


def test_first_fixing_follows_the_prediction(book: Book) -> None:
    rows = [row for row in sweep(book, "X", settings(2**13)) if row["estimator"] == "likelihood_ratio"]
    assert rows[0]["weight"] == pytest.approx(1.0 / (100.0 * 0.25 * sqrt(1.0 / 365.0)))
    assert rows[0]["relative"] == pytest.approx(rows[0]["weight"], rel=0.1)
    assert rows[0]["relative"] > 5.0 * rows[-1]["relative"]


def test_time_step_bias_is_for_grids_only(book: Book) -> None:
    assert time_step_bias(book, "X", 0.5, settings(2**12)) == []
    rows = time_step_bias(book, "Y", 1.0, settings(2**14))
    price = {row["steps_per_year"]: row for row in rows if row["greek"] == "price"}
    assert abs(price[64]["bias"]) < 0.01 + 4.0 * price[64]["bias_error"]


def test_paths_to_a_target() -> None:
    found = Estimate(2.0, 0.1, 1000, "ok", "")
    assert paths_to(0.01, found) == pytest.approx(25_000.0)
    assert paths_to(0.01, replace(found, value=0.0)) == float("inf")
    assert paths_to(0.01, replace(found, standard_error=0.0)) == 1.0


def test_settled_trades_have_nothing_to_study() -> None:
    trade = Trade("t", "X", gk.European("call", strike=100.0, maturity=0.0))
    done = study(Book((trade,), {"X": gk.GBM(spot=100.0, volatility=0.2)}), trade, settings(BATCH))
    assert done.cells == ()
    assert done.paths == 0
    assert ranking(done, "delta", None) == []


def test_plots_return_axes() -> None:
    pytest.importorskip("matplotlib").use("agg")
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    model, call = gk.GBM(spot=100.0, volatility=0.2), gk.European("call", strike=100.0, maturity=1.0)
    result = gk.estimate(call, model, estimators=["lr", "pw", "fd"], paths=2**14)
    for plot in (result.plot_convergence, result.plot_bump_study, result.plot_contributions):
        ax = plot()
        assert isinstance(ax, Axes)
        assert ax.get_title(loc="left") == "delta"
        assert len(ax.lines) + len(ax.patches) >= 3
        own = plt.figure().subplots()
        assert plot("vega", ax=own) is own
    plt.close("all")
    for plot in (result.plot_convergence, result.plot_contributions, result.plot_bump_study):
        with pytest.raises(UsageError):
            plot("correlation")
    with pytest.raises(UsageError, match="8192"):
        gk.estimate(call, model, paths=1024, analytic=False).plot_convergence()


def test_unknown_is_nan_not_zero() -> None:
    done = made(normals(1))
    assert np.isnan(done.z_score(0))
    assert done.exact.get("delta", nan) is nan


def test_diagnostics_of_a_result() -> None:
    model = gk.Heston(
        spot=100.0, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04, vol_of_vol=1.0, correlation=-0.9
    )
    call = gk.European("call", strike=100.0, maturity=1.0)
    frame = gk.estimate(
        call, model, greeks=["delta", "mean_reversion"], estimators=["lr", "cond"], paths=2**13
    ).diagnostics()
    assert set(frame.greek) == {"delta", "mean_reversion"}
    assert (frame["kurtosis"] > 1.0).all()
    assert frame.top_share.between(0.001, 1.0).all()
    assert frame.feller_ratio.iloc[0] == pytest.approx(0.04)
    assert frame.touching.iloc[0] > 0.5
    plain = gk.estimate(call, gk.GBM(spot=100.0, volatility=0.2), paths=2**13, analytic=False).diagnostics()
    assert "touching" not in plain
    assert plain.top_share.max() < 0.1


def test_a_bias_beyond_chance_is_a_warning() -> None:
    model = gk.Heston(
        spot=100.0, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04, vol_of_vol=1.0, correlation=-0.9
    )
    call = gk.European("call", strike=100.0, maturity=1.0)
    coarse = gk.estimate(call, model, greeks="price", estimators="cond", paths=2**18, steps_per_year=2)["price"]
    assert coarse.status == "warn"
    assert "time-step bias" in coarse.reason
    wide = gk.estimate(
        gk.Digital("call", strike=100.0, maturity=1.0),
        gk.GBM(spot=100.0, volatility=0.2),
        greeks="delta",
        estimators="fd",
        bump=4.0,
        paths=2**20,
    )["delta"]
    assert wide.status == "warn"
    assert "measured bias" in wide.reason
