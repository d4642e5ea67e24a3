"""Blocks on several threads: the kernels release the interpreter's lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from greeks.core.trees import Tree
from greeks.core.workspace import Workspace
from greeks.execution.checkpoint import Checkpoint
from greeks.execution.segment import Ranges, Segment, gaps
from greeks.simulation.block import run_block
from greeks.simulation.job import Job
from greeks.system.machine import memory
from greeks.system.progress import Progress

_OF_MEMORY = 0.9  # what all threads may take of the machine's memory
_TASK_DOUBLES = 2**21  # path-steps in one task: some milliseconds, so that handing out tasks costs nothing


def default_threads() -> int:
    """Number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    jobs: Sequence[tuple[Job, int, int]],
    threads: int | None = None,
    progress: Progress | None = None,
    trees: Sequence[Tree] | None = None,
    checkpoint: Checkpoint | None = None,
) -> list[Tree]:
    """Moments of several jobs.

    Parameters
    ----------
    jobs : sequence of (Job, int, int)
        Job, first block to run, and total number of paths.
    threads : int, optional
        Default: all processors. The calling thread is one of them.
    progress : callable, optional
        Called with (blocks done, blocks in all) from the calling thread, after each task of its own and at the end.
    trees : sequence of Tree, optional
        Moments of earlier blocks, to go on from.
    checkpoint : Checkpoint, optional
        Holds blocks that need not be computed, and is told of those that were, also when the run is interrupted.

    Returns
    -------
    list of Tree
        One for each job, with the same bits for any number of threads.
    """
    threads = threads or default_threads()
    work = _Work(jobs, threads, trees, checkpoint)
    try:
        return _run(work, threads, progress)
    finally:
        work.save()


def _run(work: _Work, threads: int, progress: Progress | None) -> list[Tree]:
    helpers = min(threads, work.total) - 1
    if helpers < 1:
        work.run(progress)
        return work.trees
    with ThreadPoolExecutor(helpers, thread_name_prefix="greeks") as pool:
        try:
            others = [pool.submit(work.run) for _ in range(helpers)]
            work.run(progress)
        finally:
            work.stop()
        for other in others:
            other.result()
    work.show(progress)
    return work.trees


class _Work:
    """Tasks that the threads take for themselves: nobody has to be woken to hand one out."""

    def __init__(
        self,
        jobs: Sequence[tuple[Job, int, int]],
        threads: int,
        trees: Sequence[Tree] | None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.trees = list(trees) if trees is not None else [job.tree() for job, *_ in jobs]
        self.total = sum(job.blocks(paths) - first for job, first, paths in jobs)
        self._shown = 0
        self._jobs, self._lock = jobs, threading.Lock()
        self._checkpoint, self._segments = checkpoint, list[Segment]()
        if checkpoint is not None:
            self._segments = [checkpoint.segment(*each) for each in jobs]
        done = [segment.united() for segment in self._segments]
        for tree, (_, known) in zip(self.trees, done, strict=False):
            tree.merge(known)
        self._done = sum(segment.count for segment in self._segments)
        self._tasks = _tasks(jobs, threads, [ranges for ranges, _ in done])
        self._share = int(_OF_MEMORY * memory() / max(1, min(threads, self.total)))

    def run(self, progress: Progress | None = None) -> None:
        """Do tasks until there is none left."""
        workspace = Workspace(self._share)
        try:
            while (task := self._next()) is not None:
                number, start, stop = task
                job, _, paths = self._jobs[number]
                tree = job.tree()
                for block in range(start, stop):
                    tree.add(block, run_block(job, block, paths, workspace))
                with self._lock:
                    self.trees[number].merge(tree)
                    self._done += stop - start
                    if self._checkpoint is not None:
                        self._segments[number].add(start, stop, tree)
                        if self._checkpoint.due():
                            self._write()
                self.show(progress)
        except BaseException:
            self.stop()
            raise

    def show(self, progress: Progress | None) -> None:
        """Say how far all threads are, if that is news."""
        if progress is not None and self._done > self._shown:
            self._shown = self._done
            progress(self._shown, self.total)

    def stop(self) -> None:
        """Let every thread end after the task that it is at."""
        with self._lock:
            self._tasks = iter(())

    def save(self) -> None:
        """Write what is new to the checkpoint."""
        with self._lock:
            self._write()

    def _write(self) -> None:
        if self._checkpoint is not None:
            for segment in self._segments:
                self._checkpoint.save(segment)

    def _next(self) -> tuple[int, int, int] | None:
        with self._lock:
            return next(self._tasks, None)


def _tasks(
    jobs: Sequence[tuple[Job, int, int]], threads: int, done: Sequence[Ranges] = ()
) -> Iterator[tuple[int, int, int]]:
    """Ranges of blocks, large at first, ever smaller towards the end of a job, so that no thread waits long."""
    for number, (job, first, paths) in enumerate(jobs):
        blocks = job.blocks(paths)
        most = max(1, _TASK_DOUBLES // (job.width * job.steps * max(1, len(job.lines))))
        for start, end in gaps(first, blocks, done[number] if done else []):
            while start < end:
                stop = start + max(1, min(most, (end - start) // (2 * threads)))
                yield number, start, stop
                start = stop
