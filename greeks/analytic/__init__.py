"""Closed forms and semi-analytic reference values."""
