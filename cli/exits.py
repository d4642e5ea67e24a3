"""Exit codes."""

from __future__ import annotations

OK = 0
FAILED = 1  # internal or input/output error
USAGE = 2
INVALID = 3  # input invalid, nothing computed
PARTIAL = 4  # rows in error were skipped
QUALITY = 5  # target not reached, compared files differ, or a status that --fail-on names
MISSING = 6  # an optional dependency is missing
INTERRUPTED = 130
