"""Sections as one HTML page, and as rows for CSV and JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

from greeks.report.formats import heat, shown, visible
from greeks.report.tables import Said, Section

Row = dict[str, Any]
_PLACEHOLDER = re.compile(r"{(\w+)}")


def page(sections: Sequence[Section], facts: Row) -> str:
    """The page, self-contained and without scripts.

    Parameters
    ----------
    sections : sequence of Section
    facts : dict
        ``title``, ``subtitle``, ``command`` and ``written`` (a time, or empty).
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
    rank = {"unsound": 0, "doubtful": 1, "sound": 2, "note": 3}
    checks.sort(key=lambda pair: rank[pair[1].status])
    template = environment.get_template("report.html.j2")
    return template.render(sections=sections, checks=checks, style=style, style_digest=digest, **facts)


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


def exact(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return str(value) if isinstance(value, int) else repr(float(value)) if isfinite(value) else ""


def records(sections: Sequence[Section]) -> list[Row]:
    """Every row of every table, and every number of a sentence, with ``section`` and ``table`` before them."""
    rows: list[Row] = []
    for section in sections:
        for number, said in enumerate((*(check.said for check in section.checks), *section.said)):
            for name, value in said.values.items():
                rows.append({"section": section.key, "table": "text", "sentence": number, "name": name, **_fact(value)})
        for table in section.tables:
            rows.extend({"section": section.key, "table": table.key, **row} for row in table.rows)
    return rows


def _fact(value: Any) -> Row:
    return {"text": value} if isinstance(value, str) else {"number": value}


def document(sections: Sequence[Section]) -> dict[str, Any]:
    """The same as nested JSON-ready data, with the verdict in words."""
    return {
        section.key: {
            "title": section.title,
            "checks": [
                {"status": check.status, "text": sentence(check.said), "values": _clean(check.said.values)}
                for check in section.checks
            ],
            "tables": {table.key: [_clean(row) for row in table.rows] for table in section.tables},
        }
        for section in sections
    }


def sentence(said: Said) -> str:
    """A sentence as the page shows it."""
    return "".join(text if not kind else shown(value, kind) for text, value, kind in _parts(said))


def _clean(row: Any) -> Row:
    return {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in row.items()}


def _glossary() -> list[tuple[str, str]]:
    from greeks.names import UNITS

    units = [(greek, text) for greek, text in UNITS.items() if greek != "price"]
    words = [
        ("standard error", "deviation of a contribution over the root of the number of paths; the error bar of a mean"),
        ("relative error", "standard error over the size of the value"),
        ("contribution", "the random number of one path whose mean is the estimate"),
        ("z", "distance to the exact value in standard errors; beyond 4.5 chance is no explanation"),
        ("variance ratio", "variance of a contribution over that of the best estimator: paths needed, relative to it"),
        ("efficiency", "1 / (variance x time): how soon a given error is reached, relative to the best"),
        (
            "kurtosis",
            "fourth moment over squared variance of the contributions: 3 for a normal, large for a heavy tail",
        ),
        ("coverage", "share of 95 % intervals that hold the exact value; it should be 95 %"),
        ("Feller ratio", "2 x mean reversion x long-run variance / vol of vol squared; below 1 the variance reaches 0"),
        ("biased", "something is missing from the error bar that no number of paths removes"),
    ]
    return [*words, *units]
