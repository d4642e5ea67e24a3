"""What a reader is told to write, for numbers and words as brokers, spreadsheets and feeds write them."""

from __future__ import annotations

import pytest

from greeks.market.date_forms import iso_of
from greeks.portfolio.cells import CellError, parse_choice, parse_list, parse_number
from greeks.portfolio.lookalikes import disguise
from greeks.portfolio.spelling import number_remedy
from greeks.portfolio.words import did_you_mean, kind_hint

BLANK = "leave the cell blank for none"
REMEDIES = {
    "$105.00": "write 105.00, without the currency",
    "(10)": "write -10, with a minus sign for the parentheses",
    "($1,200.50)": "write -1200.50, without thousands separators, without the currency, "
    "with a minus sign for the parentheses",
    "1,200": "write 1200, without thousands separators",
    "1,00,000": "write 100000, without thousands separators",
    "1\u00a0000": "write 1000, without thousands separators",
    "1\u202f000,5": "write 1000.5, without thousands separators, with a decimal point",
    "1'000": "write 1000, without thousands separators",
    "1\u2019000": "write 1000, without thousands separators",
    "1.200,50": "write 1200.50, without thousands separators, with a decimal point",
    "1.234.567": "write 1234567, without thousands separators",
    "0,125": "write 0.125, with a decimal point",
    ",5": "write 0.5, with a decimal point",
    "--": BLANK,
    "\u2014": BLANK,
    "#N/A": BLANK,
    "NULL": BLANK,
    "#DIV/0!": "it is the error of a spreadsheet: mend its formula, or leave the cell blank for none",
    "1.5M": "write 1500000",
    "2bn": "write 2000000000",
    "10k": "write 10000",
    "5%": "write 0.05",
    "-0.5 %": "write -0.005",
    "25bp": "write 0.0025",
    "\u22125": "write -5, with a plain minus sign",
    "10-": "write -10, with the minus sign in front",
    "USD 105": "write 105, without the currency",
    "105 EUR": "write 105, without the currency",
    "-$105": "write -105, without the currency",
    "US$5": "write 5, without the currency",
    "\uff11\uff10\uff10": "write 100, in the digits 0 to 9",
    "'105": "write 105, without quotes",
    '="105"': "write 105, without quotes",
    "105\u200b": "write 105, without invisible characters",
    "07/18/2025": "it is a date, which belongs in the column expiry, as 2025-07-18",
    "18-Jul-2025": "it is a date, which belongs in the column expiry, as 2025-07-18",
}


@pytest.mark.parametrize("text", REMEDIES)
def test_remedy(text: str) -> None:
    assert number_remedy(text) == REMEDIES[text]
    with pytest.raises(CellError, match="cannot read"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "years"), [("3M", "0.25"), ("1Y", "1"), ("18 months", "1.5"), ("73d", "0.2"), ("1,5y", "1.5")]
)
def test_a_tenor_in_a_column_of_years(text: str, years: str) -> None:
    assert number_remedy(text, "maturity").startswith(f"write {years}, in years")


@pytest.mark.parametrize(
    "text", ["\u00b2", "10\u00b2", "=1+1", "1/2", "0x10", "1e", "abc", "1e5x", "M", "$", "()", "1,2,3", "1..2", "1 2"]
)
def test_no_value_is_offered_for_what_has_none(text: str) -> None:
    assert number_remedy(text) == ""


def test_a_remedy_is_itself_a_number_and_the_same_one() -> None:
    for text, remedy in REMEDIES.items():
        if remedy.startswith("write "):
            value = parse_number(remedy.removeprefix("write ").split(", ")[0])
            assert value or not any(digit in text for digit in "123456789")


@pytest.mark.parametrize(
    ("text", "items"),
    [("0.25,0.5", "0.25;0.5"), ("[0.25, 0.5]", "0.25;0.5"), ("0.25|0.5", "0.25;0.5"), ("0.25 0.5", "0.25;0.5")],
)
def test_lists_with_other_separators(text: str, items: str) -> None:
    with pytest.raises(CellError, match=f"as a list of numbers: write {items}$"):
        parse_list(text)


def test_words_for_a_choice() -> None:
    for text, meant in {"C": "call", "P": "put", "CE": "call", "PE": "put"}.items():
        with pytest.raises(CellError, match=f"^'{text}' is not one of call, put: write {meant}$"):
            parse_choice(text, ("call", "put"))
    assert parse_choice("CALL", ("call", "put")) == "call"


def test_words_for_a_product() -> None:
    products = ["european", "digital", "asian"]
    assert kind_hint("American put", [*products, "american"]) == ": write american, with option_type put"
    assert kind_hint("bermuda", [*products, "bermudan"]) == ": write bermudan"
    assert kind_hint("American", products) == ""
    assert kind_hint("vanilla", products) == ": write european"
    assert kind_hint("binary", products) == ": write digital"
    assert kind_hint("Put", products) == ": write european, with option_type put"
    assert kind_hint("asain", products) == '; did you mean "asian"?'
    assert kind_hint("equity", [*products, "stock"]) == ": write stock"
    assert kind_hint("Futures", [*products, "future"]) == ": write future"
    assert kind_hint("black-scholes", ["gbm", "heston"]) == ": write gbm"
    assert kind_hint("vanilla", ["gbm", "heston"]) == ""


def test_look_alikes_are_named() -> None:
    assert did_you_mean("SP\u0425", ["SPX"]) == "; it holds a Cyrillic '\u0425' (U+0425) for 'X': write \"SPX\""
    assert did_you_mean("SPX\u200b", ["SPX"]) == (
        '; it holds an invisible character, zero width space (U+200B): write "SPX"'
    )
    assert did_you_mean("spx", ["SPX"]) == '; did you mean "SPX"?'
    assert disguise("Z\u00fcrich \u65e5\u7d4c") == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("07/18/2025", "2025-07-18"), ("18/07/2025", "2025-07-18"), ("18.7.2025", "2025-07-18"),
        ("7/18/25", "2025-07-18"), ("2025/7/18", "2025-07-18"), ("20250718", "2025-07-18"), ("45856", "2025-07-18"),
        ("18-Jul-2025", "2025-07-18"), ("18JUL25", "2025-07-18"), ("18 July 2025", "2025-07-18"),
        ("Jul 18, 2025", "2025-07-18"), ("2025-07-18 00:00:00", "2025-07-18"), ("07/07/2025", "2025-07-07"),
        ("01/02/2030", "2030-01-02 or 2030-02-01, whichever is meant"), ("2025-02-30", ""), ("13/13/2025", ""),
        ("soon", ""), ("", ""), ("1.5", ""), ("100", ""), ("18-Foo-2025", ""), ("Ju 18, 2025", ""),
    ],
)  # fmt: skip
def test_dates_in_other_forms(text: str, day: str) -> None:
    assert iso_of(text) == day
