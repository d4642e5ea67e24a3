"""Faults of the models: weights, tangents, moments of the returns, time steps."""

from __future__ import annotations

from benchmarks.mutants.mutant import Mutant

_WEIGHTS, _GBM = "greeks/models/gbm_kernels.py", "greeks/models/gbm_paths.py"
_PATHS, _KERNELS = "greeks/models/heston_paths.py", "greeks/models/heston_kernels.py"
_CONSTANTS, _QE = "greeks/models/heston_constants.py", "greeks/models/heston_qe.py"
_NAIVE = ("tests/unit/test_engine_against_naive.py",)
_QUADRATURE = ("tests/statistical/test_autocallable.py", "tests/statistical/test_lookback.py")
_HESTON = ("tests/unit/test_heston.py",)
_CLOSED = ("tests/statistical/test_closed_forms.py::test_every_cell",)

MUTANTS = (
    Mutant(
        "terminal-weight",
        "delta of a path by the weight of its last spot, as of a European",
        _WEIGHTS,
        '"delta": [0, d, 0, 0, 0,',
        '"delta": [0, 0, 0, 1.0 / (s0 * sigma * total), 0,',
        _QUADRATURE,
    ),
    Mutant(
        "vega-weight-of-one-interval",
        "the weight of vega subtracts 1 / sigma once, not once an interval",
        _WEIGHTS,
        '"vega": [-m * i,',
        '"vega": [-i,',
        _QUADRATURE,
    ),
    Mutant(
        "gamma-weight-without-first-power",
        "the weight of gamma in the log-spot, not in the spot",
        _WEIGHTS,
        '"gamma": [-g, -d / s0, g,',
        '"gamma": [-g, 0, g,',
        _CLOSED,
    ),
    Mutant(
        "theta-weight-sign",
        "the first interval grows with time in the weight of theta",
        _WEIGHTS,
        '"theta": [0.5 / h1, -mu / (sigma * root), -0.5 / h1,',
        '"theta": [-0.5 / h1, mu / (sigma * root), 0.5 / h1,',
        _NAIVE,
    ),
    Mutant(
        "drift-without-half",
        "the log-drift subtracts the variance, not half of it",
        _GBM,
        "return model.rate - model.dividend_yield - 0.5 * model.volatility**2\n\n\n@lru_cache(maxsize=256)\ndef _grid",
        "return model.rate - model.dividend_yield - model.volatility**2\n\n\n@lru_cache(maxsize=256)\ndef _grid",
        _QUADRATURE,
    ),
    Mutant(
        "vega-tangent-without-drift",
        "the tangent of vega moves the Brownian part alone",
        _GBM,
        "Tangent(by_date=-model.volatility * times, increments",
        "Tangent(by_date=0.0 * times, increments",
        _CLOSED,
    ),
    Mutant(
        "dividend-tangent-sign",
        "a dividend yield raises the spot",
        _GBM,
        '_rate_slope(model) * times if greek == "rho" else -times',
        '_rate_slope(model) * times if greek == "rho" else times',
        _NAIVE,
    ),
    Mutant(
        "theta-difference-direction",
        "a step of theta lengthens the first interval",
        _GBM,
        "dates = tuple(date - step for date in dates)",
        "dates = tuple(date + step for date in dates)",
        _NAIVE,
    ),
    Mutant(
        "returns-variance-slope",
        "the variance of a return moves by sigma h with the volatility, not by twice that",
        _GBM,
        '"vega": 2.0 * sigma * steps',
        '"vega": sigma * steps',
        ("tests/unit/test_measure_valued.py", "tests/statistical/test_one_step_survival.py"),
    ),
    Mutant(
        "total-variance",
        "given the variance path, the log-return has all of the variance, not the part that is left",
        _CONSTANTS,
        "0.5 * h * (1.0 - rho * rho)",
        "0.5 * h",
        (*_HESTON, *_CLOSED),
    ),
    Mutant(
        "martingale-correction",
        "the log-return by Andersen's plain scheme, without the martingale correction",
        _QE,
        "core = select(good, core, fma(k13, v[i], k0))\n                    total[i] +=",
        "core = fma(k13, v[i], k0) - 0.5 * k3 * v[i]\n                    total[i] +=",
        _HESTON,
    ),
    Mutant(
        "vega-of-initial-variance",
        "vega under Heston by the initial variance, without the factor 2 sqrt(v)",
        _PATHS,
        "return 0, 2.0 * sqrt(model.initial_variance), 0.0",
        "return 0, 1.0, 0.0",
        (*_HESTON, *_CLOSED),
    ),
    Mutant(
        "weight-without-variance",
        "the conditional weight under Heston without what a parameter does to the variance of a return",
        _KERNELS,
        "out[i] = fma(odd + even, inverse, out[i])",
        "out[i] = fma(odd, inverse, out[i])",
        (*_HESTON, *_CLOSED),
    ),
    Mutant(
        "theta-moves-every-interval",
        "time passing shortens every interval between the dates, not the first alone",
        _CONSTANTS,
        "if k == 0:  # calendar time",
        "if k >= 0:  # calendar time",
        _HESTON,
    ),
    Mutant(
        "bridge-of-the-variance-left",
        "a level is met between dates as if the variance path between them were known: conditional, not whole variance",
        _PATHS,
        "whole, shape = 1.0 / (1.0 - self.model.correlation**2), self.normals.shape",
        "whole, shape = 1.0, self.normals.shape",
        ("tests/statistical/test_barrier.py",),
    ),
    Mutant(
        "bridge-of-a-fixed-variance",
        "a parameter of Heston moves the variance of the returns, not that of the bridges between dates",
        _PATHS,
        "scaled(slopes[row].reshape(-1), factor * whole, out.size, out.reshape(-1))",
        "scaled(slopes[row].reshape(-1), 0.0, out.size, out.reshape(-1))",
        ("tests/statistical/test_barrier.py",),
    ),
    Mutant(
        "heston-carry-of-theta",
        "theta under Heston without the drift of the first interval",
        _PATHS,
        "return 5, -1.0, -(model.rate - model.dividend_yield)",
        "return 5, -1.0, 0.0",
        _CLOSED,
    ),
    Mutant(
        "substeps-of-one-interval-less",
        "one time step fewer between two dates",
        "greeks/models/heston.py",
        "max(1, ceil((b - a) * density - 1e-9))",
        "max(1, ceil((b - a) * density - 1e-9) - 1)",
        (*_HESTON, "tests/unit/test_time_step.py"),
    ),
)
