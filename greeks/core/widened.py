"""Random numbers further out than they are: standard normals times a factor, uniforms by the normals behind them.

What is fitted on such numbers holds where a larger sample of the plain ones reaches. Verified in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from greeks.compiler.jit import kernel
from greeks.core.elementary import inverse_normal, normal_cdf
from greeks.core.generator import Counter
from greeks.core.rows import scaled
from greeks.core.sampler import PseudoRandom
from greeks.core.workspace import Array

_SMALLEST, _LARGEST = 1e-300, 1.0 - 2.0**-53


@dataclass(frozen=True)
class Widened:
    """Threefry's numbers with deviations of ``factor``; a :class:`greeks.core.sampler.Sampler`."""

    key: tuple[int, int]
    factor: float

    def normals(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Normals of mean 0."""
        PseudoRandom(self.key).normals(first, width, row0, out)
        for row in out:
            scaled(row, self.factor, width, row)

    def uniforms(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Numbers in (0, 1)."""
        PseudoRandom(self.key).uniforms(first, width, row0, out)
        widen(self.factor, width, out)


@kernel
def widen(factor: float, n: int, out: Array) -> None:
    """Uniforms to those of normals times ``factor``."""
    for j in range(out.shape[0]):
        row = out[j]
        for i in range(n):
            row[i] = min(max(normal_cdf(factor * inverse_normal(row[i])), _SMALLEST), _LARGEST)
