"""Help of a column is what the docstring says of the parameter, of the class or of what it is derived from."""

from __future__ import annotations

from greeks.payoffs.european import European
from greeks.portfolio.described import descriptions


class Base:
    """A base.

    Parameters
    ----------
    level : float
        Where it is, see :class:`~greeks.payoffs.dated.Dated`.
    kept : float
        Of the base.
    """


class Derived(Base):
    """Derived.

    Parameters
    ----------
    level : float
    low, high : float, optional
        > 0, in ``currency``; a second
        line. And a second sentence.

    Notes
    -----
    word : not a parameter
    """


def test_descriptions():
    assert descriptions(Derived) == {
        "level": "Where it is, see Dated",
        "low": "> 0, in currency; a second line",
        "high": "> 0, in currency; a second line",
        "kept": "Of the base",
    }
    assert descriptions(European)["strike"] == "> 0, in currency"
    assert descriptions(int) == {}
