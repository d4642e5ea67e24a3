"""What is shown of a text from a file: everything that is there, and nothing that acts."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from greeks.text.visible import quoted, visible

HOSTILE = {
    "\x1b[31mred": r"\x1b[31mred",
    "\x1b]0;title\x07": r"\x1b]0;title\x07",
    "\x9b31m": r"\x9b31m",
    "a\nb:2: forged": r"a\nb:2: forged",
    "a\r\tb\x00": r"a\r\tb\x00",
    "a\u2028b\x85c": r"a\u2028b\x85c",
    "a\u202ecod.exe\u2066": r"a\u202ecod.exe\u2066",
    "SP\u200bX\ufeff\u2060\u00ad": r"SP\u200bX\ufeff\u2060\xad",
    "SPX\u3164\u034f\ufe0f": r"SPX\u3164\u034f\ufe0f",
    "1\u00a0000": r"1\xa0000",
    "\udc80": r"\udc80",
    "\U000e0041": r"\U000e0041",
}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_acts_is_written_out(text: str) -> None:
    assert visible(text) == HOSTILE[text]


def test_printable_text_stays() -> None:
    for text in ("", "SPX", "Zürich", "日経 225", "a\\b", "Ω ± 3 €", "שלום", "👍"):
        assert visible(text) == text


def test_no_character_of_unicode_gets_through_that_hides_or_commands() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    shown = visible(everything)
    assert {unicodedata.category(c) for c in shown}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert {c for c in shown if unicodedata.category(c) == "Zs"} == {" "}
    assert "\u3164" not in shown and "\ufe0f" not in shown and "é" in shown


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("abcdef", 4) == "abc…"
    assert visible("abcd", 4) == "abcd"
    assert visible("\x1b" * 9, 3) == r"\x1b\x1b…"


def test_quotes() -> None:
    assert quoted("x\x07") == r"'x\x07'"
    assert quoted("it's") == '"it\'s"'
    assert quoted("9" * 50) == f"'{'9' * 39}…'"
