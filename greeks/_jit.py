"""The one decorator for kernels: lazy, cached on disk, releasing the interpreter's lock.

Importing a module of kernels imports no Numba; the first call of a kernel compiles it or loads it from the cache.
A kernel may call another by its global name.
"""

from __future__ import annotations

import hashlib
import threading
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, SupportsInt, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")

KERNELS: dict[str, Kernel] = {}
_LOCK = threading.RLock()


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
        return (self._dispatcher or self.dispatcher)(*arguments)


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile lazily: arrays in, arrays out, no closures, no fast-math, so that bits do not depend on the machine."""
    return cast("Callable[P, R]", Kernel(function))


def device(function: Callable[P, R]) -> Callable[P, R]:
    """Like :func:`kernel` for scalar functions: always inlined into the loop that calls it, so that it vectorises."""
    return cast("Callable[P, R]", Kernel(function, inline=True))


def fma(a: float, b: float, c: float) -> float:
    """``a b + c`` with one rounding; in kernels only."""
    raise NotImplementedError("fma is for compiled kernels")


def float_bits(x: float) -> int:
    """The bits of a float64 as a signed integer; in kernels only."""
    raise NotImplementedError("float_bits is for compiled kernels")


def bits_float(bits: SupportsInt) -> float:
    """The float64 with the given bits; in kernels only."""
    raise NotImplementedError("bits_float is for compiled kernels")


def select(condition: bool, a: float, b: float) -> float:
    """``a if condition else b`` with both computed, never a branch; in kernels only."""
    raise NotImplementedError("select is for compiled kernels")


def power_sums(x: Any, n: int, pilot: float) -> tuple[float, float, float, float]:
    """Sums of the first four powers of ``x[i] - pilot`` over ``n`` elements, n a multiple of 8; in kernels only.

    Element i goes to lane i mod 8; a lane is summed in order, and the lanes pairwise. The loop is written in vectors
    of eight because a compiler may neither reorder such a sum by itself nor, here, find the eight independent ones.
    """
    raise NotImplementedError("power_sums is for compiled kernels")


@cache
def package_digest() -> str:
    """Digest of every source file of the package.

    Numba's disk cache looks at a kernel's own file only; a change in a kernel it calls would bring back a stale,
    wrong number. With this digest in the key any edit of the package starts a new cache entry.
    """
    digest = hashlib.blake2b(digest_size=16)
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
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
        _warn_no_cache()
        return dispatcher
    store = dispatcher._cache
    plain = store._index_key
    store._index_key = lambda signature, codegen: (*plain(signature, codegen), package_digest())
    return dispatcher


@cache
def _warn_no_cache() -> None:
    warnings.warn(
        "compiled kernels cannot be kept on disk, so every process compiles them anew: "
        "set NUMBA_CACHE_DIR to a writable directory",
        RuntimeWarning,
        stacklevel=2,
    )


@cache
def _register() -> None:
    """Teach Numba the type of a kernel and the three operations it has no name for."""
    from numba.core import types as untyped
    from numba.extending import intrinsic, overload, typeof_impl

    types: Any = untyped

    @typeof_impl.register(Kernel)
    def _typeof_kernel(value: Kernel, context: Any) -> Any:
        return types.Dispatcher(value.dispatcher)

    @intrinsic
    def _fma(typing_context: Any, a: Any, b: Any, c: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.fma(*arguments)

        return types.float64(types.float64, types.float64, types.float64), generate

    @intrinsic
    def _float_bits(typing_context: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(types.int64))

        return types.int64(types.float64), generate

    @intrinsic
    def _bits_float(typing_context: Any, bits: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(types.float64))

        return types.float64(types.int64), generate

    @intrinsic
    def _select(typing_context: Any, condition: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.select(*arguments)

        return types.float64(types.boolean, types.float64, types.float64), generate

    @intrinsic
    def _power_sums(typing_context: Any, x: Any, n: Any, pilot: Any) -> Any:
        return types.UniTuple(types.float64, 4)(x, types.int64, types.float64), _generate_power_sums

    choose: Any = _select
    sums: Any = _power_sums
    fused: Any = _fma
    to_bits: Any = _float_bits
    to_float: Any = _bits_float
    overload(select)(lambda condition, a, b: lambda condition, a, b: choose(condition, a, b))
    overload(power_sums)(lambda x, n, pilot: lambda x, n, pilot: sums(x, n, pilot))
    overload(fma)(lambda a, b, c: lambda a, b, c: fused(a, b, c))
    overload(float_bits)(lambda x: lambda x: to_bits(x))
    overload(bits_float)(lambda bits: lambda bits: to_float(bits))


def _generate_power_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """LLVM code of :func:`power_sums`: a loop over vectors of eight doubles."""
    from llvmlite import ir
    from numba.core import cgutils as untyped

    cgutils: Any = untyped
    lanes = 8
    word, double = ir.IntType(64), ir.DoubleType()
    vector = ir.VectorType(double, lanes)
    zero, start, step = ir.Constant(vector, [0.0] * lanes), ir.Constant(word, 0), ir.Constant(word, lanes)
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    count, pilot = arguments[1], zero
    for lane in range(lanes):
        pilot = builder.insert_element(pilot, arguments[2], ir.Constant(ir.IntType(32), lane))
    fused = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), "llvm.fma.v8f64")
    before, loop, after = builder.block, builder.append_basic_block("lanes"), builder.append_basic_block("lanes_done")
    builder.cbranch(builder.icmp_signed(">", count, start), loop, after)
    builder.position_at_end(loop)
    index = builder.phi(word)
    sums = [builder.phi(vector) for _ in range(4)]
    address = builder.bitcast(builder.gep(data, [index]), vector.as_pointer())
    d = builder.fsub(builder.load(address, align=8, typ=vector), pilot)
    q = builder.fmul(d, d)
    added = [
        builder.fadd(sums[0], d),
        builder.fadd(sums[1], q),
        builder.call(fused, [q, d, sums[2]]),
        builder.call(fused, [q, q, sums[3]]),
    ]
    following = builder.add(index, step)
    index.add_incoming(start, before)
    index.add_incoming(following, loop)
    for old, new in zip(sums, added, strict=True):
        old.add_incoming(zero, before)
        old.add_incoming(new, loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, after)
    builder.position_at_end(after)
    results = []
    for new in added:
        final = builder.phi(vector)
        final.add_incoming(zero, before)
        final.add_incoming(new, loop)
        results.append(final)
    totals = []
    for final in results:
        parts = [builder.extract_element(final, ir.Constant(ir.IntType(32), lane)) for lane in range(lanes)]
        while len(parts) > 1:
            parts = [builder.fadd(parts[i], parts[i + 1]) for i in range(0, len(parts), 2)]
        totals.append(parts[0])
    return context.make_tuple(builder, signature.return_type, totals)
