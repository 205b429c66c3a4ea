"""Files of vectors that are not as they should be: one error each, with the place; and those that are."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from malgil import Vectors
from malgil.embeddings import Subwords
from malgil.errors import DataError, MalgilError, MissingError, ParameterError, StorageError


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(["가", "나다", "the"], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]], counts=[3, 2, 1])


GOOD = [
    ("3 2\n가 1 2\n나다 3 4\nthe 5 6.5\n", "word2vec"),
    ("3 2\r\n가 1 2\r\n나다 3 4\r\nthe 5 6.5\r\n", "Windows"),
    ("3 2\n가 1 2 \n나다 3 4 \nthe 5 6.5 ", "blank and no end"),
    ("가 1 2\n나다 3 4\nthe 5 6.5\n\n\n", "GloVe"),
    ("\ufeff가 1 2\n나다 3 4\nthe 5 6.5\n", "mark"),
    ("3 2\n가\t1\t2\n나다\t3\t4\nthe\t+5\t65e-1\n", "tabs"),
]


@pytest.mark.parametrize(("text", "name"), GOOD, ids=[name for _, name in GOOD])
@pytest.mark.parametrize("is_packed", [False, True])
def test_texts_are_read(tmp_path: Path, vectors: Vectors, text: str, name: str, is_packed: bool) -> None:
    content = text.encode()
    (tmp_path / "a").write_bytes(gzip.compress(content) if is_packed else content)
    found = Vectors.read(tmp_path / "a")
    assert found.keys == vectors.keys
    assert found.matrix.tolist() == vectors.matrix.tolist()


def test_words_with_blanks_and_odd_spaces_are_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("가 1 2\n. . . 3 4\n나\u00a0다 5 6\nat name@domain.com 7 8\n", encoding="utf-8")
    found = Vectors.read(tmp_path / "a")
    assert found.keys == ["가", ". . .", "나\u00a0다", "at name@domain.com"]
    assert found.matrix.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]


BAD_TEXTS = {
    "": "empty",
    "\n\n": "neither a header",
    "가\n": "neither a header",
    "가 나 다\n": "neither a header",
    "<html> 1 x\n": "neither a header",
    "9 2\n가 1 2\n": "only 8 bytes follow",
    "999999999999 300\n가 1 2\n": "only 8 bytes follow",
    "1 99999999999999999999999\n가 1 2\n": "cannot be",
    "1 0\n가\n": "cannot be",
    "2 2\n가 1 2\n나 3 4\n다 5 6\n": "3 lines",
    "4 1\n가 1\n나나나나나 2\n": "2 lines",
    "2 3\n가 1 2\n나 3 44444\n": "line 2: 2 numbers",
    "2 2\n가 1 2\n나 3\n": "line 3",
    "2 2\n가 1 2\n나 3 4 5\n": "line 3",
    "2 2\n가 1 2\n나 3 x4\n": "line 3",
    "2 2\n가 1 2\n나 3 4_0\n": "line 3",
    "2 2\n가 1 2\n 3 4\n": "line or line|line 3",
    "2 2\n가 1 2\n나 nan 4\n": "line 3: the vector holds",
    "2 2\n가 1 2\n나 3 -inf\n": "line 3: the vector holds",
    "2 2\n가 1 2\n나 3 1e39\n": "line 3: the vector holds",
    "2 2\n가 1 2\n가 3 4\n": "'가' stands there twice .*2 and 3",
    "가 1 2\n나 3 4\n가 3 4\n": "twice .*1 and 3",
    "2 2\n가 1 2\n\n나 1 2\n": "3 lines|line 3",
}


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_damaged_texts_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.vec").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=BAD_TEXTS[text]) as caught:
        Vectors.read(tmp_path / "a.vec", "vec")
    assert str(tmp_path / "a.vec") in str(caught.value)


def test_words_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("가 1\n나 2\n".encode() + b"\xea\xb0 3\n")
    with pytest.raises(DataError, match="line 3: the word"):
        Vectors.read(tmp_path / "a")


def binary(rows: list[tuple[bytes, list[float]]], n: int | None = None, dim: int = 2) -> bytes:
    entries = (word + b" " + struct.pack(f"<{len(row)}f", *row) for word, row in rows)
    return f"{len(rows) if n is None else n} {dim}\n".encode() + b"".join(entries)


KA, NA = "가".encode(), "나".encode()
BAD_BINARIES = {
    "cut": (binary([(KA, [1, 2]), (NA, [3, 4])])[:-1], "only 23 bytes|cut off"),
    "promises": (binary([(KA, [1, 2])], n=10**15), "bytes follow"),
    "more": (binary([(KA, [1, 2]), (NA, [3, 4])], n=1), "more follows"),
    "twice": (binary([(KA, [1, 2]), (KA, [3, 4])]), "twice .*0 and 1"),
    "nan": (binary([(KA, [1, 2]), (NA, [3, float("nan")])]), "line 1: the vector"),
    "no word": (binary([(KA, [1, 2]), (b"", [3, 4])]) + b"\n", "line 1: no word|cut off|bytes follow"),
    "utf8": (binary([(KA, [1, 2]), (b"\xff\xfe", [3, 4])]), "line 1: the word"),
    "dim": (binary([(KA, [1, 2])], dim=2_000_000), "cannot be"),
}


@pytest.mark.parametrize("name", BAD_BINARIES)
def test_damaged_binaries_are_refused(tmp_path: Path, name: str) -> None:
    content, message = BAD_BINARIES[name]
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DataError, match=message):
        Vectors.read(tmp_path / "a", "word2vec-binary")


@pytest.mark.parametrize("name", ["a.bin", "a.safetensors", "a.w2v", "a.txt"])
def test_every_cut_file_is_refused(tmp_path: Path, vectors: Vectors, name: str) -> None:
    path = tmp_path / name
    Vectors(vectors.keys, vectors.matrix, subwords=Subwords(np.ones((3, 2), np.float32), 2, 3)).write(path)
    content = path.read_bytes()
    format = {"a.bin": "fasttext", "a.safetensors": "safetensors", "a.w2v": "word2vec-binary", "a.txt": "word2vec"}
    least = len(content) - 4 if name == "a.txt" else len(content)  # a last number may lose its end unseen
    for n in range(least):
        path.write_bytes(content[:n])
        with pytest.raises(MalgilError, match=name):
            Vectors.read(path, format[name])
    path.write_bytes(content + b"x")
    with pytest.raises(MalgilError):
        Vectors.read(path, format[name])


def test_formats_are_found_out(tmp_path: Path, vectors: Vectors) -> None:
    for name in ("a.bin", "a.safetensors", "a.w2v", "a.txt", "a.vec", "a.glove"):
        vectors.write(tmp_path / name)
        (tmp_path / name).rename(tmp_path / "x")
        found = Vectors.read(tmp_path / "x")
        assert (name, list(found.keys), found.matrix.tolist()) == (name, list(vectors.keys), vectors.matrix.tolist())


def test_smaller_numbers_and_ngrams_stay_in_safetensors(tmp_path: Path, vectors: Vectors) -> None:
    subwords = Subwords(np.ones((3, 2), np.float32), 2, 3, "jamo")
    whole = Vectors(vectors.keys, vectors.matrix, subwords=subwords, counts=[3, 2, 1], meta={"이름": [1, 2]}).to_int8()
    whole.write(tmp_path / "a.safetensors")
    found = Vectors.read(tmp_path / "a.safetensors")
    assert found.matrix.dtype == np.int8
    assert found["나다"].tolist() == whole["나다"].tolist()
    assert found["모름"].tolist() == whole["모름"].tolist()
    assert found.meta == {"이름": [1, 2]}
    assert np.asarray(found.counts).tolist() == [3, 2, 1]


@pytest.mark.parametrize("word", ["가 나", "가\n", "", "\t", "가\x00"])
@pytest.mark.parametrize("name", ["a.txt", "a.w2v", "a.vec", "a.glove", "a.bin"])
def test_words_that_a_format_cannot_hold_are_refused(tmp_path: Path, word: str, name: str) -> None:
    with pytest.raises(DataError):
        Vectors(["괜찮다", word], [[1.0], [2.0]]).write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_other_wishes_that_cannot_be_met(tmp_path: Path, vectors: Vectors) -> None:
    with pytest.raises(ParameterError):
        vectors.write(tmp_path / "a.xyz")
    with pytest.raises(ParameterError):
        vectors.write(tmp_path / "a.txt", "word3vec")
    with pytest.raises(StorageError):
        vectors.write(tmp_path / "nowhere" / "a.txt")
    with pytest.raises(MissingError):
        Vectors.read(tmp_path / "nothing")
    with pytest.raises(DataError):
        Vectors.read(tmp_path)
    with pytest.raises(DataError):
        Vectors(["가"], [[1e20]]).write(tmp_path / "a.glove")
    with pytest.raises(DataError):
        Vectors(["가"], [[1.0]], subwords=Subwords(np.ones((3, 1), np.float32), 2, 3, "jamo")).write(tmp_path / "a.bin")
    with pytest.raises(ParameterError):
        Vectors.from_gensim([1])
    assert list(tmp_path.iterdir()) == []


def test_a_quantised_model_and_a_classifier_are_named(tmp_path: Path, vectors: Vectors) -> None:
    vectors.write(tmp_path / "a.bin")
    content = bytearray((tmp_path / "a.bin").read_bytes())
    content[36:40] = struct.pack("<i", 3)
    (tmp_path / "b.bin").write_bytes(content)
    with pytest.raises(DataError, match="classifier"):
        Vectors.read(tmp_path / "b.bin")
    content[36:40], content[84:92] = struct.pack("<i", 2), struct.pack("<q", 5)
    (tmp_path / "b.bin").write_bytes(content)
    with pytest.raises(DataError, match="quantised"):
        Vectors.read(tmp_path / "b.bin")


def test_a_sign_alone_is_judged_by_its_own_line() -> None:
    from malgil.embeddings import _text_kernels as kernels

    data = np.frombuffer("가 1 -nan".encode(), np.uint8)
    last = len(data) - 3  # the file ends behind the sign
    matrix, words, doubtful = np.empty((1, 2), np.float32), np.empty((1, 2), np.int64), np.zeros((9, 4), np.int64)
    assert kernels.read_lines(data, 0, last, 0, matrix, words, doubtful) == (kernels.NO_NUMBER, 0)
    assert kernels.read_lines(data, 0, len(data), 0, matrix, words, doubtful) == (kernels.NOT_FINITE, 0)


def test_any_number_of_numbers_may_lie_just_between_two(tmp_path: Path) -> None:
    between = [repr(1 + (2 * k + 1) * 2.0**-24) for k in range(20_000)]
    lines = [f"w{k} {' '.join(between[k : k + 100])}\n" for k in range(0, 20_000, 100)]
    (tmp_path / "a").write_text("".join(lines))
    wanted = np.array(between, np.float64).astype(np.float32).reshape(200, 100)
    assert np.array_equal(Vectors.read(tmp_path / "a").matrix, wanted)


@pytest.mark.parametrize("name", ["a.txt", "a.vec", "a.glove"])
def test_numbers_that_are_not_finite_are_not_written(tmp_path: Path, name: str) -> None:
    scales = np.array([1.0, np.inf], np.float32)
    vectors = Vectors(["가", "나"], np.array([[1, 2], [3, 4]], np.int8), scales=scales)
    with pytest.raises(DataError, match="나"):
        vectors.write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_tensors_of_another_shape_are_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    parts = {
        "matrix": np.ones(2, np.float32),
        "keys.offsets": np.array([0, 1, 2]),
        "keys.data": np.array([97, 98], "u1"),
    }
    save_file(parts, tmp_path / "a", {"format": "malgil.vectors", "meta": "{}"})
    with pytest.raises(MalgilError):
        Vectors.read(tmp_path / "a")
