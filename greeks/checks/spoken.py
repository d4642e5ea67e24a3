"""What is wrong with a keyword of a model or payoff, in words a reader can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from greeks.text.visible import shown

_CLOSE = 0.6
# What people write for a keyword; suggested only where the class has it.
_MEANT = {
    "volatility": ("vol", "vols", "sigma", "iv", "implied_vol", "implied_volatility", "atm_vol"),
    "rate": ("r", "risk_free", "riskfree", "risk_free_rate", "interest_rate"),
    "dividend_yield": ("q", "div", "dividend", "dividends", "div_yield", "yield_", "borrow", "repo", "foreign_rate"),
    "spot": ("s", "s0", "S", "S0", "price", "underlying_price"),
    "strike": ("k", "K", "exercise_price", "strike_price"),
    "maturity": ("t", "T", "ttm", "tau", "tenor", "time", "years", "time_to_maturity", "time_to_expiry"),
    "expiry": ("expiration", "expiry_date", "expiration_date", "maturity_date", "date"),
    "as_of": ("valuation_date", "today", "asof"),
    "option_type": ("type", "right", "cp", "call_put", "put_call", "flag", "kind"),
    "cash": ("amount", "cash_amount", "payoff", "rebate"),
    "averaging": ("average", "average_type", "averaging_type"),
    "fixings": ("n", "observations", "fixing_count", "n_fixings", "number_of_fixings"),
    "barrier": ("h", "H", "b", "level", "barrier_level", "ko_level", "ki_level"),
    "barrier_type": ("knock", "knock_type", "type", "in_out"),
    "direction": ("side", "up_down"),
    "already_hit": ("touched", "hit", "knocked"),
    "monitoring": ("observation", "frequency"),
    "moneyness": ("strike", "k", "ratio"),
    "start": ("reset_time", "start_time", "forward_start", "t1"),
    "exponent": ("power", "n", "p"),
    "trigger": ("barrier", "trigger_level", "payment_trigger"),
    "strike_volatility": ("strike", "strike_vol", "volatility_strike", "k"),
    "lower": ("lower_barrier", "low", "lower_bound"),
    "upper": ("upper_barrier", "high", "upper_bound"),
    "lower_barrier": ("lower", "low", "down_barrier"),
    "upper_barrier": ("upper", "high", "up_barrier"),
    "protection_barrier": ("barrier", "knock_in", "ki_level"),
    "autocall_barrier": ("barrier", "trigger", "autocall_level"),
    "past_min": ("running_min", "minimum", "running_extreme"),
    "past_max": ("running_max", "maximum", "running_extreme"),
    "initial_variance": ("v0", "V0"),
    "mean_reversion": ("kappa",),
    "long_run_variance": ("theta", "long_var"),
    "vol_of_vol": ("xi", "sigma", "volvol"),
    "correlation": ("rho", "corr"),
}
_LIMITS = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
_UNKNOWN = "unexpected_keyword_argument"
_MISSING = "is missing"
_KINDS = {"float": "write a number", "int": "write a whole number", "bool": "write True or False"}


def problems_of(details: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[tuple[str, str]]:
    """Keyword and message of every finding; a keyword that is only misspelt is not called missing as well."""
    meant_for = {meant(str(detail["loc"][0]), names) for detail in details if detail["type"] == _UNKNOWN}
    found = [problem_of(detail, names) for detail in details]
    placed = {name for name, text in found if "by position" in text}
    missing = [pair for pair in found if pair[1] == _MISSING]
    told = [pair for pair in missing if pair[0] in placed or f"did you mean {pair[0]}?" in meant_for]
    return [pair for pair in found if pair not in told]


def problem_of(detail: Mapping[str, Any], names: Sequence[str]) -> tuple[str, str]:
    """Keyword and message of one finding of the validator.

    Parameters
    ----------
    detail : mapping
        As pydantic describes it.
    names : sequence of str
        Keywords of the class.
    """
    kind, name, item = detail["type"], field_of(detail), item_of(detail)
    if name.isdecimal():  # by position
        name = names[min(int(name), len(names) - 1)]
    value = shown(detail.get("input"))
    if kind.startswith("missing"):
        return name, _MISSING
    if kind == _UNKNOWN:
        return name, f"is unknown: {meant(name, names)}"
    if kind == "unexpected_positional_argument":
        return name, f"is given by position: write {name}={value}"
    if kind == "multiple_argument_values":
        return name, "is given twice"
    if limit := limit_of(detail):
        return name, f"is {value}: {item}it {limit}"
    if kind == "finite_number":
        return name, f"is {value}: {item}write a finite number"
    if kind == "literal_error":
        return name, f"is {value}: choose {detail['ctx']['expected'].replace(chr(39), '')}"
    remedy = next((words for start, words in _KINDS.items() if kind.startswith(f"{start}_")), "")
    if remedy:
        return name, f"is {value}: {item}{remedy}"
    if kind in ("tuple_type", "list_type"):
        return name, f"is {value}: write a list"
    message = message_of(detail)
    if is_ours(detail):
        return name, f"{item}{message}"
    return name, f"is {value}: {item}{message[:1].lower()}{message[1:]}"


def field_of(detail: Mapping[str, Any]) -> str:
    """The field of a finding; blank for what holds between several."""
    place = detail["loc"]
    return str(place[0]) if place else getattr(detail.get("ctx", {}).get("error"), "field", "")


def item_of(detail: Mapping[str, Any]) -> str:
    """Which item of a list a finding is about, before what is said of it."""
    place = detail["loc"]
    return f"item {place[1] + 1} of the list: " if len(place) > 1 and isinstance(place[1], int) else ""


def limit_of(detail: Mapping[str, Any]) -> str:
    """The limit that a number is beyond, as "must be at least 0"; blank for another finding."""
    word, key = _LIMITS.get(detail["type"], ("", ""))
    return f"must be {word} {detail['ctx'][key]:g}" if word else ""


def is_ours(detail: Mapping[str, Any]) -> bool:
    """Whether the message is a class's own sentence, which shows the value where that matters."""
    return detail["type"] == "value_error" or not detail["loc"]


def message_of(detail: Mapping[str, Any]) -> str:
    """The message without what the validator puts before it."""
    return str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")


def meant(name: str, names: Sequence[str]) -> str:
    """What an unknown keyword was probably meant for, or what there is."""
    for target, slips in _MEANT.items():
        if target in names and (name in slips or name.lower() in slips):
            return f"did you mean {target}?"
    close = get_close_matches(name.lower(), names, n=1, cutoff=_CLOSE)
    close = close or [known for known in names if len(name) >= 3 and known.startswith(name.lower())]
    return f"did you mean {close[0]}?" if close else f"choose from {', '.join(names)}"
