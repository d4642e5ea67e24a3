"""The names nearest to a misspelled one, as difflib finds them, among many and many times over."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest

import numpy as np
import numpy.typing as npt

_BINS = 64  # of characters: those of one bin are counted together, which can only raise the bound


def nearest(word: str, choices: Iterable[str], n: int = 1, cutoff: float = 0.6) -> list[str]:
    """What ``difflib.get_close_matches`` returns, without comparing what cannot be near.

    Parameters
    ----------
    word : str
        The name as written.
    choices : iterable of str
        Names there are.
    n : int
        How many to return at most, the nearest first.
    cutoff : float
        Least similarity, from 0 to 1.

    Returns
    -------
    list of str

    Notes
    -----
    The similarity is 2 M / (a + b), M characters matched in names of lengths a and b, and M is at most the number of
    characters that both have. That bound is taken for all names at once, so that a header of 30,000 columns takes
    seconds. Verified against difflib for random names (tests/unit/test_nearest.py).
    """
    index = _Index.of(tuple(choices))
    matcher = SequenceMatcher[str]()
    matcher.set_seq2(word)
    found = []
    for position in np.flatnonzero(index.bounds(word) >= cutoff - 1e-9):
        name = index.names[position]
        matcher.set_seq1(name)
        if matcher.real_quick_ratio() >= cutoff and (ratio := matcher.ratio()) >= cutoff:
            found.append((ratio, name))
    return [name for _, name in nlargest(n, found)]


class _Index:
    """Names, and how often each has the characters of each bin."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        self._counts = np.array([_counts(name) for name in names], dtype=np.int32).reshape(len(names), _BINS)
        self._lengths = np.array([len(name) for name in names], dtype=np.int64)

    @staticmethod
    @lru_cache(maxsize=32)
    def of(names: tuple[str, ...]) -> _Index:
        """The index of these names, made once."""
        return _Index(names)

    def bounds(self, word: str) -> npt.NDArray[np.float64]:
        """Upper bounds of the similarity to each name."""
        shared = np.minimum(self._counts, _counts(word)).sum(axis=1)
        bounds: npt.NDArray[np.float64] = 2.0 * shared / np.maximum(self._lengths + len(word), 1)
        bounds[self._lengths + len(word) == 0] = 1.0
        return bounds


def _counts(word: str) -> npt.NDArray[np.int32]:
    codes = np.frombuffer(word.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) % _BINS
    return np.bincount(codes, minlength=_BINS).astype(np.int32)
