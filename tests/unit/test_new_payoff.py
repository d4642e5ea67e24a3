"""A payoff that is registered is everywhere: files, templates, schema, options, results and reports ask the registry."""

from __future__ import annotations

import json
from dataclasses import KW_ONLY, InitVar
from datetime import date
from typing import Any, ClassVar, Literal

import pytest
from click.testing import CliRunner
from greeks_cli.main import cli

import greeks as gk
from greeks.core.workspace import Array, Workspace
from greeks.errors import PortfolioError
from greeks.market.dates import valuation
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.dated import OR_EXPIRY, Dated, Moment
from greeks.payoffs.kernels import ramp
from greeks.payoffs.registry import PAYOFFS
from greeks.spec import Maturity, Price, Prices, spec

MARKET = "underlying,spot,rate,volatility\nX,100,0.05,0.2\n"
HEADER = (
    "trade_id,underlying,product,option_type,strike,maturity,ladder_type,rungs,knocked,window_start,roll_date,rebate"
)


@spec
class Ladder(Dated):
    """A call for the tests, with a field of every kind.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
        > 0, in currency.
    maturity : float
        Years, >= 0.
    ladder_type : {"up-and-out", "down-and-in"}
        What a rung does.
    rungs : sequence of float
        Levels of the ladder, in currency.
    knocked : bool, default False
    window_start : float, str or date, optional
        Years or a date.
    roll_date : str or date, optional
    rebate : float, default 0
    """

    kind: ClassVar[str] = "ladder"
    smoothness: ClassVar[Smoothness] = "discontinuous"
    positive: ClassVar[bool] = True
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY
    ladder_type: Literal["up-and-out", "down-and-in"] = "up-and-out"
    rungs: Prices
    knocked: bool = False
    rebate: float = 0.0
    window_start: InitVar[Moment | None] = None
    roll_date: InitVar[date | str | None] = None

    def __post_init__(self, expiry: Any, as_of: Any, window_start: Any, roll_date: Any) -> None:
        start = valuation(as_of)
        self._mature(expiry, start)
        object.__setattr__(self, "begins", self._years("window_start", window_start, start))

    def dates(self) -> tuple[float, ...]:
        return (self.maturity,)

    def settled(self, spot: float) -> float | None:
        return None

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        ramp(paths.spot[-1], 1.0, -self.strike, paths.count, out)


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(PAYOFFS, "ladder", Ladder)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "m.csv").write_text(MARKET)
    return tmp_path


def book(folder, *rows, **options):
    (folder / "b.csv").write_text("\n".join((HEADER, *rows)) + "\n")
    return gk.read_portfolio(folder / "b.csv", market=folder / "m.csv", **options)


def messages(folder, *rows, **options):
    with pytest.raises(PortfolioError) as caught:
        book(folder, *rows, **options)
    return [f"{issue.line} {issue.column}: {issue.message}" for issue in caught.value.issues]


