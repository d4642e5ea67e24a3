"""exp, log, sincos, the normal distribution and its inverse: branch-free, so that loops around them vectorise.

Numba calls the C library for these, one element at a time, and the bits of the C library differ between machines.
Here every operation is an IEEE addition, multiplication, division, root or fused multiply-add, so the bits are the
same on any processor with fused multiply-add and for any width of its vectors.

Polynomials are Chebyshev interpolants computed with 40 digits. Verified against mpmath: at most 2 units in the last
place for exp and log, see ``tests/unit/test_elementary.py``.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import bits_float, device, float_bits, fma, kernel, select
from greeks.core.workspace import Array

_MAGIC = 6755399441055744.0  # 1.5 * 2^52: adding it rounds to the nearest integer and leaves that in the low bits
_MAGIC_BITS = 0x4338000000000000
_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471805599453, 2.3190468138462996e-17
_LN2_SHORT, _LN2_REST = 0.6931471803691238, 1.9082149292705877e-10  # the first has 33 bits: times 2^11 it is exact
_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
_ONE_BITS = 0x3FF0000000000000
_INFINITY = float("inf")
_ROOT_TWO_PI_INVERSE = 0.3989422804014327


@device
def exp(x: float) -> float:
    """e to the x: 0 below -708, infinity above 709 (no subnormal results)."""
    shifted = fma(x, _LOG2E, _MAGIC)
    k = shifted - _MAGIC
    r = fma(k, -_LN2_LOW, fma(k, -_LN2_HIGH, x))
    p = fma(2.0914686968086876e-09, r, 2.5105217004720745e-08)
    p = fma(p, r, 2.75572736431103e-07)
    p = fma(p, r, 2.7557255400206422e-06)
    p = fma(p, r, 2.4801587325547743e-05)
    p = fma(p, r, 0.00019841269874820627)
    p = fma(p, r, 0.0013888888888883748)
    p = fma(p, r, 0.008333333333326136)
    p = fma(p, r, 0.04166666666666667)
    p = fma(p, r, 0.1666666666666667)
    p = fma(p, r, 0.5)
    p = fma(p * r, r, r) + 1.0
    result = p * bits_float((float_bits(shifted) + 1023) << 52)
    result = 0.0 if x < -708.0 else result
    return _INFINITY if x > 709.0 else result


@device
def log(x: float) -> float:
    """Natural logarithm of a positive normal number; meaningless for zero, negative or subnormal ones."""
    bits = float_bits(x)
    exponent = (bits - _ROOT_HALF_BITS) >> 52
    f = bits_float(bits - (exponent << 52)) - 1.0
    k = bits_float(exponent + _MAGIC_BITS) - _MAGIC
    s = f / (2.0 + f)
    w = s * s
    p = fma(0.14616585424888623, w, 0.15331710618210773)
    p = fma(p, w, 0.18182889455674947)
    p = fma(p, w, 0.22222211130259878)
    p = fma(p, w, 0.2857142862600327)
    p = fma(p, w, 0.39999999999899444)
    p = fma(p, w, 0.666666666666667)
    half = 0.5 * f * f
    return fma(k, _LN2_SHORT, -((half - fma(s, fma(p, w, half), k * _LN2_REST)) - f))


@device
def sin_cos_turn(turn: float) -> tuple[float, float]:
    """Sine and cosine of ``2 pi turn`` for a turn in [0, 1]."""
    shifted = fma(turn, 4.0, _MAGIC)
    x = fma(turn, 4.0, _MAGIC - shifted)
    quadrant = float_bits(shifted)
    w = x * x
    s = fma(5.633910598053464e-08, w, -3.59864319355575e-06)
    s = fma(s, w, 0.00016044115070141775)
    s = fma(s, w, -0.004681754132336218)
    s = fma(s, w, 0.07969262624604276)
    s = fma(s, w, -0.6459640975062443)
    s = fma(s, w, 1.5707963267948966) * x
    c = fma(-6.321230856185146e-09, w, 4.710609515348118e-07)
    c = fma(c, w, -2.520203676375042e-05)
    c = fma(c, w, 0.000919260274182107)
    c = fma(c, w, -0.020863480763311126)
    c = fma(c, w, 0.2536695079010467)
    c = fma(c, w, -1.2337005501361697)
    c = fma(c, w, 1.0)
    swap = (quadrant & 1) == 1
    sine = c if swap else s
    cosine = s if swap else c
    sine = -sine if (quadrant & 2) == 2 else sine
    cosine = -cosine if ((quadrant + 1) & 2) == 2 else cosine
    return sine, cosine


@device
def normal_density(x: float) -> float:
    """Density of the standard normal."""
    square = x * x
    rest = fma(x, x, -square)
    return _ROOT_TWO_PI_INVERSE * exp(-0.5 * square) * fma(-0.5, rest, 1.0)


@device
def normal_cdf(x: float) -> float:
    """Distribution function of the standard normal, with small relative error in the lower tail too; 0 below -37.6.

    With a = |x|, (1 + a) exp(a^2 / 2) Phi(-a) is a smooth function of (a - 4) / (a + 4): the form of Shepherd and
    Laframboise, Chebyshev approximation of (1 + 2x) exp(x^2) erfc(x) in 0 <= x < infinity (1981).
    """
    a = abs(x)
    square = a * a
    rest = fma(a, a, -square)
    tail = normal_tail_ratio(a) * exp(-0.5 * square) * fma(-0.5, rest, 1.0)
    return tail if x < 0.0 else 1.0 - tail


@device
def normal_tail_ratio(a: float) -> float:
    """``exp(a^2 / 2) Phi(-a)`` for a >= 0."""
    t = (a - 4.0) / (a + 4.0)
    p = fma(4.107631350253858e-09, t, 1.2183731448226301e-08)
    p = fma(p, t, -1.784092052380041e-08)
    p = fma(p, t, -1.0262759082749593e-07)
    p = fma(p, t, 8.963382592902104e-10)
    p = fma(p, t, 5.447320554120519e-07)
    p = fma(p, t, 4.040392044262432e-07)
    p = fma(p, t, -2.60898287673991e-06)
    p = fma(p, t, -3.4317585948087605e-06)
    p = fma(p, t, 1.3625505787564054e-05)
    p = fma(p, t, 2.1249886753065626e-05)
    p = fma(p, t, -8.78528790989041e-05)
    p = fma(p, t, -9.443022406266223e-05)
    p = fma(p, t, 0.0006948970622209957)
    p = fma(p, t, -0.00028562310044514215)
    p = fma(p, t, -0.005002378587636007)
    p = fma(p, t, 0.017936097479707987)
    p = fma(p, t, -0.03219783742822351)
    p = fma(p, t, 0.028600364053555594)
    p = fma(p, t, 0.013999634724427472)
    p = fma(p, t, -0.09670347732652593)
    p = fma(p, t, 0.47205320650984467)
    return p / (1.0 + a)


@device
def inverse_normal(u: float) -> float:
    """Quantile of the standard normal for u in (0, 1).

    Source: Wichura, Algorithm AS 241 (1988), PPND16. Its three regions are chosen by selecting coefficients, so one
    rational function is evaluated.
    """
    q = u - 0.5
    tail = min(u, 1.0 - u)
    r = sqrt(-log(max(tail, 1e-300)))
    middle = abs(q) <= 0.425
    far = r > 5.0
    y = select(far, r - 5.0, r - 1.6)
    y = select(middle, fma(-q, q, 0.180625), y)
    c = select(far, 2.01033439929228813265e-7, 7.74545014278341407640e-4)
    c = select(middle, 2.50908092873012267e3, c)
    n = c
    c = select(far, 2.71155556874348757815e-5, 2.27238449892691845833e-2)
    c = select(middle, 3.3430575583588128105e4, c)
    n = fma(n, y, c)
    c = select(far, 1.24266094738807843860e-3, 2.41780725177450611770e-1)
    c = select(middle, 6.7265770927008700853e4, c)
    n = fma(n, y, c)
    c = select(far, 2.65321895265761230930e-2, 1.27045825245236838258e0)
    c = select(middle, 4.5921953931549871457e4, c)
    n = fma(n, y, c)
    c = select(far, 2.96560571828504891230e-1, 3.64784832476320460504e0)
    c = select(middle, 1.3731693765509461125e4, c)
    n = fma(n, y, c)
    c = select(far, 1.78482653991729133580e0, 5.76949722146069140550e0)
    c = select(middle, 1.9715909503065514427e3, c)
    n = fma(n, y, c)
    c = select(far, 5.46378491116411436990e0, 4.63033784615654529590e0)
    c = select(middle, 1.3314166789178437745e2, c)
    n = fma(n, y, c)
    c = select(far, 6.65790464350110377720e0, 1.42343711074968357734e0)
    c = select(middle, 3.3871328727963666080e0, c)
    n = fma(n, y, c)
    c = select(far, 2.04426310338993978564e-15, 1.05075007164441684324e-9)
    c = select(middle, 5.2264952788528545610e3, c)
    d = c
    c = select(far, 1.42151175831644588870e-7, 5.47593808499534494600e-4)
    c = select(middle, 2.8729085735721942674e4, c)
    d = fma(d, y, c)
    c = select(far, 1.84631831751005468180e-5, 1.51986665636164571966e-2)
    c = select(middle, 3.9307895800092710610e4, c)
    d = fma(d, y, c)
    c = select(far, 7.86869131145613259100e-4, 1.48103976427480074590e-1)
    c = select(middle, 2.1213794301586595867e4, c)
    d = fma(d, y, c)
    c = select(far, 1.48753612908506148525e-2, 6.89767334985100004550e-1)
    c = select(middle, 5.3941960214247511077e3, c)
    d = fma(d, y, c)
    c = select(far, 1.36929880922735805310e-1, 1.67638483018380384940e0)
    c = select(middle, 6.8718700749205790830e2, c)
    d = fma(d, y, c)
    c = select(far, 5.99832206555887937690e-1, 2.05319162663775882187e0)
    c = select(middle, 4.2313330701600911252e1, c)
    d = fma(d, y, c)
    d = fma(d, y, 1.0)
    x = n / d
    sign = select(q < 0.0, -1.0, 1.0)
    sign = select(middle, q, sign)
    return sign * x


@kernel
def exp_array(x: Array, out: Array) -> None:
    """:func:`exp` of each element."""
    for i in range(x.shape[0]):
        out[i] = exp(x[i])


@kernel
def log_array(x: Array, out: Array) -> None:
    """:func:`log` of each element."""
    for i in range(x.shape[0]):
        out[i] = log(x[i])


@kernel
def normal_cdf_array(x: Array, out: Array) -> None:
    """:func:`normal_cdf` of each element."""
    for i in range(x.shape[0]):
        out[i] = normal_cdf(x[i])


@kernel
def inverse_normal_array(u: Array, out: Array) -> None:
    """:func:`inverse_normal` of each element."""
    for i in range(u.shape[0]):
        out[i] = inverse_normal(u[i])
