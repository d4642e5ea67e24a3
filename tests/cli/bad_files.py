"""Every kind of bad file, and the exact lines a user reads for it."""

from __future__ import annotations

from typing import Any

MARKET = "underlying,spot,rate,volatility\nSPX,100,0.05,0.2\n"
HEADER = "trade_id,underlying,product,option_type,strike,maturity"
GOOD = f"{HEADER}\nA1,SPX,european,call,100,1\n"
ASIAN = f"{HEADER},averaging,average_of,fixings,fixing_times,past_fixings_sum,past_fixings_count"
EXPIRY = "trade_id,underlying,product,option_type,strike,maturity,expiry"


def european(**cells: str) -> str:
    """A file with one trade, some of its cells replaced or added."""
    row = {
        "trade_id": "A1", "underlying": "SPX", "product": "european", "option_type": "call", "strike": "100",
        "maturity": "1", **cells,
    }  # fmt: skip
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


def market(**cells: str) -> str:
    row = {"underlying": "SPX", "spot": "100", "rate": "0.05", "volatility": "0.2", **cells}
    return ",".join(row) + "\n" + ",".join(row.values()) + "\n"


# name: portfolio, market, lines on stderr. Files are called b.csv and m.csv; None is a file that is not there.
CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "no portfolio": (None, MARKET, ["b.csv: cannot read the file: No such file or directory"]),
    "no market": (GOOD, None, ["m.csv: cannot read the file: No such file or directory"]),
    "neither": (
        None,
        None,
        [
            "b.csv: cannot read the file: No such file or directory",
            "m.csv: cannot read the file: No such file or directory",
        ],
    ),
    "empty": ("", MARKET, ["b.csv: the file is empty: it needs a header and at least one row"]),
    "blank lines only": ("\n\n \n", MARKET, ["b.csv: the file is empty: it needs a header and at least one row"]),
    "header only": (HEADER + "\n", MARKET, ["b.csv: the file has a header but no rows"]),
    "market header only": (GOOD, "underlying,spot,volatility\n", ["m.csv: the file has a header but no rows"]),
    "latin-1": (
        GOOD.encode() + "A2,SPX,european,call,100,1é\n".encode("latin-1"),
        MARKET,
        [
            "b.csv:3: byte 0xe9 at offset 109 is not UTF-8: save the file as UTF-8",
            "b.csv:3: trade A2: column maturity: cannot read '1\ufffd' as a number",
        ],
    ),
    "utf-16": (GOOD.encode("utf-16"), MARKET, ["b.csv: the file is UTF-16: save it as UTF-8"]),
    "nul": (
        GOOD + "A2,SPX,european,call,1\x0000,1\n",
        MARKET,
        ["b.csv:3: the row holds a NUL byte: the file is damaged or binary"],
    ),
    "semicolons": (
        GOOD.replace(",", ";"),
        MARKET,
        ["b.csv:1: the header is one single column: separate the columns by commas"],
    ),
    "missing columns": (
        "trade_id,underlying,option_type\nA1,SPX,call\n",
        MARKET,
        [
            "b.csv:1: column product: is missing from the header",
            "b.csv:2: trade A1: column maturity: is blank, and so is expiry: give one of them, in years or as a date",
        ],
    ),
    "slip in the header": (
        GOOD.replace("strike", "strik"),
        MARKET,
        ['b.csv:1: column strik: is unknown: did you mean "strike"?'],
    ),
    "other word in the header": (
        european(qty="5", expiration=""),
        MARKET,
        [
            'b.csv:1: column qty: is unknown: did you mean "quantity"?',
            'b.csv:1: column expiration: is unknown: did you mean "expiry"?',
        ],
    ),
    "column twice": (
        european(Strike="100"),
        MARKET,
        ["b.csv:1: column Strike: the same column as strike: keep one of them"],
    ),
    "label twice": (european(desk="a", Desk="b"), MARKET, ["b.csv:1: column Desk: appears twice"]),
    "result name as label": (
        european(status="new"),
        MARKET,
        ["b.csv:1: column status: is a column of the results: choose another name for a label"],
    ),
    "market column in the portfolio": (
        european(spot="100"),
        MARKET,
        ["b.csv:1: column spot: belongs in the market file, in the row of the underlying"],
    ),
    "too few cells": (
        GOOD + "A2,SPX,european,call,100\n",
        MARKET,
        ["b.csv:3: the row has 5 cells and the header 6: a comma is missing"],
    ),
    "too many cells": (
        GOOD + "A2,SPX,european,call,1,000,1\n",
        MARKET,
        ["b.csv:3: the row has 7 cells and the header 6: quote a cell that holds a comma, or remove one"],
    ),
    "cell under no name": (
        f"{HEADER},\nA1,SPX,european,call,100,1,x\n",
        MARKET,
        ["b.csv:2: trade A1: cell 7 holds 'x', and the header has no name for it"],
    ),
    "open quote": (
        GOOD + 'A2,"SPX,european\n',
        MARKET,
        ["b.csv:3: a quoted cell that starts in this row is never closed"],
    ),
    "text after a quote": (
        GOOD + '"A"2,SPX,european,call,100,1\n',
        MARKET,
        ['b.csv:3: text follows a closing quote: write "" for a quote inside a quoted cell'],
    ),
    "line after a quoted newline": (
        f'{HEADER},note\nA1,SPX,european,call,100,1,"two\r\nlines"\nA2,SPX,european,call,x,1,\n',
        MARKET,
        [
            "b.csv:2: column note: the cell holds a line break, lines 2 to 3 being one row: write it in one line",
            "b.csv:4: trade A2: column strike: cannot read 'x' as a number",
        ],
    ),
    "duplicate id": (
        GOOD + "A1,SPX,european,put,100,1\n",
        MARKET,
        ["b.csv:3: trade A1: column trade_id: A1 is already on line 2"],
    ),
    "blank id and underlying": (
        european(trade_id="", underlying=""),
        MARKET,
        ["b.csv:2: column trade_id: is blank", "b.csv:2: column underlying: is blank"],
    ),
    "unknown underlying": (
        european(underlying="SPXX"),
        MARKET,
        ["b.csv:2: trade A1: column underlying: 'SPXX' is not in the market file; did you mean \"SPX\"?"],
    ),
    "unknown product": (
        european(product="swaption"),
        MARKET,
        ["b.csv:2: trade A1: column product: unknown product 'swaption': choose from {products}"],
    ),
    "blank product": (european(product=""), MARKET, ["b.csv:2: trade A1: column product: is blank"]),
    "option type": (
        european(option_type="calls"),
        MARKET,
        ["b.csv:2: trade A1: column option_type: 'calls' is not one of call, put; did you mean \"call\"?"],
    ),
    "blank strike": (
        european(strike=""),
        MARKET,
        ["b.csv:2: trade A1: column strike: is blank, and product european needs it"],
    ),
    "negative strike": (
        european(strike="-5"),
        MARKET,
        ["b.csv:2: trade A1: column strike: '-5' must be greater than 0"],
    ),
    "multiplier": (
        european(multiplier="0", quantity="1e400"),
        MARKET,
        [
            "b.csv:2: trade A1: column quantity: cannot read '1e400' as a number: it is too large",
            "b.csv:2: trade A1: column multiplier: '0' must be greater than 0",
        ],
    ),
    "maturity in days": (
        european(maturity="365"),
        MARKET,
        ["b.csv:2: trade A1: column maturity: 365 years: a maturity is in years, not days; write 1 for 365 days"],
    ),
    "maturity is a date": (
        european(maturity="2030-01-01"),
        MARKET,
        [
            "b.csv:2: trade A1: column maturity: cannot read '2030-01-01' as a number: "
            "it is a date, which belongs in the column expiry"
        ],
    ),
    "maturity and expiry": (
        f"{EXPIRY}\nA1,SPX,european,call,100,1,2030-01-01\n",
        MARKET,
        ["b.csv:2: trade A1: column expiry: give maturity or expiry, not both"],
    ),
    "expiry without as-of": (
        f"{EXPIRY}\nA1,SPX,european,call,100,,2030-01-01\n",
        MARKET,
        [
            "b.csv:2: trade A1: column expiry: '2030-01-01' needs a valuation date: "
            "give --as-of YYYY-MM-DD (as_of in Python)"
        ],
    ),
    "expiry not a date": (
        f"{EXPIRY}\nA1,SPX,european,call,100,,01/02/2030\nA2,SPX,european,call,100,,2030-02-30\n",
        MARKET,
        [
            "b.csv:2: trade A1: column expiry: cannot read '01/02/2030' as a date: "
            "write 2030-01-02 or 2030-02-01, whichever is meant",
            "b.csv:3: trade A2: column expiry: '2030-02-30' is not a day of the calendar",
        ],
    ),
    "column of another product": (
        european(averaging="geometric", average_of="price"),
        MARKET,
        [
            "b.csv:2: trade A1: column averaging: 'geometric' has no meaning for product european: "
            "leave it blank, or write asian in the column product",
            "b.csv:2: trade A1: column average_of: 'price' has no meaning for product european: "
            "leave it blank, or write asian in the column product",
        ],
    ),
    "cash of an asset digital": (
        european(product="digital", payout="asset", cash="5"),
        MARKET,
        ["b.csv:2: trade A1: an asset-or-nothing digital pays the asset: leave cash blank, or set payout to cash"],
    ),
    "the example of the manual": (
        f"{ASIAN}\nA1,SPX,asian,call,100,1,,,12,,,\nA3,SPX,asian,call,100,1,,,12,,,\nA2,SPX,asian,call,100,1,,,12,,4.6;,2\n",
        MARKET,
        ["b.csv:4: trade A2: column past_fixings_sum: cannot read '4.6;' as a number"],
    ),
    "fixings": (
        f"{ASIAN}\nA1,SPX,asian,call,100,1,,,12.5,,,\nA2,SPX,asian,call,100,1,,,,,,\nA3,SPX,asian,call,100,1,,,,0.5;x,,\n"
        "A4,SPX,asian,call,100,1,,,,0.5;;1,,\nA5,SPX,asian,call,100,1,,,,0.5;-1,,\nA6,SPX,asian,call,100,1,,,,0.5;2,,\n",
        MARKET,
        [
            "b.csv:2: trade A1: column fixings: '12.5' is not a whole number",
            "b.csv:3: trade A2: give exactly one of fixings (a count), fixing_times (a list of years) and fixing_dates; "
            "none where past_fixings holds every fixing",
            "b.csv:4: trade A3: column fixing_times: item 2 of the list: cannot read 'x' as a number",
            "b.csv:5: trade A4: column fixing_times: cannot read '0.5;;1' as a list of numbers: item 2 is blank",
            "b.csv:6: trade A5: column fixing_times: item 2 of the list: '0.5;-1' must be greater than 0",
            "b.csv:7: trade A6: the last fixing, 2, is after the maturity, 1",
        ],
    ),
    "percent": (
        GOOD,
        market(rate="5%", volatility="20"),
        [
            "m.csv:2: underlying SPX: column rate: cannot read '5%' as a number: write 0.05",
            "m.csv:2: underlying SPX: column volatility: a volatility of 20 is 2000%: write 0.20 for 20 %",
            "b.csv:2: trade A1: column underlying: SPX cannot be used: line 2 of the market file is invalid",
        ],
    ),
    "numbers in other clothes": (
        "".join(
            [HEADER, "\n"]
            + [
                f'A{i},SPX,european,call,"{text}",1\n'
                for i, text in enumerate(["1,000", "1_000", "0,5", "nan", "inf", "0x10", "1e", "NA", "1 000", "٣"], 1)
            ]
        ),
        MARKET,
        [
            "b.csv:2: trade A1: column strike: cannot read '1,000' as a number: write 1000, without thousands separators",
            "b.csv:3: trade A2: column strike: cannot read '1_000' as a number: write 1000, without thousands separators",
            "b.csv:4: trade A3: column strike: cannot read '0,5' as a number: write 0.5, with a decimal point",
            "b.csv:5: trade A4: column strike: cannot read 'nan' as a number: "
            "a finite number is needed; leave the cell blank for none",
            "b.csv:6: trade A5: column strike: cannot read 'inf' as a number: "
            "a finite number is needed; leave the cell blank for none",
            "b.csv:7: trade A6: column strike: cannot read '0x10' as a number",
            "b.csv:8: trade A7: column strike: cannot read '1e' as a number",
            "b.csv:9: trade A8: column strike: cannot read 'NA' as a number: leave the cell blank for none",
            "b.csv:10: trade A9: column strike: cannot read '1 000' as a number: write 1000, without thousands separators",
            "b.csv:11: trade A10: column strike: cannot read '٣' as a number: write 3, in the digits 0 to 9",
        ],
    ),
    "names that mean two things": (
        GOOD,
        market(theta="1", rho="1", sigma="1"),
        [
            "m.csv:1: column theta: is the long-run variance in some texts and a Greek in others: write long_run_variance",
            "m.csv:1: column rho: is the correlation in some texts and the Greek of the rate in others: "
            "write correlation, or rate",
            "m.csv:1: column sigma: is the volatility in some texts and the vol of variance in others: "
            "write volatility, or vol_of_vol",
        ],
    ),
    "alias and name": (
        GOOD,
        market(r="0.05"),
        ["m.csv:1: column r: the same column as rate: keep one of them"],
    ),
    "slips in the market": (
        GOOD,
        market(dividend="0.02", model=""),
        ['m.csv:1: column dividend: is unknown: did you mean "dividend_yield"?'],
    ),
    "unknown model": (
        GOOD,
        market(model="sabr"),
        [
            "m.csv:2: underlying SPX: column model: unknown model 'sabr': choose from {models}",
            "b.csv:2: trade A1: column underlying: SPX cannot be used: line 2 of the market file is invalid",
        ],
    ),
    "underlying twice": (
        GOOD,
        MARKET + "SPX,100,0.05,0.3\n",
        ["m.csv:3: underlying SPX: column underlying: SPX is already on line 2"],
    ),
    "both files": (
        european(strike="x"),
        market(spot="0"),
        [
            "b.csv:2: trade A1: column underlying: SPX cannot be used: line 2 of the market file is invalid",
            "b.csv:2: trade A1: column strike: cannot read 'x' as a number",
            "m.csv:2: underlying SPX: column spot: '0' must be greater than 0",
        ],
    ),
}
