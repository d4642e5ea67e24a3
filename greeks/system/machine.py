"""What is told of the machine beside a result, so that its timings can be judged."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def machine() -> dict[str, str]:
    """System and versions, read once: looking a version up takes a millisecond."""
    return {
        "system": platform.platform(),
        "processor": f"{processor()} ({platform.machine()}), {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "numba", "scipy")},
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "processor"


def memory() -> int:
    """Bytes this process may have: the machine's, or less in a container; where nobody tells, 2^62."""
    found = 2**62
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return min(found, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (AttributeError, OSError, ValueError):  # "max" is no number
        return found
