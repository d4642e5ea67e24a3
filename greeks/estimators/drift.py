"""Where to draw paths for a payment that few of them meet: one drift of the spot's normals, by a pilot of its own.

All normals are moved along the direction of the last spot, by m deviations of it. With zeta the draw along it, the
second moment of payment times likelihood ratio is E[f^2 exp(-m zeta + m^2/2)] whatever law the paths come from, once
weighted by it: a mixture of drifts over the whole range serves all m alike, far ones too, and the m with the least is
taken. The stream is the pilot's own, so that the drift depends on payment and model alone, and knows nothing of the
paths of the run.

Source: Glasserman, Heidelberger and Shahabuddin, Asymptotically optimal importance sampling (1999), for one direction;
Veach and Guibas, Optimally combining sampling techniques (1995), for the mixture. Verified against the closed form of
the best drift, and against a grid of drifts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from greeks.compiler.jit import Tape
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw

_MOST, _STEP = 8.0, 0.5  # deviations
_TRIED = np.arange(-_MOST, _MOST + 0.5)  # drifts of the mixture
_PATHS = 256  # of each
_WORTH = 1.1  # times less second moment: with less to gain the paths are left where they are


def shift_of(payoff: Any, model: Any) -> Array:
    """By how much the normal of each interval is moved, shape (dates,); all 0 where nothing is to be gained."""
    dates = np.array(payoff.dates())
    shift: Array = deviations(payoff, model) * np.sqrt(np.diff(dates, prepend=0.0) / dates[-1])
    return shift


@lru_cache(maxsize=1024)
def deviations(payoff: Any, model: Any) -> float:
    """The drift of least second moment of the payment, in deviations of the last log-spot."""
    with Tape().recording():  # done once, not for each block
        values, along = _sample(payoff, model)
    found = values != 0.0
    if not found.any() or not np.isfinite(values).all():  # what is no number is met by paths that are not moved away
        return 0.0
    grid = np.arange(-_MOST, _MOST + 0.5 * _STEP, _STEP)
    values, along = values[found] / np.abs(values[found]).max(), along[found]
    mixture = _ratio(_TRIED[:, None], along).mean(axis=0)  # density over that without drift
    moments = (values**2 / (mixture * _ratio(grid[:, None], along))).sum(axis=1)
    best, none = int(np.argmin(moments)), int(np.argmin(np.abs(grid)))
    return float(grid[best]) if moments[none] > _WORTH * moments[best] else 0.0


def _ratio(drift: Array, along: Array) -> Array:
    """Density with a drift over that without."""
    moved: Array = np.exp(drift * along - 0.5 * drift**2)
    return moved


def _sample(payoff: Any, model: Any) -> tuple[Array, Array]:
    """Payments under every drift of the mixture, and where each path lies along the direction."""
    dates, workspace = payoff.dates(), Workspace()
    draw = Draw(stream_key(0, "drift"), first_of(0), _PATHS, _PATHS)
    paths = model.simulate(dates, draw, workspace)
    unit = np.sqrt(np.diff(dates, prepend=0.0) / dates[-1])
    values, along = np.empty((len(_TRIED), draw.stride)), np.empty((len(_TRIED), _PATHS))
    _, ratio = paths.drifted(unit, "drift/unit")
    zeta = -np.log(ratio[:_PATHS]) - 0.5
    for row, drift in enumerate(_TRIED):
        moved, _ = paths.drifted(drift * unit, f"drift/{row}")
        payoff.values(moved, workspace, values[row])
        along[row] = zeta + drift
    return values[:, :_PATHS].reshape(-1), along.reshape(-1)
