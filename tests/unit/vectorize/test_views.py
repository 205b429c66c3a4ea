"""One-hot vectors and bags of words."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.errors import ParameterError
from malgil.ragged import Ragged
from malgil.vectorize import bag_of_words, dtm, one_hot


def test_one_hot_keeps_the_order_of_the_words() -> None:
    assert one_hot([2, 0, 2], 3).toarray().tolist() == [[0, 0, 1], [1, 0, 0], [0, 0, 1]]


def test_one_hot_of_one_word_and_of_none() -> None:
    assert one_hot(1, 3).toarray().tolist() == [[0, 1, 0]]
    assert one_hot([], 3).shape == (0, 3)


@pytest.mark.parametrize("term", [-1, 3])
def test_one_hot_of_an_unknown_word(term: int) -> None:
    with pytest.raises(ParameterError, match=f"no term number {term}"):
        one_hot([0, term], 3)


def test_a_bag_is_the_sum_of_its_one_hot_vectors() -> None:
    ids = np.array([3, 0, 3, 1], np.int32)
    counts = dtm(Ragged(ids, np.array([0, 4])), 5)
    assert bag_of_words(counts, 0).tolist() == one_hot(ids, 5).sum(axis=0).tolist()
