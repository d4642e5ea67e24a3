"""Codes of currencies: three capitals, as in ISO 4217."""

from __future__ import annotations

import re

from greeks.text.visible import quoted

_CODE = re.compile("[A-Z]{3}")


def code_problem(code: str) -> str:
    """What is wrong with a code and what to write instead; blank where nothing is."""
    if code == "GBp" or code.upper() == "GBX":
        return f"{quoted(code)} is pence: write GBP, and the spot in pounds"
    if _CODE.fullmatch(code):
        return ""
    remedy = f"write {code.upper()}" if _CODE.fullmatch(code.upper()) else "write three capitals, such as USD"
    return f"{quoted(code)} is not the code of a currency: {remedy}"
