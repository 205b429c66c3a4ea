"""Padding, packing, merging and their inverses on any sequences; augmentation on any texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from malgil.ragged import Ragged
from malgil.sequences import (
    METHODS,
    Augmenter,
    apply,
    buckets,
    is_negation,
    merge,
    one_hot,
    pack,
    pad,
    truncate,
    unmerge,
    unpack,
    unpad,
    with_specials,
    without_specials,
)
from malgil.sequences import _row_kernels as kernels
from tests.naive import sequences as naive
from tests.strategies import corpora, raggeds

TRUNCATE = st.sampled_from(["post", "pre", "middle", "low_idf"])
SIDES = st.sampled_from(["post", "pre"])


def _equal(a: object, b: object) -> bool:
    assert isinstance(a, Ragged) and isinstance(b, Ragged)
    return np.array_equal(a.ids, b.ids) and np.array_equal(a.indptr, b.indptr)


def _lists(ragged: Ragged) -> list[list[int]]:
    return [row.tolist() for row in ragged]


@given(raggeds(), SIDES, TRUNCATE, st.integers(0, 12), st.integers(-3, 9))
def test_pad_is_its_twin(drawn: tuple[Ragged, int], side: Any, where: Any, length: int, value: int) -> None:
    ragged, n_terms = drawn
    rows = _lists(ragged)
    df = {term: sum(term in row for row in rows) for term in range(n_terms)}
    batch = pad(ragged, side, where, length, value)
    assert batch.values.tolist() == naive.pad(rows, side, where, length, value, df)
    assert batch.values.dtype == np.int32
    assert batch.n_cut.tolist() == [max(0, len(row) - length) for row in rows]
    assert batch.mask.sum(axis=1).tolist() == batch.lengths.tolist() == [min(length, len(row)) for row in rows]
    assert (batch.values[~batch.mask] == value).all()
    assert _equal(unpad(batch), truncate(ragged, length, where).sequences)


@given(raggeds(), SIDES)
def test_what_is_not_cut_comes_back(drawn: tuple[Ragged, int], side: Any) -> None:
    assert _equal(unpad(pad(drawn[0], side)), drawn[0])


@given(st.lists(st.integers(0, 5), max_size=6), st.integers(1, 3), SIDES, st.integers(1, 6))
def test_numbers_with_channels_come_back(lengths: list[int], channels: int, side: Any, length: int) -> None:
    rng = np.random.default_rng(len(lengths))
    rows = [rng.random((n, channels)) for n in lengths]
    for back in (unpad(pad(rows, side)), unpack(pack(rows, length))):
        assert len(back) == len(rows)
        assert all(np.array_equal(a, b) for a, b in zip(back, rows, strict=True) if len(b))
    cut = pad(rows, side, "middle", length).values
    assert cut.shape == (len(rows), length, *([channels] if any(lengths) or rows else []))


@given(raggeds(max_docs=12), st.integers(1, 12))
def test_packed_texts_come_back(drawn: tuple[Ragged, int], length: int) -> None:
    ragged = drawn[0]
    packed = pack(ragged, length, value=-1)
    assert _equal(unpack(packed), ragged)
    assert packed.mask.sum() == ragged.n_tokens
    assert (packed.values[~packed.mask] == -1).all()
    assert packed.starts.sum() == (packed.n > 0).sum()
    for row in range(len(packed)):  # each segment is one run of one text, in its order
        for segment in range(1, packed.segments[row].max() + 1):
            places = np.flatnonzero(packed.segments[row] == segment)
            assert places.tolist() == list(range(places[0], places[-1] + 1))
            assert packed.positions[row, places].tolist() == list(range(len(places)))
    assert not len(packed) or packed.fill_ratio > 0.5 or len(packed) == 1


@given(st.lists(st.integers(1, 9), max_size=25))
def test_the_placing_kernels_are_their_twins(lengths: list[int]) -> None:
    sizes = np.array(sorted(lengths, reverse=True), np.int64)
    found, wanted = np.zeros((2, 2, len(sizes)), np.int64)
    n_rows = kernels.place_pieces(sizes, 9, found[0], found[1])
    assert n_rows == naive.place_pieces(sizes, 9, *wanted)
    assert np.array_equal(found, wanted)
    laid, slow = np.zeros((2, 2, n_rows, 9), np.int32)
    kernels.lay_segments(found[0], found[1], sizes, laid[0], laid[1])
    naive.lay_segments(found[0], found[1], sizes, slow[0], slow[1])
    assert np.array_equal(laid, slow)


@given(raggeds(), st.integers(0, 6))
def test_the_row_kernels_are_their_twins(drawn: tuple[Ragged, int], length: int) -> None:
    ragged, n_terms = drawn
    df = np.arange(n_terms, dtype=np.int64) // 2
    found, wanted = np.zeros((2, ragged.n_tokens), np.bool_)
    kernels.keep_rarest(ragged.ids, ragged.indptr, df, length, found)
    naive.keep_rarest(ragged.ids, ragged.indptr, df, length, wanted)
    assert np.array_equal(found, wanted)
    n = np.diff(ragged.indptr)
    to = np.cumsum(n[::-1])[::-1] - n
    copied, slow = np.zeros((2, ragged.n_tokens), np.int32)
    kernels.copy_runs(ragged.ids, ragged.indptr[:-1], n, to, copied)
    naive.copy_runs(ragged.ids, ragged.indptr[:-1], n, to, slow)
    assert np.array_equal(copied, slow)


@given(raggeds(), st.integers(1, 12), st.data())
def test_merged_texts_come_apart(drawn: tuple[Ragged, int], length: int, data: st.DataObject) -> None:
    ragged = drawn[0]
    groups = sorted(data.draw(st.lists(st.integers(0, 2), min_size=len(ragged), max_size=len(ragged))))
    merged = merge(ragged, groups, length)
    assert _lists(merged.ragged) == naive.merge(_lists(ragged), groups, length)
    assert _equal(unmerge(merged), ragged)
    for low, high, group in zip(merged.rows[:-1], merged.rows[1:], merged.groups, strict=True):
        assert set(groups[low:high]) == {group}


@given(raggeds(), st.booleans(), st.booleans())
def test_specials_go_as_they_came(drawn: tuple[Ragged, int], bos: bool, eos: bool) -> None:
    ragged = Ragged(drawn[0].ids - np.int32(1), drawn[0].indptr)  # -1 is a word that is not known
    marked = with_specials(ragged, bos=bos, eos=eos)
    assert _lists(marked) == [
        [*([2] if bos else []), *(1 if i < 0 else i + 5 for i in row), *([3] if eos else [])] for row in _lists(ragged)
    ]
    assert _equal(without_specials(marked), ragged)


@given(raggeds(), SIDES)
def test_one_hot_views_agree(drawn: tuple[Ragged, int], side: Any) -> None:
    ragged, n_terms = drawn
    batch = pad(ragged, side, length=4)
    hot = one_hot(batch, n_terms)
    dense = hot.dense()
    assert dense.shape == (*batch.values.shape, n_terms)
    assert np.array_equal(dense.sum(axis=2) > 0, batch.mask)
    assert np.array_equal(dense.argmax(axis=2)[batch.mask], batch.values[batch.mask])
    assert np.array_equal(hot.csr().toarray().reshape(dense.shape), dense)
    assert np.array_equal(np.concatenate([*hot.blocks(3), dense[:0]]), dense)


@given(
    st.lists(st.integers(0, 30), max_size=60),
    st.one_of(st.none(), st.integers(1, 9)),
    st.one_of(st.none(), st.integers(1, 90)),
    st.integers(1, 4),
)
def test_every_row_is_in_one_batch(
    lengths: list[int], batch_size: int | None, max_tokens: int | None, pool: int
) -> None:
    if batch_size is None and max_tokens is None:
        return
    batches = buckets(lengths, batch_size, max_tokens=max_tokens, pool=pool, seed=(1, 2))
    assert sorted(row for rows in batches for row in rows.tolist()) == list(range(len(lengths)))
    for rows in batches:
        assert 0 < len(rows) <= (batch_size or len(lengths))
        assert len(rows) == 1 or max_tokens is None or len(rows) * max(lengths[row] for row in rows) <= max_tokens


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=60)
@given(texts=corpora, seed=st.integers(0, 3), rate=st.sampled_from([0.1, 0.5, 1.0]))
def test_records_tell_what_was_changed(method: str, texts: list[str], seed: int, rate: float) -> None:
    texts = [*texts, "이 영화를 안 봤지만 정말 재미있다고 들었어요.", "The movie was not good"]
    synonyms = {"영화": ["작품", "무비"], "movie": ["film"], "정말": ["참"], "good": ["bad"], "재밌다": ["재미없다"]}
    augmenter = Augmenter(
        methods=[method], times=2, rate=rate, synonyms=synonyms, sentiment={"good": 1, "bad": -1}, seed=seed
    )
    labels = [0] * len(texts)
    made = augmenter.transform(texts, labels)
    assert len(made) + made.n_skipped == 2 * len(texts)
    assert made.labels == [0] * len(made)
    for new, record in zip(made.texts, made.records, strict=True):
        source = texts[record.row]
        assert apply(source, record.changes) == new != source
        assert all(source[change.start : change.end] == change.before for change in record.changes)
        ends = [0, *(at for change in record.changes for at in (change.start, change.end))]
        assert ends == sorted(ends)
        assert record.method == method
        if method == "space":
            assert "".join(new.split()) == "".join(source.split())
        if method in ("swap", "shuffle"):
            assert sorted("".join(new.split())) == sorted("".join(source.split()))
    again = augmenter.transform(texts, labels)
    assert (again.texts, again.records) == (made.texts, made.records)


@given(corpora, st.sampled_from([name for name in METHODS if name not in ("mix", "space")]))
def test_negations_stay(texts: list[str], method: str) -> None:
    texts = [f"{text} 안 재미있다 not good 좋지 않다" for text in texts]
    synonyms = {"않다": ["그렇다"], "안": ["꼭"], "not": ["very"], "재미있다": ["재미없다", "즐겁다"], "good": ["nice"]}
    made = Augmenter(methods=[method], rate=1.0, synonyms=synonyms).transform(texts)
    for new, record in zip(made.texts, made.records, strict=True):
        assert _negations(new) == _negations(texts[record.row])


def _negations(text: str) -> list[str]:
    return [word for word in text.split() if is_negation(word)]


@given(corpora)
def test_a_copy_does_not_depend_on_the_texts_behind_it(texts: list[str]) -> None:
    methods = ["swap", "delete", "typo", "space", "shuffle"]
    whole = Augmenter(methods=methods, times=2).transform(texts)
    half = Augmenter(methods=methods, times=2).transform(texts[: len(texts) // 2])
    assert whole.texts[: len(half)] == half.texts
