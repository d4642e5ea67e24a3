"""LLVM code of a loop over vectors of eight doubles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_LANES = 8


class Vectors:
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
        """The number of a lane, as a constant."""
        return self.ir.Constant(self.ir.IntType(32), number)

    def splat(self, scalar: Any) -> Any:
        """The scalar in every lane."""
        result = self.zero
        for number in range(_LANES):
            result = self.builder.insert_element(result, scalar, self.lane(number))
        return result

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a b + c, rounded once."""
        return self.builder.call(self._fma, [a, b, c])

    def data(self, place: int, arguments: Any) -> Any:
        """Pointer to the first element of an array argument."""
        return self.context.make_array(self.signature.args[place])(self.context, self.builder, arguments[place]).data

    def address(self, data: Any, index: Any) -> Any:
        """Where the vector at an index starts."""
        return self.builder.bitcast(self.builder.gep(data, [index]), self.vector.as_pointer())

    def load(self, data: Any, index: Any) -> Any:
        """The vector at an index."""
        return self.builder.load(self.address(data, index), align=8, typ=self.vector)

    def store(self, value: Any, data: Any, index: Any) -> None:
        """Write the vector at an index."""
        self.builder.store(value, self.address(data, index), align=8)

    def add_powers(self, count: Any, lanes: Any, term: Callable[[Any], Any]) -> Any:
        """The loop: add the powers of ``term(index)`` to the four vectors at ``lanes``."""
        builder = self.builder
        start, step = self.ir.Constant(self.word, 0), self.ir.Constant(self.word, _LANES)
        places = [self.ir.Constant(self.word, power * _LANES) for power in range(4)]
        loaded = [self.load(lanes, place) for place in places]
        before = builder.block
        loop, done, after = (builder.append_basic_block(name) for name in ("lanes", "lanes_done", "after"))
        builder.cbranch(builder.icmp_signed(">", count, start), loop, after)
        builder.position_at_end(loop)
        index = builder.phi(self.word)
        sums = [builder.phi(self.vector) for _ in places]
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
        for old, first, new in zip(sums, loaded, added, strict=True):
            old.add_incoming(first, before)
            old.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", following, count), loop, done)
        builder.position_at_end(done)
        for place, new in zip(places, added, strict=True):
            self.store(new, lanes, place)
        builder.branch(after)
        builder.position_at_end(after)
        return self.context.get_dummy_value()
