"""Sections as tidy tables, one a file, and as nested data for JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from greeks.report.tables import Said, Section
from greeks.report.verdict import Verdict
from greeks.text.csv_cells import csv_bytes

Row = dict[str, Any]
SENTENCES = "sentences"  # table of the numbers that stand in sentences


def exact(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return str(value) if isinstance(value, int) else repr(float(value)) if isfinite(value) else ""


def files(sections: Sequence[Section], judgement: Verdict, facts: Sequence[tuple[str, Any, str]]) -> dict[str, bytes]:
    """Every table with rows as CSV by its name, and the numbers of all sentences in one more."""
    rows: list[Row] = [{"section": "head", "sentence": 0, "name": name, **_fact(value)} for name, value, _ in facts]
    said = [("verdict", number, one) for number, one in enumerate(judgement.sentences)]
    for section in sections:
        said += [(section.key, number, check.said) for number, check in enumerate(section.checks)]
    for key, number, one in said:
        rows += [{"section": key, "sentence": number, "name": k, **_fact(v)} for k, v in one.values.items()]
    found = {SENTENCES: csv_bytes(rows, ("section", "sentence", "name", "number", "text"))}
    for section in sections:
        found |= {table.key: csv_bytes([_finite(row) for row in table.rows]) for table in section.tables if table.rows}
    return found


def _fact(value: Any) -> Row:
    return {"text": value} if isinstance(value, str) else {"number": value}


def document(
    sections: Sequence[Section], judgement: Verdict, manifest: Row, words: Callable[[Said], str]
) -> dict[str, Any]:
    """The same as nested JSON-ready data, the verdict first."""
    good, bad, then = (words(said) for said in judgement.sentences)
    return {
        "verdict": {"status": judgement.status, "good": good, "bad": bad, "next": then, "command": judgement.command},
        "sections": {
            section.key: {
                "title": section.title,
                "checks": [
                    {"status": check.status, "text": words(check.said), "values": _finite(check.said.values)}
                    for check in section.checks
                ],
                "tables": {table.key: [_finite(row) for row in table.rows] for table in section.tables},
            }
            for section in sections
        },
        "manifest": manifest,
    }


def _finite(row: Any) -> Row:
    """A row without the numbers that are none: JSON has no word for them, and a cell of them is blank."""
    return {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in row.items()}
