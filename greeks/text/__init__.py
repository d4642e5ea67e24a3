"""Text as people and spreadsheets read it."""
