"""How many Sobol points a run takes: a power of two for each replicate.

Points of one scramble are not independent, so the error is that of the means of replicates, which are: with R of them
an interval takes the quantile of Student's t with R - 1 degrees of freedom. Source: L'Ecuyer, Nakayama, Owen and
Tuffin, Confidence intervals for randomized quasi-Monte Carlo estimators (2023).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from greeks.core.sobol import BITS

SAMPLERS = ("pseudo", "sobol")
REPLICATES = 16  # by default
_FEWEST, _MOST = 8, 1024


def points_problems(
    sampler: object, replicates: int | None, paths: int, max_paths: int | None, reduction: str | Iterable[str] | None
) -> Iterator[str]:
    """What is wrong with the sampler and its replicates."""
    if sampler not in SAMPLERS:
        yield f"sampler is {sampler!r}: choose {' or '.join(SAMPLERS)}"
    elif sampler == "pseudo":
        if replicates is not None:
            yield "replicates belong to the sampler sobol: leave them out, or write sampler sobol"
    else:
        shares = REPLICATES if replicates is None else replicates
        if shares < _FEWEST:
            yield (
                f"replicates is {shares}: fewer than {_FEWEST} means are too few for an error bar; write {REPLICATES}"
            )
        elif shares > _MOST:
            yield f"replicates is {shares}: at most {_MOST}, more points serve better; {REPLICATES} are usual"
        elif max(paths, max_paths or 0) > shares << BITS:
            yield f"paths is {max(paths, max_paths or 0)}: a replicate has at most 2^{BITS} points"
        if max_paths is not None and shares >= 1 and paths <= max_paths < rounded_up(paths, shares):
            yield (
                f"max_paths is {max_paths}, and paths are rounded up to {rounded_up(paths, shares)}, a power of two "
                f"for each of {shares} replicates: raise it or lower paths"
            )
        if _antithetic(reduction):
            yield (
                "variance_reduction antithetic and sampler sobol exclude each other: scrambled points are balanced "
                "already, and mirrored ones would break their order; leave out one of the two"
            )


def _antithetic(reduction: str | Iterable[str] | None) -> bool:
    names = reduction.split(",") if isinstance(reduction, str) else reduction
    return isinstance(names, Iterable) and any(str(name).strip().lower() == "antithetic" for name in names)


def rounded_up(paths: int, replicates: int) -> int:
    """The next number of paths that gives every replicate a power of two; as they are without replicates."""
    if not replicates:
        return paths
    share = -(-paths // replicates)
    return replicates << max(1, (share - 1).bit_length())


def rounded_down(paths: int, replicates: int) -> int:
    """The last such number that is not above ``paths``."""
    up = rounded_up(paths, replicates)  # the same without replicates
    return up if up <= paths else up // 2


def points_note(asked: int, taken: int, replicates: int) -> str:
    """What to say of paths that were rounded up; blank where they were not."""
    if asked == taken:
        return ""
    return f"paths {asked} are rounded up to {taken}: {replicates} replicates of {taken // replicates} Sobol points"
