"""A finished run as an explanation reads it: values, Greeks in raw units, positions and the market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from greeks.checks.ranges import finite
from greeks.errors import UsageError
from greeks.names import ORDER, unit
from greeks.text.visible import LONGEST, visible

_NUMBERS = {"underlying", "greek"}
_NET = _NUMBERS | {"level", "value", "standard_error"}
_TRADE = _NUMBERS | {"trade_id", "product", "quantity", "multiplier", "position_value", "position_standard_error"}


class Number(NamedTuple):
    """A value, its standard error, and what the run warns of, if anything."""

    value: float
    error: float
    warning: str = ""


@dataclass(frozen=True)
class Position:
    """One trade: its size, its own volatility if it has one, and the Greeks of the whole position in raw units."""

    trade_id: str
    underlying: str
    product: str
    size: float
    volatility: float | None
    greeks: Mapping[str, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What one run says.

    Attributes
    ----------
    name : str
        What the reader calls it.
    manifest : mapping
    trades, net : sequence of mappings
        Rows of its tables.
    """

    name: str
    manifest: Mapping[str, Any]
    trades: Sequence[Mapping[str, Any]]
    net: Sequence[Mapping[str, Any]]

    @property
    def market(self) -> Mapping[str, Mapping[str, Any]]:
        """Parameters by underlying."""
        return self.manifest["market"]  # type: ignore[no-any-return]

    @cached_property
    def underlyings(self) -> list[str]:
        """In the order of the tables."""
        return list(dict.fromkeys(str(row["underlying"]) for row in self.net if row["level"] == "underlying"))

    def currency(self, underlying: str) -> str:
        """Code, blank where none is stated."""
        return str(self.manifest.get("currencies", {}).get(underlying, ""))

    def value(self, underlying: str) -> Number:
        """Value of the positions on an underlying; 0 where there are none.

        Raises
        ------
        UsageError
            Where there are some and the run has no price of them.
        """
        found = self.netted(underlying, "price")
        if found is None and underlying in self.underlyings:
            raise UsageError(
                f"{self.name} has no value with an error bar of {visible(underlying, LONGEST)}: run it with price "
                "among --greeks, and leave out trades without a value"
            )
        return found or Number(0.0, 0.0)

    def netted(self, underlying: str, greek: str) -> Number | None:
        """A netted number in raw units; None where the run has none."""
        rows = [
            row
            for row in self.net
            if row["level"] == "underlying"
            and row["underlying"] == underlying
            and row["greek"] == greek
            and not row.get("bucket")
        ]
        return self._raw(rows[0], "", underlying) if len(rows) == 1 else None

    def positions(self, underlying: str) -> list[Position]:
        """The trades on an underlying."""
        return self._by_underlying.get(underlying, [])

    def has(self, other: Position) -> bool:
        """Whether the run holds a position of another run, in any size but none."""
        own = self._by_name.get(other.trade_id)
        return own is not None and (own.underlying, own.product) == (other.underlying, other.product)

    def volatility(self, trade_id: str) -> float | None:
        """A trade's own volatility, if it has one."""
        own = self._by_name.get(trade_id)
        return own.volatility if own is not None else None

    def _raw(self, row: Mapping[str, Any], prefix: str, underlying: str) -> Number | None:
        """A number and its error in raw units."""
        value, error = row[f"{prefix}value"], row[f"{prefix}standard_error"]
        if finite(value) is None or finite(error) is None:
            return None
        spot = float(self.market.get(underlying, {}).get("spot", 1.0))
        factor, _ = unit(str(row["greek"]), str(self.manifest["settings"].get("units", "raw")), spot=spot)
        warned = row.get("status", "ok") != "ok"
        return Number(float(value) / factor, float(error) / factor, str(row.get("reason") or "") if warned else "")

    @cached_property
    def _by_name(self) -> dict[str, Position]:
        return {one.trade_id: one for one in self._all()}

    @cached_property
    def _by_underlying(self) -> dict[str, list[Position]]:
        found: dict[str, list[Position]] = {}
        for one in self._by_name.values():
            found.setdefault(one.underlying, []).append(one)
        return found

    def _all(self) -> Iterator[Position]:
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in self.trades:
            rows.setdefault(str(row["trade_id"]), []).append(row)
        volatilities = self.manifest.get("volatilities", {})
        for name, own in rows.items():
            numbers: dict[str, Number] = {}
            for row in own:  # of several estimators the first with a number
                found = self._raw(row, "position_", str(row["underlying"]))
                if found is not None:
                    numbers.setdefault(str(row["greek"]), found)
            size = float(own[0]["quantity"]) * float(own[0]["multiplier"])
            where = str(own[0]["underlying"]), str(own[0]["product"])
            yield Position(name, *where, size, volatilities.get(name), numbers)


def reading(run: Any, name: str) -> Reading:
    """A run, or the data of its ``to_json()``.

    Raises
    ------
    UsageError
        For anything else, and for data that does not say the market.
    """
    data = run.to_json() if hasattr(run, "to_json") else run
    remedy = "write what greeks.run returns, or a file of greeks run -o FILE.json"
    if not isinstance(data, Mapping) or not {"manifest", "trades", "net"} <= set(data):
        raise UsageError(f"{name} is no run with trades, net and manifest: {remedy}")
    manifest = data["manifest"]
    if not isinstance(manifest, Mapping) or not {"market", "settings"} <= set(manifest):
        raise UsageError(f"{name} does not say its market, as runs of this version do: run it again")
    rows = [*data["trades"], *data["net"]]
    whole = all(isinstance(row, Mapping) and (set(row) >= _TRADE or set(row) >= _NET) for row in rows)
    if not whole or not _is_market(manifest["market"]) or "seed" not in manifest["settings"]:
        raise UsageError(f"{name} has parts that are none of a run: {remedy}")
    if not any(row.get("level") == "underlying" for row in data["net"]):
        raise UsageError(f"{name} holds no netted numbers: {remedy}")
    known = [row for row in rows if row["greek"] in ORDER]
    return Reading(
        name, manifest, [row for row in known if "trade_id" in row], [row for row in known if "level" in row]
    )


def _is_market(market: Any) -> bool:
    """Whether each underlying has its spot."""
    return isinstance(market, Mapping) and all(
        isinstance(own, Mapping) and finite(own.get("spot")) is not None for own in market.values()
    )
