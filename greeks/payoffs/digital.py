"""Digital (binary) options: cash or nothing, asset or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Parity, Smoothness
from greeks.payoffs.dated import OR_EXPIRY, Dated, complement
from greeks.spec import Maturity, Price, altered, spec


@spec
class Digital(Dated):
    """Pays ``cash``, or the asset, at maturity if it ends in the money.

    Parameters
    ----------
    option_type : {"call", "put"}
        A call is in the money strictly above the strike, a put strictly below.
    strike : float
        > 0, in currency.
    maturity : float
        Years (ACT/365F), >= 0.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    payout : {"cash", "asset"}, default "cash"
    cash : float, default 1
        Amount paid, > 0; for ``payout="cash"`` only.

    Notes
    -----
    Source: Haug, The Complete Guide to Option Pricing Formulas (1998), section 2.11. The payment jumps at the
    strike, so no pathwise derivative exists. Verified against its closed form in the statistical tests.
    """

    kind: ClassVar[str] = "digital"
    smoothness: ClassVar[Smoothness] = "discontinuous"
    positive: ClassVar[bool] = True
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY
    payout: Literal["cash", "asset"] = "cash"
    cash: Price | None = None

    def check(self) -> None:
        """Refuse an amount of cash beside a payment in the asset."""
        if self.payout == "asset" and self.cash is not None:
            raise ValueError("an asset-or-nothing digital pays the asset: leave cash blank, or set payout to cash")

    @property
    def sign(self) -> float:
        """1 for a call, -1 for a put."""
        return 1.0 if self.option_type == "call" else -1.0

    @property
    def rising(self) -> int:
        """A call rises with the spot, a put falls; one that pays the asset rises up to the strike."""
        return 0 if self.payout == "asset" and self.sign < 0 else int(self.sign)

    @property
    def limited(self) -> bool:
        """Cash is, and the asset below the strike."""
        return self.payout == "cash" or self.option_type == "put"

    @property
    def amount(self) -> float:
        """Cash paid in the money; 0 when the asset is paid."""
        if self.payout == "asset":
            return 0.0
        return 1.0 if self.cash is None else self.cash

    @property
    def implied(self) -> dict[str, str]:
        """What a field that was left out stands for, where its default does not say."""
        return {"cash": "1"} if self.payout == "cash" and self.cash is None else {}

    @property
    def parity(self) -> Parity:
        """One of the two pays: their sum is the cash, or the asset."""
        other = complement(self)
        asset = 1.0 if self.payout == "asset" else 0.0
        return Parity(other, -1.0, (asset,), self.amount, ((self.sign,), -self.sign * self.strike))

    def dates(self) -> tuple[float, ...]:
        """The expiry alone."""
        return (self.maturity,) if self.maturity > 0 else ()

    def settled(self, spot: float) -> float | None:
        """Payment at expiry."""
        if self.maturity > 0:
            return None
        inside = self.sign * (spot - self.strike) > 0
        return (spot if self.payout == "asset" else self.amount) if inside else 0.0

    def scaled(self, factor: float) -> Digital:
        """The same contract in a unit of currency ``factor`` times smaller."""
        cash = factor * self.amount if self.payout == "cash" else None
        return altered(self, strike=factor * self.strike, cash=cash)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        asset = 1.0 if self.payout == "asset" else 0.0
        digital_values(paths.spot[-1], self.sign, self.strike, self.amount, asset, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Refused: the derivative of a jump is not a function.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError("a digital has no pathwise derivative: use likelihood_ratio")


@kernel
def digital_values(spot: Array, sign: float, strike: float, cash: float, asset: float, n: int, out: Array) -> None:
    """``cash + asset S`` where sign (S - K) > 0, else 0."""
    for i in range(n):
        out[i] = fma(asset, spot[i], cash) if sign * (spot[i] - strike) > 0.0 else 0.0
