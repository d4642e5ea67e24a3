"""Every option of the command line is a keyword, honoured or refused with the alternative; nothing is a bare TypeError."""

from __future__ import annotations

import inspect

import pytest
from zoo import MODELS

import greeks as gk
from greeks.book import Book, Trade
from greeks.checks.options import ELSEWHERE, LATER
from greeks.errors import UsageError

CALL = gk.European("call", strike=100.0, maturity=1.0)
MODEL = MODELS["gbm"]


def both(**options):
    """The messages of ``estimate`` and ``run``, which are the same."""
    said = []
    for call in (
        lambda: gk.estimate(CALL, MODEL, **options),
        lambda: gk.run(Book((Trade("t", "u", CALL),), {"u": MODEL}), **options),
    ):
        with pytest.raises(UsageError) as error:
            call()
        said.append(str(error.value))
    assert said[0].replace("choose from underlying, ", "choose from ") == said[1].replace(", fx, currency", "").replace(
        ", buckets", ""
    )
    return said[1]


def test_every_option_of_the_command_line_is_known_by_the_same_name():
    from greeks_cli.main import cli

    run = cli.get_command(None, "run")
    names = {parameter.name for parameter in run.params}
    renamed = {"portfolio": "book", "form": "format"}
    known = {*inspect.signature(gk.run).parameters, *LATER, *ELSEWHERE}
    assert {renamed.get(name, name) for name in names} <= known
    assert len(names) >= 25


@pytest.mark.parametrize(
    ("option", "word"),
    [
        ({"cluster": "tcp://x:1"}, "threads"),
        ({"resume": True}, "add checkpoint"),
        ({"as_of": "2025-01-01"}, "read_portfolio"),
        ({"on_error": "skip"}, "read_portfolio"),
        ({"market": "m.csv"}, "read_portfolio"),
        ({"output": "x.csv"}, "result.trades"),
        ({"net": "x.csv"}, "result.net"),
        ({"verbose": True}, "progress"),
        ({"shares": 5}, "net_shares"),
    ],
)
def test_options_that_are_not_here_name_the_alternative(option, word):
    message = both(**option)
    assert next(iter(option)) in message
    assert word in message


def test_the_value_that_changes_nothing_is_accepted():
    neutral = {name: value for name, (value, _) in LATER.items()}
    plain = gk.estimate(CALL, MODEL, greeks="price", paths=2000, analytic=False)["price"]
    assert gk.estimate(CALL, MODEL, greeks="price", paths=2000, analytic=False, **neutral)["price"] == plain


@pytest.mark.parametrize("option", [{"checkpoint": "d"}, {"resume": True}])
def test_a_ladder_and_a_report_have_no_checkpoint(option, tmp_path):
    book = Book((Trade("t", "u", CALL),), {"u": MODEL})
    for call in (lambda: gk.ladder(book, **option), lambda: gk.write_report(book, tmp_path / "r", **option)):
        with pytest.raises(UsageError, match="belongs to run and estimate"):
            call()


def test_a_slip_is_named():
    assert "did you mean paths?" in both(path=100)
    assert "choose from greeks, estimators" in both(zzz=1)


@pytest.mark.parametrize(
    "option",
    [
        {"paths": "many"}, {"paths": None}, {"paths": 1.5}, {"paths": float("nan")}, {"paths": float("inf")},
        {"paths": True}, {"target": "0.01"}, {"seed": 1.5}, {"seed": None}, {"threads": "2"}, {"threads": 1.5},
        {"steps_per_year": 2.5}, {"bump": None}, {"bump": float("nan")}, {"greeks": 5}, {"greeks": ["price", 5]},
        {"estimators": None}, {"estimators": 3}, {"group_by": 7}, {"analytic": "no"}, {"max_paths": 10**6}, {"max_paths": "9", "target": 0.1},
    ],
    ids=str,
)  # fmt: skip
def test_values_of_the_wrong_kind(option):
    assert next(iter(option)) in both(**option)


def test_counts_may_be_written_as_floats_and_labels_as_one_text():
    a = gk.estimate(CALL, MODEL, greeks="price", paths=2e3, analytic=False)["price"]
    assert a.paths == 2000
    trade = Trade("t", "u", CALL, labels={"desk": "x"})
    net = gk.run(Book((trade,), {"u": MODEL}, ("desk",)), greeks="price", paths=2000, group_by="desk").net
    assert set(net.desk) == {"", "x"}
    with pytest.raises(UsageError, match="group_by: no column 'nowhere'"):
        gk.run(Book((trade,), {"u": MODEL}, ("desk",)), group_by="nowhere")


@pytest.mark.parametrize(
    "arguments", [(MODEL, CALL), (CALL, CALL), (gk.European, MODEL), (CALL, gk.GBM), (None, MODEL)]
)
def test_a_payoff_and_a_model_in_that_order(arguments):
    with pytest.raises(UsageError, match=r"estimate\(payoff, model\)"):
        gk.estimate(*arguments, paths=1000)
