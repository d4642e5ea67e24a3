"""Numbers with a unit, an error bar and a status, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from greeks.names import unit
from greeks.results.estimate import Estimate, quantile
from greeks.text.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

FAR = 4.5  # standard errors beyond which chance is no explanation
TRADE_COLUMNS = (
    "trade_id", "underlying", "product", "model", "greek", "estimator", "value", "standard_error", "ci_low", "ci_high",
    "paths", "unit", "status", "reason", "reference", "z_score", "bias", "relative_error", "target_met",
    "quantity", "multiplier", "position_value",
    "position_standard_error", "kurtosis",
)  # fmt: skip
NET_KEYS = ("level", "underlying", "currency")
NET_NUMBERS = (
    "greek", "estimator", "value", "standard_error", "ci_low", "ci_high", "trades", "unit", "status", "reason",
    "bias",
)  # fmt: skip
NET_COLUMNS = (*NET_KEYS, *NET_NUMBERS)  # with the columns of ``group_by`` between the two

_SHOWN_TRADES = ("trade_id", "underlying", "greek", "estimator", "value", "standard_error", "unit", "status", "reason")
_SHOWN_NET = ("greek", "value", "standard_error", "trades", "status", "reason")


class RunResult:
    """Greeks of a book.

    Attributes
    ----------
    manifest : dict
        Version, seed, input digests, settings and machine: what it takes to repeat the run.
    target_met : bool
        Whether every number reached the target asked for; True when none was.
    """

    def __init__(
        self,
        trade_rows: Sequence[Mapping[str, Any]],
        net_rows: Sequence[Mapping[str, Any]],
        manifest: Mapping[str, Any],
        target_met: bool,
    ) -> None:
        self._trade_rows, self._net_rows = list(trade_rows), list(net_rows)
        self.manifest, self.target_met = dict(manifest), target_met

    def __repr__(self) -> str:
        tables = (
            (self._trades_title, self._trade_rows, _SHOWN_TRADES),
            ("Net positions", self._net_rows, self._net_shown),
        )
        return "\n\n".join(text_table(*table) for table in tables)

    def _repr_html_(self) -> str:
        trades = html_table(self._trades_title, self._trade_rows, _SHOWN_TRADES)
        return trades + html_table("Net positions", self._net_rows, self._net_shown)

    @property
    def _net_shown(self) -> tuple[str, ...]:
        """Keys, labels, numbers."""
        names = list(self._net_rows[0]) if self._net_rows else [*NET_KEYS, "greek"]
        return (*names[: names.index("greek")], *_SHOWN_NET)

    @property
    def _trades_title(self) -> str:
        return f"Trades: {len({row['trade_id'] for row in self._trade_rows})}, numbers: {len(self._trade_rows)}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the files were read, and of what the totals take for granted."""
        return tuple(self.manifest.get("notes", ()))

    @property
    def trades(self) -> pd.DataFrame:
        """One row for each trade, Greek and estimator."""
        return _frame(self._trade_rows, TRADE_COLUMNS)

    @property
    def net(self) -> pd.DataFrame:
        """The netted book, a row a number: ``level`` book, underlying, group or underlying_group."""
        return _frame(self._net_rows, NET_COLUMNS)

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data: manifest, trades and net; an absent number is null."""

        def clean(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
            return [{k: None if isinstance(v, float) and v != v else v for k, v in row.items()} for row in rows]

        return {"manifest": self.manifest, "trades": clean(self._trade_rows), "net": clean(self._net_rows)}


def far(estimate: Estimate) -> float:
    """Standard errors beyond which chance is no explanation: :data:`FAR`, and as unlikely where replicates are few."""
    if not isfinite(estimate.degrees):
        return FAR
    return quantile(1.0 - 2.0 * NormalDist().cdf(-FAR), estimate.degrees)


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows)) if rows else pd.DataFrame(columns=list(columns))


def row(
    estimate: Estimate, greek: str, units: str, volatility: str = "volatility", spot: float = 1.0
) -> dict[str, Any]:
    """The numeric columns of a result, in the units asked for; see :func:`greeks.names.unit`."""
    factor, text = unit(greek, units, volatility, spot)
    low, high = estimate.ci()
    return {
        "value": estimate.value * factor,
        "standard_error": estimate.standard_error * factor,
        "ci_low": low * factor,
        "ci_high": high * factor,
        "paths": estimate.paths,
        "unit": text,
        "status": estimate.status,
        "reason": estimate.reason,
    }
