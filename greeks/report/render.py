"""Sections as one HTML page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from typing import Any

from greeks.report.formats import heat, shown
from greeks.report.records import exact
from greeks.report.tables import Said, Section
from greeks.report.verdict import Verdict
from greeks.text.visible import visible

LONG = ("why", "reason", "remark", "message")  # columns of sentences: a line of their own below the row
_PLACEHOLDER = re.compile(r"{(\w+)}")


def page(sections: Sequence[Section], judgement: Verdict, facts: dict[str, Any]) -> str:
    """The page, self-contained and without scripts.

    Parameters
    ----------
    sections : sequence of Section
    judgement : Verdict
    facts : dict
        ``title``, ``facts`` (name, value and kind of the numbers at the head), ``command`` and ``written`` (a time, or
        empty).
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("greeks.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(visible=visible, heat=heat)
    environment.globals.update(shown=shown, parts=_parts, number=_number, glossary=_glossary())
    loader: Any = environment.loader
    style = loader.get_source(environment, "style.css")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    checks = [(section, check) for section in sections for check in section.checks]
    template = environment.get_template("report.html.j2")
    facts = {**facts, "verdict": judgement, "style": style, "style_digest": digest}
    return template.render(sections=sections, checks=checks, long=LONG, **facts)


def _parts(said: Said) -> Iterator[tuple[str, Any, str]]:
    """A sentence as (text, value, kind): plain text where the kind is empty."""
    position = 0
    for found in _PLACEHOLDER.finditer(said.template):
        yield said.template[position : found.start()], None, ""
        name = found.group(1)
        yield "", said.values[name], said.kinds.get(name, "text" if isinstance(said.values[name], str) else "number")
        position = found.end()
    yield said.template[position:], None, ""


def _number(value: Any) -> str:
    """The exact value of a number, as it stands in the CSV; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return exact(value)


def sentence(said: Said) -> str:
    """A sentence as the page shows it."""
    return "".join(text if not kind else shown(value, kind) for text, value, kind in _parts(said))


def _glossary() -> list[tuple[str, str]]:
    from greeks.names import UNITS

    units = list(UNITS.items())
    words = [
        ("standard error", "deviation of a contribution over the root of the number of paths; the error bar of a mean"),
        ("relative error", "standard error over the size of the value; none for a number that is nearly 0"),
        ("nearly 0", "below 1 % of the natural scale: a price at the money, per natural step of the parameter"),
        ("number, estimate", "a number is a Greek of a trade; it has one estimate by each valid estimator"),
        ("contribution", "the random number of one path whose mean is the estimate"),
        ("z", "distance to the exact value in standard errors; beyond 4.5 chance is no explanation"),
        ("variance ratio", "variance of a contribution over that of the best estimator: paths needed, relative to it"),
        ("mean square error", "variance of the mean and squared bias, of as many paths as the same time allows"),
        ("efficiency", "least mean square error of a number over that of this estimator"),
        (
            "kurtosis",
            "fourth moment over squared variance of the contributions: 3 for a normal, large for a heavy tail",
        ),
        ("coverage", "share of 95 % intervals that hold the exact value; it should be 95 %"),
        ("Feller ratio", "2 x mean reversion x long-run variance / vol of vol squared; below 1 the variance reaches 0"),
        ("biased", "something is missing from the error bar that no number of paths removes"),
    ]
    return [*words, *units]
