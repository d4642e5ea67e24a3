"""Letters that look like others: an underlying in Cyrillic capitals, a column with a character that cannot be seen."""

from __future__ import annotations

import unicodedata

# Letters of Cyrillic and Greek with the shape of a Latin one, as most fonts draw them.
_SHAPES = str.maketrans(
    "аеорсухіјѕһԁԛԝкАВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧονραικυı",
    "aeopcyxijshdqwkABESIJKMHOPCTYXABEZHIKMNOPTYXovpaikui",
)


def latin(text: str) -> str:
    """The text with Latin letters for those that look like them, and without what cannot be seen."""
    seen = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc"))
    return " ".join(unicodedata.normalize("NFKC", seen.translate(_SHAPES)).split())


def unseen(text: str) -> bool:
    """Whether a text holds a character that cannot be seen, or a blank that is not the plain one."""
    return not text.isascii() and any(unicodedata.category(c) in ("Cf", "Zs") and c != " " for c in text)


def disguise(text: str) -> str:
    """What makes a text other than it looks, as the end of "it holds ..."; nothing for a plain text.

    Only the first such character is named: mending it leads to the next.
    """
    for character in text:
        if character.isascii():
            continue
        plain = latin(character)
        code = f"U+{ord(character):04X}"
        name = unicodedata.name(character, "").lower()
        if not plain and unicodedata.category(character) in ("Cf", "Zs"):
            what = "a blank" if unicodedata.category(character) == "Zs" else "an invisible character"
            return f"{what}, {name} ({code})"
        if plain != character and plain.isascii() and plain.isalnum():
            script = name.split(" ", 1)[0].title()
            kind = (
                f"a {script}" if script in ("Cyrillic", "Greek") else "a wide" if script == "Fullwidth" else "another"
            )
            return f"{kind} {character!r} ({code}) for {plain!r}"
    return ""
