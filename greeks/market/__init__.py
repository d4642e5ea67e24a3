"""What a market is, without any simulation: dates and currencies."""
