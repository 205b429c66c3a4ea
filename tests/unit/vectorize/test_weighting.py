"""Weightings by name: each letter by hand, in the table, in the vectorisers, and opened."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import malgil
from malgil.errors import ParameterError
from malgil.ragged import Ragged
from malgil.vectorize import TFIDF, dtm, idf, tfidf, weigh
from tests.naive import vectorize as naive

# 0 배우  1 는  2 연기  3 결말
DOCS = [[0, 0, 0, 1, 2], [1], [], [1, 2, 2], [3, 0]]
TEXTS = [" ".join("배우 는 연기 결말".split()[term] for term in doc) for doc in DOCS]
ENCODED = Ragged(
    np.array([term for doc in DOCS for term in doc], np.int32), np.cumsum([0, *map(len, DOCS)], dtype=np.int64)
)
NAMES = sorted(TFIDF)


def test_the_table_has_every_letter() -> None:
    assert set(NAMES) == {"textbook", "sklearn", *(t + d + n for t in "nlabL" for d in "ntp" for n in "nc")}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("nnn", 3.0),
        ("lnn", 1 + math.log(3)),
        ("ann", 1.0),
        ("bnn", 1.0),
        ("Lnn", (1 + math.log(3)) / (1 + math.log(5 / 3))),
        ("btn", math.log(5 / 2)),
        ("bpn", math.log(3 / 2)),
        ("nnc", 3 / math.sqrt(11)),
        ("textbook", 3 / 5 * math.log(5 / 2)),
    ],
)
def test_a_letter_by_hand(name: str, wanted: float) -> None:
    assert tfidf(dtm(ENCODED, 4), name).row(0)[1][0] == pytest.approx(wanted, rel=1e-14)


def test_a_word_in_half_of_the_documents_or_more_has_no_probabilistic_weight() -> None:
    assert idf(np.array([0, 2, 3, 4]), 4, "npn").tolist() == [0, 0, 0, 0]


def test_a_bad_name_lists_what_exists() -> None:
    for act in (lambda: tfidf(dtm(ENCODED, 4), "ltx"), lambda: malgil.TfidfVectorizer(weighting="ltx").fit(TEXTS)):
        with pytest.raises(ParameterError, match=r"'?ltx'?.*textbook, sklearn, nnn.*Lpc"):
            act()


@pytest.mark.parametrize("name", NAMES)
def test_vectorisers_weigh_by_the_table(name: str) -> None:
    wanted = np.array(naive.tfidf(DOCS, 4, name))
    vectorizer = malgil.TfidfVectorizer(tokenizer="word", weighting=name)
    dense = vectorizer.fit_transform(TEXTS).toarray()
    order = [vectorizer.vocabulary_[word] for word in "배우 는 연기 결말".split()]
    np.testing.assert_allclose(dense[:, order], wanted, rtol=1e-12, atol=1e-15)
    counts = malgil.CountVectorizer(tokenizer="word").fit_transform(TEXTS)
    by_counts = malgil.TfidfTransformer(weighting=name).fit_transform(counts)
    np.testing.assert_allclose(by_counts.toarray(), dense, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_every_weight_opens(name: str) -> None:
    vectorizer = malgil.TfidfVectorizer(tokenizer="word", weighting=name).fit(TEXTS)
    dense = vectorizer.transform(TEXTS).toarray()
    for term, column in vectorizer.vocabulary_.items():
        for doc, text in enumerate(TEXTS):
            opened = vectorizer.explain(text, term)
            assert opened.wrong() == []
            assert opened.value == pytest.approx(dense[doc, column], rel=1e-12)
            assert opened.source


def test_an_opened_weight_says_what_was_put_in() -> None:
    text = malgil.TfidfVectorizer(tokenizer="word", weighting="atn").fit(TEXTS).explain(TEXTS[3], "는").to_text()
    for part in ("0.5 + 0.5 count / most   (count = 1, most = 2)", "ln(N / df)   (N = 5, df = 3)", "figure 6.15: atn"):
        assert part in text


def test_documents_and_queries_by_different_names() -> None:
    counts = dtm(ENCODED, 4)
    documents = tfidf(counts, "lnc")
    query = dtm(Ragged(np.array([0, 3], np.int32), np.array([0, 2])), 4)
    weights = weigh(query, idf(counts.df(), counts.n_docs, "ltc"), "ltc")
    length = math.hypot(math.log(5 / 2), math.log(5))
    assert weights.tolist() == pytest.approx([math.log(5 / 2) / length, math.log(5) / length])
    assert documents.row(4)[1].tolist() == pytest.approx([math.sqrt(0.5)] * 2)


@pytest.mark.parametrize("changed", [{"norm": None}, {"use_idf": False}, {"smooth_idf": False}, {"sublinear_tf": True}])
@pytest.mark.parametrize("kind", [malgil.TfidfVectorizer, malgil.TfidfTransformer])
def test_what_the_name_overrules_is_said(kind: Any, changed: dict[str, Any]) -> None:
    given = TEXTS if kind is malgil.TfidfVectorizer else [[1, 2], [0, 1]]
    with pytest.warns(UserWarning, match=f"{next(iter(changed))!r} will not be used since 'weighting' is not None"):
        kind(weighting="ltc", **changed).fit(given)


def test_a_row_of_zeros_weighs_nothing() -> None:
    for name in ("textbook", "nnc", "bnc"):
        assert malgil.TfidfTransformer(weighting=name).fit_transform([[0, 0], [1, 2]]).toarray()[0].tolist() == [0, 0]
