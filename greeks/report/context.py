"""What every section may need, measured once: the run of the book, a study of each trade, and what a path costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

from greeks.api import run
from greeks.book import Book, Trade
from greeks.estimators.base import missing_parameter
from greeks.execution.threads import default_threads
from greeks.names import UNITS
from greeks.planning import Settings
from greeks.report.budget import Budget
from greeks.report.picking import Regime, pick
from greeks.results.tables import RunResult
from greeks.study.contributions import Study, study
from greeks.study.cost import seconds_per_path
from greeks.study.ranking import Ranked, Seconds, ranking
from greeks.system.progress import Progress


def kind_of(trade: Trade, model: Any) -> str:
    """Product, its variant and the model: what the scoreboard is grouped by."""
    words = [word for name, word in trade.payoff.choices.items() if name != "option_type"]
    return " ".join((trade.payoff.kind, *words, model.kind))


def place(done: Study, greek: str) -> dict[str, Any]:
    """Columns that say which Greek of which trade a row of a table is about."""
    trade = done.trade
    return {
        "trade_id": trade.trade_id,
        "underlying": trade.underlying,
        "kind": kind_of(trade, done.model),
        "greek": greek,
    }


def greeks_of(model: Any, greeks: Iterable[str]) -> tuple[str, ...]:
    """The Greeks that a model has."""
    return tuple(greek for greek in greeks if missing_parameter(model, greek) is None)


@dataclass
class Context:
    """A book and what was measured of it.

    Attributes
    ----------
    book : Book
    settings : Settings
        Greeks, estimators, paths, seed and the rest; studies use them as they are.
    budget : Budget
    threads : int or None
    deterministic : bool
        No time is measured and nothing of the machine is told, so that the same input gives the same bytes.
    progress : callable, optional
        Called with (steps done, steps in all).
    """

    book: Book
    settings: Settings
    budget: Budget
    threads: int | None
    deterministic: bool
    progress: Progress | None = None
    sections: int = 0
    result: RunResult = field(init=False)
    studies: list[Study] = field(init=False)
    picked: list[int] = field(init=False)
    regimes: dict[Regime, list[int]] = field(init=False)
    _rankings: dict[tuple[str, str], list[Ranked]] = field(init=False, default_factory=dict)
    _done: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.picked, self.regimes = pick(self.book, self.budget.trades, kind_of)

    @property
    def trades(self) -> list[Trade]:
        """The trades that are studied: all, or those picked from a large book."""
        return [self.book.trades[number] for number in self.picked]

    def measure(self) -> None:
        """Run the book as ``greeks run`` does, then study trades on all threads, then measure costs on one."""
        settings = self.settings
        self.result = run(
            self.book,
            greeks=settings.greeks,
            paths=settings.paths,
            seed=settings.seed,
            bump=settings.bump,
            steps_per_year=settings.steps_per_year,
            variance_reduction=settings.reduction,
            threads=self.threads,
            fx=dict(settings.rates) or None,
            currency=settings.currency or None,
        )
        self.step()
        with ThreadPoolExecutor(self.threads or default_threads(), thread_name_prefix="study") as pool:
            pending = [pool.submit(self._study, trade) for trade in self.trades]
            try:
                self.studies = []
                for future in pending:
                    self.studies.append(future.result())
                    self.step()
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        _ = self.costs

    def _study(self, trade: Trade) -> Study:
        model = self.book.model_of(trade)
        return study(self.book, trade, replace(self.settings, greeks=greeks_of(model, self.settings.greeks)))

    @property
    def steps(self) -> int:
        """Steps of progress: the run, a study of each trade, the costs, and the sections."""
        return len(self.picked) + 1 + len(self.kinds) + self.sections

    def step(self) -> None:
        """One step done."""
        self._done += 1
        if self.progress is not None:
            self.progress(min(self._done, self.steps), self.steps)

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """The rows of ``greeks run``, one a trade and Greek; those that a model cannot have are left out."""
        models = self.book.models
        return [
            line
            for line in self.result.to_json()["trades"]
            if line["greek"] in greeks_of(models[line["underlying"]], (line["greek"],))
        ]

    @cached_property
    def net(self) -> list[dict[str, Any]]:
        """The netted rows of ``greeks run``, likewise: of the book, and of each underlying."""
        models = self.book.models
        return [
            line
            for line in self.result.to_json()["net"]
            if line["level"] != "underlying" or greeks_of(models[line["underlying"]], (line["greek"],))
        ]

    @cached_property
    def totals(self) -> list[dict[str, Any]]:
        """The netted rows with what their errors are worth; see :func:`greeks.report.totals.totals`."""
        from greeks.report.totals import totals

        return totals(self)

    @cached_property
    def kinds(self) -> dict[str, list[int]]:
        """Kinds of trades that are studied, and the positions of their studies."""
        found: dict[str, list[int]] = {}
        for number, trade in enumerate(self.trades):
            model = self.book.model_of(trade)
            if trade.payoff.settled(model.spot) is None:
                found.setdefault(kind_of(trade, model), []).append(number)
        return found

    @cached_property
    def longest(self) -> dict[str, float]:
        """The last date of each underlying whose trades are still alive."""
        found: dict[str, float] = {}
        for trade in self.book.trades:
            for date in trade.payoff.dates()[-1:]:
                found[trade.underlying] = max(found.get(trade.underlying, 0.0), date)
        return found

    def representative(self, kind: str) -> Study:
        """The trade of a kind that plots, slopes, bumps and costs are taken from: the first with the most dates."""
        return max((self.studies[k] for k in self.kinds[kind]), key=lambda done: len(done.trade.payoff.dates()))

    @cached_property
    def costs(self) -> dict[str, dict[tuple[str, str], float]]:
        """Seconds per path-step by kind and (Greek, estimator); empty where no time may be measured."""
        if self.deterministic:
            return {}
        costs: dict[str, dict[tuple[str, str], float]] = {}
        for kind in self.kinds:
            costs[kind] = {}
            # The longest trade first, then what only others have an estimate of.
            studies = sorted(
                (self.studies[k] for k in self.kinds[kind]), key=lambda done: -len(done.trade.payoff.dates())
            )
            for done in studies:
                for cell in done.cells:
                    if (cell.greek, cell.estimator) not in costs[kind]:
                        took, steps = seconds_per_path(self.book, done.trade, cell.greek, cell.estimator, self.settings)
                        costs[kind][cell.greek, cell.estimator] = took / steps
            self.step()
        return costs

    def seconds(self, done: Study) -> Seconds | None:
        """Seconds per path of a trade by (Greek, estimator): those of its kind for as many steps."""
        known = self.costs.get(kind_of(done.trade, done.model))
        if not known:
            return None
        steps = self.path_steps(done)
        return {cell: each * steps for cell, each in known.items()}

    def ranking(self, done: Study, greek: str) -> list[Ranked]:
        """Estimators of one number, ranked; computed once."""
        key = done.trade.trade_id, greek
        if key not in self._rankings:
            self._rankings[key] = ranking(done, greek, self.seconds(done))
        return self._rankings[key]

    def recommended(self) -> Iterator[tuple[Study, Ranked]]:
        """Every number of the book that has an estimate: its trade's study, and its recommended estimator."""
        for done in self.studies:
            for greek in done.greeks:
                yield done, next(ranked for ranked in self.ranking(done, greek) if ranked.chosen)

    def is_recommended(self, done: Study, row: int) -> bool:
        """Whether a cell is that of the recommended estimator."""
        return any(one.chosen and one.row == row for one in self.ranking(done, done.cells[row].greek))

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The run's manifest with the settings of the studies; nothing of the machine where it must not be told."""
        manifest = {**self.result.manifest, "effort": self.budget.name}
        manifest["settings"] = {**manifest["settings"], **asdict(self.settings)}
        if self.deterministic:
            del manifest["machine"], manifest["settings"]["threads"]
        return manifest

    def identity(self, done: Study, row: int) -> dict[str, Any]:
        """Columns that say which number a row of a table is about."""
        cell = done.cells[row]
        return {**place(done, cell.greek), "estimator": cell.estimator, "unit": UNITS[cell.greek]}

    def path_steps(self, done: Study) -> int:
        """Time steps of a path of a trade."""
        steps: int = done.model.steps(done.trade.payoff.dates(), self.settings.steps_per_year)
        return steps


def most_common(names: Iterable[str]) -> str:
    """The most frequent name; the first of them where several are."""
    counted = Counter(names)
    return counted.most_common(1)[0][0] if counted else ""
