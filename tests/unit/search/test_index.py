"""The index: what is found, in which order, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from malgil.errors import ArtefactError, ParameterError
from malgil.ragged import Ragged
from malgil.search import Index
from malgil.search.postings import smallest_unsigned
from malgil.store import Writer, open_artefact
from malgil.vectorize import dtm

WORDS = ["배우", "연기", "는", "최고"]


def index_of(*docs: str, k1: float = 1.5, b: float = 0.75) -> Index:
    rows = [[WORDS.index(word) for word in doc.split()] for doc in docs]
    indptr = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    ids = np.array([term for row in rows for term in row], np.int32)
    return Index.build(dtm(Ragged(ids, indptr), len(WORDS)), k1=k1, b=b)


def ids(query: str) -> list[int | None]:
    return [WORDS.index(word) if word in WORDS else None for word in query.split()]


@pytest.fixture
def index() -> Index:
    return index_of("배우 는 최고", "연기 는", "", "배우 연기 배우 연기", "는")


def test_only_documents_with_a_word_are_found(index: Index) -> None:
    docs, scores = index.search(ids("배우 연기"))
    assert docs.tolist() == [3, 1, 0]
    assert (np.diff(scores) < 0).all()
    assert (docs.dtype, scores.dtype) == (np.int64, np.float64)


def test_equal_scores_come_by_document_number() -> None:
    docs, scores = index_of(*["배우 는"] * 50).search(ids("배우"), k=7)
    assert docs.tolist() == list(range(7))
    assert len(set(scores.tolist())) == 1


def test_an_unknown_word_changes_nothing(index: Index) -> None:
    known, both = index.search(ids("배우")), index.search(ids("배우 없는말"))
    assert [a.tolist() for a in known] == [a.tolist() for a in both]


@pytest.mark.parametrize("query", ["", "없는말", "없는말 또없는말"])
def test_a_query_without_a_known_word_finds_nothing(index: Index, query: str) -> None:
    docs, scores = index.search(ids(query))
    assert (docs.tolist(), scores.tolist()) == ([], [])


def test_a_word_that_no_document_has() -> None:
    docs, _ = index_of("배우", "연기").search(ids("최고"))
    assert docs.tolist() == []


def test_a_word_twice_counts_twice(index: Index) -> None:
    once, twice = index.search(ids("최고"))[1], index.search(ids("최고 최고"))[1]
    assert twice.tolist() == (2 * once).tolist()


def test_more_than_there_is(index: Index) -> None:
    assert len(index.search(ids("는"), k=1000)[0]) == 3


@pytest.mark.parametrize("k", [0, -1, 1.5, "10", None])
def test_a_bad_k(index: Index, k: object) -> None:
    with pytest.raises(ParameterError, match="1 or more"):
        index.search([0], k)  # type: ignore[arg-type]


@pytest.mark.parametrize("term", [-1, 4])
def test_a_term_out_of_range(index: Index, term: int) -> None:
    with pytest.raises(ParameterError, match="no term number"):
        index.search([term])


def test_numpy_integers_are_integers(index: Index) -> None:
    found = index.search(np.array([0, 1], np.int32), np.int64(2))  # type: ignore[arg-type]
    assert found[0].tolist() == [3, 1]


@pytest.mark.parametrize("docs", [[], [""], ["", ""]])
def test_an_index_of_nothing(docs: list[str], tmp_path: Path) -> None:
    index_of(*docs).save(tmp_path)
    index = Index.open(tmp_path)
    assert index.n_docs == len(docs)
    assert index.search(ids("배우"))[0].tolist() == []


def test_equal_impacts_stay_ties() -> None:
    # k1 = 0: every document that holds the word scores its idf, whatever its length
    docs, scores = index_of("배우 는 는", "배우", "배우 배우", "는", k1=0.0).search(ids("배우"), k=2)
    assert docs.tolist() == [0, 1]
    assert scores[0] == scores[1]


def test_codes_take_the_smallest_type() -> None:
    assert [smallest_unsigned(n).itemsize for n in (0, 1, 256, 257, 65536, 65537)] == [1, 1, 1, 2, 2, 4]


def test_an_explanation_prints_formula_numbers_and_sum(index: Index) -> None:
    text = index.explain(3, ids("배우 배우 없는말"), ["배우", "배우", "없는말"]).to_text()
    for part in (
        "BM25",
        "times in the query = 2",
        "df = 2",
        "tf = 2, dl = 4, avgdl = 2",
        "k1 = 1.5, b = 0.75",
        "없는말 = 0",
    ):
        assert part in text


def test_a_word_that_the_document_lacks_explains_to_zero(index: Index) -> None:
    opened = index.explain(1, ids("최고 연기"), ["최고", "연기"])
    assert (opened.terms[0].label, opened.terms[0].value) == ("score(최고)", 0.0)
    docs, scores = index.search(ids("최고 연기"))
    assert opened.value == scores[docs.tolist().index(1)]


@pytest.mark.parametrize("doc", [-1, 5])
def test_an_explanation_of_no_document(index: Index, doc: int) -> None:
    with pytest.raises(ParameterError, match="no document number"):
        index.explain(doc, [0])


def test_words_and_ids_of_different_lengths(index: Index) -> None:
    with pytest.raises(ParameterError, match="1 words were given for 2"):
        index.explain(0, [0, 1], ["배우"])


def test_parameters_are_saved(tmp_path: Path) -> None:
    index_of("배우 는", "는", k1=0.9, b=0.4).save(tmp_path, {"field": "본문"})
    opened = Index.open(tmp_path)
    assert (opened.k1, opened.b, opened.variant) == (0.9, 0.4, "lucene")
    assert open_artefact(tmp_path, "index").meta["field"] == "본문"


def test_one_flipped_byte(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    path = next(tmp_path.glob("docs-*"))
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArtefactError, match="checksum"):
        Index.open(tmp_path)


PARTS = ("indptr", "docs", "codes", "best", "dl", "pair_tf", "pair_dl")


def _save(index: Index, path: Path, **changed: object) -> None:
    artefact_parts = {**index.postings._asdict(), "dl": index.dl, "pair_tf": index.pairs.tf, "pair_dl": index.pairs.dl}
    with Writer(path, "index") as writer:
        writer.meta = {"variant": "lucene", "k1": 1.5, "b": 0.75}
        for name in PARTS:
            writer.array(name, np.asarray(changed.get(name, artefact_parts[name])))


@pytest.mark.parametrize("name", PARTS)
def test_parts_that_do_not_belong_together(index: Index, tmp_path: Path, name: str) -> None:
    parts = {**index.postings._asdict(), "dl": index.dl, "pair_tf": index.pairs.tf, "pair_dl": index.pairs.dl}
    _save(index, tmp_path, **{name: parts[name][:-1]})
    with pytest.raises(ArtefactError, match="index is damaged"):
        Index.open(tmp_path)


def test_codes_out_of_order(index: Index, tmp_path: Path) -> None:
    _save(index, tmp_path, pair_tf=index.pairs.tf[::-1], pair_dl=index.pairs.dl[::-1])
    with pytest.raises(ArtefactError, match="index is damaged"):
        Index.open(tmp_path)


def test_a_variant_of_a_later_version(index: Index, tmp_path: Path) -> None:
    with Writer(tmp_path, "index") as writer:
        writer.meta = {"variant": "bm42", "k1": 1.5, "b": 0.75}
        for name, array in (*index.postings._asdict().items(), ("dl", index.dl)):
            writer.array(name, array)
        writer.array("pair_tf", index.pairs.tf)
        writer.array("pair_dl", index.pairs.dl)
    with pytest.raises(ArtefactError, match="bm42"):
        Index.open(tmp_path)


def test_searching_loads_nothing_heavy(index: Index, tmp_path: Path) -> None:
    index.save(tmp_path)
    code = (
        "import sys\nfrom malgil.search import Index\n"
        f"index = Index.open({str(tmp_path)!r})\nindex.search([0])\nindex.explain(0, [0]).to_text()\n"
        "print(*[n for n in ('numba', 'scipy', 'sklearn', 'pandas') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
