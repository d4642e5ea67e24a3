"""Threefry2x64-20 on four counters at once, for kernels only.

A round waits for the one before it, so one counter alone leaves most of a processor idle: the rounds of four counters
are interleaved, instruction by instruction.

Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011). Verified against the known answers of the
Random123 library.
"""

from __future__ import annotations

from typing import Any

_PARITY = 0x1BD11BDAA9FC1A22
_TURNS = (16, 42, 12, 31, 16, 32, 24, 21)
_ROUNDS = 20
_COUNTERS = 4


def threefry2x64(k0: Any, k1: Any, a: Any, b: Any, c: Any, d: Any, row: Any) -> Any:
    """The two words of each of the counters (a, row), (b, row), (c, row) and (d, row): the four first ones, then the
    four second ones. Everything is an unsigned 64-bit word.
    """
    raise NotImplementedError("threefry2x64 is for compiled kernels")


def _generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    from llvmlite import ir

    word = ir.IntType(64)
    k0, k1, row = arguments[0], arguments[1], arguments[-1]
    keys = [k0, k1, builder.xor(builder.xor(ir.Constant(word, _PARITY), k0), k1)]
    x = [builder.add(counter, k0) for counter in arguments[2:-1]]
    y = [builder.add(row, k1)] * _COUNTERS
    for number in range(_ROUNDS):
        left = _TURNS[number % len(_TURNS)]
        up, down = ir.Constant(word, left), ir.Constant(word, word.width - left)
        x = [builder.add(a, b) for a, b in zip(x, y, strict=True)]
        turned = [builder.or_(builder.shl(b, up), builder.lshr(b, down)) for b in y]
        y = [builder.xor(a, b) for a, b in zip(x, turned, strict=True)]
        if number % 4 == 3:
            injection = number // 4 + 1
            first = keys[injection % 3]
            second = builder.add(keys[(injection + 1) % 3], ir.Constant(word, injection))
            x = [builder.add(a, first) for a in x]
            y = [builder.add(b, second) for b in y]
    return context.make_tuple(builder, signature.return_type, x + y)


def register_threefry() -> None:
    """Tell Numba how to compile :func:`threefry2x64`."""
    from numba.core import types as untyped
    from numba.extending import intrinsic, overload

    types: Any = untyped
    word = types.uint64

    @intrinsic
    def _threefry(typing_context: Any, k0: Any, k1: Any, a: Any, b: Any, c: Any, d: Any, row: Any) -> Any:
        return types.UniTuple(word, 2 * _COUNTERS)(*[word] * 7), _generate

    rounds: Any = _threefry
    overload(threefry2x64)(
        lambda k0, k1, a, b, c, d, row: lambda k0, k1, a, b, c, d, row: rounds(k0, k1, a, b, c, d, row)
    )
