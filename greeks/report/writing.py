"""``write_report``: measure, render, and put the files in their place."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from inspect import signature
from pathlib import Path
from typing import Any

from greeks.book import Book
from greeks.checks.arguments import check_book
from greeks.checks.options import known_keywords
from greeks.errors import UsageError
from greeks.planning.choices import make_settings
from greeks.portfolio.fx import fx_rates
from greeks.report.budget import budget
from greeks.report.context import Context
from greeks.report.records import document, files
from greeks.report.render import page, sentence
from greeks.report.sections.registry import SECTIONS, ordered
from greeks.report.tables import Section
from greeks.report.verdict import Verdict, verdict
from greeks.results.tables import RunResult
from greeks.system.files import check_destinations, destinations
from greeks.system.progress import STUDYING, Progress, shown
from greeks.text.visible import visible

DEFAULT_GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta")


@dataclass(frozen=True, repr=False)
class Report:
    """Where a report was written, and what it says.

    Attributes
    ----------
    result : RunResult
        What :func:`greeks.run` gives for the book: the numbers that the report judges.
    html, json : Path
    tables : Path
        Folder of CSV files, one a table.
    verdict : Verdict
    sections : tuple of Section
        In the order of the page: the worst first.
    """

    html: Path
    json: Path
    tables: Path
    verdict: Verdict
    sections: tuple[Section, ...]
    result: RunResult

    def __repr__(self) -> str:
        return "\n".join([f"Report: {visible(str(self.html))}", *self._said])

    def _repr_html_(self) -> str:
        name = escape(str(self.html))
        said = "".join(f"<p>{escape(text)}</p>" for text in self._said)
        return f'<div><p>Report: <a href="{name}">{name}</a></p>{said}</div>'

    @property
    def _said(self) -> list[str]:
        return [visible(sentence(said)) for said in self.verdict.sentences]

    @property
    def unsound(self) -> int:
        """Number of checks that failed."""
        return sum(check.status == "unsound" for section in self.sections for check in section.checks)


@known_keywords
def write_report(
    book: Book,
    directory: str | os.PathLike[str],
    *,
    effort: str = "default",
    greeks: str | Iterable[str] | None = None,
    estimators: str | Iterable[str] = "all",
    paths: int | None = None,
    seed: int = 42,
    threads: int | None = None,
    bump: float = 1.0,
    steps_per_year: int | None = None,
    variance_reduction: str | Iterable[str] | None = None,
    deterministic: bool = False,
    fx: Any = None,
    currency: str | None = None,
    title: str = "",
    command: str = "",
    run_command: str = "",
    progress: bool | Progress | None = None,
) -> Report:
    """The variance report: which estimator to trust for each number of a book.

    Parameters
    ----------
    book : Book
        From :func:`greeks.read_portfolio`.
    directory : path
        ``report.html``, ``report.json`` and a folder ``tables`` of CSV files are written here; made if it is not there.
    effort : {"quick", "default", "thorough"}
        How many paths the studies take, and how many trades of a large book are studied.
    greeks : str or iterable of str, optional
        Default: price, delta, gamma, vega, rho, theta, and under Heston the derivative to each parameter.
    estimators : str or iterable of str, default "all"
    paths : int, optional
        In place of the effort's; rounded up to a multiple of 512.
    seed, threads, bump, steps_per_year, variance_reduction
        As for :func:`greeks.run`.
    deterministic : bool, default False
        Measure no time and tell nothing of the machine: the same input and seed give the same bytes.
    fx, currency
        Rates and the reporting currency of the totals, as for :func:`greeks.run`.
    title : str
        Default: the names of the input files.
    command : str
        What repeats the report; default: a call of this function.
    run_command : str
        What runs the book, for the advice what to run next; default: a call of :func:`greeks.run`.
    progress : bool or callable, optional
        True for a bar on stderr; a callable is called with (steps done, steps in all).

    Returns
    -------
    Report

    Raises
    ------
    UsageError
        For an option out of range, an unknown name, or a book without trades.
    OSError
        If a file cannot be written.
    """
    given = dict(locals())
    check_book(book)
    sizes = budget(effort)
    if not book.trades:
        raise UsageError("the book has no trades: there is nothing to report on")
    settings = make_settings(
        greeks=greeks if greeks is not None else default_greeks(book),
        estimators=estimators,
        paths=sizes.paths if paths is None else paths,
        seed=seed,
        threads=threads,
        bump=bump,
        steps_per_year=steps_per_year,
        variance_reduction=variance_reduction,
    )
    simulated = tuple(name for name in settings.estimators if name != "analytic")  # an exact value is the reference
    rates = fx_rates(fx, currency, book)
    settings = replace(settings, estimators=simulated, currency=rates.currency, rates=tuple(rates.values.items()))
    if len(simulated) < 2:
        raise UsageError("a report compares estimators: write all, or the names of at least two")
    folder = Path(directory)
    read = (*book.sources, *rates.sources)
    _check_places(folder, read)
    with shown(progress, STUDYING) as told:
        context = Context(book, settings, sizes, threads, deterministic, told, sections=len(SECTIONS))
        context.measure()
        sections = []
        for build in SECTIONS:
            sections.append(build(context))
            context.step()
    sections = ordered(sections)
    judgement = verdict(context, sections, run_command)
    written = "" if deterministic else datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    head = _facts(context)
    facts = {
        "title": title or " + ".join(os.path.basename(name) for name in book.sources) or "book",
        "facts": head,
        "command": command or _call(str(directory), given),
        "written": written,
    }
    inputs = {**context.manifest["inputs"], **rates.sources}
    manifest = {**context.manifest, "inputs": inputs, "command": facts["command"], "written": facts["written"]}
    content = document(sections, judgement, manifest, sentence)
    data = json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=False) + "\n"
    report = Report(
        folder / "report.html", folder / "report.json", folder / "tables", judgement, tuple(sections), context.result
    )
    tables = files(sections, judgement, head)
    index = "".join(f"{name}\n" for name in tables).encode()
    contents = {report.tables / f"{name}.csv": content for name, content in tables.items()}
    contents |= {report.tables / "index.txt": index, report.json: data.encode()}
    contents[report.html] = page(sections, judgement, facts).encode()
    stale = [name for name in _earlier(report.tables) if name not in tables]
    with destinations([str(path) for path in contents], read) as writers:
        for write, content_of in zip(writers, contents.values(), strict=True):
            write(content_of)
    for name in stale:
        (report.tables / f"{name}.csv").unlink(missing_ok=True)
    return report


def _check_places(folder: Path, inputs: Iterable[str]) -> None:
    """Make the folders, and raise for a place that cannot be written or is an input: before anything is computed."""
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        raise UsageError(f"{str(folder)!r} is no UTF-8, and a report names its place: write to another one") from None
    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    for name in inputs:
        if os.path.exists(name) and Path(name).resolve().parent == tables.resolve():
            raise UsageError(f"{name} is an input file among the tables of the report: write the report elsewhere")
    places = [folder / "report.html", folder / "report.json", tables / "index.txt"]
    places += [tables / f"{name}.csv" for name in _earlier(tables)]
    check_destinations([str(path) for path in places], tuple(inputs))


def _earlier(tables: Path) -> list[str]:
    """Names of the tables that an earlier report wrote."""
    listing = tables / "index.txt"
    names = listing.read_text(encoding="utf-8", errors="replace").split() if listing.is_file() else []
    return [name for name in names if re.fullmatch(r"[a-z_]+", name)]


def _call(directory: str, given: Mapping[str, Any]) -> str:
    """The call that repeats a report, with every argument that is not at its default."""
    options_of = signature(write_report).parameters.values()
    defaults = {part.name: part.default for part in options_of if part.kind is part.KEYWORD_ONLY}
    defaults |= {name: given[name] for name in ("progress", "command", "run_command")}
    options = "".join(f", {name}={given[name]!r}" for name, value in defaults.items() if given[name] != value)
    return f"greeks.write_report(book, {directory!r}{options})"


def default_greeks(book: Book) -> tuple[str, ...]:
    """The usual Greeks, and those to parameters that only some models have."""
    usual = (*DEFAULT_GREEKS, "dividend_rho")
    own = dict.fromkeys(g for model in book.models.values() for g in model.greeks() if g not in usual)
    return (*DEFAULT_GREEKS, *own)


def _facts(context: Context) -> list[tuple[str, Any, str]]:
    """Numbers at the head of the page."""
    studies = context.studies
    return [
        ("trades", len(context.book.trades), "count"),
        ("underlyings", len({trade.underlying for trade in context.book.trades}), "count"),
        ("estimates studied", sum(len(done.cells) for done in studies), "count"),
        ("paths of each", max((done.paths for done in studies), default=0), "count"),
        ("seed", context.settings.seed, "text"),
    ]


def command_line(portfolio: str, market: str | None, directory: str, options: Iterable[str]) -> str:
    """The command that repeats a report."""
    given = ["--market", market] if market else []
    return shlex.join(["greeks", "report", portfolio, *given, "-o", directory, *options])
