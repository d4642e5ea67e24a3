"""The floor: Intel MKL's normals and one exponential each. No simulation of an exponential path can do with less."""

from __future__ import annotations

import ctypes
import site
import sys
from math import nan
from pathlib import Path

import numpy as np

from benchmarks.timing import Missing, Work, fastest

_GENERATORS = {
    "philox4x32x10": 16 << 20,
    "mrg32k3a": 2 << 20,
    "mt2203": 9 << 20,
    "sfmt19937": 13 << 20,
    "ars5": 15 << 20,
}
_METHODS = (1, 2)  # Box-Muller with both values, and the inverse
_CHUNK = 32768  # stays in the second-level cache


def _library() -> ctypes.CDLL:
    """MKL's single library, from the pip package or the loader's path."""
    places = [Path(sys.prefix) / "lib", *(Path(place).parents[2] / "lib" for place in site.getsitepackages())]
    names = [str(path) for place in places for path in sorted(place.glob("libmkl_rt.so*"))]
    for name in (*names, "libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.MKL_Set_Num_Threads(1)
        return library
    raise Missing("mkl is not installed")


def floor(*generators: str) -> Work:
    """Normals by the fastest of these generators and of MKL's two methods, then ``vdExp``."""
    mkl = _library()
    z, out = np.empty(_CHUNK), np.empty(_CHUNK)
    source, target = (ctypes.c_void_p(array.ctypes.data) for array in (z, out))
    mean, deviation = ctypes.c_double(0.0), ctypes.c_double(0.1)
    streams: dict[str, tuple[ctypes.c_void_p, int]] = {}
    for generator in generators or tuple(_GENERATORS):
        stream = ctypes.c_void_p()
        if mkl.vslNewStream(ctypes.byref(stream), _GENERATORS[generator], 1):
            continue
        for method in _METHODS:
            if mkl.vdRngGaussian(method, stream, _CHUNK, source, mean, deviation) == 0:
                streams[f"{generator}/{method}"] = stream, method
    if not streams:
        raise Missing("MKL has none of these generators on this machine")

    def normals(name: str) -> None:
        stream, method = streams[name]
        mkl.vdRngGaussian(method, stream, _CHUNK, source, mean, deviation)

    seconds = fastest({name: lambda name=name: normals(name) for name in streams})
    best, repeats = min(seconds, key=lambda name: seconds[name]), 8

    def run() -> float:
        for _ in range(repeats):
            normals(best)
            mkl.vdExp(_CHUNK, source, target)
        if not np.allclose(out[:8], np.exp(z[:8]), rtol=1e-12):  # which also keeps both arrays alive
            raise RuntimeError("MKL's exponentials are wrong: the call did not do its work")
        return nan

    return Work(run, repeats * _CHUNK)
