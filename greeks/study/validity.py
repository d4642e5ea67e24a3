"""What is valid, contract by contract: each Greek by each estimator, and the reason of each that is not.

Nothing is decided here: every cell is the verdict that a run would act on, see :mod:`greeks.planning.validity`. No path
is drawn. Verified in the tests against the cells of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from greeks.estimators.base import foreign, missing_parameter
from greeks.estimators.registry import ANALYTIC, ESTIMATORS
from greeks.names import ORDER
from greeks.planning.automatic import automatic
from greeks.planning.validity import Verdict, verdict


@dataclass(frozen=True)
class Grid:
    """The verdicts on contracts that have the same ones under one model.

    Attributes
    ----------
    model : str
        Kind of the model.
    contracts : tuple of str
        The product, and the choices that make the variant.
    verdicts : mapping of (Greek, estimator) to Verdict
    automatic : mapping of Greek to str
        What "auto" takes where it simulates.
    """

    model: str
    contracts: tuple[str, ...]
    verdicts: Mapping[tuple[str, str], Verdict]
    automatic: Mapping[str, str]

    @property
    def greeks(self) -> tuple[str, ...]:
        """In the order of the tables."""
        return tuple(dict.fromkeys(greek for greek, _ in self.verdicts))

    @property
    def estimators(self) -> tuple[str, ...]:
        """In the order of the registry."""
        return tuple(dict.fromkeys(name for _, name in self.verdicts))


def contract(payoff: Any) -> str:
    """The product and the choices of a contract, without its numbers."""
    return " ".join([payoff.kind, *dict.fromkeys(payoff.choices.values())])


def grids(payoffs: Iterable[Any], models: Iterable[Any]) -> list[Grid]:
    """The verdicts on every payoff under every model; contracts with the same verdicts share a grid.

    Parameters
    ----------
    payoffs, models : iterable
        Of a payoff that depends on no future spot nothing is estimated, and there is no verdict.
    """
    payoffs = list(payoffs)
    found: dict[tuple[Any, ...], list[str]] = {}
    made: dict[tuple[Any, ...], tuple[str, dict[tuple[str, str], Verdict], dict[str, str]]] = {}
    for model in models:
        names = [ANALYTIC, *(name for name, each in ESTIMATORS.items() if foreign(each, model) is None)]
        known = [greek for greek in ORDER if missing_parameter(model, greek) is None]
        for payoff in payoffs:
            if payoff.settled(model.spot) is not None:
                continue
            verdicts = {(greek, name): verdict(name, payoff, model, greek) for greek in known for name in names}
            taken = {greek: automatic(payoff, model, greek, analytic=False).estimator for greek in known}
            key = payoff.kind, model.kind, *_told(verdicts), *taken.values()
            found.setdefault(key, []).append(contract(payoff))
            made.setdefault(key, (model.kind, verdicts, taken))
    return [Grid(kind, tuple(dict.fromkeys(found[key])), each, taken) for key, (kind, each, taken) in made.items()]


def _told(verdicts: Mapping[tuple[str, str], Verdict]) -> tuple[str, ...]:
    """Statuses and doubts; the notes of what is valid hold numbers of the contract."""
    return tuple(each.status if each.status == "ok" else each.reason for each in verdicts.values())


def records(found: Iterable[Grid]) -> list[dict[str, str]]:
    """One row for each contract, Greek and estimator."""
    return [
        {"model": grid.model, "contract": name, "greek": greek, "estimator": estimator, **vars(each)}
        for grid in found
        for name in grid.contracts
        for (greek, estimator), each in grid.verdicts.items()
    ]


def markdown(found: Iterable[Grid]) -> str:
    """Tables of Markdown: "ok", or "warn" or "na" with the number of its reason; what auto simulates by in bold."""
    reasons: dict[str, int] = {}
    parts: list[str] = []
    for grid in found:
        parts.append(f"## {grid.contracts[0].split()[0]} under {grid.model}\n")
        parts.append(f"{'; '.join(grid.contracts)}\n")
        parts.append("| Greek | " + " | ".join(grid.estimators) + " |")
        parts.append("|---" * (len(grid.estimators) + 1) + "|")
        for greek in grid.greeks:
            cells = []
            for name in grid.estimators:
                each = grid.verdicts[greek, name]
                note = "" if each.status == "ok" else f" {reasons.setdefault(each.reason, len(reasons) + 1)}"
                text = f"{each.status}{note}"
                cells.append(f"**{text}**" if grid.automatic[greek] == name else text)
            parts.append(f"| {greek} | " + " | ".join(cells) + " |")
        parts.append("")
    parts.append("## Reasons\n")
    parts.extend(f"{number}. {reason}" for reason, number in reasons.items())
    return "\n".join(parts) + "\n"
