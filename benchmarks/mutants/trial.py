"""A copy of the project in a temporary directory, where faults are planted and the tests run; the tree is not touched."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from shutil import copy2
from tempfile import TemporaryDirectory

from benchmarks.mutants.mutant import ROOT, Mutant

_LIMIT = 3000  # seconds of one run of tests: the longest compiles every kernel, on a machine that others use
_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - (.*))?$", re.MULTILINE)
_KEY = "guard(dispatcher._cache, package_digest)"
# A cached kernel is good as long as no module that its own imports has changed: a fault compiles few kernels anew.
_CLOSURE = '''

@cache
def closure_digest(module: str) -> str:
    """Digest of a module and of all that it imports from this package."""
    import re

    root, digest = Path(__file__).parent.parent.parent, hashlib.blake2b(digest_size=16)
    if not (root / (module.replace(".", "/") + ".py")).exists():  # a kernel of a test, which pytest names by its file
        return package_digest()
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        path = root / (name.replace(".", "/") + ".py")
        if name in seen or not path.exists():
            continue
        seen.add(name)
        waiting += sorted(re.findall(r"^ *from (greeks[.\\w]*) import", path.read_text(), re.MULTILINE))
    for name in sorted(seen):
        digest.update((root / (name.replace(".", "/") + ".py")).read_bytes() + b"\\0")
    return digest.hexdigest()
'''


@dataclass(frozen=True)
class Verdict:
    """What the tests said: whether one failed, which, and how long it took."""

    caught: bool
    test: str
    message: str
    seconds: float


class Notes:
    """Verdicts found before on the same state of the project, and those found now, line by line in a file."""

    def __init__(self, file: Path | None, digest: str) -> None:
        self._file, self._digest = file, digest
        self._found: dict[str, Verdict] = {}
        for line in file.read_text().splitlines() if file and file.exists() else ():
            state, what, *verdict = json.loads(line)
            if state == digest:
                self._found[what] = Verdict(*verdict)

    def of(self, what: str, find: Callable[[], Verdict]) -> Verdict:
        """The verdict on what is named, found now where it is not known."""
        if what not in self._found:
            self._found[what] = found = find()
            if self._file:
                with self._file.open("a") as out:
                    out.write(json.dumps([self._digest, what, *astuple(found)]) + "\n")
        return self._found[what]


class Copy:
    """The project's files in a directory that is gone at the end."""

    def __enter__(self) -> Copy:
        self._directory = TemporaryDirectory(prefix="mutants-")
        self.root = Path(self._directory.name) / "project"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                copy2(ROOT / name, self.root / name)
        jit = self.root / "greeks" / "compiler" / "jit.py"
        text = jit.read_text()
        if _KEY not in text:
            raise RuntimeError(f"{jit.name} keys its cache in another way: change this script with it")
        jit.write_text(
            text.replace(_KEY, _KEY.replace("package_digest", "lambda: closure_digest(function.__module__)")) + _CLOSURE
        )
        paths = Path(self._directory.name) / "paths"
        paths.mkdir()
        (paths / "greeks_cli").symlink_to(self.root / "cli")
        self._environment = {
            **os.environ,
            "PYTHONPATH": f"{self.root}{os.pathsep}{paths}",
            "PYTHONDONTWRITEBYTECODE": "1",  # a file changed twice a second keeps its stamp
            "NUMBA_CACHE_DIR": str(Path(self._directory.name) / "kernels"),
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._directory.cleanup()

    def digest(self) -> str:
        """Of what is tested, its tests, and the faults."""
        found = hashlib.blake2b(digest_size=16)
        rooms = [self.root / name for name in ("greeks", "cli", "tests", "benchmarks/mutants")]
        for path in sorted(path for room in rooms for path in room.rglob("*.py")):
            found.update(str(path.relative_to(self.root)).encode() + b"\0" + path.read_bytes())
        return found.hexdigest()

    def run(self, tests: Sequence[str]) -> Verdict:
        """Run tests until the first fails."""
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        start = time.perf_counter()
        try:
            done = subprocess.run(
                command, cwd=self.root, env=self._environment, capture_output=True, text=True, timeout=_LIMIT, check=False
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Verdict(True, "", f"not done after {_LIMIT} seconds", _LIMIT)
        seconds = time.perf_counter() - start
        if done.returncode not in (0, 1):
            raise RuntimeError(f"pytest {' '.join(tests)}: exit status {done.returncode}\n{done.stdout[-4000:]}")
        found = _FAILED.search(done.stdout)
        test, message = (found.group(1), found.group(2) or "") if found else ("", "")
        return Verdict(done.returncode == 1, test, message, seconds)

    def trial(self, mutant: Mutant) -> Verdict:
        """Plant one fault, run its tests, and take it away again."""
        if problem := mutant.problem(self.root):
            raise ValueError(f"{mutant.name}: {problem}")
        before = mutant.plant(self.root)
        try:
            return self.run(mutant.tests)
        finally:
            (self.root / mutant.file).write_text(before)
