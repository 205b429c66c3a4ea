"""Operations on rows, eight numbers at a time, beside NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from malgil.embeddings._lanes_code import add_row, combine_pair, dot_rows, fetch_row, score_pair, set_row
from malgil.embeddings.aligned import LANES, aligned_rows

seeds, widths = st.integers(0, 2**32 - 1), st.integers(1, 20).map(lambda n: n * LANES)


@njit
def _rows(out: Any, i: int, factor: Any, x: Any, j: int) -> Any:
    fetch_row(out, i)
    total = dot_rows(out, i, x, j)
    set_row(out, i, factor, x, j)
    set_row(out, i, factor, out, i)
    add_row(out, i, factor, x, j)
    add_row(out, i, np.float32(1), out, i)
    return total


@njit
def _pairs(scores: Any, out: Any, x: Any, n: Any) -> None:
    score_pair(scores, 2, 8, x, n)
    combine_pair(out, 1, scores, 2, 8, n)


@settings(deadline=None)
@given(seeds, widths, st.booleans())
def test_rows_are_added_and_multiplied_as_by_numpy(seed: int, width: int, is_aligned: bool) -> None:
    drawing = np.random.default_rng(seed)
    out, x = (drawing.normal(size=(3, width)).astype(np.float32) for _ in range(2))
    if is_aligned:
        room = aligned_rows(3, width)
        assert room.ctypes.data % 64 == 0 and not room.any()
        room[:] = out
        out = room
    before, factor = out.astype(np.float64), float(np.float32(drawing.normal()))
    total = _rows(out, 1, np.float32(factor), x, 2)
    assert abs(total - before[1] @ x[2].astype(np.float64)) < 1e-4
    assert np.array_equal(out[[0, 2]], before[[0, 2]].astype(np.float32))
    assert np.allclose(out[1], 2 * (factor**2 + factor) * x[2].astype(np.float64), atol=1e-4)


@settings(deadline=None)
@given(seeds, widths)
def test_pairs_of_rows_are_multiplied_as_by_numpy(seed: int, width: int) -> None:
    drawing = np.random.default_rng(seed)
    x, n = (drawing.normal(size=(size, width)).astype(np.float32) for size in (5, 16))
    scores, out = np.full((5, 16), 7, np.float32), drawing.normal(size=(4, width)).astype(np.float32)
    before = out.astype(np.float64)
    _pairs(scores, out, x, n)
    wanted = x[2:4].astype(np.float64) @ n[8:].T.astype(np.float64)
    assert np.allclose(scores[2:4, 8:], wanted, atol=1e-4)
    assert (scores[2:4, :8] == 7).all() and (scores[[0, 1, 4]] == 7).all()
    before[1:3] += wanted @ n[8:]
    assert np.allclose(out, before, atol=1e-2)
    assert np.array_equal(out[[0, 3]], before[[0, 3]].astype(np.float32))
