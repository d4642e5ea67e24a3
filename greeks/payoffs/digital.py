"""Digital (binary) options: cash or nothing, asset or nothing."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.dated import OR_EXPIRY
from greeks.payoffs.forms import HalfLine, Parity
from greeks.payoffs.kernels import digital_values
from greeks.payoffs.lagged import Lagged
from greeks.payoffs.option_type import StruckAtExpiry, complement
from greeks.spec import Lag, Maturity, Price, altered, spec


@spec
class Digital(StruckAtExpiry, Lagged):
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
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, over which it is discounted too; 0 to 366.
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
    one_sided: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "strike": "110", "maturity": "0.5", "payout": "cash", "cash": "1000"},
        {"option_type": "put", "strike": "90", "maturity": "0.5", "payout": "asset"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY
    payout: Literal["cash", "asset"] = "cash"
    cash: Price | None = None
    payment_lag: Lag = 0.0

    def check(self) -> None:
        """Refuse an amount of cash beside a payment in the asset."""
        if self.payout == "asset" and self.cash is not None:
            raise ValueError("an asset-or-nothing digital pays the asset: leave cash blank, or set payout to cash")

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
    def half_line(self) -> HalfLine:
        """Asset or cash beyond the strike."""
        return HalfLine(self.strike, self.sign, 1.0 if self.payout == "asset" else 0.0, self.amount, 1.0)

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
