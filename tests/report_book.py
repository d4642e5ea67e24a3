"""A small book with a chosen prefix to its names, and its report, small and reproducible."""

from __future__ import annotations

import csv
from pathlib import Path

import greeks as gk
from greeks.book import Book
from greeks.report.writing import Report

TRADES = """trade_id,underlying,product,option_type,strike,maturity,payout,averaging,average_of,fixings
{0}E1,X,european,call,100,0.5,,,,
{0}E2,X,european,put,90,0.5,,,,
{0}D1,X,digital,call,105,0.5,cash,,,
{0}A1,X,asian,call,100,1,,arithmetic,price,4
{0}A2,X,asian,put,,1,,geometric,strike,4
{0}H1,Y,european,call,100,0.25,,,,
{0}H2,Y,digital,put,95,0.25,cash,,,
"""
MARKET = """underlying,model,spot,rate,dividend_yield,volatility,v0,kappa,long_var,xi,correlation
X,gbm,100,0.03,0.01,0.25,,,,,
Y,heston,100,0.03,0.01,,0.04,1.0,0.05,0.6,-0.6
"""


def make_book(folder: Path, prefix: str = "") -> Book:
    lines = list(csv.reader(TRADES.replace("{0}", "").splitlines()))
    with (folder / "book.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([lines[0], *([prefix + line[0], *line[1:]] for line in lines[1:])])
    (folder / "market.csv").write_text(MARKET)
    return gk.read_portfolio(folder / "book.csv", market=folder / "market.csv")


def write(book: Book, folder: Path, **options: object) -> Report:
    chosen: dict[str, object] = {"effort": "quick", "paths": 2**15, "deterministic": True, "title": "t", "command": "c"}
    return gk.write_report(book, folder, **{**chosen, **options})
