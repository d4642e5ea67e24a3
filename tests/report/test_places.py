"""Where a report is written: places are known to be good before anything is computed, and change together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from report_book import make_book, write

import greeks as gk
from greeks.errors import UsageError
from greeks.report.context import Context

SMALL: dict[str, Any] = {"paths": 512, "greeks": "price", "estimators": "lr,fd"}


@pytest.fixture
def no_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(self: Context) -> None:
        raise AssertionError("something was computed")

    monkeypatch.setattr(Context, "measure", measure)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("name", ["report.html", "report.json", "tables/index.txt"])
def test_a_folder_in_the_way_is_known_before(name: str, tmp_path: Path) -> None:
    book, folder = make_book(tmp_path), tmp_path / "out"
    (folder / name).mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as caught:
        write(book, folder, **SMALL)
    assert caught.value.filename == str(folder / name)
    assert not contents(folder)


@pytest.mark.usefixtures("no_simulation")
def test_a_place_that_cannot_be_made_is_known_before(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(OSError) as caught:
        write(book, tmp_path / "out", **SMALL)
    assert str(tmp_path / "out") in str(caught.value.filename)


@pytest.mark.usefixtures("no_simulation")
def test_a_table_that_is_read_only_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, tables = make_book(tmp_path), tmp_path / "out" / "tables"
    tables.mkdir(parents=True)
    (tables / "index.txt").write_text("net\n")
    (tables / "net.csv").write_text("mine")
    monkeypatch.setattr(os, "access", lambda path, _mode: not str(path).endswith("net.csv"))  # root may do anything
    with pytest.raises(PermissionError) as caught:
        write(book, tmp_path / "out", **SMALL)
    assert caught.value.filename == str(tables / "net.csv")


@pytest.mark.usefixtures("no_simulation")
@pytest.mark.parametrize("name", ["report.json", "report.html", "tables/trades.csv", "tables/anything.csv"])
def test_an_input_is_not_overwritten(name: str, tmp_path: Path) -> None:
    make_book(tmp_path)
    folder = tmp_path / "out"
    (folder / name).parent.mkdir(parents=True)
    text = (tmp_path / "book.csv").read_text()
    (folder / name).write_text(text)
    market = tmp_path / "market.csv"
    csv = tmp_path / "link.csv"
    csv.symlink_to(folder / name)  # of any extension, as a file of trades
    with pytest.raises(UsageError, match="is an input file"):
        write(gk.read_portfolio(csv, market=market), folder, **SMALL)
    assert (folder / name).read_text() == text


@pytest.mark.slow
def test_a_report_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, folder = make_book(tmp_path), tmp_path / "out"
    write(book, folder, **SMALL, title="The one before")
    (folder / "tables" / "index.txt").write_bytes((folder / "tables" / "index.txt").read_bytes() + b"of_before\n")
    (folder / "tables" / "of_before.csv").write_text("an earlier version's")
    (folder / "tables" / "own.csv").write_text("a reader's own")
    before, plain, calls = contents(folder), os.replace, iter(range(1, 1000))

    def broken(*names: str) -> None:
        if str(names[1]).startswith(str(folder)) and next(calls) == 4:
            raise OSError(5, "Input/output error", names[0])
        plain(*names)

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError):
        write(book, folder, **SMALL, title="The one after")
    assert contents(folder) == before
    monkeypatch.setattr(os, "replace", plain)
    write(book, folder, **SMALL, title="The one after")
    after = contents(folder)
    assert b"The one after" in after["report.html"] and b"The one before" not in after["report.html"]
    assert set(before) - set(after) == {"tables/of_before.csv"}
