"""Option symbols of the US exchanges: underlying, expiry, type and strike in one word."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

# The 21 characters of the OCC, its blanks left out or not, and the shorter forms of brokers and of feeds.
_OCC = re.compile(r"[.-]?(?:O:)?([A-Z]{1,6})\d?\s*_?(\d\d)(\d\d)(\d\d)([CP])(\d{8}|\d{1,5}(?:\.\d+)?)", re.ASCII)


def symbol_terms(text: str) -> dict[str, str]:
    """The columns that a symbol such as ``AAPL261218C00150000`` stands for; empty for any other text."""
    found = _OCC.fullmatch(text.strip().upper())
    if not found:
        return {}
    root, year, month, day, kind, digits = found.groups()
    try:
        expiry = date(2000 + int(year), int(month), int(day))
    except ValueError:
        return {}
    strike = Decimal(digits) / 1000 if len(digits) == 8 else Decimal(digits)
    return {
        "underlying": root,
        "expiry": expiry.isoformat(),
        "option_type": "call" if kind == "C" else "put",
        "strike": f"{strike.normalize():f}",
    }


def in_columns(terms: dict[str, str]) -> str:
    """The terms as a reader writes them: ``underlying AAPL, expiry 2026-12-18, ...``."""
    return ", ".join(f"{name} {value}" for name, value in terms.items())
