"""Words that set labels apart, where there is nothing to set apart."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.eda.labels import log_odds_z, typical_words
from malgil.ragged import Ragged


def test_the_only_word_of_a_corpus_is_typical_of_no_part() -> None:
    assert log_odds_z(np.array([3]), 3, np.array([5]), 5).tolist() == [0.0]


@pytest.mark.parametrize("seed", range(5))
def test_a_label_that_every_document_has_has_no_typical_words(seed: int) -> None:
    counts = np.sort(np.random.default_rng(seed).integers(1, 90, 200))[::-1]  # rounding gives some of them 1e-15
    ids = np.repeat(np.arange(200), counts).astype(np.int32)
    assert typical_words(Ragged(ids, np.array([0, len(ids)])), counts, np.zeros(1, np.int32), 1) == [[]]
