"""Derivatives of the QE-M scheme along the variance path, to every parameter at once.

a, b^2 (quadratic branch), p, beta (exponential branch) and the martingale term are all functions of the variance and of
the parameters, and each is differentiated. The switch between the branches at psi = 1.5 leaves a small bias in the
derivatives, measured in docs/heston.md.

Source: as :mod:`greeks.models.heston_qe`, differentiated. Verified path by path against differences in the tests.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import device, fma, kernel, select
from greeks.core.elementary import log
from greeks.core.workspace import Array
from greeks.models.heston_constants import SCRATCH, TILE
from greeks.models.heston_qe import CRITICAL, MARGIN, branches


@kernel
def qe_tangents(
    uniforms: Array,
    initial: float,
    constants: Array,
    slopes: Array,
    substeps: Array,
    n: int,
    scratch: Array,
    mean: Array,
    variance: Array,
    mean_slope: Array,
    variance_slope: Array,
    levels: Array,
    level_slope: Array,
) -> None:
    """As :func:`qe_paths`, with derivatives to each of PARAMETERS, shape (parameters, intervals, stride).

    Those of the variance at the end of each interval too, where ``levels`` has rows. The next variance and the
    martingale term depend on a parameter through m, s^2 and A alone; their five partial derivatives are computed once
    and combined for each parameter.
    """
    parameters = mean_slope.shape[0]
    for low in range(0, n, TILE):
        high = min(low + TILE, n)
        v, vn, v_m, v_s = scratch[0], scratch[1], scratch[2], scratch[3]
        g_m, g_s, g_a, plain = scratch[4], scratch[5], scratch[6], scratch[7]
        for i in range(high - low):
            v[i] = initial
        for p in range(parameters):
            dv = scratch[SCRATCH + p]
            start = 1.0 if p == 0 else 0.0
            for i in range(high - low):
                dv[i] = start
        row = 0
        for k in range(constants.shape[0]):
            e, m0, c1, c2, a_k = constants[k, 0], constants[k, 1], constants[k, 2], constants[k, 3], constants[k, 4]
            k2, k3, k0, k13 = constants[k, 5], constants[k, 6], constants[k, 7], constants[k, 8]
            total, spread = mean[k, low:high], variance[k, low:high]
            for i in range(high - low):
                total[i] = 0.0
                spread[i] = 0.0
            for p in range(parameters):
                dm_row, ds_row = mean_slope[p, k, low:high], variance_slope[p, k, low:high]
                for i in range(high - low):
                    dm_row[i] = 0.0
                    ds_row[i] = 0.0
            for _ in range(int(substeps[k])):
                u = uniforms[row, low:high]
                row += 1
                for i in range(high - low):
                    m, psi, b2, shifted, tail = branches(v[i], u[i], e, m0, c1, c2)
                    quadratic = psi <= CRITICAL
                    psi_m, psi_s = -2.0 * psi / m, 1.0 / (m * m)
                    # Quadratic branch: new = a (b + Z)^2, core = log(d) / 2 - A b^2 a / d, d = 1 - 2 A a.
                    inverse = 1.0 / (1.0 + b2)
                    a = m * inverse
                    w = 2.0 / min(psi, CRITICAL)
                    b2_psi = -0.5 * w * w * (1.0 + (w - 0.5) / sqrt(w * (w - 1.0)))
                    d = 1.0 - 2.0 * a_k * a
                    d_inverse = 1.0 / d
                    core_a = -a_k * d_inverse * fma(b2, d_inverse, 1.0)
                    core_b2 = -a_k * a * d_inverse
                    q_new = a * shifted * shifted
                    q_new_psi = b2_psi * a * shifted * (1.0 / sqrt(b2) - shifted * inverse)
                    q_new_m = shifted * shifted * inverse
                    q_core_psi = b2_psi * (core_b2 - core_a * a * inverse)
                    q_core_m = core_a * inverse
                    q_core_a = -a * d_inverse * fma(b2, d_inverse, 1.0)
                    # Exponential branch: new = log((1 - p) / (1 - u)) / beta where positive, core = -log(g).
                    spread_out = 1.0 / (psi + 1.0)
                    rest = 2.0 * spread_out
                    beta = rest / m
                    gap_inverse = 1.0 / (beta - a_k)
                    g = 1.0 - rest + beta * rest * gap_inverse
                    g_inverse = 1.0 / g
                    alive = select(tail > 0.0, 1.0, 0.0)
                    x_new = alive * tail / beta
                    x_new_psi = spread_out * (x_new - alive / beta)
                    x_new_m = x_new / m
                    g_beta = -rest * a_k * gap_inverse * gap_inverse
                    x_core_psi = g_inverse * beta_terms(a_k, gap_inverse, spread_out, g_beta, beta)
                    x_core_m = g_inverse * g_beta * beta / m
                    x_core_a = -g_inverse * beta * rest * gap_inverse * gap_inverse
                    new = select(quadratic, q_new, x_new)
                    new_psi = select(quadratic, q_new_psi, x_new_psi)
                    good = select(quadratic, d, (beta - a_k) / beta) > MARGIN
                    logarithm = log(select(good, select(quadratic, d, g), 1.0))
                    core = select(quadratic, fma(core_b2, b2, 0.5 * logarithm), -logarithm)
                    core_psi = select(good, select(quadratic, q_core_psi, x_core_psi), 0.0)
                    core_m = select(good, select(quadratic, q_core_m, x_core_m), 0.0)
                    core = select(good, core, fma(k13, v[i], k0))
                    vn[i] = new
                    v_m[i] = fma(new_psi, psi_m, select(quadratic, q_new_m, x_new_m))
                    v_s[i] = new_psi * psi_s
                    g_m[i] = fma(core_psi, psi_m, core_m)
                    g_s[i] = core_psi * psi_s
                    g_a[i] = select(good, select(quadratic, q_core_a, x_core_a), 0.0)
                    plain[i] = select(good, 0.0, 1.0)
                    total[i] += core + fma(k2, new, -0.5 * k3 * v[i])
                    spread[i] = fma(k3, v[i] + new, spread[i])
                for p in range(parameters):
                    dv, dm_row, ds_row = (
                        scratch[SCRATCH + p],
                        mean_slope[p, k, low:high],
                        variance_slope[p, k, low:high],
                    )
                    de, dm0, dc1, dc2 = slopes[k, p, 0], slopes[k, p, 1], slopes[k, p, 2], slopes[k, p, 3]
                    da, dk2, dk3 = slopes[k, p, 4], slopes[k, p, 5], slopes[k, p, 6]
                    dk0, dk13 = slopes[k, p, 7], slopes[k, p, 8]
                    for i in range(high - low):
                        dm = fma(e, dv[i], fma(de, v[i], dm0))
                        ds = fma(c1, dv[i], fma(dc1, v[i], dc2))
                        dn = fma(v_m[i], dm, v_s[i] * ds)
                        core = fma(g_m[i], dm, fma(g_s[i], ds, g_a[i] * da))
                        core += plain[i] * fma(k13, dv[i], fma(dk13, v[i], dk0))
                        dm_row[i] += core + fma(k2, dn, dk2 * vn[i]) - 0.5 * fma(k3, dv[i], dk3 * v[i])
                        ds_row[i] += fma(k3, dv[i] + dn, dk3 * (v[i] + vn[i]))
                        dv[i] = dn
                for i in range(high - low):
                    v[i] = vn[i]
            if levels.shape[0] > 0:
                level = levels[k, low:high]
                for i in range(high - low):
                    level[i] = v[i]
                for p in range(parameters):
                    dv, dl_row = scratch[SCRATCH + p], level_slope[p, k, low:high]
                    for i in range(high - low):
                        dl_row[i] = dv[i]


@device
def beta_terms(a_k: float, gap_inverse: float, spread_out: float, g_beta: float, beta: float) -> float:
    """Minus the derivative of g with respect to psi, through p and beta."""
    return a_k * gap_inverse * 2.0 * spread_out * spread_out + g_beta * beta * spread_out
