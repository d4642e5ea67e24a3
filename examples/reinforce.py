"""REINFORCE with a baseline: a bandit of five arms, and a walk that must be steered to 0, each against the truth."""

from __future__ import annotations

import numpy as np

import greeks as gk

REWARDS = np.array([10.0, 10.5, 11.0, 9.0, 10.2])


def bandit(count: int = 20_000, seed: int = 1) -> tuple[gk.GradientEstimate, gk.GradientEstimate, np.ndarray]:
    """Gradient of the expected reward to the logits of a softmax: plain, with all scores as controls, exact."""
    rng = np.random.default_rng(seed)
    logits = np.array([0.1, -0.2, 0.3, 0.0, 0.5])
    p = np.exp(logits) / np.exp(logits).sum()
    arm = rng.choice(p.size, size=count, p=p)
    reward = REWARDS[arm] + rng.normal(0.0, 0.5, count)
    scores = np.eye(p.size)[arm] - p
    plain = gk.score_function_estimate(reward, scores)
    helped = gk.score_function_estimate(reward, scores, baseline="all")
    assert isinstance(plain, gk.GradientEstimate)
    assert isinstance(helped, gk.GradientEstimate)
    return plain, helped, p * (REWARDS - p @ REWARDS)


def control(count: int = 20_000, seed: int = 2) -> tuple[gk.Estimate, float]:
    """x' = 0.9 x + a + noise, a normal with mean -k x and deviation 1/2, cost sum x^2 over five steps: d cost / d k."""
    rng, gain, step, noise, action = np.random.default_rng(seed), 0.3, 0.9, 0.2, 0.5
    x, cost, score = np.full(count, 2.0), np.zeros(count), np.zeros(count)
    mean, variance, slope, spread, exact = 2.0, 0.0, 0.0, 0.0, 0.0
    for _ in range(5):
        push = action * rng.normal(size=count)  # the action is -gain x + push
        score -= push * x / action**2
        x = (step - gain) * x + push + noise * rng.normal(size=count)
        cost += x * x
        c = step - gain  # the mean and variance of x and their derivatives to the gain, forward
        slope, spread = c * slope - mean, c * c * spread - 2.0 * c * variance
        mean, variance = c * mean, c * c * variance + action**2 + noise**2
        exact += 2.0 * mean * slope + spread
    found = gk.score_function_estimate(cost, score, baseline=True)
    assert isinstance(found, gk.Estimate)
    return found, exact


if __name__ == "__main__":
    plain, helped, exact = bandit()
    print("bandit    exact", exact, "\n  plain        ", plain.value, plain.standard_error)
    print("  with baseline", helped.value, helped.standard_error)
    print("control  ", *control())
