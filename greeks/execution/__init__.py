"""Backends that run the blocks of a list of jobs."""
