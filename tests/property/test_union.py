"""The union of n-grams of many blocks, and what reads and adds up beside it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from malgil.tokenizers.letters import units_of_strings
from malgil.tokenizers.slabs import Slabs
from malgil.vectorize import CountVectorizer, TfidfVectorizer, slow_counts, union
from malgil.vectorize._counts_kernels import add_up, count_columns
from malgil.vectorize._point_kernels import read_points
from malgil.vectorize._union_kernels import pack_grams, rank_keys, unpack_grams
from malgil.vectorize.counts import document_frequencies
from malgil.vectorize.union import Packing, unite
from tests.naive import vectorize as naive
from tests.strategies import corpora

PATHS = st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=4).map(tuple), max_size=20)
jits = pytest.mark.parametrize("jit", [True, False])


def run_of(paths: list[tuple[int, ...]]) -> np.ndarray:
    """List paths with all their beginnings, as a tree."""
    whole = sorted({path[:n] for path in paths for n in range(1, len(path) + 1)})
    return np.array([(len(path), path[-1]) for path in whole], np.int32).reshape(-1, 2).T.copy()


@jits
@given(paths=PATHS)
def test_pack_and_unpack_grams(jit: bool, paths: list[tuple[int, ...]]) -> None:
    run, rank, symbols = run_of(paths), np.arange(6, dtype=np.int32), np.arange(6, dtype=np.int32)
    one, other = (np.zeros(run.shape[1], np.uint64) for _ in range(2))
    back, twin = np.zeros_like(run), np.zeros_like(run)
    (pack_grams if jit else pack_grams.py_func)(run, rank, 3, 4, one)
    naive.pack_grams(run, rank, 3, 4, other)
    assert one.tolist() == other.tolist() == sorted(one.tolist())
    (unpack_grams if jit else unpack_grams.py_func)(one, symbols, 3, 4, back)
    naive.unpack_grams(one, symbols, 3, 4, twin)
    assert back.tolist() == twin.tolist() == run.tolist()


@jits
@given(values=st.lists(st.integers(0, 9), max_size=20))
def test_rank_keys(jit: bool, values: list[int]) -> None:
    keys, results = np.array(values, np.uint64), []
    for rank in (rank_keys if jit else rank_keys.py_func, naive.rank_keys):
        ranks, distinct = np.zeros(len(keys), np.int32), np.zeros(len(keys), np.uint64)
        results.append((rank(keys, np.argsort(keys), ranks, distinct), ranks.tolist(), distinct.tolist()))
    assert results[0] == results[1]


@given(
    parts=st.lists(st.lists(st.integers(0, 400), unique=True, max_size=60).map(sorted), max_size=5), n=st.integers(1, 3)
)
def test_unite(parts: list[list[int]], n: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(union, "_SAMPLE", 2)
        patch.setattr(union, "_RANGE", 16)
        keys, places = unite([np.array(part, np.uint64) for part in parts], n)
    assert keys.tolist() == sorted({key for part in parts for key in part})
    assert [keys[place].tolist() for place in places] == parts


@given(blocks=st.lists(PATHS.filter(len), min_size=1, max_size=3))
def test_packed_runs_sort_as_their_paths(blocks: list[list[tuple[int, ...]]]) -> None:
    runs = [run_of([*paths, *((symbol,) for path in paths for symbol in path)]) for paths in blocks]
    runs = [np.stack([run[0], run[1] * 1000]) for run in runs]  # symbols need not be dense
    packing = Packing.of(runs, 2)
    assert packing is not None
    whole, places = unite(packing.pack_all(runs.copy(), 2), 2)
    found = naive.paths(packing.unpack(whole))
    assert found == sorted({path for run in runs for path in naive.paths(run)})
    assert [[found[at] for at in place] for place in places] == [naive.paths(run) for run in runs]


def test_long_grams_of_many_symbols_do_not_fit_in_64_bits() -> None:
    symbols = np.stack([np.ones(300, np.int32), np.arange(300, dtype=np.int32)])
    long = np.stack([np.arange(1, 9, dtype=np.int32), np.zeros(8, np.int32)])
    assert Packing.of([symbols], 1) is not None
    assert Packing.of([symbols, long], 1) is None


@given(texts=corpora)
def test_grams_too_long_for_64_bits_are_merged_instead(texts: list[str]) -> None:
    counters = [CountVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", n_jobs=1) for _ in range(2)]
    found = []
    with pytest.MonkeyPatch.context() as patch:
        for counter, bits in zip(counters, (64, 0), strict=True):
            patch.setattr(union, "_BITS", bits)
            try:
                matrix = counter.fit_transform([*texts, "말 길"])
            except ValueError:
                return
            found.append((matrix.toarray().tolist(), counter.get_feature_names_out().tolist()))
    assert found[0] == found[1]


@jits
@given(texts=corpora, n_lower=st.sampled_from([0, 0x250, 0x3000]))
def test_read_points(jit: bool, texts: list[str], n_lower: int) -> None:
    codes, borders = units_of_strings(pa.array(texts, pa.large_string()))
    lower, is_odd = np.arange(n_lower, dtype=np.uint32), np.zeros(n_lower, np.bool_)
    lower[65:91] += 32
    is_odd[0xDF:0xE0] = True
    results = []
    for read in (read_points if jit else read_points.py_func, naive.read_points):
        points, indptr = np.zeros(len(codes), np.uint32), np.zeros(len(borders), np.int64)
        results.append((bool(read(codes, borders, lower, is_odd, points, indptr)), points.tolist(), indptr.tolist()))
    assert results[0] == results[1]


@jits
@given(entries=st.lists(st.tuples(st.integers(0, 4), st.integers(1, 255)), max_size=30))
def test_add_up_and_count_columns(jit: bool, entries: list[tuple[int, int]]) -> None:
    indices = np.array([index for index, _ in entries], np.int32)
    data, columns = np.array([count for _, count in entries], np.uint8), np.array([2, 0, 1, 2, 0], np.int32)
    sums = np.ones((2, 2, 3), np.int64)
    (add_up if jit else add_up.py_func)(indices, data, columns, *sums[0])
    naive.add_up(indices, data, columns, *sums[1])
    assert sums[0].tolist() == sums[1].tolist()
    df = np.ones((2, 5), np.int32)
    (count_columns if jit else count_columns.py_func)(indices, df[0])
    naive.count_columns(indices, df[1])
    assert df[0].tolist() == df[1].tolist()
    assert document_frequencies(indices, 5, 2).tolist() == (df[0] - 1).tolist()


def test_slabs_give_arrays_that_do_not_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("malgil.tokenizers.slabs._BYTES", 16)
    slabs = Slabs(np.int32)
    arrays = [slabs.take(n) for n in (1, 2, 0, 9, 3, 1)]
    for number, array in enumerate(arrays):
        array[:] = number
    assert [array.tolist() for array in arrays] == [[n] * len(array) for n, array in enumerate(arrays)]


@pytest.mark.parametrize("kind", [CountVectorizer, TfidfVectorizer])
@pytest.mark.parametrize("wanted", [{}, {"ngram_range": (1, 2)}, {"analyzer": "char_wb", "ngram_range": (1, 3)}])
def test_matrices_beyond_32_bits_have_wide_pointers(
    monkeypatch: pytest.MonkeyPatch, kind: type[CountVectorizer], wanted: dict[str, object]
) -> None:
    texts = ["이 영화 참 재밌다 영화", "영화 별로 😀 별로 movie", ""]
    narrow = kind(**wanted).fit_transform(texts)  # type: ignore[arg-type]
    monkeypatch.setattr(slow_counts, "MOST_NARROW", 3)
    vectorizer = kind(**wanted).fit(texts)  # type: ignore[arg-type]
    for wide in (kind(**wanted).fit_transform(texts), vectorizer.transform(texts)):  # type: ignore[arg-type]
        assert (wide.indptr.dtype, wide.indices.dtype) == (np.int64, np.int64)
        assert (wide != narrow).nnz == 0
    assert narrow.indices.dtype == np.int32
