"""Faults of early exercise: policies, what is paid when, and the error bar."""

from __future__ import annotations

from benchmarks.mutants.mutant import Mutant

_LSM, _KERNELS = "greeks/estimators/longstaff_schwartz.py", "greeks/estimators/exercise_kernels.py"
_TESTS = "tests/unit/test_longstaff_schwartz.py::test_"
_NAIVE = (f"{_TESTS}every_contribution_against_the_naive_implementation",)
_SCATTER = (f"{_TESTS}the_scatter_of_policies_is_in_the_error_bar",)

MUTANTS = (
    Mutant(
        "scatter-of-policies-left-out",
        "the error bar of what is exercised early is that of independent paths",
        "greeks/simulation/job.py",
        "return ReplicateTree(self.shares, line) if self.shares else MomentTree()",
        "return ReplicateTree(self.shares, line) if self.replicates else MomentTree()",
        _SCATTER,
    ),
    Mutant(
        "one-policy-for-all",
        "every share of the paths has the same policy",
        _KERNELS,
        "policy = levels[np.int64(first[0] >> _SHIFT)]",
        "policy = levels[0]",
        _SCATTER,
    ),
    Mutant(
        "vega-to-the-end",
        "vega's tangent of an exercised path runs on to the last date",
        _KERNELS,
        "out[i] += select(date[i] == place, total[i], 0.0)",
        "out[i] += select(j == increments.shape[0] - 1, total[i], 0.0)",
        _NAIVE,
    ),
    Mutant(
        "rho-of-the-maturity",
        "what is paid at exercise is discounted from the maturity where the rate moves",
        _LSM,
        "return -dates",
        "return np.full(len(dates), -dates[-1])",
        _NAIVE,
    ),
    Mutant(
        "control-without-its-mean",
        "the European value is taken off and not added",
        _LSM,
        "add_constant(known[greek], n, row)",
        "add_constant(0.0, n, row)",
        _NAIVE,
    ),
    Mutant(
        "european-delta-kept",
        "the European value that is taken off does not move with the spot",
        _KERNELS,
        "slope = select(alive, slope - found[1], 0.0)",
        "slope = select(alive, slope, 0.0)",
        _NAIVE,
    ),
    Mutant(
        "no-extrapolation",
        "an American is worth a Bermudan of 64 dates",
        "greeks/payoffs/american.py",
        "return ((2.0, tuple(range(DATES))), (-1.0, tuple(range(1, DATES, 2))))",
        "return ((1.0, tuple(range(DATES))),)",
        (f"{_TESTS}extrapolation_takes_off_the_dates",),
    ),
    Mutant(
        "policy-of-the-payment-alone",
        "an option is exercised wherever that pays more than the European value",
        "greeks/estimators/exercise_policies.py",
        "ahead = paid - np.maximum(kept + constant, 0.0)",
        "ahead = paid",
        (f"{_TESTS}policies_are_near_the_best",),
    ),
)
