"""One wrong implementation: a text of one file replaced by another, and the narrow tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """A fault to plant.

    Attributes
    ----------
    name : str
        Unique; words joined by hyphens.
    fault : str
        What is wrong then, in a sentence.
    file : str
        Path within the repository.
    old, new : str
        The text that is there exactly once, and what stands in its place.
    tests : tuple of str
        Files or tests for pytest, within the repository.
    """

    name: str
    fault: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def problem(self, root: Path = ROOT) -> str:
        """Why it cannot be planted; blank where it can."""
        path = root / self.file
        if not path.exists():
            return f"{self.file} does not exist"
        count = path.read_text().count(self.old)
        missing = [test for test in self.tests if not (root / test.partition("::")[0]).exists()]
        if count != 1:
            return f"the text occurs {count} times in {self.file}"
        return f"no test {missing[0]}" if missing else ""

    def plant(self, root: Path) -> str:
        """Change the file under ``root``; what it was."""
        path = root / self.file
        before = path.read_text()
        path.write_text(before.replace(self.old, self.new))
        return before
