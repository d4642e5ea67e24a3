"""Conditional draws between two levels, and their first and second derivatives, tile by tile.

A pending return is normal: the log-spot has the mean y and the deviation s. It survives between ``lower`` and ``upper``
with the probability p = Phi(b_u) - Phi(b_l), b = (level - y) / s, and is drawn as y + s z with
Phi(z) = Phi(b_l) + U p. Implicit differentiation gives z' = c_u b_u' + c_l b_l', c_u = U phi(b_u) / phi(z) and
c_l = (1 - U) phi(b_l) / phi(z), weights in [0, 1] for one level: the tangent cannot explode.

Source: Glasserman and Staum, Conditioning on one-step survival for barrier option simulations (2001); Alm, Harrach,
Harrach and Keller, A Monte Carlo pricing algorithm for autocallables that allows for stable differentiation (2013).
Verified in the tests path by path against differences, and against backward quadrature.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, inverse_normal, normal_cdf, normal_density
from greeks.core.workspace import Array

FAR = 1e4  # of a log-level: none
_NEVER = 1e-290
_LAST = 37.0  # deviations beyond which a probability is 0 in double precision

TILE = 128  # paths advanced together, so that the rows of a tile stay near

# Where the rows of a tile start, in one array at constant distances: only so does the compiler see that they do not
# overlap, and works on several paths at once. Mean and deviation of the pending return, weight of survival, bounds,
# what the free returns after it add, its uniform; then temporaries.
Y, S, WEIGHT, UPPER, LOWER, FREE, UNIFORM, LEVEL, DRAWN, NEW_M, NEW_S, Z = range(0, 12 * TILE, TILE)
BETA_U, C_U, K_U, BETA_L, C_L, K_L, SURVIVES, OWN = range(12 * TILE, 20 * TILE, TILE)
STATE = 20 * TILE
# The rows of each parameter, then those of each pair.
D_Y, D_S, D_LOG, D_UPPER, D_LOWER, D_FREE, D_BETA_U, D_BETA_L, D_Z, D_LOG_P, D_NEW_M, D_NEW_S = range(
    0, 12 * TILE, TILE
)
SLOPES = 12 * TILE
DD_Y, DD_LOG = 0, TILE
SECOND = 2 * TILE


@kernel
def draw_below(t: Array, n: int) -> None:
    """Draw below the upper bound."""
    for i in range(n):  # several short loops: one would need more registers than there are
        b = max((t[UPPER + i] - t[Y + i]) / t[S + i], -_LAST)
        inside = normal_cdf(b)
        t[BETA_U + i], t[SURVIVES + i], t[K_U + i] = b, inside, normal_density(b) / inside
    for i in range(n):
        t[Z + i] = inverse_normal(t[UNIFORM + i] * t[SURVIVES + i])
    for i in range(n):
        z, b = t[Z + i], t[BETA_U + i]
        t[C_U + i] = t[UNIFORM + i] * exp(0.5 * (z - b) * (z + b))


@kernel
def draw_above(t: Array, n: int) -> None:
    """Draw above the lower bound."""
    for i in range(n):
        b = min((t[LOWER + i] - t[Y + i]) / t[S + i], _LAST)
        inside = normal_cdf(-b)
        t[BETA_L + i], t[SURVIVES + i], t[K_L + i] = b, inside, -normal_density(b) / inside
    for i in range(n):
        t[Z + i] = -inverse_normal((1.0 - t[UNIFORM + i]) * t[SURVIVES + i])
    for i in range(n):
        z, b = t[Z + i], t[BETA_L + i]
        t[C_L + i] = (1.0 - t[UNIFORM + i]) * exp(0.5 * (z - b) * (z + b))


@kernel
def draw_between(t: Array, n: int) -> None:
    """Draw between both bounds, in the tail that loses no digits."""
    for i in range(n):
        b = max((t[UPPER + i] - t[Y + i]) / t[S + i], -_LAST)
        a = min((t[LOWER + i] - t[Y + i]) / t[S + i], _LAST)
        turned = select(a > 0.0, -1.0, 1.0)
        from_low = normal_cdf(select(a > 0.0, -b, a))
        inside = normal_cdf(select(a > 0.0, -a, b)) - from_low
        alive = inside > _NEVER  # levels pushed back over free returns may leave no room: the path has no weight
        share = select(a > 0.0, 1.0 - t[UNIFORM + i], t[UNIFORM + i])
        drawn = select(alive, turned * inverse_normal(fma(share, inside, from_low)), 0.0)
        t[Z + i], t[SURVIVES + i], t[BETA_U + i], t[BETA_L + i] = drawn, select(alive, inside, 0.0), b, a
        t[C_U + i] = select(alive, t[UNIFORM + i] * exp(0.5 * (drawn - b) * (drawn + b)), 0.0)
        t[C_L + i] = select(alive, (1.0 - t[UNIFORM + i]) * exp(0.5 * (drawn - a) * (drawn + a)), 0.0)
        t[K_U + i] = select(alive, normal_density(b) / inside, 0.0)
        t[K_L + i] = select(alive, -normal_density(a) / inside, 0.0)


@kernel
def draw_freely(t: Array, n: int) -> None:
    """Draw where there is no bound."""
    for i in range(n):
        t[Z + i] = inverse_normal(t[UNIFORM + i])
        t[SURVIVES + i] = 1.0


@kernel
def slopes_of_draw(t: Array, d: Array, below: bool, above: bool, n: int) -> None:
    """b', z' and (ln p)' along one parameter."""
    for i in range(n):
        d[D_Z + i] = 0.0
        d[D_LOG_P + i] = 0.0
    if below:
        for i in range(n):
            b = (d[D_UPPER + i] - d[D_Y + i] - t[BETA_U + i] * d[D_S + i]) / t[S + i]
            d[D_BETA_U + i] = b
            d[D_Z + i] = t[C_U + i] * b
            d[D_LOG_P + i] = t[K_U + i] * b
    if above:
        for i in range(n):
            b = (d[D_LOWER + i] - d[D_Y + i] - t[BETA_L + i] * d[D_S + i]) / t[S + i]
            d[D_BETA_L + i] = b
            d[D_Z + i] += t[C_L + i] * b
            d[D_LOG_P + i] += t[K_L + i] * b


