"""What ``estimate`` returns: the Greeks of one payoff, and plots of how they were estimated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf, isclose, nan
from typing import TYPE_CHECKING, Any

from greeks.book import Book
from greeks.errors import UsageError
from greeks.estimators.exercise_policies import POLICIES
from greeks.estimators.registry import ANALYTIC, ESTIMATORS, refusal
from greeks.planning import Settings
from greeks.results.estimate import Estimate, quantile
from greeks.results.tables import RunResult
from greeks.text.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

    from greeks.study.contributions import Study


_SHOWN = ("greek", "estimator", "value", "standard_error", "unit", "status", "reference", "z_score", "reason")


@dataclass(frozen=True, repr=False)
class Result:
    """Greeks of one payoff: ``result["delta", "pathwise"]`` is an :class:`~greeks.results.estimate.Estimate`.

    Attributes
    ----------
    run : RunResult
        The same as tables.
    book : Book
        The payoff as a book of one trade.
    settings : Settings
    """

    run: RunResult
    book: Book
    settings: Settings
    _estimates: Mapping[tuple[str, str], Estimate] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the estimates out of the table."""
        object.__setattr__(self, "_estimates", _estimates(self.run))

    @property
    def notes(self) -> tuple[str, ...]:
        """What is probably a slip in the contract or its market, a sentence each."""
        return self.book.notes

    def __getitem__(self, key: str | tuple[str, str]) -> Estimate:
        """The estimate of (Greek, estimator), or of a Greek where there is only one.

        After ``estimators="auto"``, "auto" names the estimator it chose; short names such as "lr" are accepted.

        Raises
        ------
        KeyError
            With the keys there are.
        """
        greek, name = key if isinstance(key, tuple) and len(key) == 2 else (key, None)
        found = [value for (own, _), value in self._estimates.items() if own == greek]
        if len(found) == 1 and (name is None or (name == "auto" and self.settings.estimators == ("auto",))):
            return found[0]
        full = (greek, next((long for long, method in ESTIMATORS.items() if method.short == name), name))
        if name is not None and full in self._estimates:
            return self._estimates[greek, str(full[1])]
        if found and name is None:
            raise KeyError(f"{greek!r} has several estimators: write [{greek!r}, {found[0].estimator!r}]")
        raise KeyError(f"{key!r} is not one of {', '.join(map(str, self._estimates))}")

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The (Greek, estimator) pairs."""
        return iter(self._estimates)

    def __contains__(self, key: Any) -> bool:
        """Whether ``result[key]`` is an estimate."""
        try:
            self[key]
        except KeyError:
            return False
        return True

    def __len__(self) -> int:
        """Number of estimates."""
        return len(self._estimates)

    def __repr__(self) -> str:
        return text_table(self._title, self.run.to_json()["trades"], _SHOWN)

    def _repr_html_(self) -> str:
        return html_table(self._title, self.run.to_json()["trades"], _SHOWN)

    @property
    def _title(self) -> str:
        trade = self.book.trades[0]
        return f"{trade.payoff.kind} under {self.book.model_of(trade).kind}"

    def to_frame(self) -> pd.DataFrame:
        """One row for each Greek and estimator."""
        return self.run.trades.drop(columns=["quantity", "multiplier", "position_value", "position_standard_error"])

    def diagnostics(self) -> pd.DataFrame:
        """How far each error bar can be trusted.

        Returns
        -------
        DataFrame
            By Greek and estimator: ``kurtosis`` of the contributions (3 for a normal), ``top_share``, the part of the
            sum of their sizes that the largest 0.1 % make up (0.4 % for a normal), ``status`` and ``reason``; for a
            model with a variance path also its ``feller_ratio`` and ``touching``, the share of paths that meet 0.
        """
        import pandas as pd

        from greeks.models.heston_diagnosis import diagnose
        from greeks.study.tails import top_share

        done, trade = self._study, self.book.trades[0]
        model: Any = done.model
        common: dict[str, float] = {}
        if model.feller_ratio is not None and trade.payoff.dates():
            found = diagnose(model, trade.payoff.dates()[-1], self.settings.steps_per_year)
            common = {"feller_ratio": found.feller_ratio, "touching": found.touching}
        rows = [
            {
                "greek": cell.greek,
                "estimator": cell.estimator,
                "kurtosis": estimate.kurtosis,
                "top_share": top_share(contributions),
                "status": estimate.status,
                "reason": estimate.reason,
                **common,
            }
            for cell, estimate, contributions in zip(done.cells, done.estimates, done.kept, strict=True)
        ]
        return pd.DataFrame(rows)

    @cached_property
    def _study(self) -> Study:
        """The same paths again, with what the plots need of each contribution."""
        from greeks.study.contributions import study

        names = tuple(dict.fromkeys(name for _, name in self._estimates if name != ANALYTIC))
        if not names:
            raise UsageError("nothing was simulated, the values are exact: write analytic=False, or name estimators")
        return study(self.book, self.book.trades[0], replace(self.settings, estimators=names, replicates=0))

    def _rows(self, greek: str | None) -> tuple[str, list[int]]:
        """The Greek to plot (the first with an estimator, if none is given), and its cells."""
        there = dict.fromkeys(cell.greek for cell in self._study.cells)
        chosen = greek or next((name for name in there if name != "price"), next(iter(there), ""))
        if chosen not in there:
            raise UsageError(f"nothing was simulated for {greek!r}: choose from {', '.join(there) or 'nothing'}")
        return chosen, self._study.rows(chosen)

    def plot_convergence(self, greek: str | None = None, ax: Any = None) -> Any:
        """Error against the number of paths, log-log, one line an estimator.

        Parameters
        ----------
        greek : str, optional
            Default: the first that is not the price.
        ax : matplotlib axes, optional

        Returns
        -------
        matplotlib axes

        Raises
        ------
        UsageError
            If there is no such number, or fewer than 8,192 paths.
        """
        from greeks.plots.convergence import plot_convergence
        from greeks.study.batches import convergence, slope

        chosen, rows = self._rows(greek)
        curves = {self._study.cells[k].estimator: convergence(self._study, k) for k in rows}
        if not all(len(points) > 1 for points in curves.values()):
            raise UsageError(f"{self._study.paths} paths are too few for a curve: write paths=8192 or more")
        return plot_convergence(curves, ax, chosen, {name: slope(points)[0] for name, points in curves.items()})

    def plot_bump_study(self, greek: str | None = None, ax: Any = None) -> Any:
        """Squared bias and variance of the finite difference against its step; see :meth:`plot_convergence`.

        Raises
        ------
        UsageError
            If the Greek cannot be bumped.
        """
        from greeks.plots.bump import plot_bump_study
        from greeks.study.bump import bump_study

        trade = self.book.trades[0]
        chosen = greek or next((name for name in self.settings.greeks if name != "price"), "price")
        model = self.book.model_of(trade)
        refused = refusal("finite_difference", trade.payoff, model, chosen)
        if chosen == "price" or refused:
            raise UsageError(refused or "the price is not a difference: name a Greek")
        return plot_bump_study(bump_study(self.book, trade, chosen, replace(self.settings, replicates=0)), ax, chosen)

    def plot_contributions(self, greek: str | None = None, ax: Any = None) -> Any:
        """Density of the contributions, on a logarithmic axis; see :meth:`plot_convergence`."""
        from greeks.plots.contributions import plot_contributions
        from greeks.study.tails import histogram

        chosen, rows = self._rows(greek)
        curves = {self._study.cells[k].estimator: histogram(self._study.kept[k]) for k in rows}
        return plot_contributions(curves, ax, chosen)


def _early(estimator: str) -> bool:
    """Whether an estimator has a policy of its own for each share of the paths."""
    return estimator in ESTIMATORS and ESTIMATORS[estimator].early


def _estimates(run: RunResult) -> dict[tuple[str, str], Estimate]:
    """Estimates out of the rows of a table, in the units of the table."""
    estimates, replicates = {}, run.manifest["settings"]["replicates"]
    for line in run.to_json()["trades"]:
        names: Sequence[str] = (
            "value", "standard_error", "ci_low", "ci_high", "kurtosis", "bias", "reference", "z_score",
        )  # fmt: skip
        value, error, low, high, kurtosis, bias, reference, z = (nan if line[n] is None else line[n] for n in names)
        shares = (replicates or POLICIES) if _early(line["estimator"]) else replicates
        degrees = shares - 1.0 if shares and error > 0.0 else inf
        bounded = _bounded(value, quantile(0.95, degrees) * error, low, high)
        estimates[line["greek"], line["estimator"]] = Estimate(
            value,
            error,
            line["paths"],
            line["status"],
            line["reason"],
            kurtosis,
            low=low if bounded else None,
            high=high if bounded else None,
            bias=bias,
            degrees=degrees,
            greek=line["greek"],
            estimator=line["estimator"],
            unit=line["unit"],
            reference=reference,
            z_score=z,
        )
    return estimates


def _bounded(value: float, half: float, low: float, high: float) -> bool:
    """Whether an interval is a bound rather than the one of its error bar, of half-width ``half``."""
    ends = (low, value - half), (high, value + half)
    return half == half and not all(isclose(*pair, rel_tol=1e-14, abs_tol=1e-9 * half) for pair in ends)
