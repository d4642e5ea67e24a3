"""How far a finite difference steps: fractions of a standard deviation, and the room a parameter has.

The step is a fraction of the shift that moves the log-spot by one standard deviation, so that it suits a maturity of
a day as well as one of ten years. The fractions were chosen from measured bias and variance at 262,144 paths, under
geometric Brownian motion and Heston with Feller ratios from 0.04 to 1.3, so that the bias stays below the error; see
docs/estimators.md. A second step, twice as long, measures the bias, so twice a step must have room as well.
"""

from __future__ import annotations

from typing import Any

from greeks.names import parts_of

ROOM = 0.25  # most of a parameter's range, or of the interval moved, that one step may take, whatever the bump
_DATED = 0.1  # of the first interval, for theta at bump 1
_LIPSCHITZ, _JUMP = {1: 0.01, 2: 0.1}, {1: 0.1, 2: 0.25}  # by order
_JUMP_TO_VOLATILITY = 0.125  # vanna and volga of a jump
_GRID = 0.5  # second order of continuous payoffs under a random variance
_NARROWEST = 0.125  # where the density of the spot has a peak far narrower than its standard deviation
_LONGEST = 0.5  # standard deviations
_MOVES_SPOT = ("delta", "vega", "initial_variance")


def steps(payoff: Any, model: Any, greek: str, bump: float) -> dict[str, float]:
    """Step of each parameter that the Greek differentiates, by its first-order Greek.

    Parameters
    ----------
    payoff, model
    greek : str
        Not the price.
    bump : float
        Multiplier of every step.

    Returns
    -------
    dict of str to float
        In the parameter's unit; theta's in years. At most ``ROOM`` of what the parameter has on either side.
    """
    parts = parts_of(greek)
    fraction = _fraction(payoff, model, greek, len(parts))
    dates = payoff.dates()
    found = {}
    for part in dict.fromkeys(parts):
        step = fraction * model.step_scale(part, dates)
        if part == "theta":
            step = min(step, _DATED * dates[0])
        found[part] = min(bump * step, ROOM * room(model, part, dates))
    return found


def too_long(payoff: Any, greek: str, bump: float) -> str:
    """Why a second step cannot measure the bias of a first; blank where it can.

    Richardson's rule supposes that the bias falls with the square of the step; beyond half a standard deviation the
    two differences of a jump may be off by the same.
    """
    fraction = _base(payoff, greek, len(parts_of(greek)))
    if bump * fraction <= _LONGEST:
        return ""
    return (
        f"a step of {bump * fraction:.2g} standard deviations is too long for its bias to be measured: "
        f"take a bump of at most {_LONGEST / fraction:.2g}"
    )


def _fraction(payoff: Any, model: Any, greek: str, order: int) -> float:
    """Fraction of a standard deviation at bump 1."""
    feller, fraction = model.feller_ratio, _base(payoff, greek, order)
    if payoff.smoothness == "lipschitz":
        return fraction * (1.0 if feller is None or order == 1 else _GRID)
    if feller is None:
        return fraction
    narrow: float = min(1.0, max(_NARROWEST, feller))
    moves = order == 2 or greek in _MOVES_SPOT
    return fraction * (narrow if moves else narrow**0.5)


def _base(payoff: Any, greek: str, order: int) -> float:
    """Fraction of a standard deviation under a constant volatility."""
    if payoff.smoothness == "lipschitz":
        return _LIPSCHITZ[order]
    return _JUMP_TO_VOLATILITY if greek in ("vanna", "volga") else _JUMP[order]


def room(model: Any, part: str, dates: tuple[float, ...]) -> float:
    """How far a parameter can move down before it leaves its range; infinite for rates."""
    if part == "delta":
        return float(model.spot)
    if part == "theta":
        return dates[0]
    if part in ("rho", "dividend_rho"):
        return float("inf")
    return float(model.step_scale(part, dates))
