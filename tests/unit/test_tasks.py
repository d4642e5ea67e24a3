from __future__ import annotations

from types import SimpleNamespace

import pytest

from greeks.execution.threads import _tasks


def job(width):
    return SimpleNamespace(width=width, steps=1, lines=(), blocks=lambda paths: -(-paths // width))


@pytest.mark.parametrize("threads", [1, 2, 7])
@pytest.mark.parametrize("blocks", [1, 2, 5, 1000])
def test_tasks_cover_every_block_once_and_end_small(blocks, threads):
    width = 2**16
    jobs = [(job(width), 3, (3 + blocks) * width), (job(width), 2, 2 * width), (job(width), 0, blocks * width - 1)]
    tasks = list(_tasks(jobs, threads))
    for number, first, count in ((0, 3, blocks), (1, 2, 0), (2, 0, blocks)):
        own = [(start, stop) for n, start, stop in tasks if n == number]
        assert [block for start, stop in own for block in range(start, stop)] == list(range(first, first + count))
        sizes = [stop - start for start, stop in own]
        assert sizes == sorted(sizes, reverse=True)
        assert all(size == 1 for size in sizes[-threads:])
