"""Operations on rows of float32, eight numbers at a time.

A loop over a row of a hundred numbers is too short for what a compiler does with it: it asks whether the rows overlap,
takes 64 numbers at a time and then the rest one way after another. Here the rows are known to be a multiple of eight
numbers and apart, and the instructions say so: three times as fast for rows that begin at multiples of 32 bytes
(`malgil.embeddings.aligned`). Which machine has how wide a register is left to LLVM.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from malgil.embeddings.aligned import LANES

_CACHE_LINE = 16  # numbers of a line
_FLOAT = ir.FloatType()
_VECTOR = ir.VectorType(_FLOAT, LANES)
_LOOSE = ("nsz", "arcp", "contract", "afn", "reassoc")


class _Row:
    """A row of a C-contiguous array, while code is made for it."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Any, row: Any) -> None:
        made = context.make_array(kind)(context, builder, array)
        self.builder = builder
        self.width = cgutils.unpack_tuple(builder, made.shape, 2)[1]
        self.start = builder.gep(made.data, [builder.mul(row, self.width)])

    def _place(self, at: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(self.start, [at]), _VECTOR.as_pointer())

    def load(self, at: Any) -> Any:
        return self.builder.load(self._place(at), align=4)

    def store(self, value: Any, at: Any) -> None:
        self.builder.store(value, self._place(at), align=4)


