"""Words of other people's files: what a name that is no column of ours is called here, or why it has no place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from greeks.text.nearest import nearest

_CLOSE = 0.8  # similarity above which an unknown name is taken for a slip of a known one
_LONG = 7  # letters from which a word of the vocabulary may itself be misspelled
_UNIT = re.compile(r"(?<=.)[(\[][^)\]]*[)\]]")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case, spaces, punctuation and a unit in brackets: "Contract Size" and "contract-size" are one."""
    folded = unicodedata.normalize("NFKC", _UNIT.sub("", name) or name).casefold()
    return "".join(character for character in folded if character.isalnum())


def words(name: str) -> list[str]:
    """The words of a name, at separators and at capitals, in lower case."""
    return [part.lower() for part in _PARTS.findall(unicodedata.normalize("NFKC", name))]


def listed(text: str) -> tuple[str, ...]:
    """Names of a table, separated by white space."""
    return tuple(text.split())


def by_name(groups: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Turn "what to say: the names it is said of" into a mapping from each plain name."""
    return {plain(name): said for said, names in groups.items() for name in names}


@dataclass(frozen=True)
class Vocabulary:
    """What names mean that are not columns.

    Attributes
    ----------
    meant : mapping of str to str
        Plain name to the column it stands for, and nothing else does.
    told : mapping of str to str
        Plain name to a sentence that follows the column's name: why it is refused, and what to write instead.
    identifiers : mapping of str to str
        As ``meant``, for columns that identify: where the column itself is there, the other name is free.
    terms : mapping of str to str
        Words that make a name of several suspect, and what it seems to be.
    grouping : collection of str
        Words that lift the suspicion.
    """

    meant: Mapping[str, str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    identifiers: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)
    grouping: Collection[str] = ()

    def column(self, name: str, known: Iterable[str], present: Collection[str] = ()) -> str:
        """The one column that ``name`` is another word for, or a slip of; nothing where there is none.

        Parameters
        ----------
        name : str
            As written.
        known : iterable of str
            The columns there are.
        present : collection of str
            Those that the header has.
        """
        key, columns = plain(name), list(known)
        spelled = {plain(column): column for column in columns}
        if key in spelled:
            return spelled[key]
        if key in self.told:
            return ""
        if key in self.identifiers:
            return "" if self.identifiers[key] in present else self.identifiers[key]
        if key in self.meant:
            return self.meant[key]
        close = nearest(name.lower(), columns, cutoff=_CLOSE)
        if close:
            return close[0]
        long = [word for word in self.meant if len(word) >= _LONG]
        slip = nearest(key, long, cutoff=_CLOSE + 0.05)
        if slip:
            return self.meant[slip[0]]
        longer = [column for column in columns if len(name) >= 3 and column.startswith(name.lower())]
        return longer[0] if longer else ""

    def term(self, name: str) -> str:
        """What a name of several words seems to be, or nothing."""
        parts = words(name)
        if any(part in self.grouping for part in parts):
            return ""
        return next((self.terms[part] for part in parts if part in self.terms), "")