@kernel
def second_of_draw(t: Array, da: Array, db: Array, q: Array, below: bool, above: bool, mean: float, n: int) -> None:
    """y'' and (ln p)'' along a pair, from those of the pending return to those of the next; s'' is 0."""
    for i in range(n):
        z, s, yy, a_s, b_s = t[Z + i], t[S + i], q[DD_Y + i], da[D_S + i], db[D_S + i]
        zz, lp = 0.0, -da[D_LOG_P + i] * db[D_LOG_P + i]
        if below:
            beta, a, b = t[BETA_U + i], da[D_BETA_U + i], db[D_BETA_U + i]
            twice = -(yy + a * b_s + b * a_s) / s
            zz += t[C_U + i] * (twice + (z * db[D_Z + i] - beta * b) * a)
            lp += t[K_U + i] * (twice - beta * a * b)
        if above:
            beta, a, b = t[BETA_L + i], da[D_BETA_L + i], db[D_BETA_L + i]
            twice = -(yy + a * b_s + b * a_s) / s
            zz += t[C_L + i] * (twice + (z * db[D_Z + i] - beta * b) * a)
            lp += t[K_L + i] * (twice - beta * a * b)
        here = t[DRAWN + i] > 0.0
        q[DD_LOG + i] += select(here, lp, 0.0)
        q[DD_Y + i] += select(here, a_s * db[D_Z + i] + b_s * da[D_Z + i] + s * zz + mean, 0.0)


@kernel
def advance_slopes(t: Array, d: Array, n: int) -> None:
    """The pending return's derivatives become those of the next, or those of the free returns grow."""
    for i in range(n):
        here = t[DRAWN + i] > 0.0
        d[D_LOG + i] += select(here, d[D_LOG_P + i], 0.0)
        moved = d[D_S + i] * t[Z + i] + t[S + i] * d[D_Z + i] + d[D_FREE + i] + d[D_NEW_M + i]
        d[D_Y + i] += select(here, moved, 0.0)
        d[D_FREE + i] = select(here, 0.0, d[D_FREE + i] + d[D_NEW_M + i] + d[D_NEW_S + i] * t[OWN + i])
        d[D_S + i] = select(here, d[D_NEW_S + i], d[D_S + i])
        d[D_UPPER + i] = select(here, 0.0, d[D_UPPER + i])
        d[D_LOWER + i] = select(here, 0.0, d[D_LOWER + i])


@kernel
def advance(t: Array, uniforms: Array, n: int) -> None:
    """The drawn return is done and the next one pending; where none was drawn a free return is added."""
    for i in range(n):
        here = t[DRAWN + i] > 0.0
        t[WEIGHT + i] *= select(here, t[SURVIVES + i], 1.0)
        t[Y + i] += select(here, t[S + i] * t[Z + i] + t[FREE + i] + t[NEW_M + i], 0.0)
        t[FREE + i] = select(here, 0.0, t[FREE + i] + t[NEW_M + i] + t[NEW_S + i] * t[OWN + i])
        t[S + i] = select(here, t[NEW_S + i], t[S + i])
        t[UNIFORM + i] = select(here, uniforms[i], t[UNIFORM + i])
        t[UPPER + i] = select(here, FAR, t[UPPER + i])
        t[LOWER + i] = select(here, -FAR, t[LOWER + i])


@kernel
def bound_above(t: Array, slopes: Array, moving: int, level: float, n: int) -> None:
    """The upper level of a date, moved back over the free returns to the pending one, along the first parameters."""
    for k in range(moving):
        d = slopes[k]
        for i in range(n):
            d[D_UPPER + i] = select(level - t[FREE + i] < t[UPPER + i], -d[D_FREE + i], d[D_UPPER + i])
    for i in range(n):
        t[UPPER + i] = min(t[UPPER + i], level - t[FREE + i])


@kernel
def bound_below(t: Array, slopes: Array, moving: int, level: float, n: int) -> None:
    """The lower level of a date, likewise."""
    for k in range(moving):
        d = slopes[k]
        for i in range(n):
            d[D_LOWER + i] = select(level - t[FREE + i] > t[LOWER + i], -d[D_FREE + i], d[D_LOWER + i])
    for i in range(n):
        t[LOWER + i] = max(t[LOWER + i], level - t[FREE + i])
