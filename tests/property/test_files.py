"""What is written is read back as it was, and whatever else is written is refused in words, never with a traceback."""

from __future__ import annotations

import json
from dataclasses import fields
from math import isfinite

import pytest
from csv_tables import as_csv
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import models, number, payoffs

from greeks.errors import PortfolioError, UsageError
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio import read_portfolio, template
from greeks.portfolio.cells import CellError, parse_list, parse_number, parse_whole
from greeks.spec import from_json, to_json

text = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="\ufeff"), min_size=1, max_size=12
).map(str.strip).filter(bool)  # fmt: skip
labels = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=12).map(str.strip)


@settings(max_examples=200)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back_exactly(x):
    assert parse_number(repr(x)) == x
    assert parse_number(f" {x:+.17e} ") == x
    assert parse_list(f"{x!r};{x!r}") == (x, x)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=8), st.text("0123456789+-.eE_,; '%x", max_size=8)))
def test_what_is_read_as_a_number_is_one_and_nothing_is_guessed(written):
    try:
        value = parse_number(written)
    except CellError as error:
        message = str(error)
    else:
        message = ""
    if message:
        assert len(message) < 250
        return
    assert isfinite(value) and value == float(written)
    assert "_" not in written and "," not in written and written.isascii()


@given(st.integers(-(2**53), 2**53))
def test_whole_numbers(n):
    assert parse_whole(str(n)) == n
    with pytest.raises(CellError):
        parse_whole(f"{n >> 2}.5")  # representable: a float holds halves up to 2^52


@settings(max_examples=150)
@given(st.one_of(payoffs, models))
def test_specs_through_json(spec):
    registry = PAYOFFS if spec.kind in PAYOFFS else MODELS
    data = json.loads(json.dumps(to_json(spec)))
    back = from_json(data, registry)
    assert back == spec
    assert type(back) is type(spec)
    with pytest.raises(UsageError):
        from_json({**data, "kind": "no such"}, registry)
    with pytest.raises(ValueError):
        from_json({**data, "no_such_field": 1}, registry)


def cell(value):
    if value is None:
        return ""
    return ";".join(map(repr, value)) if isinstance(value, tuple) else str(value)


def columns(spec):
    return {f.name: cell(getattr(spec, f.name)) for f in fields(spec)}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(payoffs, number(-9.0, 9.0), number(0.001, 1000.0), labels), min_size=1, max_size=6),
    st.dictionaries(text, models, min_size=1, max_size=3),
    st.sampled_from(["", "\ufeff"]),
    st.data(),
)
def test_a_book_through_csv(tmp_path_factory, held, market, mark, data):
    folder = tmp_path_factory.mktemp("book")
    names = data.draw(st.lists(text, min_size=len(held), max_size=len(held), unique=True))
    on = [data.draw(st.sampled_from(sorted(market))) for _ in held]
    rows = [
        {"trade_id": name, "underlying": key, "product": payoff.kind, **columns(payoff), "quantity": repr(size),
         "multiplier": repr(units), "desk": label}
        for name, key, (payoff, size, units, label) in zip(names, on, held, strict=True)
    ]  # fmt: skip
    quotes = [{"underlying": name, "model": model.kind, **columns(model)} for name, model in market.items()]
    (folder / "b.csv").write_bytes((mark + as_csv(rows)).encode())
    (folder / "m.csv").write_bytes((mark + as_csv(quotes)).encode())
    book = read_portfolio(folder / "b.csv", market=folder / "m.csv")
    assert book.label_columns == ("desk",)
    for trade, name, key, (payoff, size, units, label) in zip(book.trades, names, on, held, strict=True):
        assert (trade.trade_id, trade.underlying, trade.payoff) == (name, key, payoff)
        assert (trade.quantity, trade.multiplier, trade.labels["desk"]) == (size, units, label)
        assert book.models[key] == market[key]


GOOD = template()
MARKET = template("market")


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_file_is_refused_in_words(tmp_path_factory, data):
    """Some bytes of good files are replaced, inserted or removed: a book or a list of issues, and nothing else."""
    folder = tmp_path_factory.mktemp("damaged")
    for name, content in (("b.csv", GOOD), ("m.csv", MARKET)):
        raw = bytearray(content.encode())
        for _ in range(data.draw(st.integers(0, 4))):
            at = data.draw(st.integers(0, len(raw) - 1))
            noise = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from([b",", b'"', b"\n", b"\r", b"-", b"e"])))
            raw[at : at + data.draw(st.integers(0, 3))] = noise
        (folder / name).write_bytes(raw)
    found, trades = (), ()
    try:
        trades = read_portfolio(folder / "b.csv", market=folder / "m.csv").trades
    except PortfolioError as error:
        found = error.issues
    assert bool(trades) != bool(found)
    for issue in found:
        assert issue.message and issue.line >= 0
        assert "Traceback" not in str(issue) and "\n" not in str(issue) and "\0" not in str(issue)


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_at_all(tmp_path_factory, raw):
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "b.csv").write_bytes(raw)
    (folder / "m.csv").write_text(MARKET)
    with pytest.raises(PortfolioError):
        read_portfolio(folder / "b.csv", market=folder / "m.csv")
