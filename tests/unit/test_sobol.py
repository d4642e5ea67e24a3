"""Scrambled Sobol points: SciPy's bits, nets, bridges, blocks in any order, and errors from replicates."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.bridge import bridge_increments, bridge_of
from greeks.core.elementary import inverse_normal_array
from greeks.core.generator import first_of
from greeks.core.moments import MOMENT_COLUMNS, block_moments, degrees_of, standard_error
from greeks.core.replicates import ReplicateTree, widened
from greeks.core.sampler import Sobol
from greeks.core.sobol import MOST_DIMENSIONS, columns, fill_sobol, place, scramble
from greeks.core.workspace import padded
from greeks.errors import UsageError
from greeks.results.status import Known, assess

MODEL = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2)
HESTON = gk.Heston(
    spot=100.0, rate=0.03, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04, vol_of_vol=0.3,
    correlation=-0.7,
)  # fmt: skip
CALL = gk.European("call", strike=100.0, maturity=1.0)
ASIAN = gk.Asian("call", strike=100.0, maturity=1.0, fixings=12)


def plain(dimensions, count, first=0):
    """Unscrambled digits of the points from ``first`` on, by the definition."""
    out, index = np.zeros((dimensions, count), dtype=np.uint64), np.arange(first, first + count)
    for k, column in enumerate(columns(dimensions).T):
        out ^= np.where((index >> k) & 1, column[:, None], np.uint64(0))
    return out


def scrambled(dimensions, replicates, seed=1, count=512, start=0, normal=False):
    """Coordinates of each replicate, shape (replicates, dimensions, count)."""
    sampler = Sobol(seed, "u", (1.0,), {0: tuple(np.arange(1.0, dimensions + 1.0))}, replicates)
    out = np.empty((replicates, dimensions, padded(count)))
    for replicate in range(replicates):
        first = first_of(place(replicate, start))
        fill_sobol(sampler._digits, sampler._shifts, np.arange(dimensions), first, count, normal, out[replicate])
    return out[:, :, :count]


@pytest.mark.parametrize("dimensions", [1, 2, 37, 1111])
def test_the_plain_points_have_the_bits_of_scipys(dimensions):
    theirs = qmc.Sobol(dimensions, scramble=False, bits=32).random(1024).T
    assert np.array_equal((plain(dimensions, 1024) >> np.uint64(32)).astype(float) / 2.0**32, theirs)


def test_the_last_dimension_and_late_points_have_the_bits_of_scipys():
    engine = qmc.Sobol(MOST_DIMENSIONS, scramble=False, bits=32)
    engine.fast_forward(96)
    theirs = engine.random(32).T
    assert np.array_equal((plain(MOST_DIMENSIONS, 32, 96) >> np.uint64(32)).astype(float) / 2.0**32, theirs)
    with pytest.raises(ValueError, match="21201"):
        columns(MOST_DIMENSIONS + 1)


def test_without_a_scramble_the_kernel_gives_those_points():
    digits = columns(5)[None].copy()
    out = np.empty((5, 1024))
    fill_sobol(digits, np.zeros((1, 5), dtype=np.uint64), np.arange(5), first_of(2048), 1024, False, out)
    words = (plain(5, 1024, 2048) >> np.uint64(12)).astype(float)
    assert np.array_equal(out, words * 2.0**-52 + 2.0**-53)


def test_every_scramble_is_a_net():
    """Any 512 consecutive points have one in each 512th of every dimension; pairs of dimensions keep their boxes."""
    points = scrambled(8, 3, start=1536)
    for replicate in points:
        for coordinate in replicate:
            assert np.array_equal(np.sort((coordinate * 512).astype(int)), np.arange(512))
        for k in range(10):  # the first two dimensions are a net of quality 0: every box of area 1/512 has one point
            boxes = (replicate[0] * 2**k).astype(int), (replicate[1] * 2 ** (9 - k)).astype(int)
            assert len(set(zip(*boxes, strict=True))) == 512


def test_scrambles_are_nested_and_differ():
    """Two points agree in as many leading digits after a scramble as before."""
    before = plain(6, 512)
    after = scrambled(6, 4)
    assert len({replicate.tobytes() for replicate in after}) == 4
    words = (after * 2.0**52).astype(np.uint64) << np.uint64(12)
    for replicate in words:
        apart = np.frexp((replicate ^ replicate[:, :1]).astype(float))[1]
        assert np.array_equal(apart[:, 1:], np.frexp((before ^ before[:, :1]).astype(float))[1][:, 1:])


def test_scrambled_points_are_uniform_and_independent_of_each_other():
    """Over many scrambles one point is uniform, and a pair of points covers in the squares what Owen's does."""
    points = scrambled(2, 4096, count=512)[:, :, :4]
    assert stats.kstest(points[:, 0, 2], "uniform").pvalue > 1e-3
    assert stats.kstest(points[:, 1, 3], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(points[:, 0, 1], points[:, 1, 1])[0, 1]) < 4.0 / 64.0
    # two points that part at the first digit are independent within their halves
    halves = points[:, 0, :2] * 2.0 % 1.0
    assert abs(np.corrcoef(halves.T)[0, 1]) < 4.0 / 64.0
    assert stats.kstest((halves[:, 0] + halves[:, 1]) % 1.0, "uniform").pvalue > 1e-3


