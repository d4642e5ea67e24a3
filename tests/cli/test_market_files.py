"""Bad rows of the files beside the market: each is named by line and column, with what to write; all in one pass."""

from __future__ import annotations

import pytest

import greeks as gk
from greeks.errors import PortfolioError, UsageError

BOOK = "trade_id,underlying,product,option_type,strike,maturity\nA,X,european,call,100,1\n"
MARKET = "underlying,spot,rate,dividend_yield,volatility\nX,100,USD,0.01,0.2\n"
SMILED = "underlying,spot,rate,dividend_yield,volatility\nX,100,0.03,0.01,\n"
CURVES = "curve,maturity,zero_rate\nUSD,0.5,0.03\nUSD,1,0.035\n"
VOLS = "underlying,maturity,strike,volatility\nX,0.5,100,0.2\nX,1,100,0.21\n"


def read(folder, curves: str | None = None, vols: str | None = None, market: str = MARKET, **options) -> gk.Book:
    files = {"b.csv": BOOK, "m.csv": market, "c.csv": curves, "v.csv": vols}
    for name, text in files.items():
        if text is not None:
            (folder / name).write_text(text)
    beside = {"curves": folder / "c.csv" if curves else None, "vols": folder / "v.csv" if vols else None}
    return gk.read_portfolio(folder / "b.csv", market=folder / "m.csv", **beside, **options)


def issues(folder, *args, **options) -> list[tuple[str, int, str, str]]:
    """Those of the files beside the book."""
    with pytest.raises(PortfolioError) as caught:
        read(folder, *args, **options)
    return [
        (issue.file[-5:], issue.line, issue.column, issue.message)
        for issue in caught.value.issues
        if issue.file[-5:] != "b.csv"
    ]


def test_the_files_are_good(tmp_path) -> None:
    assert read(tmp_path, CURVES).terms["X"].curves["rate"].name == "USD"
    assert read(tmp_path, None, VOLS, SMILED).terms["X"].smile is not None


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (",2,0.03", "curve", "is blank"),
        ("USD,,0.03", "maturity", "is blank"),
        ("USD,2,", "zero_rate", "is blank"),
        ("USD,x,0.03", "maturity", "cannot read 'x' as a number"),
        ("USD,-1,0.03", "maturity", "write a time from now on"),
        ("USD,0,0.03", "maturity", "write a time from now on"),
        ("USD,730,0.03", "maturity", "up to 100"),
        ("USD,2,3.5", "zero_rate", "a rate of 3.5 is 350% a year: write 0.035 for 3.5 %"),
        ("USD,2,3%", "zero_rate", "cannot read '3%' as a number"),
        ("USD,2,nan", "zero_rate", "cannot read 'nan' as a number"),
        ("USD,2,1e400", "zero_rate", "too large"),
        ("USD,0.75,0.03", "maturity", "sort it by date"),
        ("USD,1,0.04", "maturity", "curve 'USD' is at 1 years on line 3: sort it by date, each once"),
        ("USD,2Y,0.03", "maturity", "cannot read '2Y' as a number"),
    ],
)
def test_bad_rows_of_curves(tmp_path, row: str, column: str, says: str) -> None:
    found = issues(tmp_path, CURVES + row + "\n")
    assert [(line, name) for _, line, name, _ in found] == [(4, column)]
    assert found[0][0] == "c.csv" and says in found[0][3]


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("curve,maturity,discount\nUSD,1,0\n", 2, "discount", "no discount factor"),
        ("curve,maturity,discount\nUSD,1,-0.9\n", 2, "discount", "no discount factor"),
        ("curve,maturity,discount\nUSD,1,97\n", 2, "discount", "near 1"),
        ("curve,maturity,zero_rate,discount\nUSD,1,0.03,0.97\n", 2, "discount", "not both"),
        ("curve,maturity,zero_rate,discount\nUSD,1,0.03,\nUSD,2,,0.94\n", 3, "discount", "write one kind for a curve"),
        ("curve,maturity,date,zero_rate\nUSD,1,2027-01-01,0.03\n", 2, "date", "not both"),
        ("curve,date,zero_rate\nUSD,2027-01-01,0.03\n", 2, "date", "needs a valuation date"),
        ("curve,maturity,rate\nUSD,1,0.03\n", 1, "rate", "zero_rate"),
        ("curve,tenor,zero_rate\nUSD,1,0.03\n", 1, "tenor", 'did you mean "maturity"'),
        ("maturity,zero_rate\n1,0.03\n", 1, "curve", "missing from the header"),
        ("curve,maturity,zero_rate,zero_rate\nUSD,1,0.03,0.04\n", 1, "zero_rate", "same column"),
        ("curve,maturity,zero_rate,colour\nUSD,1,0.03,red\n", 1, "colour", "unknown"),
        ("curve,maturity,zero_rate,\nUSD,1,0.03,4\n", 2, "", "no name for it"),
    ],
)
def test_bad_curve_files(tmp_path, text: str, line: int, column: str, says: str) -> None:
    found = issues(tmp_path, text)
    assert (line, column) in [(at, name) for _, at, name, _ in found]
    assert any(says in message for *_, message in found)


