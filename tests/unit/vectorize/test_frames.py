"""Matrices as tables with names."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_array

import malgil
from malgil.errors import MissingError, ParameterError
from malgil.ragged import Ragged
from malgil.vectorize import dtm, tfidf, to_frame, views

TERMS = ["배우", "는", "연기"]
COUNTS = dtm(Ragged(np.array([0, 1, 0, 2], np.int32), np.array([0, 3, 4])), 3)


@pytest.fixture(autouse=True)
def _needs_pandas() -> None:
    pytest.importorskip("pandas")


@pytest.mark.parametrize("terms", [TERMS, pa.array(TERMS, pa.large_string()), np.array(TERMS)])
def test_names_of_rows_and_columns(terms: Any) -> None:
    frame = to_frame(COUNTS, terms, ids=["가", "나"])
    assert frame.columns.tolist() == TERMS
    assert frame.loc["가", "배우"] == 2
    assert frame.to_numpy().tolist() == [[2, 1, 0], [0, 0, 1]]


def test_weights_and_arrays() -> None:
    weights = tfidf(COUNTS)
    for matrix in (weights, weights.to_csr(), weights.to_csr().toarray()):
        assert to_frame(matrix, TERMS).to_numpy().tolist() == weights.to_csr().toarray().tolist()


def test_a_vectoriser_shows_texts() -> None:
    frame = malgil.CountVectorizer().fit(["배우 연기", "연기"]).to_frame(["연기 연기"], ids=[7])
    assert frame.loc[7].to_dict() == {"배우": 0, "연기": 2}


def test_too_large_for_people() -> None:
    with pytest.raises(ParameterError, match=r"4000000 x 3 is more than people read.*matrix\[:100\]"):
        to_frame(csr_array((4_000_000, 3)), TERMS)


@pytest.mark.parametrize("wrong", [{"terms": ["하나"]}, {"terms": TERMS, "ids": [1]}])
def test_names_that_do_not_fit(wrong: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="take both from the same corpus"):
        to_frame(COUNTS, **wrong)


def test_without_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingError, match="pip install pandas"):
        views.to_frame(COUNTS, TERMS)
