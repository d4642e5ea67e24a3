"""What a variance report measures: per-path contributions, and how their error bars behave."""
