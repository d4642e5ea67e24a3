"""A header that names a term of a trade is never a label: the right name is told, and the right value follows."""

from __future__ import annotations

import pytest

import greeks as gk
from greeks.errors import PortfolioError
from greeks.portfolio import trade_names
from greeks.portfolio.trades import names
from greeks.portfolio.vocabulary import plain

HEADER = "trade_id,underlying,product,option_type,strike,maturity"
MARKET = "underlying,spot,rate,volatility\nSPX,100,0.05,0.2\n"
MEANT = {
    "quantity": [
        "contracts", "lots", "position", "number", "units", "trade_quantity", "Qty.", "qty", "Net Qty", "No. of Contracts",
        "open-position", "Trade Quantity", "shares", "holding", "number_of_contract",
    ],
    "multiplier": [
        "contract_size", "Contract Size", "contractSize", "contract_multiplier", "lot_size", "point_value",
        "Value per Point", "mult", "contract.size", "contrct_size", "shares_per_contract",
        "Lot Size (units)", "Contract Size [bbl]",
    ],
    "exercise": ["exercise_style", "Exercise Style", "exerciseType", "option_style"],
    "averaging": ["averaging_type", "Average Type", "averageType"],
    "cash": ["cash_amount", "Cash Amount", "payout_amount", "cashPayoff"],
    "strike": ["Strike Price", "exercise_price", "k"],
    "expiry": ["expiration", "Expiration Date", "expDate", "last_trade_date", "lastTradeDateOrContractMonth"],
    "maturity": ["ttm", "T", "time to expiry", "year_fraction"],
    "option_type": ["call_put", "Put/Call", "C/P", "cp_flag", "right", "flag"],
    "payout": ["payout_type"],
    "fixings": ["number_of_fixings", "observations"],
    "past_fixings_sum": ["running_accumulator"],
}  # fmt: skip
TOLD = {
    "size": "write quantity, or multiplier",
    "nominal": "write quantity and multiplier",
    "notional": "write quantity and multiplier",
    "Notional Amount": "write quantity and multiplier",
    "amount": "write quantity, or cash",
    "side": "sign the quantity instead, 10 for a purchase and -10 for a sale (or declare it a label: --labels side)",
    "Buy/Sell": "sign the quantity instead",
    "LongShort": "sign the quantity instead",
    "iv": 'did you mean "volatility"?',
    "IV": 'did you mean "volatility"?',
    "vol": 'did you mean "volatility"?',
    "sigma": 'did you mean "volatility"?',
    "implied_vol": 'did you mean "volatility"?',
    "impliedVolatility": 'did you mean "volatility"?',
    "spot": "belongs in the market file",
    "q": "belongs in the market file",
    "pay_date": "write it as payment_lag, in calendar days, or as payment_date",
    "settlement_lag": "a payment after the expiry",
    "Settle Date": "a payment after the expiry",
    "DTE": "write maturity in years, days / 365, or expiry",
    "Days to Expiry": "write maturity in years, days / 365, or expiry",
    "tenor": "0.25 for 3M",
    "Participation Rate": "scales what is paid in some files: write multiplier",
    "weight": "scales what is paid in some files: write multiplier",
    "floor": "limits what is paid",
    "type": "write product, or option_type",
    "lower_strike": "write one row for each option",
    "as_of": "--as-of YYYY-MM-DD",
    "currency": "belongs in the market file",
    "trade_ccy": "the market file's column currency",
    "quanto": "in another currency",
    "fx_rate": "--fx FILE",
    "knock_out": "write barrier_type, such as up-and-out, and barrier",
    "barrier1": "write lower_barrier and upper_barrier",
    "running_average": "write past_fixings_sum = mean x count",
    "strike_of_leg_2": "seems to be a term of the trade: write strike (or declare it a label: --labels strike_of_leg_2)",
    "Vega Notional": "seems to be a term of the trade: write quantity and multiplier",
    "smile vol": "seems to be a term of the trade: write volatility (or declare it a label: --labels 'smile vol')",
    "Contract Mult": "seems to be a term of the trade: write multiplier",
    "Settle Lag (days)": "a payment after the expiry",
    "up_barrier_pct": "write barrier_type, barrier and rebate",
    "level": "is a column of the results",
    "trades": "is a column of the results",
    "status": "is a column of the results",
}
LABELS = [
    "desk", "book", "trader", "strategy", "portfolio", "counterparty", "cpty", "sector", "region", "client", "account",
    "fund", "notes", "comment", "description", "isin", "ric", "trade_date", "entry_date", "broker", "exchange", "venue",
    "pnl", "mtm", "cost", "premium", "avg_price", "commission", "margin", "tag", "team", "legal_entity", "hedge_id",
    "structure", "leg", "parent_id", "group", "asset_class", "country", "rating", "user", "open_interest", "symbol",
    "strike_bucket", "expiry_group", "vol_desk", "quantity_source", "last", "mark", "delta", "created_by", "version",
    "global", "local", "monitor", "capital", "starter", "Instrument", "deal_id",
]  # fmt: skip


