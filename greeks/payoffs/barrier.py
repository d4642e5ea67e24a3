"""Barrier options: one level or two, out or in, vanilla, cash or asset, with rebates."""

from __future__ import annotations

from dataclasses import KW_ONLY
from math import inf
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from greeks.errors import FieldError
from greeks.payoffs.forms import Piece, Survival
from greeks.payoffs.monitored import Monitored
from greeks.payoffs.option_type import CallOrPut
from greeks.spec import NonNegative, Price, altered, spec

_SMALL = 0.2  # of what is lost at a level: rebates below it change little


@spec
class Barrier(CallOrPut, Monitored):
    """An option that ends (out) or begins (in) when the spot touches a level.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
        > 0, in currency.
    barrier_type : {"up-and-out", "up-and-in", "down-and-out", "down-and-in", "double-out", "double-in"}
        The double ones have ``lower_barrier`` and ``upper_barrier``, the others ``barrier``.
    payout : {"vanilla", "cash", "asset"}, default "vanilla"
        What is paid at maturity in the money: the intrinsic value, an amount, or the asset.
    cash : float, default 1
        Amount paid, > 0; for ``payout="cash"`` only.
    rebate : float, default 0
        Paid if an out option is touched, or if an in option is not; >= 0, in currency.
    rebate_at : {"expiry", "hit"}, default "expiry"
        When an out option pays its rebate; an in option pays it at expiry.
    maturity, barrier, lower_barrier, upper_barrier, monitoring, fixings, fixing_times, fixing_dates, \
monitoring_start, monitoring_end, already_hit, expiry, as_of
        As in :class:`~greeks.payoffs.levels.OnLevels`.

    Raises
    ------
    UsageError
        For a value out of range, levels that do not fit the type, or a schedule that does not fit the monitoring.

    Notes
    -----
    Source: Reiner and Rubinstein, Breaking down the barriers (1991); Glasserman (2004), section 6.4. Verified in the
    statistical tests against a backward quadrature under discrete, and against closed forms under continuous
    monitoring.
    """

    kind: ClassVar[str] = "barrier"
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "strike": "100", "maturity": "1", "barrier_type": "up-and-out", "barrier": "130"},
        {"option_type": "put", "strike": "100", "maturity": "0.5", "barrier_type": "down-and-in", "barrier": "85",
         "monitoring": "discrete", "fixings": "26"},
        {"option_type": "call", "strike": "100", "maturity": "1", "barrier_type": "double-out",
         "lower_barrier": "80", "upper_barrier": "125", "monitoring": "discrete", "fixings": "12", "rebate": "2",
         "rebate_at": "hit"},
    )  # fmt: skip
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    barrier_type: Literal["up-and-out", "up-and-in", "down-and-out", "down-and-in", "double-out", "double-in"]
    payout: Literal["vanilla", "cash", "asset"] = "vanilla"
    cash: Price | None = None
    rebate: Annotated[NonNegative, Field(le=1e12)] = 0.0
    rebate_at: Literal["expiry", "hit"] = "expiry"

    def check(self) -> None:
        """Refuse an amount of cash that is not paid, and an in option's rebate at a touch."""
        if self.payout != "cash" and self.cash is not None:
            raise FieldError("cash", f"a payout of {self.payout} pays no cash: leave it blank, or set payout to cash")
        if self.rebate_at == "hit" and not self.knocks_out and self.rebate > 0.0:
            raise FieldError("rebate_at", "an in option pays its rebate if it is never hit: write expiry")

    @property
    def choices(self) -> dict[str, str]:
        """When the rebate is paid only where there is one."""
        found = super().choices
        at = found.pop("rebate_at")
        return found | {"rebate_at": f"rebate at {at}"} if self.rebate else found

    @property
    def side(self) -> str:
        """Which level there is: up, down or double."""
        return self.barrier_type.partition("-")[0]

    @property
    def knocks_out(self) -> bool:
        """Whether a touch ends the option."""
        return self.barrier_type.endswith("out")

    @property
    def limited(self) -> bool:
        """Cash, a put, and a call that ends above are."""
        return self.payout == "cash" or self.option_type == "put" or (self.knocks_out and self.side != "down")

    @property
    def amount(self) -> float:
        """Cash paid in the money; 0 when no cash is paid."""
        if self.payout != "cash":
            return 0.0
        return 1.0 if self.cash is None else self.cash

    @property
    def level(self) -> float:
        """The strike."""
        return self.strike

    @property
    def implied(self) -> dict[str, str]:
        """What a field that was left out stands for, where its default does not say."""
        return {"cash": "1"} if self.payout == "cash" and self.cash is None else {}

    @property
    def _at_end(self) -> bool:
        return True

    @property
    def _early(self) -> bool:
        return self.rebate_at == "hit" and self.rebate > 0.0 and not self.already_hit

    @property
    def lost_at(self) -> tuple[float, ...]:
        """The level in the money, where a rebate does not make up for a fifth of what is lost at it."""
        low, high = self.ends
        level = high if self.sign > 0.0 else low
        lost = self.sign * (level - self.strike)
        ends = self.between and self.knocks_out and self._window[1] == self.maturity
        return (level,) if ends and 0.0 < level < inf and self.rebate < _SMALL * lost else ()

    @property
    def _at_hit(self) -> tuple[float, float]:
        return self.rebate, 0.0

    @property
    def _plain(self) -> Piece:
        """The option without its levels."""
        asset, cash = {"vanilla": (self.sign, -self.sign * self.strike), "cash": (0.0, self.amount)}.get(
            self.payout, (1.0, 0.0)
        )
        low, high = (self.strike, inf) if self.sign > 0.0 else (0.0, self.strike)
        return Piece(low, high, asset, cash)

    @property
    def _jumps(self) -> bool:
        return self.payout != "vanilla"

    @property
    def _form(self) -> Survival:
        """The option while no level is touched; an in option is the plain one less that."""
        if self.knocks_out:
            return self._lives((self._plain,), self.rebate, self._early)
        if self.already_hit:
            return self._lives((self._plain,))
        return self._lives((self._plain, Piece(0.0, inf, 0.0, -self.rebate)), always=(self._plain,), factor=-1.0)

    def settled(self, spot: float) -> float | None:
        """The rebate of what has ended, and the payment of the last day."""
        if self.knocks_out and self.already_hit:
            return 0.0 if self.rebate_at == "hit" else self.rebate
        if self.maturity > 0.0:
            return None
        if self.touched_now(spot) == self.knocks_out:
            return self.rebate
        piece = self._plain
        return piece.asset * spot + piece.cash if piece.low < spot < piece.high else 0.0

    def scaled(self, factor: float) -> Barrier:
        """The same contract in a unit of currency ``factor`` times smaller."""
        names = ("barrier", "lower_barrier", "upper_barrier", "strike", "rebate")
        found = {name: factor * value for name in names if (value := getattr(self, name)) is not None}
        return altered(self, **found, cash=factor * self.amount if self.payout == "cash" else None)
