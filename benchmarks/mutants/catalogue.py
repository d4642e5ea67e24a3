"""All planted faults, room by room."""

from __future__ import annotations

from benchmarks.mutants import early_exercise, engine, estimators, hits, models, payoffs, readers, scenarios
from benchmarks.mutants.mutant import Mutant

ROOMS: dict[str, tuple[Mutant, ...]] = {
    "Models": models.MUTANTS,
    "Payoffs": payoffs.MUTANTS,
    "Payments at a hit, and jumps that a gradient hides": hits.MUTANTS,
    "Estimators": estimators.MUTANTS,
    "Early exercise": early_exercise.MUTANTS,
    "Random numbers, moments, plans and error bars": engine.MUTANTS,
    "Readers, units and closed forms": readers.MUTANTS,
    "Scenarios": scenarios.MUTANTS,
}
MUTANTS = tuple(mutant for room in ROOMS.values() for mutant in room)