def test_dates_of_a_curve(tmp_path) -> None:
    """Counted from the valuation date; one that is past, or no date, is refused."""
    text = "curve,date,zero_rate\nUSD,2027-11-29,0.03\n"
    assert read(tmp_path, text, as_of="2026-11-29").terms["X"].curves["rate"].times == (1.0,)
    for day, says in (("2026-11-28", "before"), ("2027-02-30", "calendar"), ("29.11.2027", "2027-11-29")):
        ((_, line, column, message),) = issues(tmp_path, text.replace("2027-11-29", day), as_of="2026-11-29")
        assert (line, column) == (2, "date") and says in message


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (",1,110,0.2", "underlying", "is blank"),
        ("X,,110,0.2", "maturity", "is blank"),
        ("X,1,110,", "volatility", "is blank"),
        ("X,1,110,20", "volatility", "write 0.20 for 20 %"),
        ("X,1,110,-0.2", "volatility", "at least 0"),
        ("X,1,110,0", "volatility", "is 0"),
        ("X,1,110,x", "volatility", "cannot read 'x' as a number"),
        ("X,1,-5,0.2", "strike", "out of range"),
        ("X,1,0,0.2", "strike", "out of range"),
        ("X,1,ATM,0.2", "strike", "cannot read 'ATM' as a number"),
        ("X,1,100,0.22", "volatility", "already on line 3"),
        ("X,-1,110,0.2", "maturity", "from now on"),
        ("X,2,100,0.1", "volatility", "calendar arbitrage"),
        ("X,1,101,0.9", "volatility", "butterfly arbitrage"),
    ],
)
def test_bad_rows_of_volatilities(tmp_path, row: str, column: str, says: str) -> None:
    found = issues(tmp_path, None, VOLS + row + "\n", SMILED)
    assert (4, column) in [(line, name) for _, line, name, _ in found]
    assert found[0][0] == "v.csv" and any(says in message for *_, message in found)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("underlying,maturity,strike,moneyness,volatility\nX,1,100,1,0.2\n", 2, "moneyness", "not both"),
        ("underlying,maturity,moneyness,volatility\nX,1,100,0.2\n", 2, "moneyness", "1 at the forward"),
        ("underlying,maturity,expiry,volatility\nX,1,2027-01-01,0.2\n", 2, "expiry", "not both"),
        ("underlying,maturity,strike\nX,1,100\n", 1, "volatility", "missing from the header"),
        ("underlying,maturity,delta,volatility\nX,1,0.25,0.2\n", 1, "delta", "write strike, or moneyness"),
        ("ticker,maturity,strike,volatility\nX,1,100,0.2\n", 1, "ticker", 'did you mean "underlying"'),
    ],
)
def test_bad_volatility_files(tmp_path, text: str, line: int, column: str, says: str) -> None:
    found = issues(tmp_path, None, text, SMILED)
    assert (line, column) in [(at, name) for _, at, name, _ in found]
    assert any(says in message for *_, message in found)


