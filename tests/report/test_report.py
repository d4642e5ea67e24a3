"""The page and the files beside it: complete, consistent, reproducible, and safe with hostile names."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from html_page import Page
from report_book import make_book, write

import greeks as gk
from greeks.book import Book
from greeks.errors import UsageError
from greeks.report.formats import heat, shown, visible
from greeks.report.sections.registry import SECTIONS
from greeks.report.svg import inline
from greeks.report.writing import Report

KEYS = {
    "verdict", "pictures", "checks", "book", "scoreboard", "accuracy", "coverage", "agreement", "tails", "convergence",
    "bump", "first_fixing", "time_step", "identities", "cost", "rejected", "scope", "manifest", "glossary",
}  # fmt: skip
NOT_SECTIONS = {"verdict", "pictures", "checks", "glossary"}
FIGURES = {
    "positions",
    "errors",
    "accuracy",
    "coverage",
    "agreement",
    "tails",
    "convergence",
    "bump",
    "first-fixing",
    "time-step",
    "cost",
}
HOSTILE = "\"'<script>alert(1)</script>&amp;{{7*7}}$x^2$\u202e\u200f,;-->]]>" + "W" * 10_000
WORDS_ONLY = {
    "th",
    "h1",
    "h2",
    "h3",
    "pre",
    "figcaption",
    "summary",
    "nav",
    "title",
    "style",
    "svg",
    "footer",
    "header",
}


def page(report: Report) -> Page:
    return Page(report.html.read_text(encoding="utf-8"))


def rows(report: Report) -> list[dict[str, str]]:
    """Every row of every table, with the name of its file."""
    found = []
    for path in sorted(report.tables.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [{"table": path.stem, **line} for line in csv.DictReader(file)]
    return found


def order(found: Page) -> list[str]:
    return [name for name in found.ids if name in KEYS]


def test_every_section_and_figure_is_there(report: Report) -> None:
    found = page(report)
    assert not found.stack
    assert set(order(found)) == KEYS
    assert order(found)[:5] == ["verdict", "pictures", "checks", "book", "scoreboard"]
    assert order(found)[-3:] == ["scope", "manifest", "glossary"]
    assert len(SECTIONS) == len(KEYS - NOT_SECTIONS)
    figures = {name.removeprefix("caption-") for name in found.ids if name.startswith("caption-")}
    assert figures == FIGURES
    assert found.tags.count("svg") == len(FIGURES)
    assert len(found.ids) == len(set(found.ids))
    links = {value[1:] for tag, name, value in found.attributes if tag == "a" and name == "href"}
    assert links <= set(found.ids)


def test_a_report_shows_where_it_is_and_its_verdict(report: Report) -> None:
    lines = repr(report).splitlines()
    assert lines[0] == f"Report: {report.html}"
    assert len(lines) == 4 and len(repr(report)) < 3000
    assert f'href="{report.html}"' in report._repr_html_()


def test_the_page_is_self_contained(report: Report) -> None:
    found = page(report)
    text = report.html.read_text(encoding="utf-8")
    assert "script" not in found.tags
    assert {tag for tag in found.tags if tag in ("img", "link", "iframe", "object", "form", "base")} == set()
    policy = next(value for tag, name, value in found.attributes if tag == "meta" and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not [pair for pair in found.attributes if pair[1] == "style" or pair[1].startswith("on")]
    remote = [value for _, name, value in found.attributes if "//" in value and not name.startswith("xmlns")]
    assert remote == []
    assert "url(http" not in text
    assert "@import" not in text


def test_every_number_of_the_page_is_in_the_csv(report: Report) -> None:
    found, lines = page(report), rows(report)
    cells = {value for line in lines for value in line.values()}
    assert len(found.values) > 1000
    assert set(found.values) <= cells
    texts = {cell for cell in cells if cell}
    digits = re.compile(r"\d+(?:\.\d+)?")
    for stack, text in found.texts:
        tags = {tag for tag, _ in stack}
        classes = " ".join(name for _, name in stack)
        if (
            "data" in tags
            or tags & WORDS_ONLY
            or "glossary" in classes
            or "lead" in classes
            or "note" in classes.split()
        ):
            continue
        if "td" in tags or "bdi" in tags:
            if digits.search(text):
                assert text.strip() in texts, text
        else:  # words of a sentence: no more than the constants of a definition
            assert set(digits.findall(text)) <= {"0", "1", "0.1"}, text


def test_what_a_number_looks_like_is_what_it_is(report: Report) -> None:
    text = report.html.read_text(encoding="utf-8")
    pairs = re.findall(r'<data value="([^"]+)">([^<]+)</data>', text)
    plain = [(float(value), look) for value, look in pairs if re.fullmatch(r"-?[\d,]*\.?\d+(e-?\d+)?", look)]
    assert len(plain) > 500
    for value, look in plain:
        assert float(look.replace(",", "")) == pytest.approx(value, rel=6e-3, abs=0.5 if "." not in look else 6e-3)


def test_json_holds_the_same_numbers(report: Report) -> None:
    data = json.loads(report.json.read_text(encoding="utf-8"))
    assert list(data) == ["verdict", "sections", "manifest"]
    assert set(data["sections"]) == KEYS - NOT_SECTIONS
    lines = rows(report)
    for key, section in data["sections"].items():
        assert section["checks"] or key == "manifest"
        for name, table in section["tables"].items():
            mine = [line for line in lines if line["table"] == name]
            assert len(mine) == len(table)
            for a, b in zip(mine, table, strict=True):
                for column, value in b.items():
                    if isinstance(value, float):
                        assert float(a[column]) == value
    assert data["manifest"]["inputs"]


def test_same_input_same_bytes(book: Book, report: Report, tmp_path: Path) -> None:
    again = write(book, tmp_path / "deep" / "folder", threads=1)
    ours = [report.html, report.json, *sorted(report.tables.iterdir())]
    theirs = [again.html, again.json, *sorted(again.tables.iterdir())]
    assert [path.name for path in ours] == [path.name for path in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.read_bytes() == other.read_bytes()
    seeded = write(book, tmp_path, seed=43)
    assert (seeded.tables / "numbers.csv").read_bytes() != (report.tables / "numbers.csv").read_bytes()


def test_hostile_names_change_no_structure(report: Report, tmp_path: Path) -> None:
    hostile = write(make_book(tmp_path, HOSTILE), tmp_path, title=HOSTILE, command=HOSTILE)
    ours, theirs = page(report), page(hostile)
    assert theirs.tags == ours.tags
    hashed = re.compile("[0-9a-f]{10}$")  # of what a plot draws, which follows the length of its labels
    assert [i for i in theirs.ids if not hashed.search(i)] == [i for i in ours.ids if not hashed.search(i)]
    text = hostile.html.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "{{7*7}}" in text
    assert "49$x" not in text
    assert (
        max(
            len(data)
            for stack, data in theirs.texts
            if "pre" not in {t for t, _ in stack} and "style" not in {t for t, _ in stack}
        )
        < 1000
    )
    names = {line["trade_id"] for line in rows(hostile) if line.get("trade_id")}
    assert names == {HOSTILE + suffix for suffix in ("E1", "E2", "D1", "A1", "A2", "H1", "H2")}


def test_rejected_rows_are_listed(tmp_path: Path) -> None:
    make_book(tmp_path)
    with (tmp_path / "book.csv").open("a") as file:
        file.write("bad,X,european,call,-5,0.5,,,,\n")
    book = gk.read_portfolio(tmp_path / "book.csv", market=tmp_path / "market.csv", on_error="skip")
    report = write(book, tmp_path)
    found = [line for line in rows(report) if line["table"] == "rejected"]
    assert [(line["line"], line["row"], line["column"]) for line in found] == [("9", "trade bad", "strike")]


@pytest.mark.parametrize("keep", [(0,), (2,), (5,), (6,)], ids=["european", "digital", "heston", "heston digital"])
def test_a_book_of_one_trade(book: Book, keep: tuple[int, ...], tmp_path: Path) -> None:
    trades = tuple(book.trades[k] for k in keep)
    report = write(Book(trades, book.models, sources=book.sources), tmp_path, paths=2**12)
    assert set(order(page(report))) == KEYS


def test_settled_and_deterministic_trades(tmp_path: Path) -> None:
    from greeks.book import Trade

    trades = (
        Trade("settled", "X", gk.European("call", strike=90.0, maturity=0.0)),
        Trade("certain", "Z", gk.European("call", strike=90.0, maturity=1.0)),
    )
    models = {"X": gk.GBM(spot=100.0, volatility=0.2), "Z": gk.GBM(spot=100.0, volatility=0.0)}
    for kept in (trades, trades[:1], trades[1:]):
        report = write(Book(kept, models), tmp_path, paths=2**12)
        assert set(order(page(report))) == KEYS


WILD = gk.Heston(
    spot=100.0, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04, vol_of_vol=0.9, correlation=-0.7
)
STILL = gk.GBM(spot=100.0, volatility=0.0)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"greeks": "price"},
        {"greeks": "vanna,volga"},
        {"estimators": "lr,fd"},
        {"variance_reduction": "antithetic"},
        {"steps_per_year": 4},
    ],
    ids=str,
)
def test_odd_books(options: dict[str, object], tmp_path: Path) -> None:
    """Nothing random; and a wild variance, under which contributions overflow and no path pays."""
    from greeks.book import Trade

    still = (
        Trade("a", "Z", gk.European("call", strike=90.0, maturity=1.0)),
        Trade("b", "Z", gk.Digital("call", strike=90.0, maturity=1.0)),
    )
    wild = (
        Trade("a", "H", gk.Asian("put", strike=100.0, maturity=1.0, fixings=12)),
        Trade("b", "H", gk.Digital("call", strike=300.0, maturity=0.05)),
    )
    for trades in (still, wild):
        report = write(Book(trades, {"Z": STILL, "H": WILD}), tmp_path, **{"paths": 2**13, **options})
        assert set(order(page(report))) == KEYS
        recommended = [line for line in rows(report) if line["table"] == "numbers"]
        assert all(line["value"] for line in recommended)  # none without a value


def test_options_are_checked_before_anything_is_written(book: Book, tmp_path: Path) -> None:
    for options, words in (
        ({"effort": "lazy"}, "choose from"),
        ({"paths": 0}, "at least 2"),
        ({"greeks": "speed"}, "choose from"),
        ({"estimators": "auto"}, "compares estimators"),
        ({"estimators": ["pathwise"]}, "at least two"),
        ({"bumb": 2.0}, "did you mean bump"),
    ):
        with pytest.raises(UsageError, match=words):
            write(book, tmp_path / "new", **options)
    with pytest.raises(UsageError, match="no trades"):
        write(Book((), {}), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_timed_report_and_progress(book: Book, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    small = Book(book.trades[:2], book.models, sources=book.sources)
    report = write(small, tmp_path, paths=2**12, deterministic=False, progress=lambda a, b: steps.append((a, b)))
    assert steps[-1][0] == steps[-1][1]
    assert [a for a, _ in steps] == sorted(a for a, _ in steps)
    timed = [line for line in rows(report) if line["table"] == "path_steps"]
    assert timed
    assert all(1e-10 < float(line["seconds_per_path_step"]) < 1e-3 for line in timed)
    assert "Written" in report.html.read_text()


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "number", "–"), (float("nan"), "number", "–"), (float("inf"), "count", "∞"), (0.0, "number", "0"),
        (1234567.891, "number", "1,234,600"), (0.000012345, "number", "1.2345e-5"), (0.0123, "percent", "1.23 %"),
        (-3.14159, "z", "-3.14"), (1e9, "ratio", "> 1e6"), (3.2e-9, "seconds", "3.2 ns"), (90.0, "seconds", "90 s"),
        (True, "text", "yes"), (12.0, "count", "12"), ("a" * 60, "name", "a" * 47 + "…"), (99999.9, "number", "100,000"),
    ],
)  # fmt: skip
def test_formats(value: object, kind: str, text: str) -> None:
    assert shown(value, kind) == text


def test_visible_and_heat() -> None:
    assert visible("a\x00b\u202ec") == r"a\x00b\u202ec"
    assert [heat(r) for r in (1.0, 1.04, 2.0, 8.0, 20.0, 1e9, float("nan"), None)] == [0, 0, 1, 2, 3, 5, -1, -1]


def test_inline_svg_has_no_style_and_prefixed_references() -> None:
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">'
        '<metadata/><defs><style>*{}</style><path id="m" d="M 1.23456 0.001"/></defs>'
        '<g clip-path="url(#c)" style="fill: none; stroke: #fff; evil: x"><use xlink:href="#m" style="font: bold 9px x"/>'
        "<text>0.001 &lt;b&gt;</text></g></svg>"
    )
    got = inline(text, "k")
    assert "style" not in got
    assert "metadata" not in got
    assert 'id="k-m"' in got
    assert "url(#k-c)" in got
    assert 'href="#k-m"' in got
    assert 'd="M 1.23 0.00"' in got
    assert 'font-size="9"' in got
    assert "0.001 &lt;b&gt;" in got
    assert "evil" not in got


def test_one_threshold_of_coverage(report: Report) -> None:
    """What the table calls below chance is what the check counts."""
    lines = [line for line in rows(report) if line["table"] == "coverage"]
    assert lines
    for line in lines:
        assert (float(line["coverage"]) < float(line["allowed"])) == (line["below"] == "True")
    best = [line for line in lines if line["recommended"] == "True"]
    section = next(section for section in report.sections if section.key == "coverage")
    said = section.checks[0].said.values
    assert said["low"] == sum(line["below"] == "True" for line in best)
    assert said["allowed"] == float(best[0]["allowed"])
    assert section.checks[0].status == ("doubtful" if said["low"] else "sound")


def test_tables_are_tidy_files_and_old_ones_go(report: Report, book: Book, tmp_path: Path) -> None:
    listed = (report.tables / "index.txt").read_text(encoding="utf-8").split()
    assert {path.stem for path in report.tables.glob("*.csv")} == set(listed)
    for path in report.tables.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        assert len(set(header)) == len(header), path
        assert lines, path
        assert {len(line) for line in lines} == {len(header)}, path
        assert all(any(line[k] for line in lines) for k in range(len(header)) if header[k] == "estimator"), path
    first = write(book, tmp_path, paths=2**12)
    (first.tables / "mine.csv").write_text("kept")
    assert (first.tables / "feller.csv").exists()
    write(Book(book.trades[:2], book.models, sources=book.sources), tmp_path, paths=2**12)
    assert not (first.tables / "feller.csv").exists()
    assert (first.tables / "mine.csv").read_text() == "kept"


def test_names_that_a_spreadsheet_would_run_are_escaped(tmp_path: Path) -> None:
    report = write(make_book(tmp_path, "=1+1"), tmp_path, paths=2**12)
    names = {line["trade_id"] for line in rows(report) if line.get("trade_id")}
    assert names
    assert all(name.startswith("'=1+1") for name in names)
    assert "'=1+1" not in report.html.read_text(encoding="utf-8")
