"""Gap options: the spot against a strike is paid beyond a trigger, an asset digital less cash digitals.

Source: Reiner and Rubinstein, Unscrambling the binary code (1991); Haug (2007), section 4.19.1. Verified against
80-digit differentiation and, with the trigger at the strike, against the vanilla.
"""

from __future__ import annotations

from typing import Any

from greeks.analytic.combination import combine, digital
from greeks.analytic.lognormal import phi


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a gap option: a call pays S - strike above the trigger, a put strike - S below it."""
    sign = phi(payoff.option_type)
    terms = payoff.trigger, payoff.maturity
    asset = digital(model, payoff.option_type, "asset", *terms)
    return combine([(sign, asset), (-sign * payoff.strike, digital(model, payoff.option_type, "cash", *terms))])
