"""The names a file's header may hold, and what to say of any other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from greeks.portfolio.vocabulary import Vocabulary, plain
from greeks.text.nearest import nearest
from greeks.text.visible import LONGEST, quoted, visible

_NEAR = 0.88  # similarity that a slip has and a word of its own, such as monitor beside monitoring, has not


@dataclass(frozen=True)
class Names:
    """The names a file's header may hold.

    Attributes
    ----------
    known : collection of str
        Column names.
    needed : collection of str
        Those that every file must have.
    aliases : mapping of str to str
        Short names accepted for a column.
    refused : mapping of str to str
        Names that cannot be accepted, with the reason, not even as a label.
    elsewhere : mapping of str to str
        Names of columns that another file has.
    vocabulary : Vocabulary
        What other names mean.
    silent : collection of str
        Columns that only a very near name is taken for a slip of: labels are called nearly the same.
    labels : bool
        Whether a name that means nothing here may be a label; otherwise it is an error.
    """

    known: Collection[str]
    needed: Collection[str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    silent: Collection[str] = ()
    labels: bool = False

    def problem(self, written: str, present: Collection[str], declared: Sequence[str] | None) -> tuple[str, str] | None:
        """What is wrong with a name that is no column, and the column it is read as; None where it may be a label.

        Parameters
        ----------
        written : str
            The name.
        present : collection of str
            The columns that the header has.
        declared : sequence of str, optional
            The labels, where they are declared.
        """
        way_out = f" (or declare it a label: --labels {_argument(written)})" if self.labels else ""
        if written.lower() in self.elsewhere:
            return self.elsewhere[written.lower()], ""
        if told := self.vocabulary.told.get(plain(written)):
            return told + way_out, ""
        columns = [name for name in (*self.known, *self.aliases) if name not in self.silent]
        if meant := self.vocabulary.column(written, columns, present):
            meant = self.aliases.get(meant, meant)
            both = f" It is there too: leave this one out{way_out}" if self.labels and meant in present else ""
            return f'is unknown: did you mean "{meant}"?{both}', meant
        if near := nearest(written.lower(), sorted(set(self.known) & set(self.silent)), cutoff=_NEAR):
            return f'is unknown: did you mean "{near[0]}"?', near[0]
        if not self.labels:
            return _unknown(written.lower(), self.known), ""
        if declared is not None:
            return "is no column, and not among the declared labels: add it to --labels, or leave it out", ""
        if term := self.vocabulary.term(written):
            return f"seems to be a term of the trade: {term}{way_out}", ""
        return None


def _argument(name: str) -> str:
    """A name as an option's value."""
    return quoted(name) if " " in name else visible(name, LONGEST)


def _unknown(name: str, known: Collection[str]) -> str:
    """What to say of a name that is like none."""
    close = nearest(name, known, n=2)
    if close:
        either = " or ".join(f'"{column}"' for column in close)
        return f"is unknown, and nothing is ignored: did you mean {either}? Otherwise leave the column out"
    return f"is unknown, and nothing is ignored: leave the column out, or choose from {', '.join(known)}"
