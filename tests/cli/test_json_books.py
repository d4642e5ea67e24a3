"""A book as JSON: the same checks as a CSV, and problems at the entry and line where they stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import GOOD, MARKET

from greeks.errors import PortfolioError, UsageError
from greeks.portfolio import json_schema, read_portfolio, template

Call = Callable[..., Any]
TRADE = {
    "trade_id": "A1", "underlying": "SPX", "product": "european", "option_type": "call", "strike": 100, "maturity": 1,
}  # fmt: skip
ASIAN = {**TRADE, "trade_id": "A2", "product": "asian", "fixing_times": [0.5, 1.0], "desk": "x"}
QUOTE = {"underlying": "SPX", "spot": 100, "rate": 0.05, "volatility": 0.2}
BOOK = {"trades": [TRADE, ASIAN], "market": [QUOTE]}


@pytest.fixture
def validate(greeks: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Exit code and the lines of stderr, without the count, for the content of b.json."""
    monkeypatch.chdir(tmp_path)

    def call(content: Any, *options: str) -> tuple[int, list[str]]:
        Path("b.json").write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
        got = greeks("validate", "b.json", "-q", *options)
        assert "Traceback" not in got.err
        return got.code, got.err.splitlines()[:-1]

    return call


def test_one_file_holds_the_whole_book(greeks: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b.json").write_text(json.dumps(BOOK))
    rows = [{**TRADE, "fixing_times": "", "desk": ""}, {**ASIAN, "fixing_times": "0.5;1.0"}]
    text = "\n".join([",".join(rows[0]), *(",".join(str(row[name]) for name in rows[0]) for row in rows), ""])
    Path("b.csv").write_text(text)
    Path("m.csv").write_text(MARKET)
    Path("m.json").write_text(json.dumps({"market": [QUOTE]}))
    wanted = read_portfolio("b.csv", market="m.csv")
    for path, market in (("b.json", None), ("b.json", "b.json"), ("b.csv", "m.json"), (Path("b.json"), None)):
        book = read_portfolio(path, market=market)
        assert (book.trades, book.models) == (wanted.trades, wanted.models)
    with open("b.json") as file:
        assert read_portfolio(file).trades == wanted.trades
    got = greeks("run", "b.json", "--paths", "1024", "-q")
    assert got.code == 0 and got.out == greeks("run", "b.csv", "-m", "m.csv", "--paths", "1024", "-q").out
    assert json.loads(greeks("run", "b.json", "--paths", "1024", "--format", "json").out)["manifest"][
        "inputs"
    ].keys() == {"b.json"}


def test_the_templates_as_json_are_what_the_schema_describes(tmp_path: Path) -> None:
    """Every row of the template, as an object of numbers and lists, is read as the CSV is."""
    import csv
    import io

    def typed(text: str) -> Any:
        if ";" in text:
            return [typed(item) for item in text.split(";")]
        try:
            return json.loads(text)
        except ValueError:
            return text

    tables = {
        part: [
            {name: typed(text) for name, text in row.items() if text} for row in csv.DictReader(io.StringIO(content))
        ]
        for part, content in (("trades", template()), ("market", template("market")))
    }
    (tmp_path / "b.json").write_text(json.dumps(tables))
    (tmp_path / "b.csv").write_text(template())
    (tmp_path / "m.csv").write_text(template("market"))
    wanted = read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", as_of="2026-01-02")
    assert read_portfolio(tmp_path / "b.json", as_of="2026-01-02").trades == wanted.trades
    assert set(json_schema()["properties"]) == {"trades", "market"}


def test_every_problem_at_its_place(validate: Call) -> None:
    text = """{"trades": [
      {"trade_id": "A1", "underlying": "SPX", "product": "european", "option_type": "C", "strike": "$100", "maturity": 1},
      {"trade_id": "A2", "underlying": "SPY", "product": "european", "option_type": "call", "strike": 1.5e, "maturity": 1}
    ]}"""
    assert validate(text) == (3, ["b.json:3: the file is not valid JSON: Expecting ',' delimiter (column 106)"])
    code, lines = validate(text.replace("1.5e,", "true,").replace("]}", '], "market": [' + json.dumps(QUOTE) + "]}"))
    assert (code, lines) == (
        3,
        [
            "b.json:2: trades[0]: trade A1: key option_type: 'C' is not one of call, put: write call",
            "b.json:2: trades[0]: trade A1: key strike: cannot read '$100' as a number: write 100, without the currency",
            "b.json:3: trades[1]: trade A2: key underlying: 'SPY' is not in the market file; did you mean \"SPX\"?",
            "b.json:3: trades[1]: trade A2: key strike: cannot read 'true' as a number",
        ],
    )


def test_names_and_entries(validate: Call) -> None:
    content = {
        "trades": [{**TRADE, "strik": 5}, 7, {}, {**TRADE, "trade_id": "A3", "strike": {"a": 1}}, TRADE],
        "market": [{"underlying": "SPX", "spot": 100, "rate": "5%", "volatility": 0.2}],
    }
    code, lines = validate(json.dumps(content))
    assert (code, lines) == (
        3,
        [
            'b.json:1: trades[0]: key strik: is unknown: did you mean "strike"? It is there too: leave this one out '
            "(or declare it a label: --labels strik)",
            "b.json:1: trades[0]: trade A1: key underlying: SPX cannot be used: market[0] of the market is invalid "
            "(1 more trade on it)",
            "b.json:1: trades[1]: '7' is no object: write {...} with the keys of greeks schema",
            "b.json:1: trades[2]: the entry is empty: remove it",
            'b.json:1: trades[3]: key strike: \'{"a": "1"}\' is nested: write a text, a number, or a list of them',
            "b.json:1: trades[4]: trade A1: key trade_id: A1 is already on trades[0]",
            "b.json:1: market[0]: underlying SPX: key rate: cannot read '5%' as a number: write 0.05",
        ],
    )


WRONG = {
    "a list": ([TRADE], 'b.json:1: the file is a list and no book: write {"trades": [...], "market": [...]}, as '),
    "no trades": ({"market": [QUOTE]}, 'b.json: the file has no list "trades": write '),
    "trades no list": ({"trades": TRADE, "market": [QUOTE]}, 'b.json: the file has no list "trades": write '),
    "no entries": ({"trades": [], "market": [QUOTE]}, 'b.json: the list "trades" is empty'),
    "results": ({"manifest": {}, "trades": [], "net": []}, "b.json: the file holds results of greeks run, and no book"),
    "unknown key": ({**BOOK, "markets": []}, 'b.json: column markets: is unknown: did you mean "market"?'),
    "cut": ('{"trades": [{"trade_id": ', "b.json:1: the file is not valid JSON: Expecting value (column 26)"),
    "more": ('{"trades": [1], "market": [1]} x', "b.json:1: the file is not valid JSON: Extra data (column 32)"),
    "key twice": ('{"trades": [1], "trades": [2]}', "b.json:1: the key 'trades' stands twice: keep one of them"),
    "deep": ('{"trades": ' + "[" * 100_000, "b.json: the file is nested too deeply to be a book"),
    "nan": (
        {**BOOK, "trades": [{**TRADE, "strike": float("nan")}]},
        "b.json:3: trades[0]: trade A1: key strike: cannot read 'NaN' as a number: a finite number is needed",
    ),
    "a line break": (
        {**BOOK, "trades": [{**TRADE, "desk": "a\nb"}]},
        r"b.json:3: trades[0]: key desk: 'a\nb' holds a line break: write it in one line",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_book(case: str, validate: Call) -> None:
    content, expected = WRONG[case]
    code, lines = validate(content)
    assert code == 3 and len(lines) == 1 and lines[0].startswith(expected), lines


def test_the_market_is_needed_once(greeks: Call, validate: Call) -> None:
    Path("m.csv").write_text(MARKET)
    Path("b.csv").write_text(GOOD)
    code, lines = validate(BOOK, "-m", "m.csv")
    assert (code, lines) == (
        3,
        ["b.json: column market: stands here, and a market file is given too: leave one of them out"],
    )
    assert validate({"trades": [TRADE]}, "-m", "m.csv") == (0, [])
    validate(BOOK)
    got = greeks("validate", "b.csv", "-m", "b.json")
    assert got.code == 3 and "b.json: column trades: stand in the market file" in got.err
    got = greeks("validate", "b.csv")
    assert got.code == 2 and "--market" in got.err
    with pytest.raises(UsageError, match="the market is missing"):
        read_portfolio("b.csv")
    with pytest.raises(PortfolioError, match="no list"):
        read_portfolio("b.csv", market=json_file({"trades": [TRADE]}))


def json_file(content: Any) -> str:
    Path("other.json").write_text(json.dumps(content))
    return "other.json"


def test_a_key_twice_in_an_entry(validate: Call) -> None:
    code, lines = validate(json.dumps(BOOK).replace('"strike": 100', '"strike": 100, "strike": 110', 1))
    assert (code, lines) == (3, ["b.json:1: trades[0]: key strike: stands twice in the entry: keep one of them"])


def test_numbers_keep_their_digits(validate: Call) -> None:
    text = json.dumps(BOOK).replace('"strike": 100', '"strike": -1e400')
    code, lines = validate(text)
    assert code == 3 and "cannot read '-1e400' as a number: it is too large" in lines[0]
