"""From moments to numbers that can be trusted, and their tables."""
