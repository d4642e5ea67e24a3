"""Moments of finished blocks on disk, so that a run that was interrupted goes on from there.

A folder holds ``run.json``, which says whose run it is, and one file for each range of blocks that was asked of a job
(``segment.py``). A file is written beside its place, flushed to the disk and moved there. Blocks are merged along the
tree of their indices, so it does not matter which of them come from a file: the bits are those of one run.

Verified in the tests: a run stopped at any block and resumed with other threads has the bits of one that was not.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress

from greeks.checks.checkpoints import RUN_FILE
from greeks.errors import UsageError
from greeks.execution.identity import digest_of
from greeks.execution.segment import Segment
from greeks.simulation.job import Job

_SECONDS = 2.0  # between two writings of what is done
_TEMPORARY = (".checkpoint-", ".part")  # how the name of an unfinished file begins and ends


class Checkpoint:
    """A folder of moments of one run.

    Parameters
    ----------
    folder : str
        Created where it is not there.
    identity : mapping of str to str
        What decides the numbers, by the name that a message gives it.
    resume : bool
        Whether to go on from what the folder holds. If not, it holds no run: see :func:`check_checkpoint`.

    Raises
    ------
    UsageError
        If the folder holds another run.
    OSError
        If the folder cannot be written.
    """

    def __init__(self, folder: str, identity: Mapping[str, str], resume: bool) -> None:
        self.folder, self.notes = folder, list[str]()
        self._key = digest_of(dict(identity))
        self._last = time.monotonic()
        os.makedirs(folder, exist_ok=True)
        before = self._before()
        if before is not None:
            differs = [name for name in {**before, **identity} if before.get(name) != identity.get(name)]
            if differs:
                told = "; ".join(_difference(name, before.get(name), identity.get(name)) for name in differs)
                raise UsageError(
                    f"checkpoint {folder} is of another run: {told}: repeat that run, or name another folder"
                )
            self._sweep()
        elif resume:
            self.notes.append(f"checkpoint {folder} holds no run: began from the first path")
        self._write(RUN_FILE, json.dumps(dict(identity), indent=1).encode())

    def _before(self) -> dict[str, str] | None:
        try:
            with open(os.path.join(self.folder, RUN_FILE), "rb") as file:
                found = json.loads(file.read())
        except FileNotFoundError:
            return None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise UsageError(f"checkpoint {self.folder}: {RUN_FILE} is damaged: name another folder")
        return found

    def _sweep(self) -> None:
        """Remove what a run that was killed had not finished writing."""
        for name in os.listdir(self.folder):
            if name.startswith(_TEMPORARY[0]) and name.endswith(_TEMPORARY[1]):
                with suppress(FileNotFoundError):
                    os.unlink(os.path.join(self.folder, name))

    def segment(self, job: Job, first: int, paths: int) -> Segment:
        """What is known of a job's blocks from ``first`` on; empty where a file is missing or damaged."""
        name = digest_of([self._key, job, first, paths])[:32] + ".npz"
        found = Segment(job, first, job.blocks(paths), name)
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                content = file.read()
        except FileNotFoundError:
            return found
        try:
            found.restore(content)
        except (ValueError, KeyError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
            self.notes.append(f"checkpoint file {os.path.join(self.folder, name)} is damaged ({error}): computed anew")
        return found

    def due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._last >= _SECONDS

    def save(self, segment: Segment) -> None:
        """Write what is new of a segment."""
        count = segment.count
        if count > segment.saved:
            self._write(segment.path, segment.packed())
            segment.saved = count
        self._last = time.monotonic()

    def _write(self, name: str, content: bytes) -> None:
        handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY[0], suffix=_TEMPORARY[1], dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, os.path.join(self.folder, name))
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise


def _difference(name: str, before: str | None, now: str | None) -> str:
    if any(value is not None and len(value) > 40 for value in (before, now)):
        return f"{name} differ"
    return f"{name} was {before}, and is {now}"
