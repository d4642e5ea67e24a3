"""Faults of what is paid when a level is hit between dates, and of the search for jumps that a gradient hides."""

from __future__ import annotations

from benchmarks.mutants.mutant import Mutant

_KERNELS, _LAWS, _SEARCH = "greeks/payoffs/hits.py", "greeks/models/hits.py", "greeks/payoffs/jump_search.py"
_AT_HIT = "tests/statistical/test_paid_at_hit.py"
_CLOSED = (f"{_AT_HIT}::test_every_greek_against_closed_forms",)
_WINDOW = (f"{_AT_HIT}::test_within_a_window_against_quadrature",)
_HESTON = (f"{_AT_HIT}::test_every_derivative_under_heston",)
_CERTAIN = (f"{_AT_HIT}::test_under_heston_with_a_tiny_vol_of_vol_it_is_that_of_a_certain_variance",)
_OF_LAWS, _JUMPS = ("tests/unit/test_hits.py",), "tests/unit/test_jump_search.py"
_FAR_OUT = (f"{_JUMPS}::test_a_jump_planted_far_out_is_found",)
_KINKS = (f"{_JUMPS}::test_a_kink_that_every_halving_keeps_is_no_jump",)
_NO_VALUE = (f"{_JUMPS}::test_a_function_without_a_value_far_out_is_followed_as_far_as_it_has_one",)

MUTANTS = (
    Mutant(
        "hit-after-a-hit",
        "what is paid at the hit is paid in every interval that has one, not in the first alone",
        _KERNELS,
        "alive[0, i] = w * p",
        "alive[0, i] = w",
        _CERTAIN,
    ),
    Mutant(
        "no-hit-before-stands-still",
        "the probability of no hit in the last interval does not move with the spots at its ends",
        _KERNELS,
        "alive[1, i] = wa * p + w * pa",
        "alive[1, i] = wa * p",
        _HESTON,
    ),
    Mutant(
        "hit-where-the-window-begins",
        "a spot beyond the level where the window begins is paid as if it were at the level",
        _KERNELS,
        "at = x if beyond else level",
        "at = level",
        _WINDOW,
    ),
    Mutant(
        "asset-at-the-hit-stands-still",
        "the asset paid where the window begins beyond the level does not move with the spot there",
        _KERNELS,
        "cash + grown, grown * xa, grown * xb",
        "cash + grown, 0.0, grown * xb",
        _WINDOW,
    ),
    Mutant(
        "hit-carried-without-rho",
        "what is paid at the hit is carried to the maturity, and the rate does not move that",
        _KERNELS,
        'if greek == "rho":',
        'if greek == "":',
        _WINDOW,
    ),
    Mutant(
        "hit-second-order-without-products",
        "of second order, how likely a hit is and what it is worth move one at a time",
        _KERNELS,
        " + w * (ha * vb + hb * va)",
        "",
        _CLOSED,
    ),
    Mutant(
        "law-of-hits-with-a-fixed-tilt",
        "a parameter does not move the power of the spot that takes the drift off the law of hits",
        _KERNELS,
        "k1, k2 = p1 - y * a1 * f, p2 - y * a2 * f",
        "k1, k2 = p1, p2",
        _CLOSED,
    ),
    Mutant(
        "law-of-hits-bends-twice",
        "the second derivative of the hyperbolic cosine to its squared argument is twice too large",
        _KERNELS,
        "c_d, c_dd = 0.5 * square * g1, 0.25 * square * square * g2",
        "c_d, c_dd = 0.5 * square * g1, 0.5 * square * square * g2",
        _OF_LAWS,
    ),
    Mutant(
        "law-of-hits-series",
        "the series of the last of its functions has the coefficients of the one before",
        _KERNELS,
        "term3 *= 0.5 * z / ((k + 1.0) * (2.0 * k + 7.0))",
        "term3 *= 0.5 * z / ((k + 1.0) * (2.0 * k + 5.0))",
        _OF_LAWS,
    ),
    Mutant(
        "larger-root-of-a-strong-drift",
        "a strong drift down takes the root that is huge where the spot comes back",
        _KERNELS,
        "w = drift * sqrt(d)",
        "w = sqrt(d)",
        _OF_LAWS,
    ),
    Mutant(
        "hit-tilt-without-half",
        "the law of hits has the drift of the spot, not that of its logarithm",
        _LAWS,
        "carry / variance - 0.5, 2.0 * rate / variance",
        "carry / variance, 2.0 * rate / variance",
        _CLOSED,
    ),
    Mutant(
        "hit-vega-of-the-discounting",
        "the volatility moves the discounting of a hit by half of what it does",
        _LAWS,
        "-4.0 * rate / volatility**3",
        "-2.0 * rate / volatility**3",
        _OF_LAWS,
    ),
    Mutant(
        "hit-dividend-sign",
        "a dividend yield lifts the drift in the law of hits",
        _LAWS,
        '"dividend_rho": (-1.0 / variance, 0.0)',
        '"dividend_rho": (1.0 / variance, 0.0)',
        _OF_LAWS,
    ),
    Mutant(
        "halfway-theta-of-every-interval",
        "time passing shortens every interval that a hit is in the middle of, not the first alone",
        _LAWS,
        '"theta": np.where(first, -0.5 * rate * factor, 0.0)',
        '"theta": -0.5 * rate * factor',
        _OF_LAWS,
    ),
    Mutant(
        "hit-at-the-end-of-its-interval",
        "under Heston a hit is paid at the end of its interval, not in the middle",
        _LAWS,
        "half = 0.5 * np.diff",
        "half = 0.0 * np.diff",
        _OF_LAWS,
    ),
    Mutant(
        "jumps-within-three-deviations",
        "a payment is looked through for jumps to three deviations of each date",
        _SEARCH,
        "_REACH = (6.0, 4.5, 3.0)",
        "_REACH = (3.0, 2.0, 1.0)",
        _FAR_OUT,
    ),
    Mutant(
        "halved-away-from-the-jump",
        "a segment is halved towards the smaller remainder",
        _SEARCH,
        "left = halves[0] >= halves[1]",
        "left = halves[0] < halves[1]",
        _FAR_OUT,
    ),
    Mutant(
        "kink-taken-for-a-jump",
        "no change is explained by the slopes nearby, and every kink is a jump",
        _SEARCH,
        "jumps = before > explained",
        "jumps = before > 0.0",
        _KINKS,
    ),
    Mutant(
        "no-value-far-out-is-an-error",
        "a function without a value far out is refused, not followed as far as it has one",
        _SEARCH,
        "except UsageError:  # the function has no value there\n                    continue",
        "except UsageError:  # the function has no value there\n                    raise",
        _NO_VALUE,
    ),
)
