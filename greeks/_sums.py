"""Sums of the first four powers of ``d[i]``, a number computed from arrays and never stored; in kernels only.

Element i goes to lane i mod 8; a lane is summed in order, and the lanes pairwise. The loop is written in vectors of
eight because a compiler may neither reorder such a sum by itself nor, here, find the eight independent ones. ``n``, the
number of elements to use, is a multiple of 8 in all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_LANES = 8
Sums = tuple[float, float, float, float]


def power_sums(x: Any, n: int, pilot: float) -> Sums:
    """Of ``d = x - pilot``."""
    raise NotImplementedError("power_sums is for compiled kernels")


def product_sums(x: Any, weight: Any, n: int, shift: float, pilot: float) -> Sums:
    """Of ``d = x (weight + shift) - pilot``."""
    raise NotImplementedError("product_sums is for compiled kernels")


def slope_sums(x: Any, slope: Any, n: int, shift: float, pilot: float) -> Sums:
    """Of ``d = slope + shift x - pilot``."""
    raise NotImplementedError("slope_sums is for compiled kernels")


def payment_sums(
    x: Any, n: int, slope: float, intercept: float, floor: float, pilot: float, position: float, out: Any, total: Any
) -> Sums:
    """Of ``d = out - pilot``, where ``out = max(slope x + intercept, floor)``; and ``total += position out``."""
    raise NotImplementedError("payment_sums is for compiled kernels")


class _Vectors:
    """Writes LLVM instructions on vectors of eight doubles."""

    def __init__(self, context: Any, builder: Any, signature: Any) -> None:
        from llvmlite import ir
        from numba.core import cgutils

        self.ir, self.context, self.builder, self.signature = ir, context, builder, signature
        self.word, self.vector = ir.IntType(64), ir.VectorType(ir.DoubleType(), _LANES)
        self.zero = ir.Constant(self.vector, [0.0] * _LANES)
        kind = ir.FunctionType(self.vector, [self.vector] * 3)
        insert: Any = cgutils.get_or_insert_function
        self._fma = insert(builder.module, kind, "llvm.fma.v8f64")

    def lane(self, number: int) -> Any:
        return self.ir.Constant(self.ir.IntType(32), number)

    def splat(self, scalar: Any) -> Any:
        """The scalar in every lane."""
        result = self.zero
        for number in range(_LANES):
            result = self.builder.insert_element(result, scalar, self.lane(number))
        return result

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        return self.builder.call(self._fma, [a, b, c])

    def data(self, place: int, arguments: Any) -> Any:
        """Pointer to the first element of an array argument."""
        return self.context.make_array(self.signature.args[place])(self.context, self.builder, arguments[place]).data

    def address(self, data: Any, index: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(data, [index]), self.vector.as_pointer())

    def load(self, data: Any, index: Any) -> Any:
        return self.builder.load(self.address(data, index), align=8, typ=self.vector)

    def store(self, value: Any, data: Any, index: Any) -> None:
        self.builder.store(value, self.address(data, index), align=8)

    def sum_powers(self, count: Any, term: Callable[[Any], Any]) -> Any:
        """The loop: sums of the powers of ``term(index)``, and the lanes added."""
        builder = self.builder
        start, step = self.ir.Constant(self.word, 0), self.ir.Constant(self.word, _LANES)
        before, loop, after = builder.block, builder.append_basic_block("lanes"), builder.append_basic_block("done")
        builder.cbranch(builder.icmp_signed(">", count, start), loop, after)
        builder.position_at_end(loop)
        index = builder.phi(self.word)
        sums = [builder.phi(self.vector) for _ in range(4)]
        d = term(index)
        q = builder.fmul(d, d)
        added = [
            builder.fadd(sums[0], d),
            builder.fadd(sums[1], q),
            self.fma(q, d, sums[2]),
            self.fma(q, q, sums[3]),
        ]
        following = builder.add(index, step)
        index.add_incoming(start, before)
        index.add_incoming(following, loop)
        for old, new in zip(sums, added, strict=True):
            old.add_incoming(self.zero, before)
            old.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", following, count), loop, after)
        builder.position_at_end(after)
        finals = [builder.phi(self.vector) for _ in range(4)]
        for final, new in zip(finals, added, strict=True):
            final.add_incoming(self.zero, before)
            final.add_incoming(new, loop)
        return self.context.make_tuple(builder, self.signature.return_type, [self._total(final) for final in finals])

    def _total(self, lanes: Any) -> Any:
        parts = [self.builder.extract_element(lanes, self.lane(number)) for number in range(_LANES)]
        while len(parts) > 1:
            parts = [self.builder.fadd(parts[i], parts[i + 1]) for i in range(0, len(parts), 2)]
        return parts[0]


def _power_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = _Vectors(context, builder, signature)
    x, pilot = v.data(0, arguments), v.splat(arguments[2])
    return v.sum_powers(arguments[1], lambda i: builder.fsub(v.load(x, i), pilot))


def _product_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = _Vectors(context, builder, signature)
    x, weight, shift = v.data(0, arguments), v.data(1, arguments), v.splat(arguments[3])
    minus = v.splat(builder.fneg(arguments[4]))
    return v.sum_powers(arguments[2], lambda i: v.fma(v.load(x, i), builder.fadd(v.load(weight, i), shift), minus))


def _slope_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = _Vectors(context, builder, signature)
    x, slope, shift, pilot = v.data(0, arguments), v.data(1, arguments), v.splat(arguments[3]), v.splat(arguments[4])
    return v.sum_powers(
        arguments[2], lambda i: builder.fsub(v.fma(shift, v.load(x, i), v.load(slope, i)), pilot)
    )


def _payment_sums(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    v = _Vectors(context, builder, signature)
    x, out, total = (v.data(place, arguments) for place in (0, 7, 8))
    slope, intercept, floor, pilot, position = (v.splat(scalar) for scalar in arguments[2:7])

    def term(i: Any) -> Any:
        line = v.fma(slope, v.load(x, i), intercept)
        payment = builder.select(builder.fcmp_ordered("<", line, floor), floor, line)  # keeps a NaN
        v.store(payment, out, i)
        v.store(v.fma(position, payment, v.load(total, i)), total, i)
        return builder.fsub(payment, pilot)

    return v.sum_powers(arguments[1], term)


def register_sums() -> None:
    """Tell Numba how to compile the functions of this module."""
    from numba.core import types as untyped
    from numba.extending import intrinsic, overload

    types: Any = untyped
    number, count, sums = types.float64, types.int64, types.UniTuple(types.float64, 4)

    @intrinsic
    def _power(typing_context: Any, x: Any, n: Any, pilot: Any) -> Any:
        return sums(x, count, number), _power_sums

    @intrinsic
    def _product(typing_context: Any, x: Any, weight: Any, n: Any, shift: Any, pilot: Any) -> Any:
        return sums(x, weight, count, number, number), _product_sums

    @intrinsic
    def _slope(typing_context: Any, x: Any, slope: Any, n: Any, shift: Any, pilot: Any) -> Any:
        return sums(x, slope, count, number, number), _slope_sums

    @intrinsic
    def _payment(
        typing_context: Any, x: Any, n: Any, a: Any, b: Any, floor: Any, pilot: Any, position: Any, out: Any, total: Any
    ) -> Any:
        return sums(x, count, number, number, number, number, number, out, total), _payment_sums

    power: Any = _power
    product: Any = _product
    tilted: Any = _slope
    payment: Any = _payment
    overload(power_sums)(lambda x, n, pilot: lambda x, n, pilot: power(x, n, pilot))
    overload(product_sums)(
        lambda x, weight, n, shift, pilot: lambda x, weight, n, shift, pilot: product(x, weight, n, shift, pilot)
    )
    overload(slope_sums)(
        lambda x, slope, n, shift, pilot: lambda x, slope, n, shift, pilot: tilted(x, slope, n, shift, pilot)
    )
    overload(payment_sums)(
        lambda x, n, a, b, floor, pilot, position, out, total: lambda x, n, a, b, floor, pilot, position, out, total: (
            payment(x, n, a, b, floor, pilot, position, out, total)
        )
    )
