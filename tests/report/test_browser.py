"""The page in a real browser: nothing is loaded, nothing is refused, nothing overflows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from report_book import make_book, write
from test_report import FIGURES, HOSTILE, KEYS

from greeks.report.writing import Report

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    selenium = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no chromium and chromedriver on this machine")
    options = selenium.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = selenium.Chrome(options=options, service=selenium.ChromeService(driver))
    yield opened
    opened.quit()


@pytest.fixture(scope="module", params=["plain", "hostile"])
def opened(request: pytest.FixtureRequest, report: Report, tmp_path_factory: pytest.TempPathFactory) -> Report:
    if request.param == "plain":
        return report
    folder = tmp_path_factory.mktemp("hostile")
    return write(make_book(folder, HOSTILE), folder, title=HOSTILE, command=HOSTILE)


def visit(browser: Any, path: Path, width: int, scheme: str = "light") -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(path.as_uri())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_error_no_request_no_overflow(browser: Any, opened: Report, width: int, scheme: str) -> None:
    visit(browser, opened.html, width, scheme)
    assert browser.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]
    assert [url for url in asked if url != opened.html.as_uri()] == []
    widths = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    widths = browser.execute_script("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1]
    assert browser.execute_script("return document.scripts.length") == 0
    sections = browser.execute_script("return [...document.querySelectorAll('section')].map(s => s.id)")
    assert set(sections) == KEYS
    plots = browser.execute_script(
        "return [...document.querySelectorAll('figure')].map(f => [f.querySelector('figcaption').id,"
        " f.querySelector('svg').getBoundingClientRect().height, f.querySelectorAll('svg path').length])"
    )
    assert {name.removeprefix("caption-") for name, _, _ in plots} == FIGURES
    assert all(height > 100 and paths > 5 for _, height, paths in plots)


def test_plots_follow_the_colours_of_the_page(browser: Any, report: Report) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        visit(browser, report.html, 1280, scheme)
        seen[scheme] = browser.execute_script(
            "const t = document.querySelector('figure svg text'); const b = document.body;"
            "return [getComputedStyle(t).fill, getComputedStyle(b).backgroundColor]"
        )
    assert seen["light"][0] != seen["dark"][0]
    assert seen["light"][1] == "rgb(255, 255, 255)"
    assert seen["dark"][1] != "rgb(255, 255, 255)"


def test_paper(browser: Any, report: Report) -> None:
    visit(browser, report.html, 1280)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert len(printed["data"]) > 50_000
