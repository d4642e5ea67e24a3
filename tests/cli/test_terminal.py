"""On a real (pseudo) terminal: bar and table do not meet, colors are left out where they are not wanted."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Mapping

import pytest

COLOR = re.compile(r"\x1b\[[0-9;]*3[0-9](;[0-9;]*)?m")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


def typed(arguments: tuple[str, ...], variables: Mapping[str, str]) -> str:
    """What a terminal receives from a command."""
    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", **variables}
    environment.pop("NO_COLOR", None) if "NO_COLOR" not in variables else None
    command = [sys.executable, "-m", "greeks_cli.main", *arguments]
    with subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment) as running:
        os.close(side)
        data = b""
        while select.select([main], [], [], 60)[0]:
            try:
                piece = os.read(main, 65536)
            except OSError:  # the other side is closed
                break
            if not piece:
                break
            data += piece
    os.close(main)
    assert running.returncode == 0
    return data.decode()


@pytest.mark.parametrize("width", ["80", "200"])
def test_the_table_begins_on_a_line_of_its_own(example: tuple[str, ...], width: str) -> None:
    options = ("--paths", "3e5", "--no-analytic", "--greeks", "price", "--top", "3")
    text = typed(("run", *example, *options), {"COLUMNS": width, "LINES": "50"})
    assert "simulating" in text and COLOR.search(text)
    start = text.index("Trades: value")
    assert not CONTROL.sub("", re.split(r"\n|\x1b\[2K", text[:start])[-1]).strip()  # nothing before it on its line
    lines = CONTROL.sub("", re.sub(r"\nnote: .*", "", text[start:])).splitlines()
    assert max(map(len, lines)) <= int(width)


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_color_means_none(example: tuple[str, ...], variables: dict[str, str]) -> None:
    text = typed(("run", *example, "--paths", "2000", "--estimators", "pw"), variables)
    assert "n/a" in text and "Net positions" in text
    assert not COLOR.search(text)


def test_color_by_default(example: tuple[str, ...]) -> None:
    assert COLOR.search(typed(("run", *example, "--paths", "2000", "--estimators", "pw"), {}))


def test_notes_are_wrapped_at_words(example: tuple[str, ...]) -> None:
    options = ("--paths", "2000", "--estimators", "pw", "-o", os.devnull)
    text = CONTROL.sub("", typed(("run", *example, *options), {"COLUMNS": "50", "LINES": "50"}))
    lines = text[text.index("numbers are na") - 20 :].splitlines()
    assert max(map(len, lines)) <= 50
    assert "discontinuous" in text.split() and "likelihood_ratio" in text.split()
