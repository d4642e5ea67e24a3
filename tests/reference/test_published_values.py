"""Each published value that is a trade of this library with an exact value is met, and the rest is counted by reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.reference.published import CONTINUOUS_AVERAGE, MULTIPLIED_STRIKE, NO_CLOSED_FORM, ROWS, Left, value

DOC = Path(__file__).parents[2] / "docs" / "published_values.md"
CLOSE = 2e-8  # of the exact value, or of 1e-4 of the spot: the accuracy of the semi-analytic ones
COUNTS = {"": 314, CONTINUOUS_AVERAGE: 58, NO_CLOSED_FORM: 16, MULTIPLIED_STRIKE: 4}


def left(row):
    """Why a row has no exact value here, or nothing."""
    try:
        value(row)
    except Left as reason:
        return str(reason)
    return ""


REASONS = [left(row) for row in ROWS]
MET = [row for row, reason in zip(ROWS, REASONS, strict=True) if not reason]


@pytest.mark.parametrize("row", MET, ids=[row["case_id"] for row in MET])
def test_a_published_value_is_met(row):
    found, target = value(row), float(row["exact_value"])
    assert found == pytest.approx(float(row["expected"]), abs=1.05 * float(row["tolerance"]) + CLOSE)
    assert found == pytest.approx(target, rel=CLOSE, abs=CLOSE * 1e-4 * float(row["spot"]) + 1e-10)


def test_as_many_as_the_page_says():
    assert len(ROWS) == 392
    assert Counter(REASONS) == COUNTS
    counts = [int(found) for found in re.findall(r"^\|.*\| (\d+) \|$", DOC.read_text(), flags=re.M)]
    assert counts == list(COUNTS.values())
