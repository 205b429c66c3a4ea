"""Batches, merging, packing, special tokens, one-hot vectors: the small cases."""

from __future__ import annotations

import numpy as np
import pytest

from malgil.errors import DataError, ParameterError
from malgil.ragged import Ragged
from malgil.sequences import buckets, merge, one_hot, pack, unmerge, unpack, with_specials


def test_batches_hold_rows_of_like_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 100, 2000)
    batches = buckets(lengths, 20)
    padded = sum(int(lengths[rows].max()) * len(rows) for rows in batches)
    chance = np.random.default_rng(1).permutation(lengths).reshape(-1, 20)
    assert padded < 1.05 * lengths.sum() < 20 * chance.max(axis=1).sum()
    assert np.concatenate(batches).tolist() != np.concatenate(buckets(lengths, 20, seed=1)).tolist()
    assert np.concatenate(batches).tolist() == np.concatenate(buckets(lengths, 20)).tolist()


def test_a_row_that_is_too_long_is_alone() -> None:
    assert sorted(map(len, buckets([2, 2, 50, 2], max_tokens=6))) == [1, 3]


@pytest.mark.parametrize("sizes", [{}, {"batch_size": 0}, {"max_tokens": 0}, {"batch_size": 1, "pool": 0}])
def test_batches_without_a_size(sizes: dict[str, int]) -> None:
    with pytest.raises(ParameterError):
        buckets([1, 2], **sizes)


def test_merging_shares_the_ids() -> None:
    ragged = Ragged(np.arange(6, dtype=np.int32), np.array([0, 2, 2, 4, 6]))
    merged = merge(ragged, [1, 1, 1, 2], 4)
    assert merged.ragged.ids is ragged.ids
    assert merged.ragged.indptr.tolist() == [0, 4, 6]
    assert (merged.rows.tolist(), merged.groups.tolist()) == ([0, 3, 4], [1, 2])
    assert unmerge(merged).indptr.tolist() == [0, 2, 2, 4, 6]


def test_nothing_to_merge_or_pack() -> None:
    nothing = Ragged(np.zeros(0, np.int32), np.zeros(1, np.int64))
    assert len(merge(nothing, [], 3).ragged) == len(pack(nothing, 3)) == 0
    assert len(unpack(pack(nothing, 3))) == 0


def test_empty_texts_come_back_from_packing() -> None:
    ragged = Ragged(np.array([7], np.int32), np.array([0, 0, 1, 1]))
    packed = pack(ragged, 3)
    assert packed.values.tolist() == [[7, 0, 0]]
    assert unpack(packed).indptr.tolist() == [0, 0, 1, 1]  # type: ignore[union-attr]


def test_rows_are_filled_well() -> None:
    lengths = np.random.default_rng(0).integers(1, 60, 3000)
    ragged = Ragged(np.zeros(int(lengths.sum()), np.int32), np.concatenate([[0], np.cumsum(lengths)]))
    assert pack(ragged, 64).fill_ratio > 0.98


def test_long_texts_are_split_or_refused() -> None:
    packed = pack([list(range(7))], 3)
    assert packed.source.tolist() == [0, 0, 0]
    assert packed.starts.sum() == 3
    with pytest.raises(DataError, match="has 7 items"):
        pack([list(range(7))], 3, long="refuse")


@pytest.mark.parametrize("length", [0, -1, True, "p95"])
def test_rows_without_a_length(length: object) -> None:
    with pytest.raises(ParameterError):
        pack([[1]], length)  # type: ignore[arg-type]


def test_groups_that_do_not_fit() -> None:
    ragged = Ragged(np.arange(2, dtype=np.int32), np.array([0, 1, 2]))
    with pytest.raises(ParameterError):
        merge(ragged, [1], 3)
    with pytest.raises(ParameterError):
        merge(ragged, [1, 1], 0)


def test_ids_out_of_range() -> None:
    with pytest.raises(DataError):
        one_hot([3], 3)
    with pytest.raises(DataError):
        with_specials(Ragged(np.array([-2], np.int32), np.array([0, 1])))


def test_a_dense_view_that_would_not_fit_says_so() -> None:
    hot = one_hot(np.zeros((1000, 1000), np.int32), 10_000)
    with pytest.raises(ParameterError, match=r"37\.3 GiB"):
        hot.dense()
    assert next(hot.blocks(1)).shape == (1, 1000, 10_000)
    with pytest.raises(ParameterError):
        next(hot.blocks(0))
