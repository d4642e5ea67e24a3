"""Stop-loss of an insurance portfolio: sensitivity to the rate of claims and to their mean, against a long sum."""

from __future__ import annotations

from math import exp, factorial

import numpy as np

import greeks as gk

RATE, MEAN, RETENTION = 3.0, 2.0, 8.0


def stop_loss(count: int = 50_000, seed: int = 1) -> tuple[gk.GradientEstimate, np.ndarray]:
    """E[max(sum of claims - retention, 0)], N of Poisson, claims exponential; gradient to rate and mean claim."""
    rng = np.random.default_rng(seed)
    number = rng.poisson(RATE, count)
    total = np.where(number > 0, rng.gamma(np.maximum(number, 1), MEAN), 0.0)
    scores = np.column_stack((number / RATE - 1.0, total / MEAN**2 - number / MEAN))
    found = gk.score_function_estimate(np.maximum(total - RETENTION, 0.0), scores, baseline="all")
    assert isinstance(found, gk.GradientEstimate)
    return found, np.array([_slope(0), _slope(1)])


def premium(rate: float, mean: float) -> float:
    """Sum over the number of claims of its probability times E[(gamma - d)+] = n mean P(n+1, d) - d P(n, d)."""
    u = RETENTION / mean
    tails = [exp(-u) * sum(u**k / factorial(k) for k in range(n)) for n in range(62)]  # P(gamma(n) > d)
    chance = [exp(-rate) * rate**n / factorial(n) for n in range(61)]
    return sum(chance[n] * (n * mean * tails[n + 1] - RETENTION * tails[n]) for n in range(1, 61))


def _slope(which: int) -> float:
    step = 1e-4 * np.eye(2)[which]
    up, down = np.array([RATE, MEAN]) + step, np.array([RATE, MEAN]) - step
    return (premium(*up) - premium(*down)) / 2e-4


if __name__ == "__main__":
    found, exact = stop_loss()
    print("exact", exact, "found", found.value, "+-", found.standard_error, found.status)
