"""Plant every fault in a copy of the project and run its tests: ``python -m benchmarks.mutants [--keep FILE] [name ...]``.

Without names, all of them, and the table of docs/mutants.md is written. The exit status is 1 if one is missed, or if a
test fails without any fault. What was found is kept in FILE, line by line, so that a run that was stopped goes on where
it was; lines of another state of the project are passed over.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from benchmarks.mutants.catalogue import MUTANTS, ROOMS
from benchmarks.mutants.mutant import ROOT
from benchmarks.mutants.trial import Copy, Notes, Verdict

_DOCUMENT = ROOT / "docs" / "mutants.md"
_HEAD = """# Planted faults

A test that cannot fail is worth nothing. `python -m benchmarks.mutants` plants each fault below in a copy of the project,
one at a time, runs a few named tests on it, and writes this table: {count} faults, {caught} caught. Without a fault the
same tests pass.
"""


def table(found: dict[str, Verdict]) -> str:
    """The document."""
    caught = sum(each.caught for each in found.values())
    parts = [_HEAD.format(count=len(found), caught=caught)]
    for room, mutants in ROOMS.items():
        parts += [f"\n## {room}\n", "| fault | file | what is wrong | caught by |", "|---|---|---|---|"]
        for mutant in mutants:
            each = found[mutant.name]
            where = f"`{_short(each.test)}`" if each.caught else "**missed**"
            parts.append(f"| {mutant.name} | {mutant.file} | {mutant.fault} | {where} |")
    return "\n".join(parts) + "\n"


def _short(test: str) -> str:
    """A test without its parameters, in the words of a table's cell."""
    return test.partition("[")[0].removeprefix("tests/") or "time limit"


def main(names: list[str], keep: Path | None = None) -> int:
    """Try the mutants named, or all; the exit status."""
    unknown = set(names) - {mutant.name for mutant in MUTANTS}
    if unknown:
        print(f"no mutant {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [mutant for mutant in MUTANTS if not names or mutant.name in names]
    with Copy() as project:
        notes = Notes(keep, project.digest())
        failing = set()
        for test in dict.fromkeys(test for mutant in chosen for test in mutant.tests):
            sound = notes.of(f"sound {test}", partial(project.run, (test,)))
            failing |= {test} if sound.caught else set()
            print(
                f"{test}: {'FAILS' if sound.caught else 'passes'} without a fault ({sound.seconds:.0f} s)", flush=True
            )
        found = {}
        for mutant in chosen:
            found[mutant.name] = each = notes.of(f"fault {mutant.name}", partial(project.trial, mutant))
            said = f"{each.test} {each.message}" if each.caught else "MISSED"
            print(f"{mutant.name}: {said} ({each.seconds:.0f} s)", flush=True)
    if not names and not failing:
        Path(_DOCUMENT).write_text(table(found))
    return 0 if all(each.caught for each in found.values()) and not failing else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="faults to plant; default all")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where what was found is kept")
    options = parser.parse_args()
    sys.exit(main(options.names, options.keep))
