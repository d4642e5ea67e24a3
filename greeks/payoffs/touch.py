"""One-touch and no-touch options: one level or two, cash or asset, at hit or at expiry."""

from __future__ import annotations

from dataclasses import KW_ONLY
from math import inf
from typing import ClassVar, Literal

from greeks.errors import FieldError
from greeks.payoffs.forms import Piece, Survival
from greeks.payoffs.monitored import Monitored
from greeks.spec import Price, altered, spec


@spec
class Touch(Monitored):
    """Pays if the spot touches a level (one-touch), or if it does not (no-touch).

    Parameters
    ----------
    touch_type : {"one-touch", "no-touch"}
    direction : {"up", "down"}, optional
        Where ``barrier`` lies; blank for a double one, which has ``lower_barrier`` and ``upper_barrier``.
    payout : {"cash", "asset"}, default "cash"
    cash : float, default 1
        Amount paid, > 0; for ``payout="cash"`` only.
    pay_at : {"expiry", "hit"}, default "expiry"
        When a one-touch pays; a no-touch pays at expiry.
    maturity, barrier, lower_barrier, upper_barrier, monitoring, fixings, fixing_times, fixing_dates, \
monitoring_start, monitoring_end, already_hit, expiry, as_of
        As in :class:`~greeks.payoffs.levels.OnLevels`.

    Raises
    ------
    UsageError
        For a value out of range, levels that do not fit the direction, or a schedule that does not fit the monitoring.

    Notes
    -----
    At hit, the asset is worth the spot of that date. Source: Reiner and Rubinstein, Unscrambling the binary code
    (1991). Verified in the statistical tests against a backward quadrature under discrete, and against closed forms
    under continuous monitoring.
    """

    kind: ClassVar[str] = "touch"
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"touch_type": "one-touch", "direction": "up", "barrier": "120", "maturity": "1", "cash": "1000"},
        {"touch_type": "no-touch", "lower_barrier": "80", "upper_barrier": "125", "maturity": "0.5",
         "monitoring": "discrete", "fixings": "26"},
    )  # fmt: skip
    _: KW_ONLY
    touch_type: Literal["one-touch", "no-touch"]
    direction: Literal["up", "down"] | None = None
    payout: Literal["cash", "asset"] = "cash"
    cash: Price | None = None
    pay_at: Literal["expiry", "hit"] = "expiry"

    def check(self) -> None:
        """Refuse an amount of cash that is not paid, and a no-touch that pays at a touch."""
        if self.payout == "asset" and self.cash is not None:
            raise FieldError("cash", "a payout of the asset pays no cash: leave it blank, or set payout to cash")
        if self.pay_at == "hit" and self.touch_type == "no-touch":
            raise FieldError("pay_at", "a no-touch pays if it is never hit: write expiry")

    @property
    def choices(self) -> dict[str, str]:
        """A no-touch pays at its expiry whatever is written."""
        found = super().choices
        at = found.pop("pay_at")
        return found if self.touch_type == "no-touch" else found | {"pay_at": f"paid at {at}"}

    @property
    def side(self) -> str:
        """Which level there is: up, down or double."""
        return self.direction or "double"

    @property
    def limited(self) -> bool:
        """Cash is."""
        return self.payout == "cash"

    @property
    def amount(self) -> float:
        """Cash paid; 0 when the asset is paid."""
        if self.payout == "asset":
            return 0.0
        return 1.0 if self.cash is None else self.cash

    @property
    def implied(self) -> dict[str, str]:
        """What a field that was left out stands for, where its default does not say."""
        return {"cash": "1"} if self.payout == "cash" and self.cash is None else {}

    @property
    def _at_end(self) -> bool:
        return self.payout == "asset" and self.pay_at == "expiry"

    @property
    def _early(self) -> bool:
        return self.pay_at == "hit" and not self.already_hit

    @property
    def lost_at(self) -> tuple[float, ...]:
        """Both levels of a no-touch; between one level and none it pays as much."""
        ends = self.between and self.side == "double" and self._window[1] == self.maturity
        return self.ends if ends and self.touch_type == "no-touch" else ()

    @property
    def _at_hit(self) -> tuple[float, float]:
        return self.amount, 1.0 if self.payout == "asset" else 0.0

    @property
    def _jumps(self) -> bool:
        return False

    @property
    def _form(self) -> Survival:
        """What is paid while no level is touched, or at the touch."""
        paid = (Piece(0.0, inf, 1.0 if self.payout == "asset" else 0.0, self.amount),)
        if self.touch_type == "no-touch" or self.already_hit:
            return self._lives(paid)
        if self._early:
            return self._lives((), self.amount, True, asset_at_exit=self.payout == "asset")
        if self.payout == "asset":
            return self._lives(paid, always=paid, factor=-1.0)
        return self._lives((), self.amount)

    def settled(self, spot: float) -> float | None:
        """The payment of what has been touched, and of the last day."""
        one = self.touch_type == "one-touch"
        if self.already_hit and (not one or self.pay_at == "hit"):
            return 0.0
        if self.already_hit and self.payout == "cash":
            return self.amount
        if self.maturity > 0.0:
            return None
        paid = spot if self.payout == "asset" else self.amount
        return paid if self.touched_now(spot) == one else 0.0

    def scaled(self, factor: float) -> Touch:
        """The same contract in a unit of currency ``factor`` times smaller."""
        names = ("barrier", "lower_barrier", "upper_barrier")
        found = {name: factor * value for name in names if (value := getattr(self, name)) is not None}
        return altered(self, **found, cash=factor * self.amount if self.payout == "cash" else None)
