"""Payments of contracts that watch levels of the spot: at dates, or continuously."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import inf, log, nextafter
from typing import ClassVar

import numpy as np

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.continuous import AT_HIT, EXPLICIT, FROM_NOW, Continuous
from greeks.payoffs.forms import Piece, Survival
from greeks.payoffs.hits import AtHit
from greeks.payoffs.levels import OnLevels
from greeks.payoffs.survival_values import pay, pay_by_rate
from greeks.spec import spec


@spec
class Monitored(OnLevels):
    """Base class of contracts that pay by whether a level is met: the forms of it, and what they pay on paths."""

    positive: ClassVar[bool] = True

    @property
    def smoothness(self) -> Smoothness:
        """A probability to survive bends at a level but does not jump; a level at a date is a jump."""
        return "lipschitz" if self.between and not self._jumps else "discontinuous"

    @property
    def reads(self) -> frozenset[str]:
        """Whether a level is met between dates, where monitoring is continuous, and when if something is paid then."""
        return frozenset({"dates", *(("survival",) if self.between else ()), *((self._hit,) if self._when else ())})

    @property
    def _hit(self) -> str:
        return "level_hit_first" if self.side == "double" else "hitting_time"

    @property
    def _when(self) -> bool:
        return self.between and self._early

    @property
    def explicit(self) -> frozenset[str]:
        """The rate, where something is paid before the maturity and carried there; what moves the path between dates.

        Today's spot is one of these where the first interval is watched.
        """
        early = frozenset({"rho"} if self._early else ())
        if not self.between:
            return early
        at_hit, from_now = AT_HIT if self._when else frozenset(), FROM_NOW if self._window[0] == 0.0 else frozenset()
        return early | EXPLICIT | at_hit | from_now

    def dates(self) -> tuple[float, ...]:
        """The fixings, and the maturity where the last spot counts."""
        if self.maturity == 0:
            return ()
        if self._grid:
            return self._grid
        times = () if self.already_hit else self.watched
        if self.between:
            times = tuple(time for time in self._window if time > 0.0)
        return times if times and (times[-1] == self.maturity or not self._at_end) else (*times, self.maturity)

    @property
    def _at_end(self) -> bool:
        """Whether the spot at maturity counts."""
        raise NotImplementedError

    @property
    def _early(self) -> bool:
        """Whether something is paid at a touch."""
        raise NotImplementedError

    @property
    def _at_hit(self) -> tuple[float, float]:
        """Cash and units of the asset paid at a touch."""
        raise NotImplementedError

    @property
    def _jumps(self) -> bool:
        """Whether the payment jumps in the last spot."""
        raise NotImplementedError

    @property
    def _form(self) -> Survival:
        """What is paid while no level is touched, and at a touch."""
        raise NotImplementedError

    @cached_property
    def survival(self) -> Survival | None:
        """The form of a contract that is watched at dates, or no more."""
        return None if self.between or self.maturity == 0.0 else self._form

    @cached_property
    def _continuous(self) -> Continuous:
        """The form of one that is watched all the time."""
        form, dates = self._form, self.dates()
        begin, end = self._window
        watched = np.array([begin < date <= end for date in dates])
        alive = [(each, form.factor, 1.0) for each in form.pieces]
        leaving = form.exit_payment[-1]
        if leaving and not self._when:
            alive += [(Piece(0.0, inf, 0.0, leaving), form.factor * sign, only) for sign, only in ((1, 0), (-1, 1))]
        always = [(each, 1.0, 0.0) for each in form.always]
        rows = [
            (each.low, each.high, factor * each.asset, factor * each.cash, only)
            for each, factor, only in (*alive, *always)
        ]
        low, high = self.ends
        at_hit, (cash, asset) = None, self._at_hit
        if self._when:
            level = low if low > 0.0 else high
            at_hit = AtHit(log(level), high < inf, cash, asset, tuple(self.maturity - date for date in dates))
        return Continuous(
            log(low) if low > 0.0 else -inf, log(high), watched, np.array(rows).reshape(len(rows), 5), at_hit
        )

    def _lives(
        self,
        pieces: tuple[Piece, ...],
        exit_payment: float = 0.0,
        early: bool = False,
        always: tuple[Piece, ...] = (),
        factor: float = 1.0,
        asset_at_exit: bool = False,
    ) -> Survival:
        """The form of a contract that pays ``pieces`` if no level is touched, and something at the touch."""
        dates, watched = self.dates(), () if self.already_hit else self.watched  # of continuous monitoring none is
        low, high = self.ends
        lower = tuple(low if time in watched else 0.0 for time in dates)
        upper = tuple(high if time in watched else inf for time in dates)
        kept = tuple(
            Piece(max(each.low, lower[-1]), min(each.high, upper[-1]), each.asset, each.cash)
            for each in pieces
            if max(each.low, lower[-1]) < min(each.high, upper[-1]) and (each.asset or each.cash)
        )
        beyond: tuple[tuple[Piece, ...], ...] = ()
        if asset_at_exit:
            at = (Piece(0.0, nextafter(low, inf), 1.0, 0.0), Piece(nextafter(high, 0.0), inf, 1.0, 0.0))
            there = tuple(each for each, level in zip(at, (low, high), strict=True) if 0.0 < level < inf)
            beyond = tuple(there if time in watched else () for time in dates)
        return Survival(
            lower, upper, (exit_payment,) * len(dates), dates if early else (self.maturity,) * len(dates), kept, always,
            factor, beyond, dates if beyond else (),
        )  # fmt: skip

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path, carried to the maturity."""
        if self.between:
            self._continuous.values(paths, workspace, out)
            return
        pay(self._form, paths, self.maturity, workspace, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative along each tangent, where the payment does not jump at a date."""
        if not self.between:
            super().directional(paths, values, tangents, workspace, out)
        for row, tangent in zip(out, tangents, strict=True):
            self._continuous.directional(paths, tangent, workspace, row)

    def explicit_slope(
        self, paths: Paths, greek: str, tangent: Tangent, held: Tangent | None, workspace: Workspace, out: Array
    ) -> None:
        """Of continuous monitoring: see :mod:`greeks.payoffs.continuous`."""
        self._continuous.explicit_slope(paths, greek, tangent, held, workspace, out)

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """Of the rate: what is paid early is carried; of others: what they do between the dates."""
        if self.between:
            self._continuous.explicit_part(paths, greek, workspace, out)
            return
        pay_by_rate(self._form, paths, self.maturity, workspace, out)
