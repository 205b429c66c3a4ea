"""The laws of word counts, on encoded corpora that are not sound."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.eda.frequency import heaps
from malgil.errors import DataError
from malgil.ragged import Ragged


@pytest.mark.parametrize("bad", [-1, 3])
def test_an_id_out_of_range_never_reaches_a_kernel(bad: int) -> None:
    with pytest.raises(DataError, match="Ids run from"):
        heaps(Ragged(np.array([0, bad], np.int32), np.array([0, 2])), 3)
