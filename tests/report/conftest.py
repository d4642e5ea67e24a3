"""One small book, and its report written once for all tests that only read it."""

from __future__ import annotations

import pytest
from report_book import make_book, write

from greeks.book import Book
from greeks.report.writing import Report


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return make_book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def report(book: Book, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return write(book, tmp_path_factory.mktemp("report"))
