"""Scalar operations that Numba has no name for, each one LLVM instruction; in kernels only."""

from __future__ import annotations

from typing import Any, SupportsInt


def fma(a: float, b: float, c: float) -> float:
    """``a b + c`` with one rounding."""
    raise NotImplementedError("fma is for compiled kernels")


def float_bits(x: float) -> int:
    """The bits of a float64 as a signed integer."""
    raise NotImplementedError("float_bits is for compiled kernels")


def bits_float(bits: SupportsInt) -> float:
    """The float64 with the given bits."""
    raise NotImplementedError("bits_float is for compiled kernels")


def select(condition: bool, a: float, b: float) -> float:
    """``a if condition else b`` with both computed, never a branch."""
    raise NotImplementedError("select is for compiled kernels")


def register_scalars() -> None:
    """Tell Numba how to compile the functions of this module."""
    from numba.core import types as untyped
    from numba.extending import intrinsic, overload

    types: Any = untyped

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

    fused: Any = _fma
    to_bits: Any = _float_bits
    to_float: Any = _bits_float
    choose: Any = _select
    overload(fma)(lambda a, b, c: lambda a, b, c: fused(a, b, c))
    overload(float_bits)(lambda x: lambda x: to_bits(x))
    overload(bits_float)(lambda bits: lambda bits: to_float(bits))
    overload(select)(lambda condition, a, b: lambda condition, a, b: choose(condition, a, b))
