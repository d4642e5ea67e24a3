"""Where the exercise dates of a simulation are, if an option may be exercised at any time and its spot has ex-dates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def around(dates: Sequence[float], ex_dates: Sequence[float]) -> tuple[float, ...]:
    """An even number of dates, moved so that each ex-date is among every second of them.

    Between two ex-dates they are evenly spaced, so that what every second of them lacks is still of the first order in
    their distance. Of more ex-dates than
    there are pairs the last ones are left out.
    """
    pairs, end = len(dates) // 2, dates[-1]
    inner = [time for time in sorted(set(ex_dates)) if 0.0 < time < end]
    if not inner or pairs < 2:
        return tuple(dates)
    inner = inner[: pairs - 1]
    knots = [0.0, *inner, end]
    lengths = [b - a for a, b in pairwise(knots)]
    shares = [1] * len(lengths)
    while sum(shares) < pairs:  # each further pair goes where dates are furthest apart
        gaps = [length / share for length, share in zip(lengths, shares, strict=True)]
        shares[gaps.index(max(gaps))] += 1
    found: list[float] = []
    for (low, high), share in zip(pairwise(knots), shares, strict=True):
        count = 2 * share
        found += [low + (high - low) * i / count for i in range(1, count)] + [high]
    return tuple(found)
