"""One file a payoff."""
