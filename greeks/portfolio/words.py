"""Words that stand in cells: what people write for a choice or a product of ours, and hints for slips."""

from __future__ import annotations

from collections.abc import Sequence

from greeks.portfolio.lookalikes import disguise, latin
from greeks.portfolio.symbols import in_columns, symbol_terms
from greeks.text.nearest import nearest
from greeks.text.visible import visible

_CLOSE = 0.65  # similarity from which a word is taken for a slip: "american" is no slip of "asian"
_CHOICES = {
    "call": ("c", "ce", "caf", "call option"),
    "put": ("p", "pe", "paf", "put option"),
    "yes": ("y", "1", "t", "on", "hit", "touched"),
    "no": ("n", "0", "f", "off", "none"),
    "arithmetic": ("a", "arith", "arithmetic average", "arithmetic mean"),
    "geometric": ("g", "geo", "geom", "geometric average", "geometric mean"),
    "price": ("average price", "fixed", "fixed strike", "average rate", "rate"),
    "strike": ("average strike", "floating", "floating strike"),
    "cash": ("cash-or-nothing", "cash or nothing", "con", "fixed amount"),
    "asset": ("asset-or-nothing", "asset or nothing", "aon", "stock"),
    "up-and-out": ("uo", "uao", "up out", "upout", "up & out"),
    "up-and-in": ("ui", "uai", "up in", "upin", "up & in"),
    "down-and-out": ("do", "dao", "down out", "downout", "down & out"),
    "down-and-in": ("di", "dai", "down in", "downin", "down & in"),
    "double-out": ("double knock out", "double knockout", "dko", "double out"),
    "double-in": ("double knock in", "double knockin", "dki", "double in"),
    "one-touch": ("touch", "ot", "american digital", "double touch", "double one touch"),
    "no-touch": ("nt", "dnt", "double no touch"),
    "up": ("u", "upper", "above", "upward"),
    "down": ("d", "lower", "below", "downward"),
    "hit": ("at hit", "on hit", "at touch", "immediate", "immediately", "instant"),
    "expiry": ("at expiry", "maturity", "at maturity", "end", "deferred", "at end"),
    "continuous": ("cont", "continuously", "american"),
    "discrete": ("disc", "daily", "weekly", "discretely", "at dates", "fixings"),
    "fixed": ("fixed strike", "fixed-strike"),
    "floating": ("floating strike", "floating-strike", "float"),
}
_KINDS = {
    "write european": ("vanilla", "option", "euro", "eu", "european option", "plain vanilla", "equity option"),
    "write european, with option_type call": ("call", "c", "ce", "european call"),
    "write european, with option_type put": ("put", "p", "pe", "european put"),
    "write digital": ("binary", "bet", "digital option", "binary option"),
    "write digital, with payout cash": ("cash-or-nothing", "cash or nothing"),
    "write digital, with payout asset": ("asset-or-nothing", "asset or nothing"),
    "write asian": ("average", "asian option", "apo", "average price", "tapo"),
    "write gbm": ("bs", "bsm", "black-scholes", "black scholes", "black_scholes", "lognormal", "log-normal", "flat"),
    "write black76": ("black", "black 76", "black-76", "black_76", "b76", "black1976", "black model"),
    "write american": ("amer", "american option", "american vanilla", "us option"),
    "write american, with option_type call": ("american call",),
    "write american, with option_type put": ("american put",),
    "write bermudan": ("berm", "bermuda", "bermudan option", "mid-atlantic"),
    "write barrier": ("knock-out", "knock out", "knockout", "knock-in", "knock in", "knockin", "ko", "ki"),
    "write barrier, with barrier_type up-and-out": ("up-and-out", "up and out", "uo"),
    "write barrier, with barrier_type up-and-in": ("up-and-in", "up and in", "ui"),
    "write barrier, with barrier_type down-and-out": ("down-and-out", "down and out", "do"),
    "write barrier, with barrier_type down-and-in": ("down-and-in", "down and in", "di"),
    "write touch": ("one-touch", "one touch", "no-touch", "no touch", "double no touch", "dnt", "american digital"),
    "write gap": ("gap option", "pay later", "paylater"),
    "write power": ("power option", "powered", "powered option"),
    "write forward_start": ("forward starting", "forward starting option", "fwd start", "fwdstart"),
    "write cliquet": ("ratchet", "ratchet option", "reset"),
    "write range_accrual": ("range note", "corridor", "range accrual note", "fairway"),
    "write variance_swap": ("varswap", "var swap", "variance"),
    "write volatility_swap": ("volswap", "vol swap"),
    "write autocallable": ("autocall", "auto-callable", "phoenix", "athena", "express certificate"),
    "write lookback": ("look-back", "look back", "lookback option", "hindsight"),
    "write stock": ("equity", "equities", "share", "shares", "stocks", "stk", "etf", "spot", "underlying"),
    "write forward": ("fwd", "forwards", "forward contract", "outright"),
    "write future": ("futures", "fut", "futs", "futures contract", "future contract"),
    "write cash": ("money", "currency", "ccy", "cash balance"),
}  # fmt: skip
_SAID = {word: said for said, words in _KINDS.items() for word in words}


def choice_hint(text: str, choices: Sequence[str]) -> str:
    """What to write for a choice in other words, as the end of a message, or nothing."""
    said = _spaced(text)
    for choice in choices:
        if said in map(_spaced, _CHOICES.get(choice, ())) or said == _spaced(choice):
            return f": write {choice}"
    return did_you_mean(text, choices)


def kind_hint(name: str, registry: Sequence[str]) -> str:
    """What to write for a product (or model) in other words, or why it has no place, or nothing."""
    for kind in registry:
        if _spaced(name) == _spaced(kind):
            return f": write {kind}"
    said = _SAID.get(" ".join(name.lower().split()), "") or _SAID.get(name.lower().replace(" ", "_"), "")
    needed = said.removeprefix("write ").split(",")[0]
    if needed in registry:
        return f": {said}"
    return did_you_mean(name, registry)


def _spaced(text: str) -> str:
    """A word without case, and with blanks for what else stands between its parts."""
    return " ".join(text.lower().replace("_", " ").replace("-", " ").split())


def did_you_mean(text: str, choices: Sequence[str]) -> str:
    """A hint for the end of a message, or nothing: a look-alike is named as such."""
    if terms := symbol_terms(text):
        return f"; it is the symbol of an option: write {in_columns(terms)}"
    lowered = {choice.lower(): choice for choice in reversed(choices)}
    hidden = disguise(text)
    if hidden and latin(text).lower() in lowered:
        return f'; it holds {hidden}: write "{visible(lowered[latin(text).lower()])}"'
    close = nearest(text.lower(), lowered, cutoff=_CLOSE)
    return f'; did you mean "{visible(lowered[close[0]])}"?' if close else ""
