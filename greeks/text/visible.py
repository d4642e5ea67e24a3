"""Text that comes from outside, as a terminal, a log or a page may show it.

An identifier, a label, a column name or the name of a file can hold escape sequences that repaint a terminal, marks
that reverse what is read, characters without width that make two names look alike, and line breaks that forge a line.
Whatever is shown to people passes :func:`visible`; data that is written for programs keeps its characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

LONGEST = 40  # characters of a value, or a name, repeated in a message
# Printable by Python's definition, and yet without ink or width: fillers, joiners, selectors of a variant.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def visible(text: str, longest: int | None = None) -> str:
    r"""Text in which nothing is hidden and nothing commands a terminal.

    Parameters
    ----------
    text : str
        Anything.
    longest : int, optional
        Characters to show; a longer text is cut, and ends in ``…``. An escape counts as one.

    Returns
    -------
    str
        One line. Control characters (C0, C1, line and paragraph separators), marks of direction, characters without
        width, surrogates, and spaces other than the plain one are written as Python writes them: ``\x1b``, ``\u202e``.
        Other Unicode stays as it is.
    """
    if longest is not None and len(text) > longest:
        text = f"{text[: longest - 1]}…"
    if text.isprintable() and (text.isascii() or not _BLANK.search(text)):
        return text
    return "".join(c if c.isprintable() and not _BLANK.match(c) else _escape(c) for c in text)


def counted(number: int, thing: str) -> str:
    """A number of things, in words: 1 trade, 1,200 trades."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def quoted(text: str, longest: int | None = LONGEST) -> str:
    """The same in quotes, for a value in a message."""
    shown = visible(text, longest)
    return f'"{shown}"' if "'" in shown and '"' not in shown else f"'{shown}'"


def shown(value: Any) -> str:
    """A value of any kind as a message may repeat it: text in quotes, else as Python writes it."""
    return quoted(value) if isinstance(value, str) else visible(repr(value), LONGEST)


def first(names: Sequence[str], most: int) -> str:
    """The first of several names, for a message; dots where there are more."""
    return ", ".join(visible(name, LONGEST) for name in names[:most]) + (", ..." if len(names) > most else "")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
