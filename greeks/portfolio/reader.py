"""``read_portfolio``: two files in, a book out, or every problem of both files at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Literal

from greeks.book import Book
from greeks.checks.options import names_of
from greeks.checks.plausible import notes as probable_slips
from greeks.errors import Issue, PortfolioError, UsageError
from greeks.market.dates import valuation as valuation_date
from greeks.portfolio.frames import placed
from greeks.portfolio.json_book import is_json
from greeks.portfolio.market import read_market
from greeks.portfolio.market_terms import MarketTerms
from greeks.portfolio.notes import label_note
from greeks.portfolio.sources import Source, content
from greeks.portfolio.swapped import swapped
from greeks.portfolio.table import Table, read_table, table_of
from greeks.portfolio.terms_notes import terms_notes
from greeks.portfolio.trades import read_trades

_NO_MARKET = "the market is missing: give its file (--market FILE), or a JSON book that holds trades and market"


def read_portfolio(
    path: Source,
    market: Source | None = None,
    *,
    as_of: str | date | None = None,
    on_error: Literal["fail", "skip"] = "fail",
    labels: str | Iterable[str] | None = None,
    curves: Source | None = None,
    vols: Source | None = None,
    dividends: Source | None = None,
    fixings: Source | None = None,
) -> Book:
    """Read a portfolio and its market.

    Parameters
    ----------
    path, market : str, path, open file or DataFrame
        CSV files, or JSON of the shape of :func:`greeks.portfolio.json_schema`; "-" is the standard input, for one of
        the two. A JSON portfolio that holds a market needs no other. An open file may be of text or of bytes. The
        columns of a DataFrame are those of the file, its absent values blank cells.
    as_of : str, date or datetime, optional
        Valuation date, YYYY-MM-DD or with a time of day, or "today"; needed as soon as a row holds an expiry date.
    on_error : {"fail", "skip"}
        With "skip", rows in error are left out and listed in ``Book.rejected``. A file that cannot be read, or
        whose header is wrong, is an error all the same.
    labels : str or iterable of str, optional
        The label columns of the portfolio, comma-separated or as a list: any other column that is not known is then an
        error, and a label may have a name that is otherwise taken for a term of the trade. By default what is like no
        term is a label.
    curves, vols, dividends, fixings : str, path, open file or DataFrame, optional
        Curves that the market's cells under rate and dividend_yield may name (columns ``curve, maturity | date,
        zero_rate | discount | forward_rate``), smiles of its underlyings (``underlying, maturity | expiry, strike |
        moneyness, volatility``, moneyness being strike over forward), and what these pay (``underlying, maturity |
        ex_date, amount | fraction``), valued in the escrowed model. What past dates fixed at (``underlying, date,
        fixing``) is looked up for trades with ``fixing_dates`` and no past fixings of their own.

    Returns
    -------
    Book
        Trades in the order of the file, and the models of the underlyings they need.

    Raises
    ------
    PortfolioError
        With every problem of all files; also when "skip" leaves no trade.
    UsageError
        For an ``as_of`` that is no date, an unknown ``on_error``, or both files from the standard input.
    """
    if on_error not in ("fail", "skip"):
        raise UsageError(f"on_error is {on_error!r}: choose fail or skip")
    if isinstance(path, str) and isinstance(market, str) and path == market == "-":
        raise UsageError("the portfolio and the market cannot both come from the standard input")
    declared = None if labels is None else names_of("labels", labels)
    valuation = valuation_date(as_of)
    portfolio_table, market_table = _tables(path, market)
    if misplaced := swapped(portfolio_table, market_table):
        rows = {table.name: table.places for table in (portfolio_table, market_table)}
        raise PortfolioError(placed(misplaced, rows, market_table.name))
    beside = MarketTerms(curves, vols, dividends, fixings, valuation)
    models, market_header = read_market(market_table, beside)
    lookup = models if "underlying" in market_header.positions and not market_table.issues else None
    trades, header = read_trades(portfolio_table, lookup, valuation, declared, beside.fixings)
    of_files = [*portfolio_table.issues, *header.issues], [*market_table.issues, *market_header.issues]
    of_rows = [*portfolio_table.row_issues, *trades.issues], [*market_table.row_issues, *models.issues]
    rejected = _told(*of_rows, portfolio_table, market_table)
    if any(of_files) or beside.issues or (rejected and (on_error == "fail" or not trades.trades)):
        every = [[*unusable, *bad] for unusable, bad in zip(of_files, of_rows, strict=True)]
        raise PortfolioError([*_told(every[0], every[1], portfolio_table, market_table), *beside.issues])
    used = {trade.underlying for trade in trades.trades}
    models_used = {name: model for name, model in models.models.items() if name in used}
    book = Book(
        tuple(trades.trades),
        models_used,
        tuple(header.labels),
        {table.name: table.digest for table in (portfolio_table, market_table, *beside.tables)},
        tuple(rejected),
        valuation.isoformat() if valuation is not None else "",
        {name: code for name, code in models.currencies.items() if name in used},
        (
            *label_note(header.labels),
            *trades.defaults.notes(header),
            *models.defaults.notes(market_header),
            *terms_notes(beside, trades.trades, models.terms),
        ),
        {name: terms for name, terms in models.terms.items() if name in used},
    )
    return replace(book, notes=(*book.notes, *probable_slips(book)))


def _tables(path: Source, market: Source | None) -> tuple[Table, Table]:
    """The two tables, of two sources or of one JSON book; a part that stands in both is a problem."""
    found = content(path, "portfolio")
    portfolio = table_of(found, "portfolio")
    if market is None:
        if not is_json(found.data[:200].decode("utf-8-sig", errors="replace")):
            raise UsageError(_NO_MARKET)
        return portfolio, table_of(found, "market")
    other = read_table(market, "market")
    if not (isinstance(path, str) and path == market):
        if "market" in portfolio.parts:
            message = "stands here, and a market file is given too: leave one of them out"
            portfolio.issues.append(Issue(portfolio.name, 0, message, column="market"))
        if "trades" in other.parts:
            message = "stand in the market file: leave them out, or give the file as the portfolio"
            other.issues.append(Issue(other.name, 0, message, column="trades"))
    return portfolio, other


def _told(of_trades: list[Issue], of_market: list[Issue], portfolio: Table, market: Table) -> list[Issue]:
    """The issues in the order of the files, with the places of their rows; one of both parts of a book once."""
    found: list[Issue] = []
    for issues, table in ((of_trades, portfolio), (of_market, market)):
        ordered = sorted(issues, key=lambda issue: issue.line)
        # The market's rows go by another name here: both tables may be parts of one file.
        rows = {"market": market.places, table.name: table.places}
        found += placed(ordered, rows, "market", table.keys)
    return list(dict.fromkeys(found))
