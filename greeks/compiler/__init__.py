"""Kernels out of Python functions: the decorator, intrinsics, vectors, lanes of sums, cipher rounds, the tape."""
