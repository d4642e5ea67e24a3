"""Blocks computed by repeating recorded calls have the bits of blocks computed afresh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.book import Book, Trade
from greeks.compiler.jit import KERNELS, Tape
from greeks.compiler.tape import call
from greeks.core.workspace import Workspace
from greeks.estimators.registry import ESTIMATORS
from greeks.payoffs.base import Payoff
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

WIDTH = 64
STILL = gk.Heston(
    spot=100.0, initial_variance=0.0, long_run_variance=0.0, mean_reversion=1.0, vol_of_vol=0.3, correlation=-0.5
)
TRADES = [trade for kind in PAYOFFS.values() for trade in kind] + [
    gk.Custom(lambda spot: max(spot[-1] - spot[0], 0.0), times=(0.5, 1.0), maturity=1.0),
    gk.Custom(
        lambda spot: spot[-1] - 90.0, times=(0.5, 1.0), maturity=1.2, payment_times=(0.6, 1.1),
        stopping=lambda spot: spot[-1] > 105.0,
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Foreign(Payoff):
    """A payoff from outside the package that does not know of kernels."""

    maturity: float = 1.0
    kind = "foreign"
    smoothness = "unknown"

    def dates(self):
        return (self.maturity,)

    def settled(self, spot):
        return None

    def values(self, paths, workspace, out):
        out[: paths.count] = np.maximum(paths.spot[-1, : paths.count] - 100.0, 0.0)


class Derived(gk.European):
    """A class derived from one of the package's."""

    def values(self, paths, workspace, out):
        out[: paths.count] = np.maximum(paths.spot[-1, : paths.count] - 100.0, 0.0)


def forget(workspace):
    """Overwrite whatever an earlier block left behind."""
    for chunk in workspace._chunks:
        chunk[:] = np.nan
    if workspace.recording is not None:
        workspace.recording.moments[:] = np.nan


def jobs(model, antithetic=False):
    book = Book(tuple(Trade(str(i), "x", trade, quantity=i - 2.0) for i, trade in enumerate(TRADES)), {"x": model})
    greeks = ("price", *model.greeks(), "gamma", "vanna", "volga")
    settings = Settings(greeks, tuple(ESTIMATORS), 1, 7, antithetic=antithetic)
    found = plan(book, settings).jobs
    for job in found:
        object.__setattr__(job, "width", WIDTH)
    return found


@pytest.mark.parametrize("antithetic", [False, True])
@pytest.mark.parametrize("model", [*MODELS.values(), STILL], ids=[*MODELS, "still"])
def test_repeated_blocks_have_the_bits_of_fresh_ones(model, antithetic):
    shared = Workspace()
    for job in jobs(model, antithetic):
        shares = max(job.shares, 1)
        paths = shares * (4 * WIDTH + 10)
        repeated, blocks = [], (0, 1, 3, 4 * shares, 2)
        for block in blocks:
            forget(shared)
            repeated.append(run_block(job, block, paths, shared))
        assert shared.recording.tape.complete
        fresh = [run_block(job, block, paths, Workspace()) for block in blocks]
        assert np.array_equal(repeated, fresh, equal_nan=True)
        assert model.still or not np.array_equal(repeated[0], repeated[1])


def test_jobs_may_take_turns():
    shared, found = Workspace(), jobs(MODELS["gbm"])[:3]
    first = [run_block(job, 1, 4 * WIDTH, shared) for job in found for _ in range(2)]
    again = [run_block(job, 1, 4 * WIDTH, shared) for job in found for _ in range(2)]
    assert len(found) == 3
    assert np.array_equal(np.vstack(first), np.vstack(again), equal_nan=True)


@pytest.mark.parametrize("payoff", [Foreign(), Derived("call", strike=90.0, maturity=1.0)])
def test_foreign_classes_are_asked_for_every_block(payoff):
    book = Book((Trade("1", "x", payoff),), {"x": MODELS["gbm"]})
    (job,) = plan(book, Settings(("price", "delta"), ("finite_difference",), 1, 7)).jobs
    paths, shared = 3 * job.width, Workspace()
    repeated = [run_block(job, block, paths, shared) for block in (0, 1, 2)]
    own = plan(
        Book((Trade("1", "x", gk.European("call", strike=100.0, maturity=1.0)),), {"x": MODELS["gbm"]}),
        Settings(("price", "delta"), ("finite_difference",), 1, 7),
    ).jobs[0]
    assert not job.repeatable and own.repeatable
    means = [[run_block(own, block, paths, Workspace())[0, 1], repeated[block][0, 1]] for block in (0, 1, 2)]
    np.testing.assert_allclose(*np.transpose(means), rtol=1e-12)


def test_a_tape_that_would_be_too_long_is_not_kept(monkeypatch):
    (job, *_), shared = jobs(MODELS["gbm"]), Workspace()
    monkeypatch.setattr("greeks.simulation.block.Tape", lambda: Tape(most=3))
    blocks = [run_block(job, block, 3 * WIDTH, shared) for block in (0, 1, 2)]
    assert not shared.recording.tape.complete and not shared.recording.tape._calls
    fresh = [run_block(job, block, 3 * WIDTH, Workspace()) for block in (0, 1, 2)]
    assert np.array_equal(blocks, fresh, equal_nan=True)


def test_what_the_interpreter_could_act_on_is_not_recorded():
    with pytest.raises(RuntimeError, match="writes into arrays only"), Tape().recording():
        call(float, 1.0)
    assert call(float, 1.0) == 1.0  # and nothing is recorded any more


def test_calls_are_repeated_on_the_same_arrays():
    row, tape = np.ones(3), Tape()
    with tape.recording():
        KERNELS["greeks.core.rows.scaled"](row, 2.0, 2, row)
    tape.play()
    assert row.tolist() == [4.0, 4.0, 1.0]
