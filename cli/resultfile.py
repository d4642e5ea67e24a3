"""A result file, csv, json or parquet, as numbers by what tells them apart."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isnan, nan
from typing import Any

from greeks_cli.output import require_parquet

from greeks.errors import Issue, PortfolioError, UsageError
from greeks.portfolio.kinds import foreign_kind
from greeks.text.csv_cells import unguarded
from greeks.text.visible import quoted, visible

_TRADE_KEYS = ("trade_id", "greek", "estimator")
_NET_KEYS = ("level", "underlying", "currency")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """One result.

    Attributes
    ----------
    value : float
        nan where there is none.
    error : float
        Standard error; 0 for an exact value, nan where it is not finite and so says nothing.
    unit, status : str
    """

    value: float
    error: float
    unit: str
    status: str = ""


@dataclass
class ResultFile:
    """Numbers by key (level first, blank for a trade), and what decided them as far as the file says.

    Attributes
    ----------
    seeds : set of str
        Of the manifest, or of the column ``seed``; empty where the file does not say.
    decided : mapping
        Input digests, settings without the number of paths, version, and valuation date; empty without a manifest.
    """

    path: str
    numbers: dict[Key, Number] = field(default_factory=dict)
    seeds: set[str] = field(default_factory=set)
    decided: Mapping[str, Any] = field(default_factory=dict)


def read_results(path: str) -> ResultFile:
    """The numbers of a result file.

    Raises
    ------
    PortfolioError
        If the file is not a result file, with every problem of its rows.
    UsageError
        For an unknown extension.
    """
    rows, manifest = _rows(path)
    settings = manifest.get("settings") or {}
    found = ResultFile(path)
    if manifest:
        irrelevant = ("paths", "target", "max_paths", "threads", "seed")
        own = {name: value for name, value in settings.items() if name not in irrelevant}
        found.decided = {"settings": own, **{name: manifest.get(name) for name in ("version", "inputs", "as_of")}}
    if "seed" in settings:
        found.seeds.add(str(settings["seed"]))
    issues: list[Issue] = []
    for line, row in rows:
        if "greek" not in row or "value" not in row:
            raise PortfolioError([Issue(path, line, "this is not a result file: no columns greek and value")])
        key = _key(path, line, row)
        if key in found.numbers:
            issues.append(Issue(path, line, f"{named(key)} appears twice"))
            continue
        try:
            found.numbers[key] = _number(row)
        except ValueError as error:
            issues.append(Issue(path, line, f"{named(key)}: {error}"))
        if seed := _text(row.get("seed")):
            found.seeds.add(seed)
    if issues:
        raise PortfolioError(issues)
    if not found.numbers:
        raise PortfolioError([Issue(path, 0, "the file holds no results")])
    return found


def named(key: Key) -> str:
    """A key as one would speak of it."""
    return " ".join(visible(part) for part in key if part)


def _key(path: str, line: int, row: Mapping[str, Any]) -> Key:
    """Level first (blank for a trade), then what tells a number from the others of its table."""
    if "level" not in row:
        if "group" in row and "trade_id" not in row:
            message = "the column group is of an earlier version: write the netted table anew with greeks run --net"
            raise PortfolioError([Issue(path, line, message)])
        return ("", *(_text(row.get(name)) for name in _TRADE_KEYS))
    columns = list(row)
    labels = columns[columns.index("currency") + 1 : columns.index("greek")] if "currency" in row else []
    key = tuple(_text(row.get(name)) for name in (*_NET_KEYS, *labels, "greek"))
    # Vega to a volatility and vega to an initial volatility are two rows of one level.
    return (*key, "initial" if "initial volatility" in _text(row.get("unit")) else "")


def _number(row: Mapping[str, Any]) -> Number:
    value, error = _float(row["value"]), _float(row.get("standard_error"))
    if error < 0.0:
        raise ValueError(f"standard_error {error:g} is negative")
    if isnan(error) and _text(row.get("standard_error")) == "":
        error = 0.0
    return Number(value, error if isfinite(error) else nan, _text(row.get("unit")), _text(row.get("status")))


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)


def _float(value: Any) -> float:
    if value is None or value == "":
        return nan
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ValueError(f"cannot read {quoted(str(value))} as a number") from None


def _rows(path: str) -> tuple[Sequence[tuple[int, Mapping[str, Any]]], Mapping[str, Any]]:
    """Rows with their line (csv) or number, and the manifest where there is one."""
    extension = os.path.splitext(path)[1].lower()
    if extension not in (".csv", ".json", ".parquet"):
        raise UsageError(f"{path}: compare reads .csv, .json and .parquet")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise PortfolioError([Issue(path, 0, f"cannot read the file: {error.strerror}")]) from None
    if extension != ".parquet" and (kind := foreign_kind(data)):
        raise PortfolioError([Issue(path, 0, f"the file {kind}")])
    try:
        if extension == ".csv":
            reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
            return [(reader.line_num, _unguarded(row)) for row in reader], {}
        if extension == ".json":
            content = json.loads(data)
            rows = [dict(row) for row in (*content.get("trades", []), *content.get("net", []))]
            return list(enumerate(rows, start=1)), dict(content.get("manifest") or {})
        require_parquet()
        import pandas as pd

        records: list[Any] = pd.read_parquet(io.BytesIO(data)).to_dict("records")
        return list(enumerate(records, start=1)), {}
    except (ValueError, csv.Error, AttributeError, TypeError, OSError) as error:
        raise PortfolioError([Issue(path, 0, f"cannot read the file as {extension[1:]}: {error}")]) from None


def _unguarded(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {unguarded(name): unguarded(cell or "") for name, cell in row.items() if isinstance(name, str)}