def read(folder, row, **options):
    """A book of one trade with the given cells."""
    cells = {"trade_id": "A1", "underlying": "SPX", "product": "european", "option_type": "call", "strike": "100",
             "maturity": "1", **row}  # fmt: skip
    (folder / "b.csv").write_text("\n".join(",".join(part) for part in (cells, cells.values())) + "\n")
    (folder / "m.csv").write_text(MARKET)
    return gk.read_portfolio(folder / "b.csv", market=folder / "m.csv", **options)


def problems(folder, row, **options):
    with pytest.raises(PortfolioError) as caught:
        read(folder, row, **options)
    return {issue.column: issue.message for issue in caught.value.issues}


def price(folder, row):
    return gk.run(read(folder, row), paths=4096, greeks="price").trades.position_value[0]


@pytest.mark.parametrize(("column", "name"), [(column, name) for column in MEANT for name in MEANT[column]])
def test_another_word_names_the_column(tmp_path, column, name):
    assert problems(tmp_path, {name: "1"})[name].startswith(f'is unknown: did you mean "{column}"?')


@pytest.mark.parametrize("name", TOLD)
def test_what_has_no_column_says_what_to_do(tmp_path, name):
    assert TOLD[name] in problems(tmp_path, {name: "1"})[name]


@pytest.mark.parametrize("name", LABELS)
def test_what_groups_trades_is_a_label(tmp_path, name):
    assert read(tmp_path, {name: "x"}).label_columns == (name,)


def test_the_vocabulary_is_consistent():
    """Every word means one thing, points at a column that exists, and is no column itself."""
    tables = (trade_names._MEANT, trade_names._TOLD, trade_names._IDENTIFIERS)
    words = [word for table in tables for part in table.values() for word in {plain(name) for name in part}]
    assert len(words) == len(set(words)), sorted(word for word in set(words) if words.count(word) > 1)
    assert set(trade_names._MEANT) | set(trade_names._IDENTIFIERS) <= set(names().known)
    # Of these a desk means one thing and a product another: the column is read, and elsewhere told.
    assert {plain(name) for name in names().known} & set(words) <= {"direction", "notional"}


@pytest.mark.parametrize(
    ("name", "column"),
    [("deal_id", "trade_id"), ("Ticker", "underlying"), ("symbol", "underlying"), ("instrument", "product")],
)
def test_another_word_for_an_identifier_that_is_missing(tmp_path, name, column):
    (tmp_path / "b.csv").write_text(f"{HEADER.replace(column, name)}\nA1,SPX,european,call,100,1\n")
    (tmp_path / "m.csv").write_text(MARKET)
    with pytest.raises(PortfolioError) as caught:
        gk.read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv")
    assert [str(issue).split("b.csv:")[1] for issue in caught.value.issues] == [
        f'1: column {name}: is unknown: did you mean "{column}"?'
    ]


