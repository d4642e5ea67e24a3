"""Files that are no table of trades as it should be, by kind, and the exact lines a user reads for each."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile

from bad_files import GOOD, HEADER

AS_CSV = "open it in a spreadsheet and save the sheet as CSV UTF-8 (comma delimited)"
PACKED = "unpack it, and give the CSV inside"
ROWS = GOOD.splitlines(keepends=True)[1]


def archive(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name in names:
            packed.writestr(name, GOOD)
    return data.getvalue()


def book(**columns: list[str]) -> str:
    """Trades that differ in the columns given."""
    count = max(map(len, columns.values()))
    base = {
        "trade_id": [f"A{i}" for i in range(1, count + 1)],
        "underlying": ["SPX"] * count,
        "product": ["european"] * count,
        "option_type": ["call"] * count,
        "strike": ["100"] * count,
        "maturity": ["1"] * count,
        **columns,
    }
    rows = zip(*base.values(), strict=True)
    return "\n".join([",".join(base), *(",".join(f'"{cell}"' for cell in row) for row in rows), ""])


def whole(column: str, values: list[str], message: str, **columns: list[str]) -> tuple[str, list[str]]:
    """A file where a column is written in another way throughout: one line, for the first of its rows."""
    return book(**{column: values}, **columns), [f"b.csv:2: trade A1: column {column}: {message}"]


STRIKES = [f"{100 + i}.00" for i in range(50)]

# name: content of b.csv, lines on stderr
KINDS: dict[str, tuple[str | bytes, list[str]]] = {
    "xlsx": (archive("[Content_Types].xml", "xl/workbook.xml"), [f"b.csv: the file is an Excel workbook (.xlsx): {AS_CSV}"]),
    "ods": (archive("mimetype", "content.xml"), [f"b.csv: the file is the document of a spreadsheet: {AS_CSV}"]),
    "zip": (archive("book.csv"), [f"b.csv: the file is a zip archive: {PACKED}"]),
    "broken zip": (archive("book.csv")[:60], [f"b.csv: the file is a zip archive: {PACKED}"]),
    "gzip": (gzip.compress(GOOD.encode()), [f"b.csv: the file is compressed with gzip: {PACKED}"]),
    "bzip2": (bz2.compress(GOOD.encode()), [f"b.csv: the file is compressed with bzip2: {PACKED}"]),
    "xz": (lzma.compress(GOOD.encode()), [f"b.csv: the file is compressed with xz: {PACKED}"]),
    "parquet": (
        b"PAR1\x15\x04\x15\x10PAR1",
        ["b.csv: the file is Parquet: write it as CSV, as pandas.read_parquet(FILE).to_csv(CSV, index=False) does"],
    ),
    "xls": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512),
        [f"b.csv: the file is an old Excel workbook (.xls), or one with a password: {AS_CSV}"],
    ),
    "utf-16": (GOOD.encode("utf-16"), ["b.csv: the file is UTF-16: save it as UTF-8"]),
    "utf-16 without a mark": (GOOD.encode("utf-16-le"), ["b.csv: the file is UTF-16: save it as UTF-8"]),
    "utf-32": (GOOD.encode("utf-32"), ["b.csv: the file is UTF-32: save it as UTF-8"]),
    "web page": (
        "<html><table><tr><td>A1</td></tr></table></html>",
        [f"b.csv: the file is a web page or XML, whatever its name: {AS_CSV}"],
    ),
    "binary": (
        bytes(range(1, 32)) * 8 + GOOD.encode(),
        ["b.csv: the file is binary, and no text: write its table as CSV"],
    ),
    "quoted cells between semicolons": (
        '"trade_id";"underlying";"product"\n"A1";"SPX";"european"\n',
        ["b.csv:1: the header is one single column: separate the columns by commas"],
    ),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", ["b.csv: the file is a PDF: ask for the data as CSV"]),
    "preamble": (
        f"Positions of account 17\nAs of 2026-01-02\n{GOOD}",
        ["b.csv:1: the header seems to be on line 3: remove the 2 lines before it"],
    ),
    "preamble of many columns": (
        f"Account,17,,,,\n\nDate,2026-01-02,,,,\n{GOOD}",
        ["b.csv:1: the header seems to be on line 4: remove the 3 lines before it"],
    ),
    "preamble, and a problem behind it": (
        f"Positions\n{HEADER}\nA1,SPX,european,call,x,1\n",
        [
            "b.csv:1: the header seems to be on line 2: remove the line before it",
            "b.csv:3: trade A1: column strike: cannot read 'x' as a number",
        ],
    ),
    "sep=,": (
        f"sep=,\n{GOOD}",
        ["b.csv:1: the header seems to be on line 2: remove the line before it: sep= is for spreadsheets"],
    ),
    "sep=;": (
        f"sep=;\n{GOOD.replace(',', ';')}",
        [
            "b.csv:1: the header seems to be on line 2: remove the line before it: sep= is for spreadsheets",
            "b.csv:2: the header is one single column: separate the columns by commas",
        ],
    ),
    "comments before the header": (
        f"# made by the system\n# on Monday\n{GOOD}",
        ["b.csv:1: the header seems to be on line 3: remove the 2 lines before it: these files have no comments"],
    ),
    "header as a comment": (
        f"# {GOOD}",
        ["b.csv:1: the header is a comment: remove the # before trade_id"],
    ),
    "comment among the rows": (
        f"{GOOD}# the rest is old\n",
        ["b.csv:3: the row is a comment, which these files do not have: remove it"],
    ),
    "total": (f"{GOOD}Total,,,,100,\n", ["b.csv:3: the row seems to be a total ('Total'): remove it"]),
    "grand total of few cells": (
        f"{GOOD}Grand Total,100\n",
        ["b.csv:3: the row seems to be a total ('Grand Total'): remove it"],
    ),
    "subtotals": (
        f"{GOOD}Subtotal SPX,,,,,\n{ROWS.replace('A1', 'A2')},,,,,\n",
        ["b.csv:3: the row seems to be a total ('Subtotal SPX'): remove it"],
    ),
    "footnote": (
        f"{GOOD}Source: the system\n",
        ["b.csv:3: the row holds 'Source: the system' and nothing else: remove it, if it is a footnote"],
    ),
    "wide chain": (
        "call_bid,call_ask,strike,put_bid,put_ask\n1,2,100,3,4\n",
        [
            "b.csv:1: is an option chain, with the call and the put of a strike in one row: write one row for each "
            "option you hold, with option_type call or put, as greeks template shows"
        ],
    ),
    "wide chain of two header lines": (
        "CALLS,,,,PUTS,,\nOI,Bid,Ask,STRIKE,Bid,Ask,OI\n1,1,2,100,3,4,9\n",
        [
            "b.csv:1: is an option chain, with the call and the put of a strike in one row: write one row for each "
            "option you hold, with option_type call or put, as greeks template shows"
        ],
    ),
    "wide chain with a preamble": (
        "SPX Index\nDate: 2026\n\nExpiration Date,Calls,Bid,Ask,IV,Strike,Puts,Bid,Ask,IV\n2026-12-18,C1,1,2,.1,5,P1,3,4,.1\n",
        [
            "b.csv:4: is an option chain, with the call and the put of a strike in one row: write one row for each "
            "option you hold, with option_type call or put, as greeks template shows"
        ],
    ),
    "symbols for trades": (
        "symbol,quantity\nAAPL261218C00150000,10\nAAPL261218P00140000,10\n",
        [
            "b.csv:2: column symbol: 'AAPL261218C00150000' holds four terms, which have columns of their own: "
            "write underlying AAPL, expiry 2026-12-18, option_type call, strike 150"
        ],
    ),
    "symbol as an underlying": (
        book(underlying=["AAPL  261218P00152500"]),
        [
            "b.csv:2: trade A1: column underlying: 'AAPL  261218P00152500' is not in the market file; it is the symbol "
            "of an option: write underlying AAPL, expiry 2026-12-18, option_type put, strike 152.5"
        ],
    ),
    "no maturity at all": (
        "trade_id,underlying,product,option_type,strike\n"
        + "".join(f"A{i},SPX,european,call,100\n" for i in range(1, 5001)),
        [
            "b.csv:2: trade A1: column maturity: is blank, and so is expiry: give one of them, in years or as a date "
            "(and in 4,999 more rows)"
        ],
    ),
    "C and P": (
        book(option_type=["C", "P"] * 30),
        [
            "b.csv:2: trade A1: column option_type: 'C' is not one of call, put: write call (and in 29 more rows)",
            "b.csv:3: trade A2: column option_type: 'P' is not one of call, put: write put (and in 29 more rows)",
        ],
    ),
    "CE and PE": (
        book(option_type=["CE", "PE"]),
        [
            "b.csv:2: trade A1: column option_type: 'CE' is not one of call, put: write call",
            "b.csv:3: trade A2: column option_type: 'PE' is not one of call, put: write put",
        ],
    ),
    "american option": (
        book(product=["american option"] * 9),
        [
            "b.csv:2: trade A1: column product: unknown product 'american option': write american (and in 8 more rows)"
        ],
    ),
    "$105.00": whole(
        "strike",
        [f"${strike}" for strike in STRIKES],
        "cannot read '$100.00' as a number: write 100.00, without the currency (and the like in 49 more rows)",
    ),
    "(10)": whole(
        "quantity",
        [f"({10 + i})" for i in range(40)],
        "cannot read '(10)' as a number: write -10, with a minus sign for the parentheses "
        "(and the like in 39 more rows)",
    ),
    "1,200": whole(
        "strike",
        [f"1,{200 + i}" for i in range(40)],
        "cannot read '1,200' as a number: write 1200, without thousands separators (and the like in 39 more rows)",
    ),
    "--": whole(
        "quantity",
        ["--"] * 40,
        "cannot read '--' as a number: leave the cell blank for none (and in 39 more rows)",
    ),
    "#N/A": whole(
        "quantity",
        ["#N/A"] * 40,
        "cannot read '#N/A' as a number: leave the cell blank for none (and in 39 more rows)",
    ),
    "1.5M": whole("quantity", ["1.5M"], "cannot read '1.5M' as a number: write 1500000"),
    "3M": whole("maturity", ["3M"] * 9, "cannot read '3M' as a number: write 0.25, in years (and in 8 more rows)"),
    "07/18/2025": whole(
        "expiry",
        ["07/18/2025"] * 40,
        "cannot read '07/18/2025' as a date: write 2025-07-18 (and in 39 more rows)",
        maturity=[""] * 40,
    ),
    "a character that cannot be seen in a header": (
        GOOD.replace("strike", "stri\u200bke"),
        [
            r"b.csv:1: column stri\u200bke: holds an invisible character, zero width space (U+200B): write 'strike'",
        ],
    ),
    "a Cyrillic letter in a header": (
        GOOD.replace("maturity", "m\u0430turity"),
        ["b.csv:1: column m\u0430turity: holds a Cyrillic '\u0430' (U+0430) for 'a': write 'maturity'"],
    ),
    "a Cyrillic letter in a cell": (
        book(underlying=["SP\u0425"]),
        [
            "b.csv:2: trade A1: column underlying: 'SP\u0425' is not in the market file; it holds a Cyrillic "
            "'\u0425' (U+0425) for 'X': write \"SPX\""
        ],
    ),
}  # fmt: skip
