"""American and Bermudan options on a binomial tree: slow, obvious, and independent of what it is compared with.

Cox, Ross and Rubinstein's tree with the closed form one step before the end, which leaves an error that falls with the
steps alone: twice the steps less once the steps takes it off (Broadie and Detemple 1996).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr


def european(sign, spot, strike, left, rate, dividend_yield, volatility):
    deviation = volatility * np.sqrt(left)
    up = (np.log(spot / strike) + (rate - dividend_yield) * left) / deviation + 0.5 * deviation
    forward = spot * np.exp(-dividend_yield * left), strike * np.exp(-rate * left)
    return sign * (forward[0] * ndtr(sign * up) - forward[1] * ndtr(sign * (up - deviation)))


def tree(sign, spot, strike, maturity, rate, dividend_yield, volatility, steps, exercise=None):
    """Price; ``exercise`` are the numbers of the steps at which it may be exercised, by default all of them."""
    h = maturity / steps
    up = np.exp(volatility * np.sqrt(h))
    p = (np.exp((rate - dividend_yield) * h) - 1 / up) / (up - 1 / up)
    discount = np.exp(-rate * h)
    last = steps - 1
    spots = spot * up ** np.arange(-last, last + 1, 2.0)
    value = european(sign, spots, strike, h, rate, dividend_yield, volatility)
    for step in range(last, -1, -1):
        if step < last:
            value = discount * (p * value[1:] + (1 - p) * value[:-1])
            spots = spots[1:] / up
        if exercise is None or step in exercise:
            value = np.maximum(value, sign * (spots - strike))
    return float(value[0])


def price(sign, spot, strike, maturity, rate, dividend_yield, volatility, steps=1200, dates=None):
    """Extrapolated from a tree and one of twice the steps; ``dates`` is a number of exercise dates, or any time."""
    found = []
    for count in (steps, 2 * steps):
        exercise = None if dates is None else {count * i // dates for i in range(1, dates)}
        found.append(tree(sign, spot, strike, maturity, rate, dividend_yield, volatility, count, exercise))
    return 2 * found[1] - found[0]
