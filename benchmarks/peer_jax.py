"""JAX's side: the Asian option compiled for one thread of the CPU, in double precision."""

from __future__ import annotations

from math import sqrt
from typing import Any

from benchmarks.ours import DISCOUNT, FIXINGS, MARKET, MATURITY, STRIKE, VOLATILITY
from benchmarks.timing import Missing, Work

_INTERVAL = MATURITY / FIXINGS


def asian(form: str, gradient: bool, paths: int = 4096) -> Work:
    """Price, or price and reverse-mode gradient with respect to spot, volatility and rate.

    ``form`` is "cumsum", as one would write it, or "scan", the fastest of the forms tried (among them an unrolled
    loop, numbers drawn within the scan, and JAX's other generators).
    """
    try:
        import jax
        import jax.numpy as jnp
    except ImportError as error:
        raise Missing("jax is not installed") from error
    jax.config.update("jax_enable_x64", True)

    def step_parts(volatility: Any, rate: Any) -> tuple[Any, Any]:
        return (rate - MARKET["dividend_yield"] - volatility**2 / 2) * _INTERVAL, volatility * sqrt(_INTERVAL)

    def cumsum_average(spot: Any, volatility: Any, rate: Any, key: Any) -> Any:
        drift, diffusion = step_parts(volatility, rate)
        z = jax.random.normal(key, (paths, FIXINGS))
        return jnp.mean(spot * jnp.exp(jnp.cumsum(drift + diffusion * z, axis=1)), axis=1)

    def scan_average(spot: Any, volatility: Any, rate: Any, key: Any) -> Any:
        drift, diffusion = step_parts(volatility, rate)

        def step(carry: Any, z: Any) -> Any:
            log_spot = carry[0] + drift + diffusion * z
            return (log_spot, carry[1] + jnp.exp(log_spot)), None

        start = jnp.full(paths, jnp.log(spot)), jnp.zeros(paths)
        (_, total), _ = jax.lax.scan(step, start, jax.random.normal(key, (FIXINGS, paths)))
        return total / FIXINGS

    average = {"cumsum": cumsum_average, "scan": scan_average}[form]

    def price(parameters: Any, key: Any) -> Any:
        spot, volatility, rate = parameters
        discount = jnp.exp(-rate * MATURITY)
        return discount * jnp.mean(jnp.maximum(average(spot, volatility, rate, key) - STRIKE, 0.0))

    function = jax.jit(jax.value_and_grad(price) if gradient else price)
    parameters, key = jnp.array([MARKET["spot"], VOLATILITY, MARKET["rate"]]), jax.random.key(1)
    assert abs(DISCOUNT - float(jnp.exp(-parameters[2] * MATURITY))) < 1e-12  # double precision is on

    def run() -> float:
        result = jax.block_until_ready(function(parameters, key))
        return float(result[0] if gradient else result)

    return Work(run, paths * FIXINGS)
