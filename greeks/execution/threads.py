"""Blocks on a pool of threads: the kernels release the interpreter's lock."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice

from greeks.core.moments import MomentTree
from greeks.simulation import Job, run_block
from greeks.workspace import Workspace

Progress = Callable[[int, int], None]
_TASK_DOUBLES = 2**21  # path-steps in one task: some milliseconds, so that handing out tasks costs nothing


def default_threads() -> int:
    """Number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_jobs(
    jobs: Sequence[tuple[Job, int, int]],
    threads: int | None = None,
    progress: Progress | None = None,
    trees: Sequence[MomentTree] | None = None,
) -> list[MomentTree]:
    """Moments of several jobs.

    Parameters
    ----------
    jobs : sequence of (Job, int, int)
        Job, first block to run, and total number of paths.
    threads : int, optional
        Default: all processors.
    progress : callable, optional
        Called with (blocks done, blocks in all) after each task, from the calling thread.
    trees : sequence of MomentTree, optional
        Moments of earlier blocks, to go on from.

    Returns
    -------
    list of MomentTree
        One for each job, with the same bits for any number of threads.
    """
    threads = threads or default_threads()
    results = list(trees) if trees is not None else [MomentTree() for _ in jobs]
    local = threading.local()

    def run(task: tuple[int, int, int]) -> tuple[int, int, MomentTree]:
        if not hasattr(local, "workspace"):
            local.workspace = Workspace()
        number, start, stop = task
        job, _, paths = jobs[number]
        tree = MomentTree()
        for block in range(start, stop):
            tree.add(block, run_block(job, block, paths, local.workspace))
        return number, stop - start, tree

    total = sum(job.blocks(paths) - first for job, first, paths in jobs)
    done = 0
    tasks = _tasks(jobs, threads)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="greeks")
    try:
        pending: set[Future[tuple[int, int, MomentTree]]] = {
            pool.submit(run, task) for task in islice(tasks, 2 * threads)
        }
        while pending:
            finished, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                number, blocks, tree = future.result()
                results[number].merge(tree)
                done += blocks
                if progress is not None:
                    progress(done, total)
            pending |= {pool.submit(run, task) for task in islice(tasks, len(finished))}
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return results


def _tasks(jobs: Sequence[tuple[Job, int, int]], threads: int) -> Iterator[tuple[int, int, int]]:
    """Ranges of blocks, large at first, ever smaller towards the end of a job, so that no thread waits long."""
    for number, (job, first, paths) in enumerate(jobs):
        blocks = job.blocks(paths)
        most = max(1, _TASK_DOUBLES // (job.width * job.steps * max(1, len(job.lines))))
        start = first
        while start < blocks:
            stop = start + max(1, min(most, (blocks - start) // (2 * threads)))
            yield number, start, stop
            start = stop