def test_blocks_in_any_order_and_of_any_width_are_the_same_points():
    together = scrambled(3, 2, count=2048)
    for start in (1536, 0, 1024, 512):
        assert np.array_equal(scrambled(3, 2, start=start), together[:, :, start : start + 512])


def test_normals_are_the_quantiles_of_the_uniforms():
    normals, uniforms = scrambled(2, 1, normal=True), scrambled(2, 1)
    expected = np.empty(uniforms.size)
    inverse_normal_array(uniforms.ravel(), expected)
    assert np.array_equal(normals.ravel(), expected)


@pytest.mark.parametrize("times", [(1.0,), (0.5, 1.0), tuple(np.arange(1, 53) / 52), (0.01, 0.02, 0.9, 1.0, 3.0)])
def test_a_bridge_is_an_orthogonal_image_of_its_normals(times):
    bridge, size = bridge_of(times), len(times)
    rows = np.eye(size)
    bridge_increments(bridge.points, bridge.weights, bridge.roots, size, rows)
    assert np.allclose(rows @ rows.T, np.eye(size), atol=1e-12)
    assert sorted(bridge.points[:, 0]) == list(range(size)) and bridge.points[0, 0] == size - 1
    last = np.sqrt(np.diff(times, prepend=0.0)) @ rows  # the last point is the first normal, which row size - 1 holds
    assert last[-1] == pytest.approx(sqrt(times[-1])) and np.allclose(last[:-1], 0.0, atol=1e-12)
    assert np.all(np.diff(bridge.weights[1:, 2]) <= 1e-15)  # in the order of their variances


def test_drivers_share_the_dimensions_by_variance_and_others_have_their_own():
    drivers = HESTON.drivers((0.5, 1.0), 8)
    sampler = Sobol(1, "u", (0.5, 1.0), drivers, 8)
    (spot, variance) = sampler._dimensions.values()
    assert (spot[-1], variance[-1]) == (0, 1)  # both ends
    assert (spot[0], variance[3]) == (2, 3)  # both middles
    assert sorted([*spot, *variance]) == list(range(10))
    assert list(sampler._places(2**34, 2)) == [10, 11]


