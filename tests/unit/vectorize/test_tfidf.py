"""TF-IDF weights and their explanations."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from malgil.errors import ArtefactError, ParameterError
from malgil.ragged import Ragged
from malgil.store import Writer
from malgil.vectorize import TFIDF, Weights, dtm, idf, tfidf, weigh
from malgil.vectorize.counts import Counts

# 0 배우  1 는  2 연기:  "배우 는 연기 배우", "는", "", "연기 는"
DOCS = Ragged(np.array([0, 1, 2, 0, 1, 2, 1], np.int32), np.array([0, 4, 5, 5, 7]))


@pytest.fixture
def counts() -> Counts:
    return dtm(DOCS, 3)


def test_textbook_by_hand(counts: Counts) -> None:
    matrix = tfidf(counts).to_csr().toarray()
    assert matrix[0].tolist() == pytest.approx([2 / 4 * math.log(4 / 1), 1 / 4 * math.log(4 / 3), 1 / 4 * math.log(2)])
    assert matrix[2].tolist() == [0, 0, 0]


def test_sklearn_by_hand(counts: Counts) -> None:
    raw = [2 * (math.log(5 / 2) + 1), math.log(5 / 4) + 1, math.log(5 / 3) + 1]
    length = math.sqrt(sum(w * w for w in raw))
    assert tfidf(counts, "sklearn").row(0)[1].tolist() == pytest.approx([w / length for w in raw])


def test_a_word_in_every_document_weighs_nothing() -> None:
    weights = tfidf(dtm(Ragged(np.array([0, 0, 1], np.int32), np.array([0, 1, 3])), 2))
    assert weights.idf.tolist() == [0.0, math.log(2)]
    assert weights.data[0] == 0.0


def test_a_word_in_no_document() -> None:
    assert idf(np.array([0]), 5).tolist() == [0.0]
    assert idf(np.array([0]), 5, "sklearn").tolist() == [math.log(6) + 1]


def test_no_documents() -> None:
    weights = tfidf(dtm(Ragged(np.zeros(0, np.int32), np.zeros(1, np.int64)), 2))
    assert weights.to_csr().shape == (0, 2)


def test_new_documents_are_weighed_by_what_was_learnt(counts: Counts) -> None:
    learnt = tfidf(counts)
    new = learnt.transform(dtm(Ragged(np.array([0, 0], np.int32), np.array([0, 2])), 3))
    assert new.data.tolist() == [1.0 * learnt.idf[0]]
    assert new.n_docs == 4


def test_an_unknown_formula(counts: Counts) -> None:
    with pytest.raises(ParameterError, match="textbook, sklearn"):
        tfidf(counts, "texbook")


def test_another_vocabulary(counts: Counts) -> None:
    with pytest.raises(ParameterError, match=r"3 terms.*2"):
        weigh(counts, np.ones(2))


@pytest.mark.parametrize("df", [-1, 5])
def test_an_impossible_document_frequency(df: int) -> None:
    with pytest.raises(ParameterError, match="between 0 and"):
        idf(np.array([df]), 4)


def test_an_explanation_prints_formula_numbers_and_product(counts: Counts) -> None:
    text = tfidf(counts).explain(0, 0, "배우").to_text()
    for part in (
        "tf-idf(배우)",
        "0.693147",
        "count / n_tokens",
        "count = 2, n_tokens = 4",
        "ln(N / df)",
        "N = 4, df = 1",
    ):
        assert part in text


@pytest.mark.parametrize("variant", TFIDF)
def test_a_word_that_the_document_lacks_explains_to_zero(counts: Counts, variant: str) -> None:
    for doc in (1, 2):
        opened = tfidf(counts, variant).explain(doc, 0, "배우")
        assert opened.value == 0.0
        assert opened.wrong() == []


@pytest.mark.parametrize(("doc", "term"), [(4, 0), (-1, 0), (0, 3), (0, -1)])
def test_an_explanation_of_nothing(counts: Counts, doc: int, term: int) -> None:
    with pytest.raises(ParameterError):
        tfidf(counts).explain(doc, term)


def test_meta_is_kept_and_names_the_formula(counts: Counts, tmp_path: Path) -> None:
    from malgil.store import open_artefact

    tfidf(counts, "sklearn").save(tmp_path, {"recipe": "기본"})
    meta = open_artefact(tmp_path, "counts").meta
    assert (meta["tfidf"], meta["recipe"]) == ("sklearn", "기본")


def test_one_flipped_byte(counts: Counts, tmp_path: Path) -> None:
    tfidf(counts).save(tmp_path)
    path = next(tmp_path.glob("indices-*"))
    raw = bytearray(path.read_bytes())
    raw[-2] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArtefactError, match="checksum"):
        Weights.open(tmp_path)


@pytest.mark.parametrize("name", ["indptr", "indices", "data", "n_tokens", "df", "idf", "tfidf", "meta"])
def test_parts_that_do_not_belong_together(counts: Counts, tmp_path: Path, name: str) -> None:
    weights = tfidf(counts)
    parts = {part: getattr(counts, part) for part in ("indptr", "indices", "data", "n_tokens")}
    parts |= {"df": weights.df, "idf": weights.idf, "tfidf": weights.data}
    if name in parts:
        parts[name] = parts[name][:-1]
    with Writer(tmp_path, "counts") as writer:
        writer.meta = {"tfidf": "textbook", "n_terms": 3, "n_docs": 4} if name != "meta" else {}
        for part, array in parts.items():
            writer.array(part, array)
    with pytest.raises(ArtefactError, match="counts are damaged"):
        Weights.open(tmp_path)
