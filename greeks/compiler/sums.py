"""Sums of the first four powers of ``d[i]``, a number computed from arrays and never stored; in kernels only.

Element i is added to lane i mod 8 of ``sums``, shape (4, 8), and every lane is summed in order. The loop is written in
vectors of eight because a compiler may neither reorder a sum by itself nor, here, find eight independent ones. The
lanes stay apart until the last tile is done: adding them up after each would stall the processor as long as a tenth of
the tile takes. ``n``, the number of elements to use, is a multiple of 8 in all of these functions.
"""

from __future__ import annotations

from typing import Any

from greeks.compiler.vectors import Vectors


def power_sums(x: Any, n: int, pilot: float, sums: Any) -> None:
    """Of ``d = x - pilot``."""
    raise NotImplementedError("power_sums is for compiled kernels")


def product_sums(x: Any, weight: Any, n: int, shift: float, pilot: float, sums: Any) -> None:
    """Of ``d = x (weight + shift) - pilot``."""
    raise NotImplementedError("product_sums is for compiled kernels")


def slope_sums(x: Any, slope: Any, n: int, shift: float, scale: float, pilot: float, sums: Any) -> None:
    """Of ``d = scale slope + shift x - pilot``."""
    raise NotImplementedError("slope_sums is for compiled kernels")


def payment_sums(
    x: Any,
    n: int,
    a: float,
    b: float,
    floor: float,
    pilot: float,
    position: float,
    out: Any,
    total: Any,
    sums: Any,
) -> None:
    """Of ``d = out - pilot``, where ``out = max(a x + b, floor)``; and ``total += position out``."""
    raise NotImplementedError("payment_sums is for compiled kernels")


def _power_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = Vectors(context, builder, signature)
    x, pilot, lanes = v.data(0, arguments), v.splat(arguments[2]), v.data(3, arguments)
    return v.add_powers(arguments[1], lanes, lambda i: builder.fsub(v.load(x, i), pilot))


def _product_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = Vectors(context, builder, signature)
    x, weight, lanes = (v.data(place, arguments) for place in (0, 1, 5))
    shift, pilot = v.splat(arguments[3]), v.splat(arguments[4])

    def term(i: Any) -> Any:
        return builder.fsub(builder.fmul(v.load(x, i), builder.fadd(v.load(weight, i), shift)), pilot)

    return v.add_powers(arguments[2], lanes, term)


def _slope_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = Vectors(context, builder, signature)
    x, slope, lanes = (v.data(place, arguments) for place in (0, 1, 6))
    shift, scale, pilot = (v.splat(scalar) for scalar in arguments[3:6])

    def term(i: Any) -> Any:
        return builder.fsub(v.fma(shift, v.load(x, i), builder.fmul(scale, v.load(slope, i))), pilot)

    return v.add_powers(arguments[2], lanes, term)


def _payment_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = Vectors(context, builder, signature)
    x, out, total, lanes = (v.data(place, arguments) for place in (0, 7, 8, 9))
    a, b, floor, pilot, position = (v.splat(scalar) for scalar in arguments[2:7])

    def term(i: Any) -> Any:
        line = v.fma(a, v.load(x, i), b)
        payment = builder.select(builder.fcmp_ordered("<", line, floor), floor, line)  # keeps a NaN
        v.store(payment, out, i)
        v.store(v.fma(position, payment, v.load(total, i)), total, i)
        return builder.fsub(payment, pilot)

    return v.add_powers(arguments[1], lanes, term)


def register_sums() -> None:
    """Tell Numba how to compile the functions of this module."""
    from numba.core import types as untyped
    from numba.extending import intrinsic, overload

    types: Any = untyped
    number, count, nothing = types.float64, types.int64, types.void

    @intrinsic
    def _power(typing_context: Any, x: Any, n: Any, pilot: Any, sums: Any) -> Any:
        return nothing(x, count, number, sums), _power_sums

    @intrinsic
    def _product(typing_context: Any, x: Any, weight: Any, n: Any, shift: Any, pilot: Any, sums: Any) -> Any:
        return nothing(x, weight, count, number, number, sums), _product_sums

    @intrinsic
    def _slope(typing_context: Any, x: Any, slope: Any, n: Any, shift: Any, scale: Any, pilot: Any, sums: Any) -> Any:
        return nothing(x, slope, count, number, number, number, sums), _slope_sums

    @intrinsic
    def _payment(
        typing_context: Any, x: Any, n: Any, a: Any, b: Any, floor: Any, pilot: Any, position: Any,
        out: Any, total: Any, sums: Any,
    ) -> Any:  # fmt: skip
        return nothing(x, count, number, number, number, number, number, out, total, sums), _payment_sums

    power: Any = _power
    product: Any = _product
    sloped: Any = _slope
    pay: Any = _payment

    overload(power_sums)(lambda x, n, pilot, sums: lambda x, n, pilot, sums: power(x, n, pilot, sums))
    overload(product_sums)(
        lambda x, w, n, shift, p, sums: lambda x, w, n, shift, p, sums: product(x, w, n, shift, p, sums)
    )
    overload(slope_sums)(
        lambda x, w, n, shift, c, p, sums: lambda x, w, n, shift, c, p, sums: sloped(x, w, n, shift, c, p, sums)
    )
    overload(payment_sums)(
        lambda x, n, a, b, c, p, h, out, total, sums: (
            lambda x, n, a, b, c, p, h, out, total, sums: pay(x, n, a, b, c, p, h, out, total, sums)
        )
    )
