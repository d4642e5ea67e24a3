"""Numbers as brokers, spreadsheets and feeds write them, and what to write instead.

Nothing here makes a number of such a text: a cell that is not plainly a number stays refused. The remedy shows the
value it probably stands for, so that a reader can see at once whether it is the right one.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from greeks.market.date_forms import iso_of

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_IN_YEARS = re.compile(r"maturity|start|\w+_(times|start|end)")  # columns where M is a month and not a million

_ABSENT = re.compile(
    r"#?n/?a!?|#n/a n/a|n\.[am]\.|nm|<na>|none|null?|nil|nat|tb[ad]|unch|\(blank\)|[-\u2013\u2014\u2212.?]{1,3}",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"#(REF|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC|FIELD|BUSY)[!?]?", re.IGNORECASE)
DATED = re.compile(r"\d{4}-\d{2}-\d{2}.*", re.ASCII)
_GROUPS = r"[1-9]\d{0,2}(?:%s\d{3})+"
_CODES = "USD EUR JPY GBP CHF AUD CAD NZD CNY CNH HKD SGD INR KRW SEK NOK DKK PLN BRL MXN ZAR TRY RUB ILS THB TWD"
_SIGN = rf"(?:(?:US|HK|NZ|[ACRS])?[$€£¥₹₩₽₺₪฿₫₴₦¢]|Rs\.?|{'|'.join(_CODES.split())}|kr\.?|Fr\.?)"
_BEFORE = re.compile(rf"^([+-]?)\s*{_SIGN}\s*([+-]?)(?=[\d.])")
_AFTER = re.compile(rf"(?<=[\d.kKmMbBn])\s*{_SIGN}$")
_SCALED = re.compile(r"(.*?)\s*(%|‰|bps?|k|mm|mn|mio|mln|million|m|bn|billion|b|thousand)", re.IGNORECASE)
_FACTORS = {
    "%": "0.01", "‰": "0.001", "bp": "0.0001", "bps": "0.0001", "k": "1e3", "thousand": "1e3", "bn": "1e9", "b": "1e9",
    "billion": "1e9",
}  # fmt: skip
_MILLION = "1e6"
_TENOR = re.compile(r"(.*?)\s*(d|days?|w|wks?|weeks?|m|mos?|months?|y|yrs?|years?)", re.IGNORECASE)
_PER_YEAR = {"d": Decimal(365), "w": Decimal(365) / 7, "m": Decimal(12), "y": Decimal(1)}


def number_remedy(text: str, column: str = "") -> str:
    """What to write instead of a text that is no number, or nothing.

    Parameters
    ----------
    text : str
        The cell.
    column : str, optional
        Its column, for units: ``3M`` is three months in ``maturity``, and three millions elsewhere.
    """
    text = text.strip()
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return "a finite number is needed; leave the cell blank for none"
    if _ABSENT.fullmatch(text):
        return "leave the cell blank for none"
    if _BROKEN.fullmatch(text):
        return "it is the error of a spreadsheet: mend its formula, or leave the cell blank for none"
    day = iso_of(text)
    if day or DATED.fullmatch(text):
        return "it is a date, which belongs in the column expiry" + (f", as {day}" if day not in ("", text) else "")
    told: list[str] = []
    plain = _signs(text, told)
    factor, plain = _factor(plain, column, told)
    plain = _separators(plain, told)
    if not NUMBER.fullmatch(plain) or not (told or factor is not None):
        return ""
    if factor is not None:
        plain = _scaled(plain, factor)
    return ", ".join((f"write {plain}", *told)) if plain else ""


def _signs(text: str, told: list[str]) -> str:
    """The text in plain characters: digits, minus, no currency, no parentheses."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    if plain != text:
        told.append("in the digits 0 to 9")
    shown = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    if shown != plain:
        told.append("without invisible characters")
    plain = re.sub(r"\s", " ", shown).strip()
    if found := re.fullmatch(r"""(?:=?"(.*)"|[''`](.*))""", plain):
        plain = (found[1] or found[2] or "").strip()
        told.append("without quotes")
    dashed = re.sub("[\u2010-\u2014\u2212\ufe63\uff0d]", "-", plain)
    if dashed != plain:
        told.append("with a plain minus sign")
    plain = dashed
    if found := re.fullmatch(r"\(\s*([^()+-]*[^()+\s-])\s*\)", plain):
        plain = f"-{found[1]}"
        told.append("with a minus sign for the parentheses")
    bare = _AFTER.sub("", _BEFORE.sub(r"\1\2", plain, count=1)).strip()
    if bare != plain:
        told.insert(0, "without the currency")
    plain = bare
    if found := re.fullmatch(r"([\d.,' ]*\d)\s*-", plain):
        plain = f"-{found[1]}"
        told.append("with the minus sign in front")
    return plain


def _factor(text: str, column: str, told: list[str]) -> tuple[Decimal | None, str]:
    """What a suffix multiplies by, and the text without it."""
    if _IN_YEARS.fullmatch(column):
        if (found := _TENOR.fullmatch(text)) and found[1]:
            told.append("in years")
            return 1 / _PER_YEAR[found[2][0].lower()], found[1]
        if not text.endswith("%"):
            return None, text
    if (found := _SCALED.fullmatch(text)) and found[1]:
        return Decimal(_FACTORS.get(found[2].lower(), _MILLION)), found[1]
    return None, text


def _separators(text: str, told: list[str]) -> str:
    """The text without thousands separators and with a decimal point."""
    match = re.fullmatch(r"([+-]?)([\d.,'\u2019 _]*)", text)
    if not match or not match[2]:
        return text
    sign, body = match.groups()
    for group, point in ((",", "."), ("['\u2019 _]", "."), (r"\.", ","), ("[ '\u2019]", ",")):
        if found := re.fullmatch(rf"({_GROUPS % group})(?:\{point}(\d*))?", body):
            break
    else:
        found = re.fullmatch(r"([1-9]\d?(?:,\d\d)*,\d{3})(?:\.(\d*))?", body)  # lakhs and crores
        point = "."
    if found and (point == "." or found[2] is not None or found[1].count(".") > 1):
        told.insert(0, "without thousands separators")
        if point == "," and found[2]:
            told.append("with a decimal point")
        whole = re.sub(r"\D", "", found[1])
        return f"{sign}{whole}.{found[2]}" if found[2] else f"{sign}{whole}"
    if re.fullmatch(r"\d*,\d+", body):
        told.append("with a decimal point")
        return sign + (body if body[0] != "," else f"0{body}").replace(",", ".")
    return text


def _scaled(text: str, factor: Decimal) -> str:
    """The product, in at most ten digits and without an exponent; nothing where it is out of range."""
    try:
        value = Decimal(text) * factor
        return f"{Decimal(f'{value:.10g}').normalize():f}" if -30 < value.adjusted() < 30 else ""
    except InvalidOperation:
        return ""
