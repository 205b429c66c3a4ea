"""All values between two collections, whole and in blocks."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from malgil.errors import ParameterError
from malgil.similarity import MEASURES, pairwise, pairwise_blocks


def test_a_collection_with_itself() -> None:
    values = pairwise([[1, 0], [1, 1]])
    assert values.tolist() == [[1.0, 1 / np.sqrt(2)], [1 / np.sqrt(2), 1.0]]


@pytest.mark.parametrize("measure", MEASURES)
def test_blocks_are_the_rows(measure: str) -> None:
    rows = csr_array(np.random.default_rng(0).integers(0, 3, (11, 6)) * 1.0)
    blocks = list(pairwise_blocks(rows, rows[:4], measure, n_rows=3, n_jobs=2))
    assert [block.first for block in blocks] == [0, 3, 6, 9]
    whole = pairwise(rows, rows[:4], measure, n_jobs=1)
    assert np.concatenate([block.values for block in blocks]).tobytes() == whole.tobytes()


def test_no_rows() -> None:
    assert pairwise(np.zeros((0, 3)), np.zeros((2, 3))).shape == (0, 2)
    assert pairwise(np.zeros((2, 3)), np.zeros((0, 3))).shape == (2, 0)


def test_negative_values_without_a_meaning() -> None:
    with pytest.raises(ParameterError, match="below 0"):
        pairwise([[-1.0]], [[1.0]], "ruzicka")
