"""What a payoff gives to the estimators: its dates, its value on paths, its derivatives, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, ClassVar, Literal

from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.models.base import Paths, Tangent

Smoothness = Literal["lipschitz", "discontinuous", "unknown"]


class Payoff:
    """A contract: what it pays at ``maturity`` as a function of the spots at its dates; the base of every one.

    What it pays before is carried to the maturity at the rate, so that one discount factor serves all of it. The
    attributes are what it says of itself; here is what is so where it says nothing.

    Attributes
    ----------
    reads : frozenset of str
        "dates": the spot at its dates; "maximum", "minimum": the extremes between them; "survival": whether a level is
        met between them. What a model cannot give is refused.
    explicit : frozenset of str
        First-order Greeks whose parameter moves the payment with the spots at the dates held fixed: "rho" where there
        are payments before the maturity, the volatility's where the spot counts between the dates. And those of second
        order whose part at fixed spots is given, by :meth:`explicit_part` and :meth:`explicit_slope`.
    unmoved : frozenset of str
        Greeks that are 0 whatever the model, because the payment does not depend on the level of the spot.
    positive : bool
        Whether a payment is never negative.
    rising : int
        1 where the payment rises with every spot, -1 where it falls, 0 where it may do either.
    convex : bool
        Whether the payment is convex in the one spot that it depends on, as its price then is.
    limited : bool
        Whether a payment cannot exceed by much what it is at the money.
    power : float
        Of the spot, that a payment grows like where it is not limited.
    one_sided : bool
        Whether it is an option: nothing is paid on one side of a kink or jump, something on the other.
    level : float
        A price that rounding is relative to besides the spot, such as the strike; 0 for none.
    amount : float
        Size of a payment in cash, or of one unit of what is paid; 0 where the spot gives the size.
    open_share : float
        Part of the payment's range that is still open, for seasoned averages.
    variant : str
        How messages name the contract.
    ramp : tuple of float, optional
        (a, b, floor) of a payment max(a S + b, floor) on the last spot S.
    corrected : frozenset of str
        Second-order Greeks that the payoff gives by a score of its own, where the variance is certain, see
        :meth:`corrected_part`.
    linear : bool
        Whether it is linear in the spot, so that every Greek is known where it depends on no future spot either.
    owned : bool
        Whether it is the underlying itself, bought and held.
    margined : bool
        Whether gains and losses are settled daily: the payment is then not discounted.
    early : bool
        Whether its holder decides when it is paid: what it is worth depends on an exercise policy, which an estimator
        has to find, and no path has a payment without one.
    lost_at : tuple of float
        Levels, watched all the time and to the end, at which a payment is lost that is largest there.
    struck : float, optional
        The strike of a vanilla option: of a smile it depends on the volatility of that strike alone.
    examples : tuple of dict
        Rows of an example file, text by column, that show what the contract can do; where there are none a row of the
        columns that it needs is made.
    parity, half_line, positive_part, survival, payments
        Forms of the payment, see :mod:`greeks.payoffs.forms`; None where it has not that form.
    """

    kind: ClassVar[str]
    maturity: float
    # A class variable here and a property where the fields decide: any other type than Any would forbid the second.
    smoothness: ClassVar[Any]  # of Smoothness
    reads: ClassVar[Any] = frozenset({"dates"})
    explicit: ClassVar[Any] = frozenset()
    corrected: ClassVar[Any] = frozenset()
    unmoved: ClassVar[Any] = frozenset()
    examples: ClassVar[tuple[Mapping[str, str], ...]] = ()
    hours_unknown: ClassVar[bool] = False
    positive: ClassVar[Any] = False
    rising: ClassVar[Any] = 0
    convex: ClassVar[Any] = False
    limited: ClassVar[Any] = False
    power: ClassVar[Any] = 1.0
    one_sided: ClassVar[Any] = False
    level: ClassVar[Any] = 0.0
    amount: ClassVar[Any] = 0.0
    open_share: ClassVar[Any] = 1.0
    ramp: ClassVar[Any] = None
    linear: ClassVar[bool] = False
    margined: ClassVar[bool] = False
    lag: ClassVar[Any] = 0.0  # years from the maturity to the payment
    owned: ClassVar[bool] = False
    early: ClassVar[bool] = False
    lost_at: ClassVar[Any] = ()
    struck: ClassVar[Any] = None
    parity: ClassVar[Any] = None
    half_line: ClassVar[Any] = None
    positive_part: ClassVar[Any] = None
    survival: ClassVar[Any] = None
    payments: ClassVar[Any] = None

    def dates(self) -> tuple[float, ...]:
        """Dates at which the spot is read, in years, ascending and positive; empty when nothing is left to fix."""
        raise NotImplementedError

    def bridged(self, dates: tuple[float, ...]) -> Payoff:
        """The contract with more dates, among them its own, where what happens between them is approximate.

        Asked where ``reads`` has more than "dates"; itself where more would not help.
        """
        return self

    def settled(self, spot: float) -> float | None:
        """The payment when it no longer depends on any future spot, else None."""
        raise NotImplementedError

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path, in money of the maturity."""
        raise NotImplementedError

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the undiscounted payment along each tangent of the spots, one row a tangent.

        Raises
        ------
        UsageError
            Where none is declared: by default.
        """
        raise UsageError(f"{self.variant} has no pathwise derivative: use likelihood_ratio or finite_difference")

    @property
    def variant(self) -> str:
        """The product's name."""
        return self.kind

    @property
    def choices(self) -> dict[str, str]:
        """By field, what was chosen by a word, which tells variants of a product apart; a yes is the field's name."""
        cls: Any = type(self)
        given = {part.name: getattr(self, part.name) for part in (fields(cls) if is_dataclass(cls) else ())}
        words = {name: name.replace("_", " ") if value is True else value for name, value in given.items()}
        return {name: word for name, word in words.items() if isinstance(word, str)}

    def scaled(self, factor: float) -> Payoff | None:
        """The same contract in a unit of currency ``factor`` times smaller; None where that is not known."""
        return None

    def unlike(self, spot: float) -> tuple[str, bool]:
        """What is odd about the contract beside the spot (nothing is ""), and whether it must be a mistake."""
        return "", False

    def one_sided_at(self, spot: float, greek: str) -> str:
        """Why a Greek is not the same from below and from above this very spot; blank where it is."""
        return ""

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """Derivative of the undiscounted payment to the Greek's parameter, the spots at the dates held fixed.

        Asked of the Greeks in ``explicit`` only. Of second order it is the second derivative, to both parameters.
        """
        raise NotImplementedError

    def explicit_slope(
        self, paths: Paths, greek: str, tangent: Tangent, held: Tangent | None, workspace: Workspace, out: Array
    ) -> None:
        """Derivative of a whole first derivative of the payment to a second parameter, the spots at the dates held.

        Asked of the Greeks of second order in ``explicit`` only.

        Parameters
        ----------
        greek : str
            Of second order; the derivative is along its first part, then to its second.
        tangent : Tangent
            Of the spots along the first part.
        held : Tangent, optional
            Derivative of ``tangent`` to the second parameter, the spots held; None where it has none.
        """
        raise NotImplementedError

    def corrected_part(self, paths: Paths, greek: str, workspace: Workspace, out: Array) -> None:
        """Path by path, what has the undiscounted second-order Greek for its mean; asked of those in ``corrected``.

        For payments that read more of a path than its spots at dates, whose law has scores of its own.
        """
        raise NotImplementedError

    def amounts(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted amount of each date in money of the maturity, one row a date; asked where ``payments`` is set.

        Their sum is the payment less what no spot moves.
        """
        raise NotImplementedError
