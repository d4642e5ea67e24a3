"""Parameter sets of the literature, each with a maturity; Feller ratios from 2.5 down to 0.04."""

from __future__ import annotations

import greeks as gk


def _set(r, q, v0, kappa, theta, xi, rho):
    return gk.Heston(
        spot=100.0,
        rate=r,
        dividend_yield=q,
        initial_variance=v0,
        mean_reversion=kappa,
        long_run_variance=theta,
        vol_of_vol=xi,
        correlation=rho,
    )


SETS = {
    "mild": (_set(0.05, 0.02, 0.04, 1.5, 0.04, 0.3, -0.7), 1.0),
    "Andersen I": (_set(0.0, 0.0, 0.04, 0.5, 0.04, 1.0, -0.9), 10.0),
    "Andersen II": (_set(0.0, 0.0, 0.04, 0.3, 0.04, 0.9, -0.5), 15.0),
    "Andersen III": (_set(0.05, 0.0, 0.09, 1.0, 0.09, 1.0, -0.3), 5.0),
    "Broadie-Kaya": (_set(0.0319, 0.0, 0.010201, 6.21, 0.019, 0.61, -0.7), 1.0),
    "Kahl-Jaeckel": (_set(0.0, 0.0, 0.16, 1.0, 0.16, 2.0, -0.8), 10.0),
    "Feller violated": (_set(0.05, 0.02, 0.04, 0.5, 0.04, 1.0, -0.9), 1.0),
}
