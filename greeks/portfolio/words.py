"""Words that stand in cells: what people write for a choice or a product of ours, and hints for slips."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from greeks.portfolio.lookalikes import disguise, latin
from greeks.portfolio.symbols import in_columns, symbol_terms
from greeks.text.visible import visible

_CLOSE = 0.65  # similarity from which a word is taken for a slip: "american" is no slip of "asian"
_CHOICES = {
    "call": ("c", "ce", "caf", "call option"),
    "put": ("p", "pe", "paf", "put option"),
    "true": ("yes", "y", "1", "t", "on"),
    "false": ("no", "n", "0", "f", "off"),
    "arithmetic": ("a", "arith", "arithmetic average", "arithmetic mean"),
    "geometric": ("g", "geo", "geom", "geometric average", "geometric mean"),
    "price": ("average price", "fixed", "fixed strike", "average rate", "rate"),
    "strike": ("average strike", "floating", "floating strike"),
    "cash": ("cash-or-nothing", "cash or nothing", "con", "fixed amount"),
    "asset": ("asset-or-nothing", "asset or nothing", "aon", "stock"),
}
_EARLY = "early exercise is not valued in this version, and a european is another contract"
_LATER = "it is not valued in this version: leave the row out"
_KINDS = {
    "write european": ("vanilla", "option", "euro", "eu", "european option", "plain vanilla", "equity option"),
    "write european, with option_type call": ("call", "c", "ce", "european call"),
    "write european, with option_type put": ("put", "p", "pe", "european put"),
    "write digital": ("binary", "bet", "digital option", "binary option"),
    "write digital, with payout cash": ("cash-or-nothing", "cash or nothing"),
    "write digital, with payout asset": ("asset-or-nothing", "asset or nothing"),
    "write asian": ("average", "asian option", "apo", "average price", "tapo"),
    "write gbm": ("bs", "bsm", "black-scholes", "black scholes", "black_scholes", "lognormal", "log-normal", "flat"),
    _EARLY: ("american", "bermudan", "amer", "american call", "american put", "american option"),
    _LATER: (
        "barrier", "touch", "lookback", "gap", "power", "forward_start", "cliquet", "range_accrual", "variance_swap",
        "volatility_swap", "autocallable", "stock", "equity", "forward", "future", "futures", "cash",
    ),
}  # fmt: skip
_MEANT = {word: choice for choice, words in _CHOICES.items() for word in words}
_SAID = {word: said for said, words in _KINDS.items() for word in words}


def choice_hint(text: str, choices: Sequence[str]) -> str:
    """What to write for a choice in other words, as the end of a message, or nothing."""
    meant = _MEANT.get(" ".join(text.lower().replace("_", " ").split()), "")
    return f": write {meant}" if meant in choices else did_you_mean(text, choices)


def kind_hint(name: str, registry: Sequence[str]) -> str:
    """What to write for a product (or model) in other words, or why it has no place, or nothing."""
    said = _SAID.get(" ".join(name.lower().split()), "") or _SAID.get(name.lower().replace(" ", "_"), "")
    needed = "european" if said in (_EARLY, _LATER) else said.removeprefix("write ").split(",")[0]
    return f": {said}" if needed in registry else did_you_mean(name, registry)


def did_you_mean(text: str, choices: Sequence[str]) -> str:
    """A hint for the end of a message, or nothing: a look-alike is named as such."""
    if terms := symbol_terms(text):
        return f"; it is the symbol of an option: write {in_columns(terms)}"
    lowered = {choice.lower(): choice for choice in reversed(choices)}
    hidden = disguise(text)
    if hidden and latin(text).lower() in lowered:
        return f'; it holds {hidden}: write "{visible(lowered[latin(text).lower()])}"'
    close = get_close_matches(text.lower(), list(lowered), n=1, cutoff=_CLOSE)
    return f'; did you mean "{visible(lowered[close[0]])}"?' if close else ""
