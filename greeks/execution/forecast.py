"""How far a run is whose number of paths is still to be found: what is done, of what it is expected to take.

After every round the errors say how many paths are to come: they fall with the root of the paths. Of a time that may be
spent it is the clock that counts. Work is that of the jobs' own paths; the whole is never less than what is done and
what is being done. Verified in the tests by a run whose display must not start anew with every round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite

from greeks.system.progress import Progress

_FINE = 10_000  # what is shown as done counts in parts of so many
_UNKNOWN = 2.0  # times the paths, where an error says nothing


class Forecast:
    """Work done and expected, by job.

    Parameters
    ----------
    progress : callable, optional
        Called with (parts done, parts in all).
    costs : sequence of float
        Of one path of each job.
    first : int
        Paths of each, to begin with.
    timed : bool
        Whether a time ends the run: until the errors say more, the clock alone counts.
    """

    def __init__(self, progress: Progress | None, costs: Sequence[float], first: int, timed: bool) -> None:
        self._progress, self._costs = progress, costs
        self._done, self._expected = 0.0, inf if timed else first * sum(costs)

    def expect(self, paths: Sequence[int], times: Mapping[int, float], limit: int) -> None:
        """Each job's paths so far, and by how many times those that go on are expected to grow, up to a limit."""
        self._expected = sum(
            cost * min(max(own * _whole(times.get(job, 1.0)), own), max(limit, own))
            for job, (cost, own) in enumerate(zip(self._costs, paths, strict=True))
        )

    def step(self, job: int, paths: int, spent: float = 0.0) -> Progress | None:
        """What to call within a step of so many paths more; ``spent`` is the share of a time that is gone."""
        if self._progress is None:
            return None
        show, before, work = self._progress, self._done, self._costs[job] * paths
        self._done += work
        whole = max(self._expected, self._done)

        def within(done: int, total: int) -> None:
            share = (before + work * done / total) / whole
            show(int(_FINE * min(max(share, spent), 1.0)), _FINE)

        return within


def _whole(times: float) -> float:
    return max(times, 1.0) if isfinite(times) else _UNKNOWN
