"""Options of a run, checked: what cannot be met is refused with what to write instead."""

from __future__ import annotations

from collections.abc import Iterable

from greeks.errors import UsageError
from greeks.estimators.registry import parse_estimators
from greeks.names import parse_greeks
from greeks.options import check_kinds, names_of
from greeks.planning import Settings

_MOST_PATHS = 10**15  # some weeks at a nanosecond a path
_MOST_THREADS = 4096


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
) -> Settings:
    """The settings that decide the numbers; see :func:`greeks.run` for the options.

    Raises
    ------
    UsageError
        For an option out of range or an unknown name.
    """
    grid = {"threads": threads, "steps_per_year": steps_per_year}
    check_kinds(paths=paths, target=target, max_paths=max_paths, seed=seed, bump=bump, **grid)
    _check(paths, target, max_paths, threads, units, bump, seed)
    if not isinstance(analytic, bool):
        raise UsageError(f"analytic is {analytic!r}: write True, or False for simulation alone")
    antithetic = _check_more(steps_per_year, variance_reduction)
    return Settings(
        parse_greeks(None if greeks is None else names_of("greeks", greeks)),
        parse_estimators(names_of("estimators", estimators)),
        int(paths),
        int(seed),
        float(bump),
        None if steps_per_year is None else int(steps_per_year),
        antithetic,
        names_of("group_by", group_by),
        analytic,
        all_greeks=_is_all(greeks),
        all_estimators=_is_all(estimators),
    )


def _is_all(names: str | Iterable[str] | None) -> bool:
    """Whether everything was asked for, and nothing by name."""
    given = [names] if isinstance(names, str) else list(names or ())
    return [name.strip().lower() for name in given] == ["all"]


def _check(
    paths: int, target: float | None, max_paths: int | None, threads: int | None, units: str, bump: float, seed: int
) -> None:
    if paths < 2 or int(paths) != paths:
        raise UsageError(f"paths is {paths}: write a whole number of at least 2")
    for name, count in (("paths", paths), ("max_paths", max_paths or 0)):
        if count > _MOST_PATHS:
            raise UsageError(f"{name} is {count}, which would take years: write at most {_MOST_PATHS:.0e}")
    if target is not None and not 0.0 < target < 1.0:
        raise UsageError(f"target is {target}: write a relative standard error such as 0.01")
    if max_paths is not None and max_paths < paths:
        raise UsageError(f"max_paths is {max_paths}, below paths, {paths}: raise it or lower paths")
    if threads is not None and threads < 1:
        raise UsageError(f"threads is {threads}: write at least 1, or leave it out for all processors")
    if threads is not None and threads > _MOST_THREADS:
        raise UsageError(f"threads is {threads}: write at most {_MOST_THREADS}, or leave it out for all processors")
    if units not in ("raw", "market"):
        raise UsageError(f"units is {units!r}: choose raw or market")
    if not 0.0 < bump <= 4.0:
        raise UsageError(f"bump is {bump}: write a multiplier in (0, 4], 1 being the default step")
    if not 0 <= seed < 2**63:
        raise UsageError(f"seed is {seed}: write a whole number in [0, 2^63)")


def _check_more(steps_per_year: int | None, variance_reduction: str | Iterable[str] | None) -> bool:
    """Check the rest; whether antithetic pairs were asked for."""
    if steps_per_year is not None and not 1 <= steps_per_year <= 100_000:
        raise UsageError(f"steps_per_year is {steps_per_year}: write a whole number from 1 to 100000")
    names = {name.lower() for name in names_of("variance_reduction", variance_reduction or ())}
    if not names <= {"none", "antithetic"} or len(names) > 1:
        raise UsageError(f"variance_reduction is {variance_reduction!r}: choose none or antithetic")
    return names == {"antithetic"}
