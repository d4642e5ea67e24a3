"""Files, machine, log and progress."""
