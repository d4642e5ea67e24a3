"""The verdict: three sentences and a command that runs; and which trades of a large book are studied."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from report_book import make_book, write

import greeks as gk
from benchmarks.large_book import write_large_book
from greeks.book import Book, Trade
from greeks.report.budget import BUDGETS
from greeks.report.context import kind_of
from greeks.report.picking import counted, pick
from greeks.report.render import sentence
from greeks.report.verdict import cause
from greeks.report.writing import Report

NEGATIONS = ("not un", "no less", "no worse", "no better", "not no", "never not", "not without")


def test_three_sentences_first_on_the_page_and_in_the_json(report: Report) -> None:
    data = json.loads(report.json.read_text(encoding="utf-8"))
    said = [sentence(one) for one in report.verdict.sentences]
    assert [data["verdict"][key] for key in ("good", "bad", "next")] == said
    assert next(iter(data)) == "verdict"
    text = report.html.read_text(encoding="utf-8")
    assert text.index('id="verdict"') < text.index('id="caption-positions"') < text.index('id="checks"')
    assert sum(len(one.split()) for one in said) < 100  # read in 30 seconds
    assert said[2].startswith("Run next, ")


def test_no_double_negatives(report: Report) -> None:
    said = [sentence(one) for one in report.verdict.sentences]
    said += [sentence(check.said) for section in report.sections for check in section.checks]
    said += [section.lead for section in report.sections]
    assert [words for words in said if any(bad in words.lower() for bad in NEGATIONS)] == []


def test_what_is_wrong_is_read_first(report: Report) -> None:
    rank = {"unsound": 0, "doubtful": 1, "sound": 2, "note": 3}
    middle = [section for section in report.sections if section.key not in ("book", "scoreboard", "scope", "manifest")]
    worst = [min(rank[check.status] for check in section.checks) for section in middle]
    assert worst == sorted(worst)
    assert [section.key for section in report.sections[:2]] == ["book", "scoreboard"]


def test_the_command_of_the_verdict_runs(tmp_path: Path) -> None:
    make_book(tmp_path)
    files = [str(tmp_path / "book.csv"), "--market", str(tmp_path / "market.csv")]
    greeks = [sys.executable, "-m", "greeks_cli.main"]
    out = tmp_path / "out"
    options = ["--quick", "--paths", "128", "--deterministic", "--greeks", "price,gamma", "--seed", "7"]
    subprocess.run([*greeks, "report", *files, "-o", str(out), *options], check=True, capture_output=True)
    command = json.loads((out / "report.json").read_text(encoding="utf-8"))["verdict"]["command"]
    words = shlex.split(command)
    assert words[:5] == ["greeks", "run", *files]
    assert words[words.index("--greeks") + 1] == "price,gamma"
    assert words[words.index("--seed") + 1] == "7"
    paths = words.index("--paths") + 1
    assert int(words[paths]) >= 128
    words[paths] = "512"
    got = subprocess.run([*greeks, *words[1:]], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert got.returncode == 0, got.stderr
    written = (tmp_path / "results.csv").read_text(encoding="utf-8") if "results.csv" in words else got.stdout
    assert len(written.splitlines()) > 8


def test_a_bad_number_is_named_with_its_cause(tmp_path: Path) -> None:
    highest = gk.Lookback("call", lookback_type="fixed", strike=160.0, maturity=0.25, monitoring="discrete", fixings=4)
    far = Trade("far", "X", highest, quantity=1000.0)
    report = write(Book((far,), {"X": gk.GBM(spot=100.0, volatility=0.2)}), tmp_path, paths=2**13)
    assert report.verdict.status == "doubtful"
    bad = sentence(report.verdict.bad)
    assert "of far" in bad
    assert "no path that contributes" in bad or "a heavy tail" in bad
    assert report.verdict.command.startswith("greeks.run(book, paths=")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("heavy tail (kurtosis 1e3): the error bar itself", "a heavy tail"),
        ("no path differs from 0 in 65536 paths: the error", "no path that contributes"),
        ("2 % from the exact value, 5 standard errors: the time-step bias of the scheme", "the bias of the time step"),
        ("something new", "a warning of another kind"),
    ],
)
def test_causes(reason: str, words: str) -> None:
    assert cause(reason) == words


def large(count: int) -> Book:
    """Three kinds, one of them with a single trade; every strike and three maturities; positions grow."""
    trades = [
        Trade(
            f"e{k}",
            "X",
            gk.European("call", strike=60.0 + k % 80, maturity=(0.01, 0.5, 3.0)[k % 3]),
            quantity=float(k + 1),
        )
        for k in range(count)
    ]
    trades += [Trade(f"d{k}", "X", gk.Digital("put", strike=100.0, maturity=1.0)) for k in range(count // 10)]
    trades.append(Trade("rare", "X", gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)))
    return Book(tuple(trades), {"X": gk.GBM(spot=100.0, volatility=0.2)})


def test_a_large_book_is_sampled_by_payoff_and_regime() -> None:
    book = large(200)
    picked, regimes = pick(book, 40, kind_of)
    assert len(picked) == 40
    assert picked == sorted(set(picked))
    assert (picked, regimes) == pick(book, 40, kind_of)  # nothing is random
    assert "rare" in {book.trades[k].trade_id for k in picked}
    rows = counted(regimes, picked)
    assert sum(row["trades"] for row in rows) == 221
    assert sum(row["studied"] for row in rows) == 40
    europeans = [row for row in rows if row["kind"].startswith("european")]
    assert len(europeans) > 8
    assert all(row["studied"] for row in europeans)
    for found, members in regimes.items():
        if found.kind.startswith("european"):
            assert max(members) in picked
    assert pick(book, 300, kind_of)[0] == list(range(221))
    assert len(pick(book, 1, kind_of)[0]) == 3  # one of each kind, at least


def test_the_page_says_what_was_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "quick", replace(BUDGETS["quick"], trades=6))
    book = replace(large(30), notes=("labels: desk",), label_columns=("desk",), currencies={"X": "EUR"})
    report = write(book, tmp_path, paths=2**11, greeks="price,delta", estimators="lr,pw,fd")
    scope = next(section for section in report.sections if section.key == "scope")
    said = [sentence(check.said) for check in scope.checks]
    assert said[0].startswith("Studied: 6 of 34 live trades.")
    assert "labels: desk" in said
    facts = {row["what"]: row["setting"] for table in scope.tables for row in table.rows if "what" in row}
    assert facts["label columns"] == "desk"
    assert facts["currencies"] == "EUR: X"
    assert report.verdict.good.values["trades"] == 34  # the verdict is of all of them
    assert "Studied: 6 of 34 live trades" in re.sub("</?data[^>]*>", "", report.html.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_book_of_700_trades(tmp_path: Path) -> None:
    """All of them are in the totals, and 60 are studied; ``python -m benchmarks.report`` says how long it takes."""
    portfolio, market = write_large_book(tmp_path, 700)
    book = gk.read_portfolio(portfolio, market=market)
    report = write(book, tmp_path, paths=8192)  # what is counted does not depend on it
    assert report.verdict.good.values["trades"] == 700
    studied = next(section for section in report.sections if section.key == "scope").checks[0].said.values
    assert studied["studied"] == 60
    assert studied["live"] == 700
