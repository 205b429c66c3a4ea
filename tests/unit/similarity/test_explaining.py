"""Explanations of similarities by terms."""

from __future__ import annotations

import pytest

from malgil.errors import ParameterError
from malgil.similarity import MEASURES, explain_similarity

WORDS = ["배우", "연기", "음악", "결말"]


def test_cosine_by_shared_words() -> None:
    opened = explain_similarity("cosine", [1, 2, 0, 0], [1, 1, 5, 0], WORDS)
    assert [term.label for term in opened.terms] == ["연기", "배우"]
    assert opened.terms[0].numbers == {"a": 2.0, "b": 1.0}
    assert opened.combined() == pytest.approx(opened.value)


def test_euclidean_by_differences() -> None:
    opened = explain_similarity("euclidean", [1, 2, 0, 7], [1, 0, 1, 7], WORDS)
    (squares,) = opened.terms
    assert [(term.label, term.value) for term in squares.terms if term.value] == [("연기", 4.0), ("음악", 1.0)]
    assert squares.value == 5.0
    assert opened.value == 5.0**0.5


def test_jaccard_by_sets() -> None:
    opened = explain_similarity("jaccard", [1, 2, 0, 0], [0, 3, 1, 0], WORDS)
    (union,) = opened.terms
    assert [(part.label, [term.label for term in part.terms]) for part in union.terms] == [
        ("in both", ["연기"]),
        ("only in a", ["배우"]),
        ("only in b", ["음악"]),
    ]
    assert opened.numbers == {"A and B": 1, "A or B": 3}


@pytest.mark.parametrize("measure", MEASURES)
def test_empty_documents_open_too(measure: str) -> None:
    opened = explain_similarity(measure, [0, 0], [0, 0])
    assert opened.value == MEASURES[measure].both_zero
    assert opened.wrong() == []
    assert opened.to_text()


def test_columns_without_names() -> None:
    assert explain_similarity("cosine", [0, 1], [0, 1]).terms[0].label == "term 1"


def test_an_unknown_measure() -> None:
    with pytest.raises(ParameterError, match="cosine"):
        explain_similarity("cosinus", [1], [1])
