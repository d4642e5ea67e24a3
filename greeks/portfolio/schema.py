"""JSON schema of a row of each file, from the same specifications that check it."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from greeks.market.terms import CURVED
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.described import descriptions
from greeks.portfolio.market_terms import DEFAULT_MODEL
from greeks.portfolio.own_terms import OwnTerms
from greeks.portfolio.payment_date import PAYMENT_DATE
from greeks.portfolio.position import Position

_TEXT = {"type": "string", "minLength": 1}
_CURVE = {"type": "string", "minLength": 1, "description": "name of a curve of the curves file"}
_PAYMENT = {"type": "string", "description": "instead of payment_lag, beside an expiry; date of the payment"}
_EXPIRY = {"type": "string", "description": "instead of maturity; date, or date-time; ACT/365F from as_of"}


def json_schema() -> dict[str, Any]:
    """Schema (draft 2020-12) of ``{"trades": [...], "market": [...]}``.

    Returns
    -------
    dict
        JSON-ready. A CSV row is an object without its blank cells; a list is ``;``-separated in the file. Further
        properties of a trade are labels. What holds between columns is checked by the reader, not by the schema.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Portfolio and market of mc-greeks",
        "type": "object",
        "properties": {
            "trades": {"type": "array", "items": {"oneOf": [_trade(name) for name in PAYOFFS]}},
            "market": {"type": "array", "items": {"oneOf": [_market(name) for name in MODELS]}},
        },
        "required": ["trades", "market"],
    }


def _schema(spec: Any) -> dict[str, Any]:
    """Pydantic's schema, described by the first line of the docstring and by what it says of each parameter."""
    schema = TypeAdapter(spec).json_schema()
    schema["description"] = (spec.__doc__ or "").strip().partition("\n")[0]
    said = descriptions(spec)
    for name, part in schema["properties"].items():
        if said.get(name):
            part["description"] = said[name]
    return schema


def _trade(name: str) -> dict[str, Any]:
    schema = _schema(PAYOFFS[name])
    schema["properties"].pop("as_of", None)  # one for the whole file, not a column
    dated = "maturity" in schema["properties"]
    if dated:
        schema["properties"]["maturity"].pop("default", None)
    properties = {
        "trade_id": _TEXT,
        "underlying": _TEXT,
        "product": {"const": name},
        **schema["properties"],
        **({"expiry": _EXPIRY} if dated else {}),
        **({PAYMENT_DATE: _PAYMENT} if "payment_lag" in schema["properties"] else {}),
        **_schema(Position)["properties"],
        **_schema(OwnTerms)["properties"],
    }
    others = [column for column in schema.get("required", ()) if column != "maturity"]
    return {
        **schema,
        "properties": properties,
        "required": ["trade_id", "underlying", "product", *others],
        **({"oneOf": [{"required": ["maturity"]}, {"required": ["expiry"]}]} if dated else {}),
        "additionalProperties": True,  # labels
    }


def _market(name: str) -> dict[str, Any]:
    schema = _schema(MODELS[name])
    smiled = "volatility" in MODELS[name].of_contracts  # then the cell may be blank
    needed = ["underlying", *(each for each in schema["required"] if not (smiled and each == "volatility"))]
    needed += [] if name == DEFAULT_MODEL else ["model"]
    currency = {"type": "string", "pattern": "^[A-Z]{3}$", "description": "of the spot and of the payments"}
    properties = {"underlying": _TEXT, "model": {"const": name}, "currency": currency, **schema["properties"]}
    for column in CURVED:
        if column in properties:
            properties[column] = {"anyOf": [properties[column], _CURVE]}
    return {**schema, "properties": properties, "required": needed, "additionalProperties": False}