def command(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_it_is_read_from_a_file_and_valued_as_in_python(folder):
    row = "A,X,ladder,call,100,1,Up-And-Out,110;120,yes,0.25,,2"
    found = book(folder, row)
    trade = found.trades[0].payoff
    assert trade == Ladder("call", strike=100, maturity=1, rungs=(110, 120), knocked=True, rebate=2)
    assert trade.begins == 0.25
    priced = gk.run(found, paths=4096, greeks="price", estimators="lr").trades
    assert priced["product"][0] == "ladder"
    assert abs(priced.value[0] - 10.45) < 4 * priced.standard_error[0]


def test_years_and_dates_stand_in_one_column(folder):
    dated = book(folder, "A,X,ladder,call,100,1,,110,no,2026-04-01,2026-02-01,", as_of="2026-01-01")
    assert dated.trades[0].payoff.begins == pytest.approx(90 / 365)
    assert messages(folder, "A,X,ladder,call,100,1,,110,no,2026-04-01,2026-02-01,") == [
        "2 window_start: '2026-04-01' needs a valuation date: give --as-of YYYY-MM-DD (as_of in Python)",
        "2 roll_date: '2026-02-01' needs a valuation date: give --as-of YYYY-MM-DD (as_of in Python)",
    ]
    assert messages(folder, "A,X,ladder,call,100,1,,110,no,04/13/2026,soon,", as_of="2026-01-01") == [
        "2 window_start: cannot read '04/13/2026' as a date: write 2026-04-13",
        "2 roll_date: cannot read 'soon' as a date: write YYYY-MM-DD, or with a time of day YYYY-MM-DDTHH:MM:SS-05:00",
    ]
    assert messages(folder, "A,X,ladder,call,100,1,,110,no,2025-04-01,,", as_of="2026-01-01") == [
        "2 window_start: '2025-04-01' is before the valuation date 2026-01-01"
    ]


def test_every_wrong_cell_is_told_in_one_pass(folder):
    assert messages(folder, "A,X,ladder,call,100,1,up_and_out,110|120,Y,3M,,$2", "B,X,ladder,call,100,1,,110,1,,,") == [
        "2 ladder_type: 'up_and_out' is not one of up-and-out, down-and-in: write up-and-out",
        "2 rungs: cannot read '110|120' as a list of numbers: write 110;120",
        "2 knocked: 'Y' is not one of yes, no: write yes",
        "2 rebate: cannot read '$2' as a number: write 2, without the currency",
        "2 window_start: cannot read '3M' as a number: write 0.25, in years",
        "3 knocked: '1' is not one of yes, no: write yes",
    ]
    assert messages(folder, "B,X,ladder,call,100,1,,,,,,") == ["2 rungs: is blank, and product ladder needs it"]
    assert messages(folder, "C,X,european,call,100,1,,110,,,,") == [
        "2 rungs: '110' has no meaning for product european: leave it blank, or write ladder in the column product"
    ]


def test_a_flag_is_yes_or_no_in_every_kind_of_file(folder):
    for text, flag in (("yes", True), ("NO", False), ("true", True), ("False", False), ("", False)):
        assert book(folder, f"A,X,ladder,call,100,1,,110,{text},,,").trades[0].payoff.knocked is flag
    entry = {
        "trade_id": "A",
        "underlying": "X",
        "product": "ladder",
        "option_type": "call",
        "strike": 100,
        "maturity": 1,
    }
    entry |= {"rungs": [110, 120], "knocked": True}
    market = [{"underlying": "X", "spot": 100, "volatility": 0.2}]
    (folder / "b.json").write_text(json.dumps({"trades": [entry], "market": market}))
    assert gk.read_portfolio(folder / "b.json").trades[0].payoff.knocked


def test_defaults_that_were_taken_are_told(folder):
    notes = " ".join(book(folder, "A,X,ladder,call,100,1,,110,,,,").notes)
    assert "column knocked is blank: no for every ladder" in notes
    assert "column ladder_type is blank: up-and-out for every ladder" in notes


def test_a_slip_of_its_column_is_told(folder):
    (folder / "b.csv").write_text(HEADER.replace("ladder_type", "ladder type") + "\nA,X,ladder,call,100,1,,110,,,,\n")
    with pytest.raises(PortfolioError, match='did you mean "ladder_type"'):
        gk.read_portfolio(folder / "b.csv", market=folder / "m.csv")


def test_it_has_a_template_a_schema_and_a_place_in_the_facts(folder):
    (folder / "b.csv").write_text(command("template", "ladder").stdout)
    (folder / "t.csv").write_text(command("template", "market").stdout)
    assert [trade.payoff.kind for trade in gk.read_portfolio(folder / "b.csv", market=folder / "t.csv").trades] == [
        "ladder"
    ]
    assert "ladder-1" in command("template").stdout
    kinds = json.loads(command("schema").stdout)["properties"]["trades"]["items"]["oneOf"]
    mine = next(kind for kind in kinds if kind["properties"]["product"]["const"] == "ladder")
    assert mine["properties"]["rungs"]["description"] == "Levels of the ladder, in currency"
    assert mine["properties"]["ladder_type"]["enum"] == ["up-and-out", "down-and-in"]
    assert "ladder" in json.loads(command("info", "--json").stdout)["products"]


def test_its_fields_are_options(folder):
    given = ("one", "ladder", "call", "--spot", 100, "--strike", 100, "--maturity", 1, "--volatility", 0.2)
    got = command(
        *given, "--rungs", "110;120", "--knocked", "yes", "--greeks", "price", "--paths", 4096, "--format", "csv"
    )
    assert got.exit_code == 0, got.output
    assert "trade,,ladder,gbm,price" in got.stdout
    wrong = command(*given, "--rungs", "110,120", "--knocked", "perhaps", "--window-start", "1 Apr 2026")
    assert wrong.exit_code != 0
    text = command("one", "ladder", "--help").stdout
    assert "--rungs X;X;..." in text
    assert "Levels of the ladder, in currency" in text
    assert "--window-start X|DATE" in text
    assert "--fixings" not in text
    assert "--fixings" in command("one", "--help").stdout


def test_the_report_has_it(folder):
    found = book(folder, "A,X,ladder,call,100,1,,110,,,,")
    report = gk.write_report(found, folder / "report", effort="quick", paths=4096)
    assert "ladder up-and-out gbm" in report.html.read_text()
