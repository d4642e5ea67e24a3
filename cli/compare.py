"""``greeks compare``: are two result files equal, or equal within their error bars?"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot, inf, isfinite, nan
from typing import Any

import click
from greeks_cli import exits
from greeks_cli.options import FILE
from greeks_cli.output import require_parquet

from greeks.csv_text import unguarded
from greeks.errors import Issue, PortfolioError, UsageError
from greeks.text import quoted, visible

_TRADE_KEYS = ("trade_id", "greek", "estimator")
_NET_KEYS = ("level", "underlying", "currency")
Key = tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """One result: nan where there is no value."""

    value: float
    error: float
    unit: str


@click.command("compare", short_help="Are two result files equal within their error bars?")
@click.argument("a", metavar="A", type=FILE)
@click.argument("b", metavar="B", type=FILE)
@click.option("--sigmas", type=float, default=4.0, show_default=True, help="Allowed distance in combined error bars.")
@click.option("--rtol", type=float, default=1e-12, show_default=True, help="Relative difference that counts as equal.")
@click.option("--worst", type=int, default=10, show_default=True, help="How many differing rows to name.")
@click.option("-v", "--verbose", is_flag=True, help="A traceback for an internal error.")
def command(a: str, b: str, sigmas: float, rtol: float, worst: int, verbose: bool) -> int:
    """Compare two result files (csv, json or parquet) row by row.

    Rows are equal if their values agree to --rtol, or lie within --sigmas combined standard errors, the two runs being
    taken for independent. Exit code 5 if any row differs or is in one file only.
    """
    if not (isfinite(sigmas) and sigmas >= 0 and isfinite(rtol) and rtol >= 0):
        raise UsageError("--sigmas and --rtol must be numbers of at least 0")
    first, second = _shared_tables(read_results(a), read_results(b))
    equal, within, largest = 0, 0, 0.0
    differing: list[tuple[float, str]] = []
    for key in dict.fromkeys([*first, *second]):
        name = " ".join(visible(part) for part in key if part)
        if key not in first or key not in second:
            differing.append((inf, f"{name}: only in {a if key in first else b}"))
            continue
        distance, same, words = _difference(first[key], second[key], rtol)
        if same:
            equal += 1
        elif distance <= sigmas:
            within += 1
            largest = max(largest, distance)
        else:
            differing.append((distance, f"{name}: {words}"))
    largest_words = f" (largest distance {largest:.2f})" if within else ""
    click.echo(
        f"{equal} rows equal to a relative {rtol:g}, {within} within {sigmas:g} standard errors{largest_words}, "
        f"{len(differing)} differ"
    )
    for _, words in sorted(differing, key=lambda item: -item[0])[:worst]:
        click.echo(words)
    return exits.QUALITY if differing else exits.OK


def _shared_tables(first: dict[Key, Number], second: dict[Key, Number]) -> tuple[dict[Key, Number], dict[Key, Number]]:
    """Without the netted table (or the trades) where only one of the files holds it: csv has one table, json both."""
    kinds = {bool(key[0]) for key in first} & {bool(key[0]) for key in second}
    if not kinds:
        raise UsageError("one file holds trades and the other a netted table: compare like with like")
    kept = [{key: number for key, number in table.items() if bool(key[0]) in kinds} for table in (first, second)]
    return kept[0], kept[1]


def _difference(first: Number, second: Number, rtol: float) -> tuple[float, bool, str]:
    """Distance in standard errors, whether the values are equal to ``rtol``, and a description."""
    x, y = first.value, second.value
    if first.unit != second.unit:
        return inf, False, f"in different units, {quoted(first.unit)} and {quoted(second.unit)}"
    if x != x or y != y:
        return inf, x != x and y != y, f"{x:.10g} and {y:.10g}"
    gap, error = abs(x - y), hypot(first.error, second.error)
    distance = gap / error if error > 0 else (inf if gap else 0.0)
    words = f"{x:.10g} and {y:.10g}, {distance:.2f} standard errors apart"
    return distance, gap <= rtol * max(abs(x), abs(y)), words


def read_results(path: str) -> dict[Key, Number]:
    """Numbers of a result file by trade (or group), Greek and estimator.

    Raises
    ------
    PortfolioError
        If the file is not a result file.
    UsageError
        For an unknown extension.
    """
    results: dict[Key, Number] = {}
    for line, row in _rows(path):
        if "greek" not in row or "value" not in row:
            raise PortfolioError([Issue(path, line, "this is not a result file: no columns greek and value")])
        key = _key(path, line, row)
        if key in results:
            raise PortfolioError([Issue(path, line, f"{' '.join(filter(None, key))} appears twice")])
        try:
            value, error = _float(row["value"]), _float(row.get("standard_error"))
        except (TypeError, ValueError):
            raise PortfolioError([Issue(path, line, f"cannot read {quoted(str(row['value']))} as a number")]) from None
        results[key] = Number(value, 0.0 if error != error else error, str(row.get("unit") or ""))
    if not results:
        raise PortfolioError([Issue(path, 0, "the file holds no results")])
    return results


def _key(path: str, line: int, row: Mapping[str, Any]) -> Key:
    """Level first (blank for a trade), then what tells a number from the others of its table."""
    if "level" not in row:
        if "group" in row and "trade_id" not in row:
            message = "the column group is of an earlier version: write the netted table anew with greeks run --net"
            raise PortfolioError([Issue(path, line, message)])
        return ("", *(str(row.get(name) or "") for name in _TRADE_KEYS))
    columns = list(row)
    labels = columns[columns.index("currency") + 1 : columns.index("greek")] if "currency" in row else []
    key = tuple(str(row.get(name) or "") for name in (*_NET_KEYS, *labels, "greek"))
    # Vega to a volatility and vega to an initial volatility are two rows of one level.
    return (*key, "initial" if "initial volatility" in str(row.get("unit")) else "")


def _unguarded(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {unguarded(name): unguarded(cell or "") for name, cell in row.items() if isinstance(name, str)}


def _float(value: Any) -> float:
    return nan if value is None or value == "" else float(value)


def _rows(path: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Rows with their line (csv) or number."""
    extension = os.path.splitext(path)[1].lower()
    if extension not in (".csv", ".json", ".parquet"):
        raise UsageError(f"{path}: compare reads .csv, .json and .parquet")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise PortfolioError([Issue(path, 0, f"cannot read the file: {error.strerror}")]) from None
    try:
        if extension == ".csv":
            reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
            return [(reader.line_num, _unguarded(row)) for row in reader]
        if extension == ".json":
            content = json.loads(data)
            return list(enumerate([*content.get("trades", []), *content.get("net", [])], start=1))
        require_parquet()
        import pandas as pd

        records: list[Any] = pd.read_parquet(io.BytesIO(data)).to_dict("records")
        return list(enumerate(records, start=1))
    except (ValueError, csv.Error, AttributeError, TypeError, OSError) as error:
        raise PortfolioError([Issue(path, 0, f"cannot read the file as {extension[1:]}: {error}")]) from None
