"""How often the variance of a parameter set meets 0: what decides which of its numbers can be trusted.

Verified against a set that hardly ever meets 0 and one that nearly always does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from greeks.core.generator import fill_uniforms, first_of, stream_key
from greeks.models.heston_constants import TILE, grid_of
from greeks.models.heston_paths import VARIANCE_ROW
from greeks.models.heston_qe import qe_touches


@dataclass(frozen=True)
class Diagnosis:
    """How often the variance meets 0.

    Attributes
    ----------
    feller_ratio : float
        2 kappa theta / xi^2.
    touching : float
        Share of simulated paths whose variance is 0 at some time step.
    """

    feller_ratio: float
    touching: float


def diagnose(model: Any, maturity: float, steps_per_year: int | None = None, paths: int = 2**15) -> Diagnosis:
    """Feller ratio, and the share of QE paths that touch 0.

    Parameters
    ----------
    model : Heston
    maturity : float
        Years, > 0.
    steps_per_year : int, optional
        Default: that of the model.
    paths : int
        Number of paths; the standard error of the share is at most half its inverse root.

    Returns
    -------
    Diagnosis
    """
    substeps = model.substeps((maturity,), steps_per_year)
    drivers = np.empty((sum(substeps), -(-paths // 8) * 8))  # drawn by eights
    fill_uniforms(*stream_key(42, "diagnose", maturity), first_of(0), VARIANCE_ROW, drivers)
    grid = grid_of(model, (maturity,), substeps)
    touched = np.empty(paths)
    qe_touches(drivers, model.initial_variance, grid.constants[0], paths, np.empty((1, TILE)), touched)
    return Diagnosis(model.feller_ratio, float(np.mean(touched)))