def _repeated(builder: Any, number: Any) -> Any:
    """Fill the lanes with a number."""
    empty = ir.Constant(_VECTOR, ir.Undefined)
    one = builder.insert_element(empty, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, empty, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


def _each(builder: Any, width: Any) -> Any:
    """Loop over the beginnings of the lanes of a row."""
    kind = width.type
    return cgutils.for_range_slice(builder, kind(0), width, kind(LANES), intp=kind)


def _two_rows(combine: Callable[..., Any]) -> Any:
    """Make ``f(out, i, factor, x, j)``, which stores what `combine` makes of the lanes of two rows."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kinds = signature.args
        out = _Row(context, builder, kinds[0], given[0], given[1])
        x = _Row(context, builder, kinds[3], given[3], given[4])
        factor = _repeated(builder, given[2])
        with _each(builder, out.width) as (at, _):
            out.store(combine(builder, out, at, factor, x.load(at)), at)
        return context.get_dummy_value()

    def typed(typing: Any, out: Any, i: Any, factor: Any, x: Any, j: Any) -> Any:
        return types.void(out, types.intp, types.float32, x, types.intp), generate

    return typed


def _added(builder: Any, out: _Row, at: Any, factor: Any, lanes: Any) -> Any:
    return builder.fadd(out.load(at), builder.fmul(factor, lanes, flags=_LOOSE), flags=_LOOSE)


def _multiplied(builder: Any, _: _Row, __: Any, factor: Any, lanes: Any) -> Any:
    return builder.fmul(factor, lanes, flags=_LOOSE)


add_row: Any = intrinsic(_two_rows(_added))
"""``add_row(out, i, factor, x, j)``: out[i] += factor * x[j]."""
set_row: Any = intrinsic(_two_rows(_multiplied))
"""``set_row(out, i, factor, x, j)``: out[i] = factor * x[j]."""


def _dot_rows_code(typing: Any, x: Any, i: Any, y: Any, j: Any) -> Any:
    """``dot_rows(x, i, y, j)``: the sum of x[i] * y[j]."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kinds = signature.args
        a = _Row(context, builder, kinds[0], given[0], given[1])
        b = _Row(context, builder, kinds[2], given[2], given[3])
        total = cgutils.alloca_once_value(builder, ir.Constant(_VECTOR, [0.0] * LANES))
        with _each(builder, a.width) as (at, _):
            term = builder.fmul(a.load(at), b.load(at), flags=_LOOSE)
            builder.store(builder.fadd(builder.load(total), term, flags=_LOOSE), total)
        kind = ir.FunctionType(_FLOAT, [_FLOAT, _VECTOR])
        reduce = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f32")
        return builder.call(reduce, [ir.Constant(_FLOAT, 0.0), builder.load(total)], fastmath=_LOOSE)

    return types.float32(x, types.intp, y, types.intp), generate


dot_rows: Any = intrinsic(_dot_rows_code)


def _fetch_row_code(typing: Any, x: Any, i: Any) -> Any:
    """``fetch_row(x, i)``: ask the memory for x[i], which is needed soon; without waiting, and without effect."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        row = _Row(context, builder, signature.args[0], *given)
        number, kind = ir.IntType(32), row.start.type
        takes = ir.FunctionType(ir.VoidType(), [kind, number, number, number])
        fetch = cgutils.get_or_insert_function(builder.module, takes, "llvm.prefetch.p0")
        size = row.width.type
        with cgutils.for_range_slice(builder, size(0), row.width, size(_CACHE_LINE), intp=size) as (at, _):
            builder.call(fetch, [builder.gep(row.start, [at]), number(0), number(2), number(1)])
        return context.get_dummy_value()

    return types.void(x, types.intp), generate


fetch_row: Any = intrinsic(_fetch_row_code)


def _score_pair_code(typing: Any, scores: Any, i: Any, k: Any, x: Any, n: Any) -> Any:
    """``score_pair(scores, i, k, x, n)``: scores[i : i + 2, k : k + 8] = x[i : i + 2] @ n[k : k + 8].T.

    Sixteen sums grow in registers; then the lanes of eight are added up together, halving their number three times.
    """

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kinds, (_, i, k, _, _) = signature.args, given
        rows = [_Row(context, builder, kinds[3], given[3], _next(builder, i, step)) for step in range(2)]
        others = [_Row(context, builder, kinds[4], given[4], _next(builder, k, step)) for step in range(LANES)]
        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        sums = [[cgutils.alloca_once_value(builder, zero) for _ in others] for _ in rows]
        with _each(builder, rows[0].width) as (at, _):
            lanes = [row.load(at) for row in rows]
            for number, other in enumerate(others):
                other_lanes = other.load(at)
                for place, mine in zip(sums, lanes, strict=True):
                    term = builder.fmul(mine, other_lanes, flags=_LOOSE)
                    builder.store(builder.fadd(builder.load(place[number]), term, flags=_LOOSE), place[number])
        for step, places in enumerate(sums):
            out = _Row(context, builder, kinds[0], given[0], _next(builder, i, step))
            out.store(_sums(builder, [builder.load(place) for place in places]), k)
        return context.get_dummy_value()

    return types.void(scores, types.intp, types.intp, x, n), generate


score_pair: Any = intrinsic(_score_pair_code)


def _combine_pair_code(typing: Any, out: Any, row: Any, g: Any, i: Any, k: Any, n: Any) -> Any:
    """``combine_pair(out, row, g, i, k, n)``: out[row : row + 2] += g[i : i + 2, k : k + 8] @ n[k : k + 8]."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        kinds, (_, row, _, i, k, _) = signature.args, given
        outs = [_Row(context, builder, kinds[0], given[0], _next(builder, row, step)) for step in range(2)]
        others = [_Row(context, builder, kinds[5], given[5], _next(builder, k, step)) for step in range(LANES)]
        factors = []
        for step in range(2):
            factor = _Row(context, builder, kinds[2], given[2], _next(builder, i, step))
            places = [builder.gep(factor.start, [_next(builder, k, number)]) for number in range(LANES)]
            factors.append([_repeated(builder, builder.load(place)) for place in places])
        with _each(builder, outs[0].width) as (at, _):
            lanes = [other.load(at) for other in others]
            for place, mine in zip(outs, factors, strict=True):
                total = place.load(at)
                for factor, other_lanes in zip(mine, lanes, strict=True):
                    total = builder.fadd(total, builder.fmul(factor, other_lanes, flags=_LOOSE), flags=_LOOSE)
                place.store(total, at)
        return context.get_dummy_value()

    return types.void(out, types.intp, g, types.intp, types.intp, n), generate


combine_pair: Any = intrinsic(_combine_pair_code)


def _next(builder: Any, number: Any, step: int) -> Any:
    return builder.add(number, number.type(step))


def _sums(builder: Any, vectors: list[Any]) -> Any:
    """Sum of the lanes of each of eight vectors, as the lanes of one."""
    kind = ir.VectorType(ir.IntType(32), LANES)
    width = 1
    while len(vectors) > 1:
        first = [lane // width % 2 * LANES + lane // (2 * width) * 2 * width + lane % width for lane in range(LANES)]
        second = [place + width for place in first]
        vectors = [
            builder.fadd(
                builder.shuffle_vector(a, b, ir.Constant(kind, first)),
                builder.shuffle_vector(a, b, ir.Constant(kind, second)),
                flags=_LOOSE,
            )
            for a, b in zip(vectors[::2], vectors[1::2], strict=True)
        ]
        width *= 2
    return vectors[0]