def test_replicates_give_the_error():
    values = np.random.default_rng(1).normal(size=(8, 3, 64)) + np.arange(8)[:, None, None]
    tree = ReplicateTree(8)
    for block in reversed(range(24)):
        moments = np.empty((1, MOMENT_COLUMNS))
        block_moments(values[block % 8, block // 8][None], 64, moments)
        tree.add(block, moments)
    row = tree.total()[0]
    means = values.mean(axis=(1, 2))
    assert row[:2] == pytest.approx([values.size, values.mean()])
    error = means.std(ddof=1) / sqrt(8) * sqrt(1.0 + stats.skew(means, bias=False) ** 2 / 5.0)
    assert standard_error(row) == pytest.approx(error)
    assert degrees_of(row) == 7
    found = assess([(row, 2.0)], Known(0.0))
    half = stats.t.ppf(0.975, 7) * 2.0 * error
    assert found.ci() == pytest.approx((2.0 * values.mean() - half, 2.0 * values.mean() + half))
    assert found.ci(0.9)[1] - found.value == pytest.approx(half * stats.t.ppf(0.95, 7) / stats.t.ppf(0.975, 7))


def test_degrees_of_a_sum_are_those_of_welch_and_satterthwaite():
    row = np.array([1024.0, 1.0, 4.0, 0.0, 30.0, 8.0, 2.0])
    small = np.array([1024.0, 1.0, 4.0, 0.0, 30.0, 8.0, 2.0e-8])
    assert assess([(row, 1.0), (row, 1.0)], Known(0.0)).degrees == pytest.approx(14.0)
    assert assess([(row, 1.0), (small, 1.0)], Known(0.0)).degrees == pytest.approx(7.0, abs=1e-6)
    assert assess([(row[:MOMENT_COLUMNS], 1.0)], Known(0.0)).degrees == inf


def run(payoff=CALL, model=MODEL, **options):
    usual = {"greeks": "price,delta,gamma,vega", "sampler": "sobol", "paths": 2**14, "analytic": False, "threads": 1}
    return gk.estimate(payoff, model, **usual | options)


@pytest.mark.parametrize(("payoff", "model"), [(ASIAN, MODEL), (CALL, HESTON)])
def test_any_number_of_threads_gives_the_same_bits(payoff, model):
    one, three = (run(payoff, model, threads=threads, paths=2**17).to_frame() for threads in (1, 3))
    assert one.equals(three)


@pytest.mark.parametrize("first", [2**9, 2**13, 2**17])
def test_doubled_points_have_the_bits_of_all_at_once(first):
    doubled = run(paths=first, target=1e-9, max_paths=4 * first)
    at_once = run(paths=4 * first)
    for greek in ("price", "delta", "gamma", "vega"):
        one, other = (found[greek] for found in (doubled, at_once))
        assert (one.value, one.standard_error, one.paths) == (other.value, other.standard_error, other.paths)


def test_values_meet_the_closed_form_with_far_smaller_errors():
    sobol, pseudo = run(), run(sampler="pseudo")
    for greek in ("price", "delta", "gamma", "vega"):
        found = sobol[greek]
        assert abs(found.value - found.reference) < 5.0 * found.standard_error
        assert found.standard_error < 0.2 * pseudo[greek].standard_error
        assert found.status == "ok"


@pytest.mark.parametrize("estimator", ["pathwise", "likelihood_ratio", "conditional", "finite_difference", "mvd"])
def test_every_kind_of_estimator_under_heston(estimator):
    found = run(CALL, HESTON, estimators=estimator, steps_per_year=32)
    for greek in ("price", "delta"):
        one = found[greek]
        assert abs(one.value - one.reference) < 5.0 * one.standard_error + 2e-3 * one.reference  # and the time step
        assert one.standard_error < 5e-3 * one.reference


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"sampler": "halton"}, "pseudo or sobol"),
        ({"sampler": "pseudo", "replicates": 16}, "leave them out"),
        ({"replicates": 7}, "write 16"),
        ({"replicates": 2000}, "at most 1024"),
        ({"paths": 16 * 2**33}, "2^32"),
        ({"paths": 3000, "max_paths": 4000, "target": 0.1}, "4096"),
        ({"variance_reduction": "antithetic"}, "exclude each other"),
    ],
)
def test_what_does_not_go_together_is_refused(options, word):
    with pytest.raises(UsageError) as caught:
        run(**options)
    assert word in str(caught.value)


def test_too_many_numbers_a_path_are_refused():
    dates = tuple(np.arange(1, MOST_DIMENSIONS + 2) / 10_000)
    with pytest.raises(UsageError, match="21201 dimensions: write fewer fixings"):
        run(gk.Asian("call", strike=100.0, maturity=dates[-1], fixing_times=dates), estimators="pathwise")


def test_paths_are_rounded_up_with_a_note():
    found = run(paths=100_000)
    assert found["price"].paths == 2**17
    assert "paths 100000 are rounded up to 131072: 16 replicates of 8192 Sobol points" in found.run.notes
    assert run(paths=2**14).run.notes == ()
    assert found.run.manifest["settings"]["sampler"] == "sobol"
    assert found.run.manifest["settings"]["replicates"] == 16
    assert run(replicates=10, paths=1000)["price"].paths == 1280


def test_the_scramble_is_its_definition():
    """Column k of the digits times a unit lower-triangular matrix, by its bits."""
    digits, shifts, lower = columns(3), np.empty(3, dtype=np.uint64), np.empty(32, dtype=np.uint64)
    out = np.empty_like(digits)
    scramble(np.uint64(5), np.uint64(6), digits, lower, out, shifts)
    for j, column in enumerate(lower):  # of the last dimension
        assert int(column).bit_length() == 64 - j
    for k in range(32):
        word = 0
        for j in range(32):
            word ^= int(lower[j]) if int(digits[2, k]) >> (63 - j) & 1 else 0
        assert word == int(out[2, k])


