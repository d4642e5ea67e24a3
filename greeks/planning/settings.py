"""What decides the numbers, apart from the book."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What decides the numbers, apart from the book: everything here is in the manifest.

    ``analytic`` says whether ``auto`` takes an exact value where there is one. ``all_greeks`` and ``all_estimators``
    say that "all" was written: what a model cannot have is then left out, where a name is answered by "na" and why.
    ``replicates`` is the number of scrambles of Sobol points, 0 for pseudo-random numbers.
    ``controls`` says whether what functions of known mean explain is taken off contributions.
    ``pilot`` is the number of paths on which "auto" measures its candidates, 0 where the order of preference decides.
    ``units`` are those of the rows: in cash units the spot of each underlying is in what is added.
    ``buckets`` are tenors, as they are written and in years, by which netted vegas and rhos are told apart.
    ``currency`` is the reporting currency, blank for none, and ``rates`` those of the book's currencies to it.
    """

    greeks: tuple[str, ...]
    estimators: tuple[str, ...]
    paths: int
    seed: int
    bump: float = 1.0
    steps_per_year: int | None = None
    antithetic: bool = False
    group_by: tuple[str, ...] = ()
    analytic: bool = True
    all_greeks: bool = False
    all_estimators: bool = False
    currency: str = ""
    rates: tuple[tuple[str, float], ...] = ()
    sampler: str = "pseudo"
    replicates: int = 0
    pilot: int = 0
    controls: bool = True
    buckets: tuple[tuple[str, float], ...] = ()
    units: str = "raw"

    @property
    def reduction(self) -> str:
        """The option ``variance_reduction`` that says so."""
        chosen = {"antithetic": self.antithetic, "controls": self.controls}
        return ",".join(name for name, on in chosen.items() if on) or "none"
