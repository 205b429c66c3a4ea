"""The inverted index of one field: small corpora, odd ones, and damaged arrays."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.search.field_index import FieldIndex
from malgil.tokenizers import tokenizer
from malgil.tokens import Tokens

DOCS = ["이 영화 참 좋다", "영화 영화 영화", "", "참 재밌는 영화 참"]
Arrays = dict[str, NDArray[Any]]


def build(docs: list[str | None]) -> FieldIndex:
    return FieldIndex.build(tokenizer("word"), [pa.array(docs, pa.large_string())], 1)


def test_terms_documents_and_positions() -> None:
    index = build(DOCS)
    assert index.terms.to_pylist() == ["영화", "이", "재밌는", "좋다", "참"]
    movie, really = index.ids_of(["영화", "참"]).tolist()
    assert index.docs(movie).tolist() == [0, 1, 3]
    assert index.pairs.tf[index.codes(movie)].tolist() == [1, 3, 1]
    assert index.phrase([movie, really]).tolist() == [0, 3]
    assert (index.n_docs, index.n_terms, index.n_tokens) == (4, 5, 11)
    assert index.dl.tolist() == [4, 3, 0, 4]


def test_one_syllable_and_decomposed_words_are_words() -> None:
    index = build(["영 영화", unicodedata.normalize("NFD", "영화")])
    assert index.ids_of(["영", "영화", "없다"]).tolist() == [1, 2, -1]  # separate letters sort before syllables
    assert len(index.terms) == 3


def test_codes_rise_with_the_length_of_the_document() -> None:
    pairs = build(DOCS).pairs
    assert list(zip(pairs.dl.tolist(), pairs.tf.tolist(), strict=True)) == [(3, 3), (4, 1), (4, 2)]


@pytest.mark.parametrize("docs", [[], [""], ["...", "!!"], [None]])
def test_a_corpus_without_words(docs: list[str | None]) -> None:
    index = build(docs)
    assert (index.n_docs, index.n_terms, index.n_tokens) == (len(docs), 0, 0)
    assert index.ids_of(["영화"]).tolist() == [-1]
    assert index.prefix("") == (0, 0)
    assert index.phrase([]).tolist() == []
    assert FieldIndex.from_arrays(index.arrays()).n_docs == len(docs)
    assert FieldIndex.merge([index, index], [None, None]).n_docs == 2 * len(docs)


def test_deleted_documents_are_not_counted() -> None:
    index = build(DOCS)
    alive = np.array([True, False, True, True])
    movie = int(index.ids_of(["영화"])[0])
    assert (index.df(movie), index.df(movie, alive)) == (3, 2)


def test_a_document_longer_than_a_byte_can_count() -> None:
    docs = ["가 " * 300 + "끝", "끝"]
    index = build(docs)
    first, last = index.ids_of(["가", "끝"]).tolist()
    assert index.inverted.positions.dtype == np.uint16
    assert index.pairs.tf[index.codes(first)].tolist() == [300]
    assert index.phrase([first, first, last]).tolist() == [0]
    assert index.phrase([last, first]).tolist() == []


def test_postings_that_do_not_fit_32_bits() -> None:
    # many different lengths of many documents would need more bits; here the type alone is widened
    index = build(DOCS)
    wide = index.inverted._replace(postings=index.inverted.postings.astype(np.uint64))
    assert FieldIndex(index.terms, wide).docs(0).tolist() == index.docs(0).tolist()


def test_tokens_out_of_range_are_refused() -> None:
    tokens = Tokens(pa.array(["가"], pa.large_string()), np.array([0, 1], np.int32), np.array([0, 2]))
    with pytest.raises(DataError, match="0 to 1"):
        FieldIndex.from_tokens(tokens)


def test_unused_forms_are_left_out_and_the_tokens_stay() -> None:
    ids = np.array([2, 0], np.int32)
    tokens = Tokens(pa.array(["나", "다", "가"], pa.large_string()), ids, np.array([0, 2]))
    assert FieldIndex.from_tokens(tokens, 1).terms.to_pylist() == ["가", "나"]
    assert ids.tolist() == [2, 0]


def test_progress_counts_documents() -> None:
    class Told:
        def __init__(self) -> None:
            self.calls: list[object] = []

        def start(self, stage: str, total: int | None) -> None:
            self.calls.append(stage)

        def advance(self, n: int) -> None:
            self.calls.append(n)

        def done(self) -> None:
            self.calls.append("done")

    told = Told()
    blocks = [pa.array(DOCS, pa.large_string()), pa.array(["영화"], pa.large_string())]
    FieldIndex.build(tokenizer("word"), blocks, 1, told)
    assert told.calls[0] == "index"
    assert sum(call for call in told.calls if isinstance(call, int)) == 5
    assert told.calls[-1] == "done"


def _set(name: str, place: int, value: int) -> Callable[[Arrays], None]:
    def damage(arrays: Arrays) -> None:
        arrays[name] = arrays[name].copy()
        arrays[name][place] = value

    return damage


def _become(name: str, change: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[Arrays], None]:
    def damage(arrays: Arrays) -> None:
        arrays[name] = change(arrays[name])

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        _set("indptr", 1, 200),
        _set("indptr", 0, 1),
        _set("term_offsets", 1, 99),
        _set("position_indptr", 2, 0),
        _set("dl", 0, 9),
        _set("pair_tf", 0, 0),
        _set("pair_tf", 0, 7),
        _set("pair_dl", 0, 200),
        _become("postings", lambda array: array[:-1]),
        _become("postings", lambda array: array.astype(np.uint64)),
        _become("postings", lambda array: array.astype(np.int32)),
        _become("positions", lambda array: array[:-1]),
        _become("positions", lambda array: array.reshape(1, -1)),
        _become("dl", lambda array: array.astype(np.float32)),
        _become("pair_tf", lambda array: array[:-1]),
    ],
)
def test_damaged_arrays_are_refused_at_once(damage: Callable[[Arrays], None]) -> None:
    arrays = build(DOCS).arrays()
    damage(arrays)
    with pytest.raises(DataError):
        FieldIndex.from_arrays(arrays)


@pytest.mark.parametrize("posting", [4 << 2, 3, (1 << 32) - 1])
def test_damaged_postings_are_refused_when_they_are_used(posting: int) -> None:
    arrays = build(DOCS).arrays()
    _set("postings", 0, posting)(arrays)
    index = FieldIndex.from_arrays(arrays)
    with pytest.raises(DataError, match="outside"):
        index.docs(0)
    with pytest.raises(DataError, match="outside"):
        index.check()
    with pytest.raises(DataError, match="outside"):
        FieldIndex.merge([index], [None])


def test_positions_that_do_not_fit_the_occurrences_are_refused() -> None:
    arrays = build(DOCS).arrays()
    arrays["position_indptr"] = arrays["position_indptr"].copy()
    arrays["position_indptr"][1] -= 1
    with pytest.raises(DataError, match="fit together"):
        FieldIndex.from_arrays(arrays).phrase([0, 1])
