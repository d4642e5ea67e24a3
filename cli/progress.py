"""The progress bar of a command."""

from __future__ import annotations

from greeks.progress import progress_bar as progress_bar
