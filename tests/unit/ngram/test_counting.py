"""Sorting inside the counting of n-grams, whatever order the keys come in."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.ngram._count_kernels import _sort_keys
from malgil.ngram.counting import count
from malgil.ngram.sequence import read_sequence
from malgil.tokenizers import tokenizer


@pytest.mark.parametrize("jit", [True, False])
@pytest.mark.parametrize("n", [0, 1, 2, 24, 25, 48, 49, 256, 257, 288, 1000, 1537])
def test_keys_in_any_order(jit: bool, n: int) -> None:
    random = np.random.default_rng(n)
    rising = np.arange(n, dtype=np.int64)
    rows = [rising, rising[::-1], np.roll(rising, -1), np.roll(rising, n // 3), random.permutation(rising)]
    rows += [random.integers(0, 5, n) << 32 | rising, np.zeros(n, np.int64)]
    for row in rows:
        keys = np.append(row, np.int64(-7))  # what stands behind is left alone
        (_sort_keys if jit else _sort_keys.py_func)(keys, np.empty(n, np.int64), n)
        assert keys.tolist() == [*sorted(row.tolist()), -7]


def test_one_word_said_on_and_on() -> None:
    counts = count(read_sequence(["가 " * 200_000], tokenizer("whitespace")), 3)
    # <s>, </s>, 가; <s> 가, 가 </s>, 가 가; <s> 가 가, 가 가 </s>, 가 가 가
    assert counts.counts.tolist() == [0, 1, 1, 200_000, 1, 1, 199_999, 1, 1, 199_998]
