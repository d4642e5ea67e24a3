"""Plots of what :mod:`greeks.study` measures: each takes rows and, if given, matplotlib axes, and returns the axes."""
