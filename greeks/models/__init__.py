"""One file a market model."""
