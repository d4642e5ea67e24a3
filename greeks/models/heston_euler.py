"""Log-Euler with full truncation, for comparison, and the textbook score of its transitions.

v+ = max(v, 0); v' = v + kappa (theta - v+) h + xi sqrt(v+ h) Z_v. Given the variance path the log-return is normal,
with mean sum(-v+ h / 2 + rho sqrt(v+ h) Z_v) and variance (1 - rho^2) sum(v+ h).

Source: Lord, Koekkoek and van Dijk, A comparison of biased simulation schemes for stochastic volatility models (2010);
Broadie and Kaya, Exact simulation of option Greeks under stochastic volatility and jump diffusion models (2004), for
scores. Verified against a numerical derivative of the log-density of a path in the tests.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp_array
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw
from greeks.models.heston_constants import TILE

# Rows of the sums from which every full score is combined.
SCORES = ("spot", "rate", "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
_VARIANCE_ROW, _SPOT_ROW = 2**32, 2**33  # counters of the first random numbers of the two Brownian motions


class EulerScored:
    """One block of the joint Euler scheme: spots at the dates, and scores of the pair (log S, v).

    Attributes
    ----------
    spot, log_spot : ndarray, shape (dates, stride)
    scores : ndarray, shape (len(SCORES), stride)
    count : int
    """

    def __init__(
        self, model: Any, dates: tuple[float, ...], lengths: Array, substeps: Array, draw: Draw, workspace: Workspace
    ) -> None:
        steps, stride = int(np.sum(substeps)), draw.stride
        self.count, self.model = draw.count, model
        variance, orthogonal = (workspace.array(f"euler/{name}", steps, stride) for name in ("variance", "orthogonal"))
        draw.normals(_VARIANCE_ROW, variance)
        draw.normals(_SPOT_ROW, orthogonal)
        self.log_spot = workspace.array("euler/log_spot", len(dates), stride)
        self.spot = workspace.array("euler/spot", len(dates), stride)
        self.scores = workspace.array("euler/scores", len(SCORES), stride)
        scratch = workspace.array("euler/scratch", 2, TILE)
        parameters = model.mean_reversion, model.long_run_variance, model.vol_of_vol, model.correlation
        euler_scores(
            variance, orthogonal, float(np.log(model.spot)), model.rate - model.dividend_yield, model.initial_variance,
            *parameters, lengths, substeps, self.count, scratch, self.log_spot, self.scores,
        )  # fmt: skip
        for row, target in zip(self.log_spot, self.spot, strict=True):
            exp_array(row, target)


@kernel
def euler_paths(
    normals: Array,
    initial: float,
    kappa: float,
    theta: float,
    xi: float,
    rho: float,
    lengths: Array,
    substeps: Array,
    n: int,
    scratch: Array,
    mean: Array,
    variance: Array,
) -> None:
    """Mean (without drift) and variance of the log-return of every interval, shape (intervals, stride)."""
    for low in range(0, n, TILE):
        high = min(low + TILE, n)
        v = scratch[0]
        for i in range(high - low):
            v[i] = initial
        row = 0
        for k in range(lengths.shape[0]):
            h = lengths[k] / substeps[k]
            total, spread = mean[k, low:high], variance[k, low:high]
            for i in range(high - low):
                total[i] = 0.0
                spread[i] = 0.0
            for _ in range(int(substeps[k])):
                z = normals[row, low:high]
                row += 1
                for i in range(high - low):
                    positive = max(v[i], 0.0)
                    shock = sqrt(positive * h) * z[i]
                    total[i] += fma(rho, shock, -0.5 * h * positive)
                    spread[i] = fma((1.0 - rho * rho) * h, positive, spread[i])
                    v[i] += fma(xi, shock, kappa * h * (theta - positive))


@kernel
def euler_scores(
    normals: Array,
    orthogonal: Array,
    start: float,
    drift: float,
    initial: float,
    kappa: float,
    theta: float,
    xi: float,
    rho: float,
    lengths: Array,
    substeps: Array,
    n: int,
    scratch: Array,
    log_spot: Array,
    scores: Array,
) -> None:
    """Log-spots at the dates, and the score of the pair (log S, v) to each of SCORES.

    A step that starts at v <= 0 has no density: its score is taken as 0, which is biased, see the estimator's warning.
    """
    root = sqrt(1.0 - rho * rho)
    hat = rho / root
    for low in range(0, n, TILE):
        high = min(low + TILE, n)
        v, x = scratch[0], scratch[1]
        for i in range(high - low):
            v[i] = initial
            x[i] = start
        for p in range(scores.shape[0]):
            score = scores[p, low:high]
            for i in range(high - low):
                score[i] = 0.0
        row = 0
        for k in range(lengths.shape[0]):
            h = lengths[k] / substeps[k]
            for _ in range(int(substeps[k])):
                zv, zo = normals[row, low:high], orthogonal[row, low:high]
                if row == 0:
                    for i in range(high - low):
                        deviation = sqrt(initial * h)
                        a, b = zv[i], zo[i]
                        scores[0, low + i] = b / (root * deviation)
                        by_variance = (1.0 - kappa * h) * (a - hat * b) / (xi * deviation)
                        by_variance += (a * a + b * b - 2.0) / (2.0 * initial) - 0.5 * h * b / (root * deviation)
                        scores[2, low + i] = by_variance
                row += 1
                rate, kappa_score, theta_score = scores[1, low:high], scores[3, low:high], scores[4, low:high]
                xi_score, rho_score = scores[5, low:high], scores[6, low:high]
                for i in range(high - low):
                    positive = max(v[i], 0.0)
                    deviation = sqrt(positive * h)
                    there = select(positive > 0.0, 1.0, 0.0)
                    inverse = there / max(deviation, 1e-150)
                    a, b = zv[i], zo[i]
                    rate[i] += h * b * inverse / root
                    pull = (a - hat * b) * inverse / xi
                    kappa_score[i] += (theta - positive) * h * pull
                    theta_score[i] += kappa * h * pull
                    xi_score[i] += there * (a * a - 1.0 - hat * a * b) / xi
                    rho_score[i] += there * (rho * (1.0 - b * b) / (root * root) + a * b / root)
                    x[i] += fma(drift, h, -0.5 * h * positive) + deviation * fma(root, b, rho * a)
                    v[i] += fma(xi * deviation, a, kappa * h * (theta - positive))
            out = log_spot[k, low:high]
            for i in range(high - low):
                out[i] = x[i]