def test_right_values_under_the_right_names(tmp_path):
    assert price(tmp_path, {"multiplier": "100"}) == pytest.approx(100 * price(tmp_path, {}), rel=1e-12)
    put = {"option_type": "put", "strike": "110"}
    assert price(tmp_path, {**put, "exercise": "European"}) == pytest.approx(10.6753, abs=5e-5)
    assert price(tmp_path, {"product": "digital", "cash": "1000"}) == pytest.approx(532.32, abs=5e-3)
    assert price(tmp_path, {"quantity": "-10"}) == pytest.approx(-10 * price(tmp_path, {}), rel=1e-12)


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("exercise", "A", "'A' is not one of european, american, bermudan"),
        ("exercise_dates", "2026-06-01", "leave it blank, or write bermudan in the column product"),
        ("barrier", "90", "'90' has no meaning for product european"),
        ("barrier_type", "up-and-out", "'up-and-out' has no meaning for product european"),
        ("payment_lag", "T+2", "cannot read 'T+2' as a number"),
        ("coupon", "0.1", "'0.1' has no meaning for product european"),
    ],
)
def test_terms_that_would_change_the_value_are_refused(tmp_path, column, text, message):
    assert message in problems(tmp_path, {column: text})[column]


@pytest.mark.parametrize(
    ("column", "text"),
    [("exercise", "european"), ("exercise", "EUROPEAN"), ("exercise", ""), ("barrier", ""), ("payment_lag", "0")],
)
def test_terms_without_effect_are_accepted(tmp_path, column, text):
    assert read(tmp_path, {column: text}).trades[0].payoff == read(tmp_path, {}).trades[0].payoff
    assert not read(tmp_path, {column: text}).label_columns


def test_american_under_another_name_is_named_too(tmp_path):
    found = problems(tmp_path, {"exercise_style": "American"})
    assert found["exercise_style"] == 'is unknown: did you mean "exercise"?'


def test_a_european_that_is_exercised_early_is_another_product(tmp_path):
    """And is worth what that is: never a European."""
    put = {"option_type": "put", "strike": "110"}
    american = read(tmp_path, {**put, "exercise": "American"}).trades[0].payoff
    assert american == read(tmp_path, {**put, "product": "american"}).trades[0].payoff
    assert american == gk.American("put", strike=110.0, maturity=1.0)
    assert price(tmp_path, {**put, "exercise": "american"}) == pytest.approx(11.9728, abs=5e-5)
    bermudan = read(tmp_path, {**put, "exercise": "bermudan", "exercises": "4"}).trades[0].payoff
    assert bermudan == gk.Bermudan("put", strike=110.0, maturity=1.0, exercises=4)
    assert "give exactly one of exercises" in str(problems(tmp_path, {**put, "exercise": "bermudan"}))


@pytest.mark.parametrize(
    ("product", "style", "message"),
    [
        (
            "american",
            "european",
            "'european' is not how product american is exercised: write american, or leave it blank",
        ),
        ("american", "bermudan", "'bermudan' is not how product american is exercised"),
        (
            "digital",
            "american",
            "exercise before the end is available for calls and puts alone, and a European digital",
        ),
    ],
)
def test_an_exercise_that_is_not_that_of_the_product_is_refused(tmp_path, product, style, message):
    assert message in problems(tmp_path, {"product": product, "exercise": style})["exercise"]


def test_another_word_beside_the_column_may_be_declared(tmp_path):
    assert problems(tmp_path, {"quantity": "2", "lots": "1"}) == {
        "lots": 'is unknown: did you mean "quantity"? It is there too: leave this one out (or declare it a label: --labels lots)'
    }
    assert read(tmp_path, {"quantity": "2", "lots": "1"}, labels="lots").trades[0].quantity == 2


def test_declared_labels(tmp_path):
    row = {"desk": "x", "side": "BUY", "vol_of_leg": "y", "spot": "1"}
    assert read(tmp_path, row, labels="desk, Side,vol_of_leg,spot").label_columns == tuple(row)
    assert read(tmp_path, row, labels=list(row)).trades[0].labels == row
    found = problems(tmp_path, {"desk": "x", "team": "y"}, labels=["desk"])
    assert found == {"team": "is no column, and not among the declared labels: add it to --labels, or leave it out"}
    assert set(problems(tmp_path, {"desk": "x"}, labels=())) == {"desk"}
    found = problems(tmp_path, {"desk": "x"}, labels="dsk,desk")
    assert found == {"dsk": 'is declared as a label, and is missing from the header; did you mean "desk"?'}
    assert "is a column of its own" in problems(tmp_path, {"quantity": "1"}, labels="quantity")["quantity"]
    assert "results" in problems(tmp_path, {"status": "1"}, labels="status")["status"]