def test_intervals_of_skewed_means_are_wide_enough():
    """The sum of squares of 16 exponentials, of normals and of equal numbers."""
    rng, quantile = np.random.default_rng(2), stats.t.ppf(0.975, 15)
    for means, least, most in (
        (rng.exponential(size=(16, 20_000)) - 1.0, 0.93, 0.94),
        (rng.normal(size=(16, 20_000)), 0.95, 0.96),
    ):
        centre = means.mean(axis=0)
        errors = np.sqrt(widened(means - centre) / 15 / 16)
        assert least < (abs(centre) < quantile * errors).mean() < most
    assert np.array_equal(widened(np.zeros((16, 2))), np.zeros(2))


def test_a_jump_between_two_points_is_covered_over_strikes():
    """The points of one date meet a jump with the same point in every replicate, or hardly ever."""
    hits = total = 0
    for strike in np.linspace(90.0, 115.0, 120):
        found = run(gk.Digital("call", strike=strike, maturity=1.0), paths=16 * 64, seed=int(1e3 * strike))["price"]
        low, high = found.ci()
        hits, total = hits + (low <= found.reference <= high), total + 1
    assert hits / total > 0.95


def test_a_time_step_bias_is_measured_by_points_too():
    """Five steps a year are off by far more than the error: the bias says so, and by how much."""
    found = run(CALL, HESTON, steps_per_year=5, paths=2**16, greeks="price")["price"]
    assert found.status == "warn" and "time-step bias" in found.reason
    off = found.value - found.reference
    assert abs(off) > 5.0 * found.standard_error
    assert found.bias == pytest.approx(off, rel=0.4)


def book(*trades):
    """Trades on one underlying and on a second."""
    held = [Trade(str(number), name, payoff, quantity) for number, (name, payoff, quantity) in enumerate(trades)]
    return Book(tuple(held), {"A": MODEL, "B": gk.GBM(spot=50.0, volatility=0.3)})


def net_of(trades, greek="vega", **options):
    """One netted number by points."""
    given = {"sampler": "sobol", "paths": 2**12, "analytic": False, "threads": 1, **options}
    table = gk.run(book(*trades), greeks=greek, **given).net
    return table[table.level == "book"].iloc[0]


def test_a_net_is_measured_replicate_by_replicate():
    """A spread on the same points has the error of one payment that is the spread; opposite positions have none."""
    low, high = (gk.Asian("call", strike=strike, maturity=1.0, fixings=4) for strike in (95.0, 105.0))
    whole = gk.Custom(
        lambda spot: max(np.mean(spot) - 95.0, 0.0) - max(np.mean(spot) - 105.0, 0.0),
        times=(0.25, 0.5, 0.75, 1.0),
        maturity=1.0,
    )
    net = net_of([("A", low, 1.0), ("A", high, -1.0)], "price", estimators="pathwise")
    one = net_of([("A", whole, 1.0)], "price", estimators="likelihood_ratio")
    assert (net.value, net.standard_error) == pytest.approx((one.value, one.standard_error), rel=1e-9)
    flat = net_of([("A", low, 1.0), ("A", low, -1.0)])
    assert flat.value == 0.0
    assert flat.standard_error < 1e-12


def test_a_net_over_underlyings_adds_variances_and_takes_its_own_quantile():
    parts = [("A", ASIAN, 1.0), ("B", gk.Asian("call", strike=50.0, maturity=1.0, fixings=12), 2.0)]
    net, alone = net_of(parts), [net_of([one]) for one in parts]
    errors = np.array([one.standard_error for one in alone])
    assert net.standard_error == pytest.approx(np.hypot(*errors), rel=1e-9)
    degrees = (errors**2).sum() ** 2 / (errors**4 / 15).sum()
    half = stats.t.ppf(0.975, degrees) * net.standard_error
    assert (net.ci_low, net.ci_high) == pytest.approx((net.value - half, net.value + half))


def test_the_error_has_the_same_bits_whatever_else_is_in_the_book():
    """NumPy adds one column in another order than two."""
    trades = [Trade(str(k), "X", gk.European("call", strike=80.0 + 5 * k, maturity=1.0)) for k in range(4)]
    market = {"X": gk.GBM(spot=100.0, rate=0.03, volatility=0.2)}
    options = {"estimators": "pathwise", "sampler": "sobol", "analytic": False, "paths": 2**12}
    whole = gk.run(Book(tuple(trades), market), greeks="price,delta", **options).trades
    for trade in trades:
        lone = gk.run(Book((trade,), market), greeks="price", **options).trades
        (row,) = whole[(whole.trade_id == trade.trade_id) & (whole.greek == "price")].itertuples()
        assert (lone.value[0], lone.standard_error[0]) == (row.value, row.standard_error)
