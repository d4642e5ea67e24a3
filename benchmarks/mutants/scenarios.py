"""Faults of ladders, of explanations, and of Greeks in money."""

from __future__ import annotations

from benchmarks.mutants.mutant import Mutant

_LADDER, _EXPLAIN, _CASH = "tests/unit/test_ladder.py", "tests/unit/test_explain.py", "tests/unit/test_cash_units.py"
_SHIFTS = "greeks/scenarios/shifts.py"

MUTANTS = (
    Mutant(
        "change-under-one-model",
        "a change of the book to itself: the shifted trades keep their model",
        _SHIFTS,
        "trades.append(replace(trade, volatility=None, model=known[model]))",
        "trades.append(trade)",
        (f"{_LADDER}::test_exact_changes_are_differences_of_closed_forms",),
    ),
    Mutant(
        "models-netted-as-one",
        "one contract under two models counts as closed out",
        "greeks/results/net.py",
        "key = contract, model",
        "key = contract",
        (f"{_LADDER}::test_a_change_is_the_difference_of_the_values",),
    ),
    Mutant(
        "jumps-taken-for-small",
        "of one contract under two models every payment differs by little, jumps too",
        "greeks/results/net.py",
        'contract = contract if payoff.smoothness == "lipschitz" else key',
        "contract = contract or key",
        (f"{_LADDER}::test_a_jump_that_no_path_shows_beside_what_all_show_is_warned_of",),
    ),
    Mutant(
        "second-grid-of-one-model",
        "the time-step bias of all lines by the model of the first",
        "greeks/simulation/block.py",
        "yield _differences(job, lines, model, draw, workspace)",
        "yield _differences(job, lines, job.model, draw, workspace)",
        (f"{_LADDER}::test_blocks_with_several_models_have_the_bits_of_each_alone",),
    ),
    Mutant(
        "own-volatility-stays",
        "a shift of volatility leaves those of contracts as they are",
        _SHIFTS,
        "model = book.model_of(trade)\n        if model not in known:",
        "model = book.models[trade.underlying]\n        if model not in known:",
        (f"{_LADDER}::test_a_volatility_of_a_trade_moves_with_the_shift",),
    ),
    Mutant(
        "cash-gamma-by-one-spot",
        "gamma in money by the spot, not by its square, in the net",
        "greeks/planning/netting.py",
        "book.model_of(trade).quoted_spot ** power",
        "book.model_of(trade).quoted_spot",
        (f"{_CASH}::test_the_net_of_an_underlying_is_its_raw_net_times_the_factor",),
    ),
    Mutant(
        "gamma-without-half",
        "the part of gamma is gamma dS squared, not half of it",
        "greeks/scenarios/moves.py",
        '"gamma": 0.5 * spot * spot',
        '"gamma": spot * spot',
        (f"{_EXPLAIN}::test_a_day_in_closed_form",),
    ),
    Mutant(
        "shared-numbers-independent",
        "errors of runs with one seed are added as if independent",
        "greeks/scenarios/explain.py",
        "return hypot(first, second) if independent else first + second",
        "return hypot(first, second)",
        (f"{_EXPLAIN}::test_errors_by_seed",),
    ),
)
