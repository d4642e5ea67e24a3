"""Runs that are interrupted and resumed: the bits of one run, and nothing trusted that cannot be."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys

import numba
import numpy as np
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.execution import checkpoint as module
from greeks.execution import segment, threads
from greeks.execution.checkpoint import Checkpoint
from greeks.execution.segment import Segment, gaps, joined

MODEL = gk.GBM(spot=100.0, rate=0.03, volatility=0.2)
TRADE = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
PATHS = 400_001  # many blocks, the last of them partial


def go(**options):
    given = {"greeks": "price,delta", "estimators": "likelihood_ratio", "paths": PATHS, "threads": 1, **options}
    return gk.run(Book((Trade("1", "x", TRADE),), {"x": MODEL}), **given)


def bits(result):
    return result.trades[["value", "standard_error", "paths"]].to_numpy().tolist()


def interrupted_after(monkeypatch, folder, blocks, **options):
    genuine, done = threads.run_block, []

    def run_block(*arguments):
        if len(done) >= blocks:
            raise KeyboardInterrupt
        done.append(1)
        return genuine(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(threads, "run_block", run_block)
        with pytest.raises(KeyboardInterrupt):
            go(checkpoint=folder, **options)


def counted(monkeypatch):
    genuine, done = threads.run_block, []
    monkeypatch.setattr(threads, "run_block", lambda *arguments: done.append(1) or genuine(*arguments))
    return done


def blocks_of(monkeypatch, **options):
    done = counted(monkeypatch)
    go(**options)
    return done


def signed(**parts):
    """The content of a file with a true digest, whatever is in it."""
    file = io.BytesIO()
    np.savez(file, **parts)
    return hashlib.sha256(file.getvalue()).hexdigest().encode() + b"\n" + file.getvalue()


@pytest.mark.parametrize("options", [{}, {"sampler": "sobol"}, {"target": 0.003, "paths": 50_001, "pilot": False}])
@pytest.mark.parametrize(("share", "count"), [(0.0, 1), (0.7, 3)])
def test_a_resumed_run_has_the_bits_of_one_that_was_not_interrupted(tmp_path, monkeypatch, options, share, count):
    whole = bits(go(**options))
    every = blocks_of(monkeypatch, **options)
    total = len(every)
    blocks = int(share * total)
    interrupted_after(monkeypatch, tmp_path, blocks, **options)
    every.clear()
    assert bits(go(checkpoint=tmp_path, resume=True, **{**options, "threads": count})) == whole
    assert total - blocks <= len(every) <= total - blocks // 2  # what was done is not done again
    every.clear()
    assert bits(go(checkpoint=tmp_path, resume=True, **options)) == whole
    assert not every
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


class Interrupt:
    """Ctrl-C at the n-th line that one function, with what it calls of checkpoints and trees, runs in a whole run."""

    def __init__(self, function, line=0):
        self.seen, self._line, self._code = 0, line, function.__code__

    def __call__(self, frame, event, _argument):
        if os.path.basename(frame.f_code.co_filename) not in ("checkpoint.py", "segment.py", "trees.py"):
            return None
        outer = frame
        while outer is not None and outer.f_code is not self._code:
            outer = outer.f_back
        if outer is None:
            return None
        if event == "line":
            self.seen += 1
            if self.seen == self._line:
                raise KeyboardInterrupt  # which ends the tracing, too
        return self

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self)
        return self

    def __exit__(self, *_error):
        sys.settrace(self._before)


@pytest.mark.parametrize(("function", "seconds"), [(Segment.add, 60.0), (Checkpoint.save, 0.0)])
@pytest.mark.parametrize(("count", "options"), [(8, {}), (3, {"sampler": "sobol", "paths": 150_001})])
def test_an_interrupt_at_any_line_leaves_files_that_are_true(tmp_path, monkeypatch, function, seconds, count, options):
    monkeypatch.setattr(module, "_SECONDS", seconds)
    monkeypatch.setattr(segment, "_MANY", 3)
    monkeypatch.setattr(threads, "_TASK_DOUBLES", 2**19)
    whole = bits(go(**options))
    with Interrupt(function) as every:
        go(checkpoint=tmp_path / "every", **options)
    places = range(1, every.seen, max(1, every.seen // count))
    kept = 0
    for line in places:
        folder = tmp_path / str(line)
        with Interrupt(function, line), pytest.raises(KeyboardInterrupt):
            go(checkpoint=folder, **options)
        kept += any(folder.glob("*.npz"))
        again = go(checkpoint=folder, resume=True, **options)
        assert bits(again) == whole, line
        assert not any("damaged" in note for note in again.notes), line
    assert kept > len(places) // 2


@pytest.mark.parametrize("options", [{}, {"sampler": "sobol"}])
@pytest.mark.parametrize(
    "fault", ["node gone", "range gone", "range too long", "node twice", "node elsewhere", "floats"]
)
def test_moments_that_are_not_of_the_blocks_said_are_computed_anew(tmp_path, monkeypatch, fault, options):
    total = len(blocks_of(monkeypatch, **options))
    whole = bits(go(**options))
    monkeypatch.setattr(threads, "_TASK_DOUBLES", 2**18)
    interrupted_after(monkeypatch, tmp_path, total // 2, **options)
    (path,) = tmp_path.glob("*.npz")
    with np.load(io.BytesIO(path.read_bytes().partition(b"\n")[2])) as parts:
        held = {name: parts[name] for name in parts}
    start, stop = held["ranges"][0]
    held |= {
        "node gone": {"index": held["index"][1:], "moments": held["moments"][1:]},
        "range gone": {"ranges": held["ranges"][:0]},
        "range too long": {"ranges": np.array([[start, stop + 1]])},
        "node twice": {name: np.concatenate([held[name][:1], held[name]]) for name in ("index", "moments")},
        "node elsewhere": {"index": held["index"] + np.array([0, 0, 2])},
        "floats": {"index": held["index"] * 1.0},
    }[fault]
    path.write_bytes(signed(**held))
    done = counted(monkeypatch)
    again = go(checkpoint=tmp_path, resume=True, **options)
    assert bits(again) == whole and len(done) == total
    assert any("damaged" in note for note in again.notes)


@pytest.mark.parametrize(
    ("other", "named"),
    [({"seed": 1}, "seed was 42, and is 1"), ({"paths": 10**6}, "paths was 400001"), ({"bump": 2.0}, "bump was 1.0")],
)
def test_another_run_is_refused_and_told(tmp_path, other, named):
    go(checkpoint=tmp_path)
    with pytest.raises(UsageError, match=named):
        go(checkpoint=tmp_path, resume=True, **other)


@pytest.mark.parametrize("part", ["version", "code", "trades", "market", "plan"])
def test_other_code_or_input_is_refused(tmp_path, part):
    go(checkpoint=tmp_path)
    path = tmp_path / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), part: "0.0"}))
    with pytest.raises(UsageError, match=f"{part} (was|differ)"):
        go(checkpoint=tmp_path, resume=True)


def test_other_contracts_and_markets_are_refused(tmp_path):
    go(checkpoint=tmp_path)
    options = {"greeks": "price,delta", "estimators": "likelihood_ratio", "paths": PATHS, "resume": True}
    with pytest.raises(UsageError, match="trades differ"):
        gk.estimate(gk.Asian("put", strike=100.0, maturity=1.0, fixings=4), MODEL, checkpoint=tmp_path, **options)
    with pytest.raises(UsageError, match="market differ"):
        gk.estimate(TRADE, gk.GBM(spot=100.0, rate=0.03, volatility=0.21), checkpoint=tmp_path, **options)


@pytest.mark.parametrize("harm", ["flip", "cut", "empty"])
def test_a_damaged_file_is_told_and_computed_anew(tmp_path, monkeypatch, harm):
    whole = bits(go(checkpoint=tmp_path))
    (path,) = tmp_path.glob("*.npz")
    data = bytearray(path.read_bytes())
    data[-200] ^= 1
    path.write_bytes({"flip": bytes(data), "cut": bytes(data[:300]), "empty": b""}[harm])
    done = counted(monkeypatch)
    again = go(checkpoint=tmp_path, resume=True)
    assert bits(again) == whole and done
    assert any("damaged" in note for note in again.notes)


def test_no_pickle_is_read(tmp_path):
    go(checkpoint=tmp_path)
    (path,) = tmp_path.glob("*.npz")
    path.write_bytes(signed(ranges=np.array([object()]), index=np.zeros((1, 3)), moments=np.zeros((1, 1, 5))))
    assert any("damaged" in note for note in go(checkpoint=tmp_path, resume=True).notes)


def test_what_a_killed_run_had_not_finished_writing_is_swept(tmp_path):
    go(checkpoint=tmp_path)
    (tmp_path / ".checkpoint-x1.part").write_bytes(b"1")
    (tmp_path / "mine.part").write_bytes(b"1")
    go(checkpoint=tmp_path, resume=True)
    assert {path.name for path in tmp_path.glob("*.part")} == {"mine.part"}


def test_what_is_done_is_written_while_the_run_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SECONDS", 0.0)
    seen = []
    go(checkpoint=tmp_path, progress=lambda done, total: seen.append(len(list(tmp_path.glob("*.npz")))))
    assert seen[0] == 1


def test_what_cannot_be_resumed_is_refused(tmp_path):
    go(checkpoint=tmp_path)
    for options, remedy in [
        ({"checkpoint": tmp_path}, "add resume"),
        ({"resume": True}, "add checkpoint"),
        ({"checkpoint": tmp_path, "time_budget": 1.0}, "target or paths"),
    ]:
        with pytest.raises(UsageError, match=remedy):
            go(**options)
    own = gk.Custom(numba.njit(lambda spots: spots[0]), times=[1.0], maturity=1.0)
    with pytest.raises(UsageError, match="leave checkpoint out"):
        gk.estimate(own, MODEL, checkpoint=tmp_path / "own", greeks="price")


def test_ranges():
    assert joined([(4, 6), (0, 2), (2, 4), (8, 9)]) == [(0, 6), (8, 9)]
    assert gaps(0, 10, [(0, 6), (8, 9)]) == [(6, 8), (9, 10)]
    assert gaps(3, 3, []) == []
