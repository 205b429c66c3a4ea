"""How threads wait for each other inside a kernel: a number that counts their steps.

A lock of Python's takes a tenth of a millisecond to wake who waits for it, a third of what a block of words takes.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

_LOOKS = 1 << 18  # a millisecond or less; a block of words takes a third of that


def _counter(context: Any, builder: Any, kind: Any, counts: Any) -> Any:
    """Place of the first number of an array, while code is made for it."""
    return context.make_array(kind)(context, builder, counts).data


def _count_code(typing: Any, counts: Any) -> Any:
    """Add 1 to the first number of an array of int64; what was written before is there for who sees it."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        place = _counter(context, builder, signature.args[0], given[0])
        builder.atomic_rmw("add", place, ir.Constant(ir.IntType(64), 1), "acq_rel")
        return context.get_dummy_value()

    return types.void(counts), generate


_count: Any = intrinsic(_count_code)


def _counted_code(typing: Any, counts: Any) -> Any:
    """Read the first number of an array of int64, and nothing before it."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        return builder.load_atomic(_counter(context, builder, signature.args[0], given[0]), "acquire", 8)

    return types.int64(counts), generate


_counted: Any = intrinsic(_counted_code)


@njit(nogil=True, cache=True)
def arrive(counts: NDArray[Any]) -> None:
    """Say that a worker has done a step.

    Parameters
    ----------
    counts : ndarray of int64, shape (1,)
        Steps that were done, of all workers.
    """
    _count(counts)


@njit(nogil=True, cache=True)
def have_arrived(counts: NDArray[Any], wanted: int) -> bool:
    """Wait until so many steps are done, but not for long: on a busy machine the others may need this core.

    Parameters
    ----------
    counts : ndarray of int64, shape (1,)
        Steps that were done.
    wanted : int
        How many there must be.

    Returns
    -------
    bool
        Whether there are.
    """
    for _ in range(_LOOKS):
        if _counted(counts) >= wanted:
            return True
    return False
