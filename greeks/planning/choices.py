"""Options of a run, checked: what cannot be met is refused with what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import inf

from greeks.checks.options import check_kinds, names_of
from greeks.errors import UsageError
from greeks.estimators.registry import parse_estimators
from greeks.names import QUOTATIONS, parse_greeks
from greeks.planning import Settings
from greeks.planning.buckets import Buckets, parse_buckets
from greeks.planning.points import REPLICATES, points_problems, rounded_up

_MOST_PATHS = 10**15  # some weeks at a nanosecond a path
_MOST_THREADS = 4096
MOST = 64  # times ``paths``: the default limit of a run with a target
PILOT = 4096  # paths on which "auto" measures its candidates
_WORTH_A_PILOT = 16  # times as many paths, from which that costs little of a run


def make_settings(
    *,
    greeks: str | Iterable[str] | None,
    estimators: str | Iterable[str],
    paths: int,
    seed: int,
    threads: int | None,
    bump: float,
    steps_per_year: int | None,
    variance_reduction: str | Iterable[str] | None,
    group_by: str | Iterable[str] = (),
    target: float | None = None,
    max_paths: int | None = None,
    units: str = "raw",
    analytic: bool = True,
    sampler: str = "pseudo",
    replicates: int | None = None,
    pilot: bool = True,
    target_of: str = "trades",
    time_budget: float | None = None,
    buckets: str | Iterable[str | float] | None = None,
) -> Settings:
    """The settings that decide the numbers; see :func:`greeks.run` for the options.

    Raises
    ------
    UsageError
        For an option out of range or an unknown name.
    """
    grid = {"time_budget": time_budget, "threads": threads, "steps_per_year": steps_per_year}
    check_kinds(replicates=replicates, paths=paths, target=target, max_paths=max_paths, seed=seed, bump=bump, **grid)
    problems = [
        *_counts(paths, max_paths, threads, seed),
        *_choices(target, units, bump, steps_per_year, analytic, pilot),
    ]
    problems += _goals(target, target_of, time_budget)
    problems += points_problems(sampler, replicates, paths, max_paths, variance_reduction)
    names: dict[str, tuple[str, ...]] = {}
    parsers: dict[str, Callable[[], tuple[str, ...]]] = {
        "greeks": lambda: parse_greeks(None if greeks is None else names_of("greeks", greeks)),
        "estimators": lambda: parse_estimators(names_of("estimators", estimators)),
        "variance_reduction": lambda: _methods(variance_reduction),
        "group_by": lambda: names_of("group_by", group_by),
    }
    for name, parse in parsers.items():
        try:
            names[name] = parse()
        except UsageError as error:
            problems.append(str(error))
    tenors: Buckets = ()
    try:
        tenors = parse_buckets(buckets)
    except UsageError as error:
        problems.append(str(error))
    if problems:
        raise UsageError("\n  ".join(problems))
    most = max_paths or (MOST * paths if target is not None or time_budget is not None else paths)
    measured = pilot and names["estimators"] == ("auto",) and sampler == "pseudo"
    shares = (int(replicates or REPLICATES)) if sampler == "sobol" else 0
    return Settings(
        names["greeks"],
        names["estimators"],
        rounded_up(int(paths), shares),
        int(seed),
        float(bump),
        None if steps_per_year is None else int(steps_per_year),
        "antithetic" in names["variance_reduction"],
        names["group_by"],
        analytic,
        all_greeks=_is_all(greeks),
        all_estimators=_is_all(estimators),
        sampler=sampler,
        replicates=shares,
        pilot=PILOT if measured and most >= _WORTH_A_PILOT * PILOT else 0,
        controls="controls" in names["variance_reduction"],
        buckets=tenors,
        units=units,
    )


def _is_all(names: str | Iterable[str] | None) -> bool:
    """Whether everything was asked for, and nothing by name."""
    given = [names] if isinstance(names, str) else list(names or ())
    return [name.strip().lower() for name in given] == ["all"]


def _counts(paths: int, max_paths: int | None, threads: int | None, seed: int) -> Iterator[str]:
    """What is wrong with whole numbers."""
    if paths < 2 or int(paths) != paths:
        yield f"paths is {paths}: write a whole number of at least 2"
    for name, count in (("paths", paths), ("max_paths", max_paths or 0)):
        if count > _MOST_PATHS:
            yield f"{name} is {count}, which would take years: write at most {_MOST_PATHS:.0e}"
    if max_paths is not None and max_paths < paths:
        yield f"max_paths is {max_paths}, below paths, {paths}: raise it or lower paths"
    if threads is not None and threads < 1:
        yield f"threads is {threads}: write at least 1, or leave it out for all processors"
    if threads is not None and threads > _MOST_THREADS:
        yield f"threads is {threads}: write at most {_MOST_THREADS}, or leave it out for all processors"
    if not 0 <= seed < 2**63:
        yield f"seed is {seed}: write a whole number in [0, 2^63)"


def _choices(
    target: float | None, units: str, bump: float, steps_per_year: int | None, analytic: object, pilot: object
) -> Iterator[str]:
    """What is wrong with the rest."""
    if target is not None and not 0.0 < target < 1.0:
        yield f"target is {target}: write a relative standard error such as 0.01"
    if units not in QUOTATIONS:
        yield f"units is {units!r}: choose raw, market or cash"
    if not 0.0 < bump <= 4.0:
        yield f"bump is {bump}: write a multiplier in (0, 4], 1 being the default step"
    if steps_per_year is not None and not 1 <= steps_per_year <= 100_000:
        yield f"steps_per_year is {steps_per_year}: write a whole number from 1 to 100000"
    if not isinstance(analytic, bool):
        yield f"analytic is {analytic!r}: write True, or False for simulation alone"
    if not isinstance(pilot, bool):
        yield f"pilot is {pilot!r}: write True, or False for the order of preference"


def _goals(target: float | None, target_of: str, time_budget: float | None) -> Iterator[str]:
    """What is wrong with what a target is of, and with a time."""
    if target_of not in ("trades", "net"):
        yield f"target_of is {target_of!r}: choose trades or net"
    elif target_of == "net" and target is None:
        yield "target_of is 'net' without a target: write target=0.001, or leave it out"
    if time_budget is not None and not 0.0 < time_budget < inf:
        yield f"time_budget is {time_budget}: write a number of seconds such as 10"


def _methods(given: str | Iterable[str] | None) -> tuple[str, ...]:
    """Methods of variance reduction by their names."""
    names = {name.lower() for name in names_of("variance_reduction", given or "controls")}
    if not names <= {"none", "antithetic", "controls"} or (len(names) > 1 and "none" in names):
        raise UsageError(f"variance_reduction is {given!r}: choose controls, antithetic, both of them, or none")
    return tuple(sorted(names))