DIVIDENDS = "underlying,maturity,amount,fraction\nX,0.25,2,\n"


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (",0.5,2,", "underlying", "is blank"),
        ("X,,2,", "maturity", "is blank"),
        ("X,0.5,,", "amount", "is blank, and so is fraction: give one of them"),
        ("X,0.5,2,0.02", "fraction", "give amount or fraction, not both"),
        ("X,0.5,-2,", "amount", "above 0"),
        ("X,0.5,0,", "amount", "above 0"),
        ("X,0.5,,2", "fraction", "write 0.02 for 2 %"),
        ("X,0.5,,-0.1", "fraction", "no fraction of the spot"),
        ("X,0.5,two,", "amount", "cannot read 'two' as a number"),
        ("X,-0.5,2,", "maturity", "from now on"),
        ("X,0.5,1000,", "amount", "worth more than the spot, 100"),
        ("X,2026-05-01,2,", "maturity", "cannot read"),
    ],
)
def test_bad_rows_of_dividends(tmp_path, row: str, column: str, says: str) -> None:
    (tmp_path / "d.csv").write_text(DIVIDENDS + row + "\n")
    found = issues(tmp_path, market=MARKET.replace("USD", "0.03"), dividends=tmp_path / "d.csv")
    assert [(file, line, name) for file, line, name, _ in found] == [("d.csv", 3, column)] and says in found[0][3]


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("underlying,maturity\nX,1\n", "amount", "is blank"),
        ("underlying,pay_date,amount\nX,1,2\n", "pay_date", "write ex_date"),
        ("ticker,maturity,amount\nX,1,2\n", "ticker", 'did you mean "underlying"'),
    ],
)
def test_bad_dividend_files(tmp_path, text: str, column: str, says: str) -> None:
    (tmp_path / "d.csv").write_text(text)
    found = issues(tmp_path, market=MARKET.replace("USD", "0.03"), dividends=tmp_path / "d.csv")
    assert column in [name for _, _, name, _ in found] and any(says in message for *_, message in found)


def test_arbitrage_names_the_two_points(tmp_path) -> None:
    ((_, line, _, message),) = issues(tmp_path, None, VOLS + "X,2,100,0.1\n", SMILED)
    assert line == 4
    assert "maturity 1, strike 100, volatility 0.21" in message and "maturity 2, strike 100, volatility 0.1" in message


def test_a_name_that_is_no_curve(tmp_path) -> None:
    ((file, line, column, message),) = issues(tmp_path, CURVES, market=MARKET.replace("USD", "EUR"))
    assert (file, line, column) == ("m.csv", 2, "rate") and "there are USD" in message
    ((_, _, column, message),) = issues(tmp_path, None, market=MARKET)
    assert column == "rate" and "cannot read 'USD' as a number" in message and "--curves" in message


def test_a_smile_and_a_number_are_one_too_many(tmp_path) -> None:
    ((file, _, column, message),) = issues(tmp_path, None, VOLS, SMILED.replace("0.01,", "0.01,0.2"))
    assert (file, column) == ("m.csv", "volatility") and "leave the cell blank" in message


def test_a_smile_under_heston(tmp_path) -> None:
    text = (
        "underlying,model,spot,rate,initial_variance,mean_reversion,long_run_variance,vol_of_vol,correlation\n"
        "X,heston,100,0.03,0.04,1,0.04,0.5,-0.5\n"
    )
    ((_, _, column, message),) = issues(tmp_path, None, VOLS, text)
    assert column == "model" and "write gbm" in message


