"""The maturity of a contract: years, or an expiry date and the valuation date it is counted from."""

from __future__ import annotations

from dataclasses import KW_ONLY, InitVar
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import SkipValidation

from greeks.checks.ranges import YEARS
from greeks.errors import FieldError
from greeks.market.dates import moment, valuation, within_the_day, years_between
from greeks.payoffs.base import Payoff
from greeks.spec import spec

Day = Annotated[str | date, SkipValidation]  # read by greeks.market.dates
Moment = Annotated[float | str | date, SkipValidation]  # years, or a day
# Default of ``maturity`` in a class derived from Dated: it may be given as a date instead.
OR_EXPIRY: Any = None
HOURS_UNKNOWN = (
    "expires on the valuation date, and no time of day was given: the value is that of a payment now; write expiry and "
    "as_of with times, such as 2026-12-18T16:00:00-05:00"
)


@spec
class Dated(Payoff):
    """Base class of contracts: ``expiry`` and ``as_of`` may stand for ``maturity``.

    Parameters
    ----------
    expiry : str, date or datetime, optional
        Instead of ``maturity``: YYYY-MM-DD, which counts whole days, or with a time of day.
    as_of : str, date or datetime, optional
        Valuation date, needed with ``expiry``.
    """

    _: KW_ONLY
    hours_unknown: ClassVar[bool] = False
    expiry: InitVar[Day | None] = None
    as_of: InitVar[Day | None] = None

    def __post_init__(self, expiry: Any, as_of: Any) -> None:
        """Years from the dates, then what the contract itself checks."""
        start = valuation(as_of)
        self._mature(expiry, start)
        if start is not None and expiry is None:
            raise ValueError("as_of is of use with expiry only: leave it out beside maturity")
        self.check()

    def _mature(self, expiry: Any, start: date | None) -> None:
        """Set ``maturity`` from the expiry, if that is what was given."""
        if (getattr(self, "maturity", None) is None) == (expiry is None):
            raise ValueError("give exactly one of maturity (years) and expiry (a date, with as_of)")
        if expiry is not None:
            try:
                day = moment(expiry)
                if start is None:
                    raise ValueError(f"expiry {day.isoformat()} needs the valuation date: write as_of='YYYY-MM-DD'")
                years = years_between(start, day)
                if problem := YEARS.problem(years):
                    raise ValueError(problem)
                object.__setattr__(self, "maturity", years)
            except ValueError as error:
                raise FieldError("expiry", str(error)) from None
            object.__setattr__(self, "hours_unknown", within_the_day(start, day))

    def _years(self, name: str, value: Any, start: date | None) -> float | None:
        """Years to a moment given in years or as a date, >= 0; None stays None. ``name`` is its field."""
        if value is None:
            return None
        try:
            if isinstance(value, int | float) and not isinstance(value, bool):
                years = float(value)
                if problem := YEARS.problem(years):
                    raise ValueError(problem)
                return years
            day = moment(value)
            if start is None:
                raise ValueError(f"{day.isoformat()} needs the valuation date: write as_of='YYYY-MM-DD'")
            return years_between(start, day, name)
        except ValueError as error:
            raise FieldError(name, str(error)) from None

    def check(self) -> None:
        """Raise ValueError for fields that contradict each other."""
