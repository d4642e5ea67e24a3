"""Threads that take blocks for themselves: failures, interruptions, and more threads than work."""

from __future__ import annotations

import threading

import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.execution import threads
from greeks.execution.threads import run_jobs
from greeks.planning import Settings, plan

PLENTY = 10**9


@pytest.fixture
def job():
    trade = Trade("1", "x", gk.European("call", strike=100.0, maturity=1.0))
    book = Book((trade,), {"x": gk.GBM(spot=100.0, volatility=0.2)})
    return plan(book, Settings(("price",), ("likelihood_ratio",), 1, 7)).jobs[0]


def fail_in(monkeypatch, calling):
    genuine, caller = threads.run_block, threading.current_thread()

    def run_block(*arguments):
        if (threading.current_thread() is caller) == calling:
            raise ArithmeticError("failed")
        return genuine(*arguments)

    monkeypatch.setattr(threads, "run_block", run_block)


@pytest.mark.parametrize(("count", "calling"), [(1, True), (2, True), (2, False), (5, True), (5, False)])
def test_a_failure_in_any_thread_ends_all_of_them(job, monkeypatch, count, calling):
    before = threading.active_count()
    fail_in(monkeypatch, calling)
    with pytest.raises(ArithmeticError, match="failed"):
        run_jobs([(job, 0, PLENTY)], count)  # would take a minute
    assert threading.active_count() == before


@pytest.mark.parametrize("count", [1, 2, 5])
def test_progress_may_fail_or_be_interrupted(job, count):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_jobs([(job, 0, PLENTY)], count, interrupt)


def test_a_thread_that_cannot_be_started_ends_the_others(job, monkeypatch):
    started = []
    genuine = threading.Thread.start

    def start(thread):
        if started:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        genuine(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(RuntimeError, match="can't start"):
        run_jobs([(job, 0, PLENTY)], 5)


def test_no_more_threads_than_blocks(job):
    seen = []
    trees = run_jobs([(job, 0, 100)], 100_000, lambda done, total: seen.append((done, total, threading.active_count())))
    assert trees[0].total()[0, 0] == 100
    assert seen == [(1, 1, threading.active_count())]


@pytest.mark.parametrize("count", [1, 3])
def test_progress_only_rises_and_ends_at_the_total(job, count):
    seen = []
    run_jobs([(job, 0, 40 * job.width), (job, 2, 9 * job.width)], count, lambda *told: seen.append(told))
    assert [total for _, total in seen] == [47] * len(seen)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert seen[-1] == (47, 47)


@pytest.mark.parametrize("count", [1, 2])
def test_nothing_to_do(job, count):
    assert run_jobs([], count, pytest.fail) == []
    assert len(run_jobs([(job, 1, job.width)], count, pytest.fail)) == 1
