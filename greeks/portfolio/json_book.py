"""A book as JSON, ``{"trades": [...], "market": [...]}`` as ``greeks schema`` describes it: its entries become rows.

The rows pass the same checks as those of a CSV file. Each keeps its place, ``trades[3]`` and its line, for messages.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from greeks.portfolio.frames import Entry, cell
from greeks.text.visible import quoted, visible

PARTS = {"portfolio": "trades", "market": "market"}  # key of each kind of table
SHAPE = 'write {"trades": [...], "market": [...]}, as greeks schema describes'
_FREE = ("$schema", "title", "description", "version")  # keys that say nothing of the book
_SPACE = re.compile(r"[ \t\r\n]*")


class NotJson(ValueError):
    """Text that is no JSON, or no book; ``line`` is where that is seen, 0 for the whole."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


@dataclass
class JsonTable:
    """One part of a book, as the text of a CSV file, and where its rows and names stood.

    Attributes
    ----------
    csv : str
        A header of every key, and a line for each entry; blank for one that cannot be a row.
    entries : dict of int to Entry
        The entry on each line.
    keys : dict of str to Entry
        The first entry with each key.
    problems : list of (int, str, str)
        Line of the CSV (0 for the file), key and message of what cannot be a row.
    parts : tuple of str
        Those of "trades" and "market" that the file has.
    """

    csv: str = ""
    entries: dict[int, Entry] = field(default_factory=dict)
    keys: dict[str, Entry] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    parts: tuple[str, ...] = ()


def is_json(text: str) -> bool:
    """Whether a text is meant as JSON: no header begins with a brace or a bracket."""
    return text.lstrip()[:1] in ("{", "[")


def table_of_json(text: str, role: str) -> JsonTable:
    """The part of a JSON book that a role needs.

    Parameters
    ----------
    text : str
    role : str
        "portfolio" or "market".

    Raises
    ------
    NotJson
        If there is no such part.
    """
    part = PARTS.get(role)
    if part is None:
        raise NotJson(0, "the file is JSON: write this table as CSV")
    try:
        found = _Reader(text).parts()
    except json.JSONDecodeError as error:
        raise NotJson(error.lineno, f"the file is not valid JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise NotJson(0, f"the file is nested too deeply to be a book: {SHAPE}") from None
    if "manifest" in found:
        raise NotJson(0, f"the file holds results of greeks run, and no book: {SHAPE}")
    if not isinstance(found.get(part), list):
        other = ", or give a market file" if part == "market" else ""
        raise NotJson(0, f'the file has no list "{part}": {SHAPE}{other}')
    table = JsonTable(parts=tuple(name for name in PARTS.values() if name in found))
    for key in found:
        if key not in (*PARTS.values(), *_FREE):
            close = get_close_matches(key, PARTS.values(), n=1)
            hint = f'did you mean "{close[0]}"?' if close else 'a book has the keys "trades" and "market"'
            table.problems.append((0, key, f"is unknown: {hint}"))
    if not found[part]:
        raise NotJson(0, f'the list "{part}" is empty')
    _fill(table, part, found[part])
    return table


def _fill(table: JsonTable, part: str, items: list[tuple[int, Any]]) -> None:
    """Rows of the entries; one that cannot be a row is a problem, and a blank line."""
    for index, (line, item) in enumerate(items):
        entry = table.entries[index + 2] = Entry(f"{part}[{index}]", line)
        for key in item if isinstance(item, dict) else ():
            table.keys.setdefault(key, entry)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.keys)
    for number, (_, item) in enumerate(items, start=2):
        problems = _problems(item)
        table.problems += [(number, key, message) for key, message in problems]
        if problems:
            text.write("\n")
        else:
            writer.writerow([cell(item.get(key)) for key in table.keys])
    table.csv = text.getvalue()


def _problems(item: Any) -> list[tuple[str, str]]:
    """Why an entry cannot be a row: key and message."""
    if not isinstance(item, dict):
        return [("", f"{_shown(item)} is no object: write {{...}} with the keys of greeks schema")]
    if all(value is None for value in item.values()):
        return [("", "the entry is empty: remove it")]
    found = [(key, "stands twice in the entry: keep one of them") for key in getattr(item, "twice", ())]
    for key, value in item.items():
        flat = not isinstance(value, dict) and not (isinstance(value, list) and any(_nested(part) for part in value))
        if not flat:
            found.append((key, f"{_shown(value)} is nested: write a text, a number, or a list of them"))
        elif isinstance(value, str) and any(end in value for end in "\r\n"):
            found.append((key, f"{quoted(value)} holds a line break: write it in one line"))
        elif any(end in key for end in "\r\n"):
            found.append((visible(key), "holds a line break in its name: write it in one line"))
    return found


def _shown(value: Any) -> str:
    return quoted(value if isinstance(value, str) else json.dumps(value))


def _nested(value: Any) -> bool:
    return isinstance(value, dict | list) or (isinstance(value, str) and (";" in value or "\n" in value))


class _Object(dict[str, Any]):
    """An object of JSON, and the keys it had more than once."""

    twice: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    made = _Object(pairs)
    if len(made) < len(pairs):
        names = [key for key, _ in pairs]
        made.twice = tuple(dict.fromkeys(key for key in names if names.count(key) > 1))
    return made


class _Reader:
    """The top of a document, by hand, so that the line of each entry is known."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line, self._counted = 1, 0
        # Numbers stay as they are written: a cell shows its own digits in a message.
        self._decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=str)

    def parts(self) -> dict[str, Any]:
        """Values by key; a list is one of (line, item)."""
        found: dict[str, Any] = {}
        if self._next() != "{":
            raise NotJson(1, f"the file is a list and no book: {SHAPE}")
        self._at += 1
        while self._next() != "}" or found:
            key = self._value() if self._next() == '"' else self._fail("Expecting property name in double quotes")
            if key in found:
                raise NotJson(self._here(), f"the key {quoted(key)} stands twice: keep one of them")
            self._take(":")
            found[key] = self._items() if self._next() == "[" else self._value()
            if self._next() == "}":
                break
            self._take(",")
        self._at += 1
        if self._next():
            self._fail("Extra data")
        return found

    def _items(self) -> list[tuple[int, Any]]:
        self._at += 1
        items: list[tuple[int, Any]] = []
        while self._next() != "]" or items:
            self._next()
            line = self._here()
            items.append((line, self._value()))
            if self._next() == "]":
                break
            self._take(",")
        self._at += 1
        return items

    def _next(self) -> str:
        """The next character that is not blank, where the reader then stands."""
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _value(self) -> Any:
        self._next()
        value, self._at = self._decoder.raw_decode(self._text, self._at)
        return value

    def _take(self, mark: str) -> None:
        if self._next() != mark:
            self._fail(f"Expecting '{mark}'")
        self._at += 1

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _fail(self, message: str) -> Any:
        raise json.JSONDecodeError(message, self._text, self._at)
