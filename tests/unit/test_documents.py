"""What the documents refer to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("reports/*.md")))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_commands_name_modules_that_are_there(page):
    found = re.findall(r"python -m (benchmarks[.\w]*)", page.read_text())
    missing = [name for name in found if not (ROOT / f"{name.replace('.', '/')}.py").exists()]
    assert [name for name in missing if not (ROOT / name.replace(".", "/") / "__main__.py").exists()] == []


def test_a_line_of_the_changelog_is_120_wide_at_most():
    lines = (ROOT / "CHANGELOG.md").read_text().splitlines()
    assert [line for line in lines if len(line) > 120] == []


def test_pages_that_the_code_names_are_there():
    for source in [*(ROOT / "greeks").rglob("*.py"), *(ROOT / "cli").rglob("*.py")]:
        for page in re.findall(r"docs/\w+\.md", source.read_text()):
            assert (ROOT / page).exists(), (source, page)
