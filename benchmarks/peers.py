"""The same work by QuantLib, JAX and MKL. Each function returns a callable and the path-steps it does, or raises Missing."""

from __future__ import annotations

import ctypes
import site
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.timing import ASIAN, HESTON, Missing

Work = tuple[Callable[[], object], int]
_INTERVALS = 52


def mkl_floor(paths: int = 4096) -> Work:
    """Normals (its fastest generator and method here) and one exp each: no simulation can do with less."""
    places = [Path(sys.prefix) / "lib", *[Path(p).parents[2] / "lib" for p in site.getsitepackages()]]
    found = [path for place in places for path in place.glob("libmkl_rt.so*")]
    if not found:
        raise Missing("mkl is not installed")
    mkl = ctypes.CDLL(str(found[0]))
    mkl.MKL_Set_Num_Threads(1)
    n = paths * _INTERVALS
    z, out = np.empty(n), np.empty(n)
    pointer = [a.ctypes.data_as(ctypes.c_void_p) for a in (z, out)]

    def draw(stream: ctypes.c_void_p, method: int) -> None:
        code = mkl.vdRngGaussian(method, stream, n, pointer[0], ctypes.c_double(0.0), ctypes.c_double(0.1))
        if code:
            raise Missing(f"MKL returned {code}")

    import time

    best: tuple[float, Callable[[], None]] | None = None
    for generator in (2 << 20, 9 << 20, 16 << 20):  # MRG32k3a, MT2203, Philox4x32-10
        stream = ctypes.c_void_p()
        if mkl.vslNewStream(ctypes.byref(stream), generator, 1):
            continue
        for method in (1, 2):  # Box-Muller of both kinds is slower than the second; inverse

            def candidate(s: ctypes.c_void_p = stream, m: int = method) -> None:
                draw(s, m)

            candidate()
            start = time.perf_counter()
            candidate()
            took = time.perf_counter() - start
            if best is None or took < best[0]:
                best = (took, candidate)
    if best is None:
        raise Missing("MKL has no usable generator")
    normals = best[1]

    def run() -> None:
        normals()
        mkl.vdExp(n, pointer[0], pointer[1])

    return run, n


def jax_asian(gradient: bool, paths: int = 16384) -> Work:
    """Price, or price and reverse-mode gradient to spot, volatility and rate, compiled, on one thread of the CPU."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError as error:
        raise Missing("jax is not installed") from error
    jax.config.update("jax_enable_x64", True)
    h = ASIAN["maturity"] / _INTERVALS

    def price(p: jax.Array, key: jax.Array) -> jax.Array:
        spot, volatility, rate = p
        z = jax.random.normal(key, (_INTERVALS, paths))
        steps = (rate - ASIAN["dividend_yield"] - volatility**2 / 2) * h + volatility * jnp.sqrt(h) * z
        mean = jnp.mean(spot * jnp.exp(jnp.cumsum(steps, axis=0)), axis=0)
        return jnp.mean(jnp.exp(-rate * ASIAN["maturity"]) * jnp.maximum(mean - ASIAN["strike"], 0.0))

    function = jax.jit(jax.value_and_grad(price) if gradient else price)
    p, key = jnp.array([ASIAN["spot"], ASIAN["volatility"], ASIAN["rate"]]), jax.random.key(1)
    return lambda: jax.block_until_ready(function(p, key)), paths * _INTERVALS


def _quantlib_process(heston: bool):  # type: ignore[no-untyped-def]
    try:
        import QuantLib as ql
    except ImportError as error:
        raise Missing("QuantLib is not installed") from error
    today = ql.Date(2, 1, 2026)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    spot = ql.QuoteHandle(ql.SimpleQuote(ASIAN["spot"]))
    rate, dividend = (
        ql.YieldTermStructureHandle(ql.FlatForward(today, ASIAN[name], count)) for name in ("rate", "dividend_yield")
    )
    if heston:
        h = [
            HESTON[n] for n in ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
        ]
        scheme = ql.HestonProcess.QuadraticExponentialMartingale
        return ql, today, ql.HestonProcess(rate, dividend, spot, *h, scheme)
    volatility = ql.BlackVolTermStructureHandle(
        ql.BlackConstantVol(today, ql.NullCalendar(), ASIAN["volatility"], count)
    )
    return ql, today, ql.BlackScholesMertonProcess(spot, dividend, rate, volatility)


def quantlib_asian(paths: int = 8192) -> Work:
    """Price alone, arithmetic average of 52 fixings, pseudo-random."""
    ql, today, process = _quantlib_process(heston=False)
    dates = [today + round(365 * (i + 1) / _INTERVALS) for i in range(_INTERVALS)]
    option = ql.DiscreteAveragingAsianOption(
        ql.Average.Arithmetic,
        dates,
        ql.PlainVanillaPayoff(ql.Option.Call, ASIAN["strike"]),
        ql.EuropeanExercise(dates[-1]),
    )

    def run() -> float:
        option.setPricingEngine(ql.MCDiscreteArithmeticAPEngine(process, "pr", requiredSamples=paths, seed=1))
        return float(option.NPV())

    return run, paths * _INTERVALS


def quantlib_european(paths: int = 65536) -> Work:
    """Price alone, one step."""
    ql, today, process = _quantlib_process(heston=False)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, ASIAN["strike"]), ql.EuropeanExercise(today + 365))

    def run() -> float:
        option.setPricingEngine(ql.MCEuropeanEngine(process, "pr", timeSteps=1, requiredSamples=paths, seed=1))
        return float(option.NPV())

    return run, paths


def quantlib_heston(paths: int = 8192, steps: int = 32) -> Work:
    """Price alone, QE with the martingale correction."""
    ql, today, process = _quantlib_process(heston=True)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call, ASIAN["strike"]), ql.EuropeanExercise(today + 365))

    def run() -> float:
        option.setPricingEngine(
            ql.MCEuropeanHestonEngine(process, "pr", timeSteps=steps, requiredSamples=paths, seed=1)
        )
        return float(option.NPV())

    return run, paths * steps
