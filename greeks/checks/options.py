"""Options of :func:`greeks.run` that it cannot honour, and values of the wrong kind: refused, with what to write.

The command line and the Python API have the same names, so both refuse from the tables below. Nothing heavy is imported
here: a command line is refused before any file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from functools import wraps
from inspect import signature
from numbers import Integral
from typing import Any, ParamSpec, TypeVar

from greeks.checks.ranges import finite
from greeks.errors import UsageError

P = ParamSpec("P")
R = TypeVar("R")
# Options of a later version: the value that changes nothing, and what to do instead.
LATER: dict[str, tuple[Any, str]] = {
    "cluster": (None, "leave it out, and use threads on this machine"),
}
# Options of the command line that have another place in Python.
ELSEWHERE = {
    "market": "belongs to read_portfolio: greeks.read_portfolio(path, market=...)",
    "as_of": "belongs to read_portfolio, where expiry dates become years: greeks.read_portfolio(..., as_of=...)",
    "on_error": "belongs to read_portfolio: greeks.read_portfolio(..., on_error=...)",
    "fx": "belongs to run: the amounts of one payoff are in one currency, and nothing is added across",
    "currency": "belongs to run: the amounts of one payoff are in one currency, and nothing is added across",
    **dict.fromkeys(("curves", "vols", "dividends", "fixings"), "belongs to read_portfolio, as a keyword of that name"),
    "buckets": "belongs to run: netted numbers are told by tenor",
    **dict.fromkeys(("checkpoint", "resume"), "belongs to run and estimate: leave it out, and begin anew"),
    "output": "is for the command line: write result.trades, a DataFrame, where you like",
    "format": "is for the command line: write result.trades, a DataFrame, as you like",
    "net": "is for the command line: the netted table is result.net",
    "labels": "belongs to read_portfolio: greeks.read_portfolio(..., labels=...)",
    "fail_on": "is for the command line: look at the column status of result.trades and result.net",
    "top": "is for the command line: sort result.trades, a DataFrame, as you like",
    "net_only": "is for the command line: the netted table is result.net",
    "shares": "is for the command line: call greeks.study.net_shares.net_shares(book, result)",
    "quiet": "is for the command line: nothing is printed here unless progress is given",
    "verbose": "is for the command line: nothing is printed here unless progress is given",
}
_OPTIONAL = ("target", "time_budget", "max_paths", "threads", "steps_per_year", "replicates")
_FRACTIONS = ("target", "time_budget", "bump")
_COUNTS = ("paths", "max_paths")


def refuse_later(given: Mapping[str, Any], label: Callable[[str], str] = str) -> None:
    """Refuse options of a later version that are not at the value that changes nothing.

    Parameters
    ----------
    given : mapping of str to object
        Values by name; names of other options are ignored.
    label : callable
        How the reader wrote a name.

    Raises
    ------
    UsageError
        With what to do instead.
    """
    for name, (neutral, remedy) in LATER.items():
        if name in given and given[name] not in (neutral, None):
            value = "" if neutral is False or given[name] is True else f" {given[name]}"
            raise UsageError(f"{label(name)}{value} is not available in this version: {remedy}")


def refuse_others(others: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse keywords that are not options, or not yet, or not here.

    Parameters
    ----------
    others : mapping of str to object
        Keywords beside the known ones.
    known : iterable of str
        Keywords the caller has.

    Raises
    ------
    UsageError
        With what to write instead.
    """
    refuse_later(others)
    for name in others:
        if name in ELSEWHERE:
            raise UsageError(f"{name} {ELSEWHERE[name]}")
        if name not in LATER:
            choices = [*known, *LATER, *ELSEWHERE]
            close = get_close_matches(name, choices, n=1)
            raise UsageError(
                f"unknown option {name!r}: "
                + (f"did you mean {close[0]}?" if close else f"choose from {', '.join(known)}")
            )


def known_keywords(function: Callable[P, R]) -> Callable[P, R]:
    """Keywords that a function does not have are refused by :func:`refuse_others`, not by a bare TypeError."""
    known = signature(function).parameters
    own = [name for name, part in known.items() if part.kind is part.KEYWORD_ONLY]

    @wraps(function)
    def call(*args: P.args, **keywords: P.kwargs) -> R:
        others = {name: value for name, value in keywords.items() if name not in known}
        refuse_others(others, own)
        for name in others:
            del keywords[name]
        return function(*args, **keywords)

    return call


def check_kinds(**values: Any) -> None:
    """Refuse a number that is none, before it is compared with anything; None stands for the default.

    Parameters
    ----------
    **values : object
        The numeric options of ``run`` by name.

    Raises
    ------
    UsageError
        Naming the option, the value and what to write.
    """
    found = []
    for name, value in values.items():
        if value is None and name in _OPTIONAL:
            continue
        whole = name not in _FRACTIONS
        number = finite(value) is not None or (isinstance(value, Integral) and not isinstance(value, bool))
        if number and whole and not isinstance(value, Integral):
            number = name in _COUNTS and float(value).is_integer()  # 1e6 is a count
        if not number:
            found.append(f"{name} is {value!r}: write a {'whole ' if whole else ''}number")
    if found:
        raise UsageError("\n  ".join(found))
    if values.get("max_paths") is not None and values.get("target") is None and values.get("time_budget") is None:
        raise UsageError("max_paths limits a run with a target or a time budget: write paths for a fixed number")


def names_of(name: str, given: Any) -> tuple[str, ...]:
    """Names from a comma-separated text or a sequence of texts.

    Raises
    ------
    UsageError
        If it is neither.
    """
    parts = given.split(",") if isinstance(given, str) else given
    if not isinstance(parts, Iterable):
        raise UsageError(f"{name} is {given!r}: write names separated by commas, or a list of them")
    parts = list(parts)
    if not all(isinstance(part, str) for part in parts):
        raise UsageError(f"{name} is {given!r}: write names separated by commas, or a list of them")
    return tuple(part.strip() for part in parts if part.strip())
