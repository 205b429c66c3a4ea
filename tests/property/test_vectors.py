"""Vectors are read, written, searched and compared as their slow twins do."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from malgil import Vectors
from malgil.embeddings import _binary_kernels as binary
from malgil.embeddings import _decimal_kernels as decimal
from malgil.embeddings import _text_kernels as text
from malgil.embeddings.evaluation import spearman
from malgil.embeddings.fasttext_bin import bracketed, compose, own_vectors
from malgil.embeddings.keys import Keys
from malgil.embeddings.question_sets import read_test_set
from malgil.embeddings.subwords import Subwords, ngrams
from malgil.errors import DataError, MalgilError
from malgil.strings import string_array, string_buffers
from tests.naive import embeddings as naive
from tests.strategies import texts

floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
small = st.floats(-100, 100, width=32).map(lambda x: x if abs(x) > 1e-6 else 0.0)
words = texts.map(lambda word: "".join(word.split())).map(lambda word: word.replace("\x00", "")).filter(bool)
word_lists = st.lists(words, min_size=1, max_size=8, unique=True)


@st.composite
def sets(draw: st.DrawFn, numbers: st.SearchStrategy[float] = floats) -> Vectors:
    keys = draw(word_lists)
    dim = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(numbers, min_size=dim, max_size=dim), min_size=len(keys), max_size=len(keys)))
    return Vectors(keys, np.array(rows, np.float32))


def line_of(word: str, row: list[float], blank: str, end: str) -> str:
    return blank.join([word, *(repr(x) for x in row)]) + end


@given(sets(), st.sampled_from([" ", "\t", "  "]), st.sampled_from(["", " ", "\r", " \r"]))
def test_lines_are_read_as_the_twin_reads_them(vectors: Vectors, blank: str, end: str) -> None:
    rows: list[list[float]] = vectors.matrix.astype(np.float64).tolist()
    listed: list[list[float]] = [list(map(float, row)) for row in vectors.matrix]
    pairs = zip(list(vectors.keys), listed, strict=True)
    whole = "\n".join(line_of(word, row, blank, end) for word, row in pairs)
    data = np.frombuffer(whole.encode(), np.uint8)
    matrix, places = np.empty(vectors.matrix.shape, np.float32), np.empty((len(rows), 2), np.int64)
    doubtful = np.zeros((99, 4), np.int64)
    assert text.read_lines(data, 0, len(data), 0, matrix, places, doubtful) == (text.FINE, len(rows))
    for row, column, low, high in doubtful[1 : doubtful[0, 0] + 1].tolist():
        matrix[row, column] = float(data[low:high].tobytes())
    found = [whole.encode()[low:high].decode() for low, high in places.tolist()]
    assert list(zip(found, matrix.tolist(), strict=True)) == naive.read_lines(whole, vectors.dim)
    offsets = np.concatenate([[0], np.cumsum(np.diff(places, axis=1)[:, 0])])
    assert text.gather_words(data, places, offsets).tobytes() == naive.gather_words(
        whole.encode(), [(low, high) for low, high in places.tolist()]
    )


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None).map(str) | floats.map(lambda x: f"{x:.20e}"))
def test_a_number_is_read_as_python_reads_it(spelled: str) -> None:
    wanted = np.float64(float(spelled)).astype(np.float32) if abs(float(spelled)) < 3e38 else np.float32(np.inf)
    data = np.frombuffer(f"가 {spelled}\n".encode(), np.uint8)
    matrix, places, doubtful = np.empty((1, 1), np.float32), np.empty((1, 2), np.int64), np.zeros((9, 4), np.int64)
    state, _ = text.read_lines(data, 0, len(data), 0, matrix, places, doubtful)
    if not np.isfinite(wanted):
        assert state == text.NOT_FINITE
        return
    assert state == text.FINE
    assert doubtful[0, 0] or matrix[0, 0] == wanted


STYLES = {"shortest": decimal.SHORTEST, "general": decimal.GENERAL, "fixed": decimal.FIXED}


@given(sets(), st.sampled_from(sorted(STYLES)), st.booleans())
def test_lines_are_written_as_the_twin_writes_them(vectors: Vectors, style: str, has_blank_last: bool) -> None:
    matrix = np.clip(vectors.matrix, -1e9, 1e9) if style == "fixed" else vectors.matrix
    out = np.empty(4000, np.uint8)
    offsets, data = string_buffers(vectors.keys.strings)
    n = decimal.write_lines(offsets, data, matrix, STYLES[style], has_blank_last, out)
    wanted = naive.write_lines(list(vectors.keys), matrix.astype(np.float64).tolist(), style, has_blank_last)
    if style == "shortest":  # older NumPy writes 1234567.0 where newer ones write 1.234567e+06
        said = [float(x) for x in wanted.split() if x not in vectors.keys]
        assert [float(x) for x in out[:n].tobytes().decode().split() if x not in vectors.keys] == said
    if style != "shortest" or np.abs(matrix).max() < 1e6:
        assert out[:n].tobytes().decode() == wanted


@given(sets(), st.booleans())
def test_binary_entries_are_read_as_the_twin_reads_them(vectors: Vectors, has_newlines: bool) -> None:
    entries = zip(vectors.keys, vectors.matrix, strict=True)
    end = b"\n" if has_newlines else b""
    content = b"".join(word.encode() + b" " + row.astype("<f4").tobytes() + end for word, row in entries)
    data, n = np.frombuffer(content, np.uint8), len(vectors)
    rows, places = np.empty((n, vectors.dim), "<f4"), np.empty((n, 2), np.int64)
    state, row, at = binary.read_word2vec(data, 0, rows.view(np.uint8), places)
    assert (state, row, content[at:]) == (binary.FINE, n, end)
    wanted = naive.read_word2vec(content, n, vectors.dim)
    assert [content[low:high] for low, high in places.tolist()] == [word for word, _ in wanted]
    assert rows.tolist() == [numbers for _, numbers in wanted]
    assert binary.read_word2vec(data[: at - 1], 0, rows.view(np.uint8), places)[0] == binary.CUT_OFF


@given(word_lists, st.integers(-(2**62), 2**62))
def test_dictionaries_are_read_as_the_twin_reads_them(keys: list[str], count: int) -> None:
    content = b"".join(word.encode() + b"\0" + struct.pack("<qB", count + i, i % 2) for i, word in enumerate(keys))
    n = len(keys)
    places, counts, kinds = np.empty((n, 2), np.int64), np.empty(n, np.int64), np.empty(n, np.uint8)
    state, _, at = binary.read_dictionary(np.frombuffer(content, np.uint8), 0, places, counts, kinds)
    found = [content[low:high] for low, high in places.tolist()]
    assert (state, at) == (binary.FINE, len(content))
    assert list(zip(found, counts.tolist(), kinds.tolist(), strict=True)) == naive.read_dictionary(content, n)


@given(words, st.integers(1, 3), st.integers(0, 3))
def test_ngrams_are_those_of_the_twin(word: str, low: int, more: int) -> None:
    buckets = np.eye(13, dtype=np.float32)
    subwords = Subwords(buckets, low, low + more)
    wanted = naive.add_ngrams(f"<{word}>", (low, low + more), buckets.tolist())
    assert subwords.ids(word).tolist() == wanted
    assert len(ngrams(word, low, low + more)) == len(wanted)
    offsets, data = string_buffers(bracketed(string_array([word, "</s>"])))
    sums, counts = np.zeros((2, 13), np.float32), np.zeros(2, np.int64)
    binary.add_ngrams(offsets, data, (low, low + more), buckets, sums, counts)
    assert counts.tolist() == [len(wanted), 0]
    assert sums[0].tolist() == np.bincount(wanted, minlength=13).tolist()
    found = subwords.vector(word)
    assert (found is None) == (not wanted)
    if found is not None:
        np.testing.assert_allclose(found, sums[0] / len(wanted), rtol=1e-6)


@given(word_lists, st.integers(0, 2**31))
def test_own_vectors_undo_the_mean(keys: list[str], seed: int) -> None:
    inputs = np.random.default_rng(seed).normal(size=(len(keys) + 7, 3)).astype(np.float32)
    whole = Keys.of(keys)
    composed = compose(whole, inputs, {"min_n": 1, "max_n": 3}, n_jobs=1)
    own = own_vectors(whole, composed, Subwords(inputs[len(keys) :], 1, 3))
    np.testing.assert_allclose(own, inputs[: len(keys)], atol=1e-4)
    for at, word in enumerate(keys):
        ids = naive.add_ngrams(f"<{word}>", (1, 3), inputs[len(keys) :].tolist())
        parts = [inputs[at], *(inputs[len(keys) + k] for k in ids)]
        np.testing.assert_allclose(composed[at], np.mean(parts, axis=0), atol=1e-5)


@given(sets(small), st.data())
def test_nearest_is_that_of_the_twin(vectors: Vectors, data: st.DataObject) -> None:
    rows = vectors.matrix.astype(np.float64).tolist()
    at, k = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(1, 9))
    wanted = naive.nearest(rows, rows[at], {at})[:k]
    found = vectors.nearest(vectors.keys[at], k)
    np.testing.assert_allclose([near.score for near in found], [score for _, score in wanted], atol=1e-12)
    assert len({near.word for near in found}) == len(found)
    for near in found:
        other = rows[vectors.keys.index(near.word)]
        assert near.score == pytest.approx(naive.cosine(rows[at], other), abs=1e-12)
        assert vectors.similarity(vectors.keys[at], near.word) == near.score


@given(st.integers(0, 2**31), st.sampled_from(["3cosadd", "3cosmul"]))
def test_analogies_are_those_of_the_twin(seed: int, method: str) -> None:
    matrix = np.random.default_rng(seed).normal(size=(9, 3)).astype(np.float32)
    vectors = Vectors([f"말{i}" for i in range(9)], matrix)
    wanted = naive.analogy(matrix.astype(np.float64).tolist(), 1, 2, 3, method)[:4]
    found = vectors.analogy("말1", "말2", "말3", 4, method=method)  # type: ignore[arg-type]
    assert [near.word for near in found] == [f"말{number}" for number, _ in wanted]
    np.testing.assert_allclose([near.score for near in found], [score for _, score in wanted], rtol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=12))
def test_rank_correlation_is_that_of_the_twin(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(side, np.float64) for side in zip(*pairs, strict=True))
    found = float(spearman(a[None], b[None])[0])
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(naive.spearman(a.tolist(), b.tolist()))


@settings(max_examples=40)
@given(sets())
def test_files_give_back_what_was_written(vectors: Vectors) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vectors.save(Path(folder) / "saved")
        opened = Vectors.open(Path(folder) / "saved")
        assert opened.keys == vectors.keys
        assert np.array_equal(opened.matrix, vectors.matrix)
        for name in ("a.txt", "a.w2v", "a.safetensors", "a.bin"):
            vectors.write(Path(folder) / name)
            again = Vectors.read(Path(folder) / name)
            assert (name, list(again.keys)) == (name, list(vectors.keys))
            assert np.array_equal(again.matrix, vectors.matrix), name
            first = (Path(folder) / name).read_bytes()
            again.write(Path(folder) / name)
            assert name == "a.bin" or (Path(folder) / name).read_bytes() == first


@settings(max_examples=60)
@given(
    st.binary(max_size=200) | texts.map(str.encode) | st.integers(0, 10**12).map(lambda n: f"{n} {n}\n가 1".encode())
)
def test_any_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.bin"
        path.write_bytes(content)
        for format in (None, "word2vec", "word2vec-binary", "fasttext", "safetensors"):
            try:
                assert Vectors.read(path, format).dim > 0
            except MalgilError as error:
                assert str(path) in str(error)
        try:
            assert read_test_set(path)
        except DataError as error:
            assert str(path) in str(error)


@given(sets(small))
def test_smaller_numbers_are_close(vectors: Vectors) -> None:
    whole: NDArray[np.float32] = vectors.matrix
    quarter, half = vectors.to_int8(), vectors.to_float16()
    assert quarter.scales is not None
    room = quarter.scales[:, None] * 0.5001 + 1e-6
    assert (np.abs(quarter.rows(slice(None)) - whole) <= room).all()
    assert (np.abs(half.rows(slice(None)) - whole) <= np.abs(whole) / 1024 + 1e-7).all()
