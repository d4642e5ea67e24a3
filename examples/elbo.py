"""Gradients of an evidence lower bound by scores: a Gaussian latent, and a categorical one beside its relaxation."""

from __future__ import annotations

import numpy as np

import greeks as gk


def gaussian(count: int = 20_000, seed: int = 1) -> tuple[gk.GradientEstimate, np.ndarray]:
    """z of N(0, 1), x = z + noise seen at 1.5, q = N(m, s^2): gradient to m and log s, and the exact one."""
    rng, seen, m, s = np.random.default_rng(seed), 1.5, 0.2, 0.8
    e = rng.normal(size=count)
    z = m + s * e
    bound = -0.5 * z * z - 0.5 * (seen - z) ** 2 + 0.5 * e * e + np.log(s)  # its own score has mean 0
    found = gk.score_function_estimate(bound, np.column_stack((e / s, e * e - 1.0)), baseline="all")
    assert isinstance(found, gk.GradientEstimate)
    return found, np.array([seen - 2.0 * m, 1.0 - 2.0 * s * s])


def categorical(
    count: int = 20_000, seed: int = 2, temperature: float = 1.0
) -> tuple[gk.GradientEstimate, gk.GradientEstimate, np.ndarray]:
    """Three classes, bound = sum_k q_k (log joint_k - log q_k): by scores, by Gumbel-softmax, exact."""
    rng = np.random.default_rng(seed)
    logits, joint = np.array([0.2, -0.4, 0.6]), np.array([-1.0, -3.0, -2.0])
    q = np.exp(logits) / np.exp(logits).sum()
    gain = joint - np.log(q)
    drawn = rng.choice(3, size=count, p=q)
    scored = gk.score_function_estimate(gain[drawn], np.eye(3)[drawn] - q, baseline="all")
    y = np.exp((logits + rng.gumbel(size=(count, 3))) / temperature)
    y /= y.sum(axis=1, keepdims=True)
    slopes = y * (gain - (y @ gain)[:, None]) / temperature  # d(y gain)/d logits, the draw of Gumbel held fixed
    relaxed = gk.score_function_estimate(np.zeros(count), np.zeros((count, 3)), pathwise=slopes)
    assert isinstance(scored, gk.GradientEstimate)
    assert isinstance(relaxed, gk.GradientEstimate)
    return scored, relaxed, q * (gain - q @ gain)


if __name__ == "__main__":
    print("gaussian   ", *gaussian())
    scored, relaxed, exact = categorical()
    print("categorical", exact, scored.value, scored.standard_error)
    print("relaxed    ", relaxed.value - exact, "off, error", relaxed.standard_error)