def test_every_problem_of_every_file_in_one_pass(tmp_path) -> None:
    """Those of the book, the market, the curves and the volatilities, in that order."""
    bad = BOOK.replace("european", "europaean")
    (tmp_path / "b.csv").write_text(bad)
    market = "underlying,spot,rate,volatility\nX,-1,USD,\n"
    files = {"m.csv": market, "c.csv": CURVES + "USD,2,9\n", "v.csv": VOLS + "X,2,100,70\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(PortfolioError) as caught:
        gk.read_portfolio(
            tmp_path / "b.csv", market=tmp_path / "m.csv", curves=tmp_path / "c.csv", vols=tmp_path / "v.csv"
        )
    found = list(dict.fromkeys((issue.file[-5:], issue.line) for issue in caught.value.issues))
    assert found == [("b.csv", 2), ("m.csv", 2), ("c.csv", 4), ("v.csv", 4)]


def test_missing_files_and_what_is_no_source(tmp_path) -> None:
    (tmp_path / "b.csv").write_text(BOOK)
    (tmp_path / "m.csv").write_text(MARKET.replace("USD", "0.03"))
    for name in ("curves", "vols"):
        with pytest.raises(PortfolioError, match="cannot read the file"):
            gk.read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", **{name: tmp_path / "none.csv"})
        with pytest.raises(UsageError, match="write a path"):
            gk.read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", **{name: 3})


def test_the_commands(tmp_path, greeks) -> None:
    """``run``, ``validate`` and ``report`` take the files; the manifest has their digests."""
    for name, text in (("b.csv", BOOK), ("m.csv", SMILED.replace("0.03", "USD")), ("c.csv", CURVES), ("v.csv", VOLS)):
        (tmp_path / name).write_text(text)
    files = [
        tmp_path / "b.csv",
        "--market",
        tmp_path / "m.csv",
        "--curves",
        tmp_path / "c.csv",
        "--vols",
        tmp_path / "v.csv",
    ]
    done = greeks("run", *map(str, files), "--format", "json", "--greeks", "price")
    assert done.code == 0 and str(tmp_path / "c.csv") in done.out and str(tmp_path / "v.csv") in done.out
    assert greeks("validate", *map(str, files)).code == 0


FIXINGS = "underlying,date,fixing\nX,2026-10-01,98\nX,2026-11-02,104\n"
DATED = (
    "trade_id,underlying,product,option_type,strike,expiry,fixing_dates\n"
    "A,X,asian,call,100,2027-01-04,2026-10-01;2026-11-02;2026-12-01;2027-01-04\n"
)


def dated(folder, fixings: str, as_of: str, book: str = DATED) -> gk.Book:
    for name, text in (("b.csv", book), ("m.csv", MARKET.replace("USD", "0.03")), ("f.csv", fixings)):
        (folder / name).write_text(text)
    return gk.read_portfolio(folder / "b.csv", market=folder / "m.csv", fixings=folder / "f.csv", as_of=as_of)


def test_a_daily_roll_needs_a_new_date_and_nothing_else(tmp_path) -> None:
    """Each day the trade is the one that a trader would write by hand."""
    for day, past in (
        ("2026-09-30", None),
        ("2026-10-01", [98.0]),
        ("2026-11-01", [98.0]),
        ("2026-11-29", [98.0, 104.0]),
    ):
        (trade,) = dated(tmp_path, FIXINGS, day).trades
        schedule = ["2026-10-01", "2026-11-02", "2026-12-01", "2027-01-04"]
        own = {"past_fixings": past} if past else {}
        schedule = schedule[1:] if day == "2026-10-01" else schedule
        assert trade.payoff == gk.Asian(
            "call", strike=100, expiry="2027-01-04", as_of=day, fixing_dates=schedule, **own
        )


def test_a_fixing_that_is_missing_is_named(tmp_path) -> None:
    with pytest.raises(PortfolioError) as caught:
        dated(tmp_path, FIXINGS, "2026-12-15")
    (issue,) = caught.value.issues
    assert (issue.line, issue.column) == (2, "fixing_dates")
    assert "the fixings file has no X on 2026-12-01: add the row" in issue.message


def test_past_fixings_of_a_row_come_first(tmp_path) -> None:
    """And a file that nothing looks up is told."""
    own = DATED.replace("fixing_dates\n", "fixing_dates,past_fixings\n").replace("2027-01-04\n", "2027-01-04,97;105\n")
    book = dated(tmp_path, FIXINGS, "2026-11-29", own)
    assert book.trades[0].payoff.past_fixings_sum == 202.0
    assert "fixings that no trade looks up: X" in book.notes


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        (",2026-10-01,98", "underlying", "is blank"),
        ("X,,98", "date", "is blank"),
        ("X,2026-12-01,", "fixing", "is blank"),
        ("X,01.12.2026,98", "date", "or 2026-12-01, whichever is meant"),
        ("X,2026-12-01,-98", "fixing", "above 0"),
        ("X,2026-12-01,n/a", "fixing", "cannot read 'n/a' as a number"),
        ("X,2026-11-02,105", "date", "has this day on line 3: keep one"),
    ],
)
def test_bad_rows_of_fixings(tmp_path, row: str, column: str, says: str) -> None:
    with pytest.raises(PortfolioError) as caught:
        dated(tmp_path, FIXINGS + row + "\n", "2026-09-30")
    (issue,) = caught.value.issues
    assert (issue.line, issue.column) == (4, column) and says in issue.message
