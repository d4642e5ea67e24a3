"""The one decorator for kernels: lazy, cached on disk, releasing the interpreter's lock.

Importing a module of kernels imports no Numba; the first call of a kernel compiles it or loads it from the cache.
A kernel may call another by its global name.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from greeks.compiler.cache import guard, warn_no_cache
from greeks.compiler.intrinsics import bits_float, float_bits, fma, register_scalars, select
from greeks.compiler.sums import payment_sums, power_sums, product_sums, register_sums, slope_sums
from greeks.compiler.tape import Tape, call
from greeks.compiler.threefry import register_threefry, threefry2x64

__all__ = [
    "KERNELS",
    "Kernel",
    "Tape",
    "bits_float",
    "call",
    "device",
    "float_bits",
    "fma",
    "kernel",
    "package_digest",
    "payment_sums",
    "power_sums",
    "product_sums",
    "select",
    "slope_sums",
    "threefry2x64",
]
P = ParamSpec("P")
R = TypeVar("R")

KERNELS: dict[str, Kernel] = {}
_LOCK = threading.RLock()
# Rooms above the kernels: no kernel may stand in them, and none imports from them; a test holds both.
_NO_KERNELS = frozenset((
    "analytic", "api.py", "execution", "planning", "plots", "portfolio", "report", "results", "study",
))  # fmt: skip


class Kernel:
    """A function compiled on first use.

    Numba types the object itself as its dispatcher, so kernels may refer to each other before either is compiled.
    """

    def __init__(self, function: Callable[..., Any], inline: bool = False) -> None:
        self.function, self.inline = function, inline
        self.__name__, self.__doc__ = function.__name__, function.__doc__
        self.__module__, self.__wrapped__ = function.__module__, function
        self._dispatcher: Any = None
        KERNELS[f"{function.__module__}.{function.__qualname__}"] = self

    @property
    def dispatcher(self) -> Any:
        """Numba's dispatcher, made on first use."""
        if self._dispatcher is None:
            with _LOCK:
                if self._dispatcher is None:
                    self._dispatcher = _compile(self.function, self.inline)
        return self._dispatcher

    def __call__(self, *arguments: Any) -> Any:
        """Run the compiled function."""
        return call(self._dispatcher or self.dispatcher, *arguments)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile lazily: arrays in, arrays out, no closures, no fast-math, so that bits do not depend on the machine."""
    return cast("Callable[P, R]", Kernel(function))


def device(function: Callable[P, R]) -> Callable[P, R]:
    """Like :func:`kernel` for scalar functions: always inlined into the loop that calls it, so that it vectorises."""
    return cast("Callable[P, R]", Kernel(function, inline=True))


@cache
def package_digest() -> str:
    """Digest of every source file that a kernel can depend on.

    Numba's disk cache looks at a kernel's own file only; a change in a kernel it calls would bring back a stale,
    wrong number. With this digest in the key any edit of the rooms that hold kernels starts a new cache entry; an edit
    of a reader or a report, which no kernel can import, does not.
    """
    digest = hashlib.blake2b(digest_size=16)
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0] in _NO_KERNELS:
            continue
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _compile(function: Callable[..., Any], inline: bool) -> Any:
    _register()
    import numba

    if inline:
        return numba.njit(forceinline=True, error_model="numpy")(function)
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    try:
        dispatcher.enable_caching()
    except RuntimeError:  # no place to write: no home directory, read-only installation
        warn_no_cache()
        return dispatcher
    guard(dispatcher._cache, package_digest)
    return dispatcher


@cache
def _register() -> None:
    """Teach Numba the type of a kernel, and the operations it has no name for."""
    from numba.core import types as untyped
    from numba.extending import typeof_impl

    types: Any = untyped

    @typeof_impl.register(Kernel)
    def _typeof_kernel(value: Kernel, context: Any) -> Any:
        return types.Dispatcher(value.dispatcher)

    register_scalars()
    register_sums()
    register_threefry()
