"""The planted faults are still faults of the code as it is, and the documented table is theirs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.mutants.catalogue import MUTANTS
from benchmarks.mutants.trial import Copy

DOCUMENT = Path(__file__).parents[2] / "docs" / "mutants.md"
SAMPLE = ("gate-open", "rho-without-discounting", "variance-over-n")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_can_be_planted(mutant):
    """Where the code has changed, change the fault with it; where it is gone, take another of its kind."""
    assert not mutant.problem()
    assert mutant.old != mutant.new


def test_there_are_many_and_no_two_of_a_name():
    names = [mutant.name for mutant in MUTANTS]
    assert len(names) >= 30
    assert len(set(names)) == len(names)


def test_the_document_tells_of_each_and_none_is_missed():
    """Write it anew: python -m benchmarks.mutants."""
    rows = re.findall(r"^\| ([\w.-]+) \| greeks/.* \| (.+?) \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert [name for name, _ in rows] == [mutant.name for mutant in MUTANTS]
    assert not [name for name, by in rows if "missed" in by]


def test_a_copy_knows_how_the_kernels_are_kept():
    """Each fault would compile every kernel anew if the copy kept them by the digest of the whole package."""
    with Copy() as project:
        assert "closure_digest(function" in (project.root / "greeks" / "compiler" / "jit.py").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_a_few_are_caught(name):
    mutant = next(mutant for mutant in MUTANTS if mutant.name == name)
    with Copy() as project:
        assert not project.run(mutant.tests).caught
        assert project.trial(mutant).caught
        assert not project.run(mutant.tests).caught
