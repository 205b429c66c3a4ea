"""Models in fastText's binary format: settings, dictionary, vectors of words and n-grams, output vectors.

Layout (fastText 0.9, format 12): magic and version; twelve int32 and a float64 of settings; sizes and entries of the
dictionary; a flag and the input matrix (words, then buckets); a flag and the output matrix. All little-endian.

References
----------
.. [1] Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 5, 2017.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.embeddings.file_errors import check_header, keys_of, map_file
from malgil.embeddings.keys import Keys
from malgil.embeddings.subwords import SENTENCE_END, Subwords
from malgil.embeddings.text_writing import check_words
from malgil.embeddings.word2vec_binary import check_finite
from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.files import aside_of, sync, writing
from malgil.strings import string_buffers

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors

MAGIC, _VERSIONS = 793712314, (11, 12)
_SETTINGS = (
    *("dim", "window", "epochs", "min_count", "negative", "word_ngrams", "loss", "model"),
    *("n_buckets", "min_n", "max_n", "update_rate"),
)
_HEAD, _SIZES, _SHAPE = struct.Struct("<14id"), struct.Struct("<iiiqq"), struct.Struct("<?qq")
_SUPERVISED = 3
_ROWS = 4096


class Model(NamedTuple):
    """What a fastText file holds.

    Parameters
    ----------
    settings : dict
        Its numbers by name.
    keys : Keys
        The words.
    counts : ndarray of int64, shape (n,)
        Their occurrences.
    inputs : ndarray of float32, shape (n + n_buckets, dim)
        Own vectors of words, then those of buckets.
    outputs : ndarray of float32, shape (n, dim)
        Vectors of words as contexts.
    """

    settings: dict[str, int | float]
    keys: Keys
    counts: NDArray[np.int64]
    inputs: NDArray[np.float32]
    outputs: NDArray[np.float32]


def read_model(path: Path) -> Model:
    """Read a model.

    Parameters
    ----------
    path : Path
        The file, ``.bin``.

    Returns
    -------
    Model
        All of it.

    Raises
    ------
    MissingError
        If there is no such file.
    DataError
        If it is cut off, damaged, quantised (``.ftz``) or a classifier.
    """
    data = map_file(path)
    if len(data) < _HEAD.size + _SIZES.size:
        raise DataError("vectors.file_no_fasttext", path=path)
    magic, version, *numbers = _HEAD.unpack(data[: _HEAD.size].tobytes())
    if magic != MAGIC or version not in _VERSIONS:
        raise DataError("vectors.file_no_fasttext", path=path)
    settings: dict[str, Any] = dict(zip((*_SETTINGS, "sample"), numbers, strict=True))
    if settings["model"] == _SUPERVISED:
        raise DataError("vectors.file_classifier", path=path)
    n, n_words, n_labels, settings["n_tokens"], pruned = _SIZES.unpack(
        data[_HEAD.size : _HEAD.size + _SIZES.size].tobytes()
    )
    at = _HEAD.size + _SIZES.size
    if pruned >= 0:
        raise DataError("vectors.file_quantised", path=path)
    check_header(path, n, settings["dim"], len(data) - at, 11 + 4 * settings["dim"])
    if n_labels or n_words != n or settings["n_buckets"] < 0:
        raise DataError("vectors.file_cut_off", path=path, row=0, at=at, wanted=n)
    keys, counts, at = _read_dictionary(path, data, at, n)
    has_ngrams = settings["max_n"] > 0 and settings["n_buckets"] > 0
    inputs, at = _read_matrix(path, data, at, n + settings["n_buckets"], settings["dim"], n)
    outputs, at = _read_matrix(path, data, at, n, settings["dim"], n)
    if at != len(data):
        raise DataError("vectors.file_too_long", path=path, at=at, n=n)
    settings["max_n"] = settings["max_n"] if has_ngrams else 0
    check_finite(path, inputs)
    return Model(settings, keys, counts, inputs, outputs)


def _read_dictionary(path: Path, data: NDArray[np.uint8], at: int, n: int) -> tuple[Keys, NDArray[np.int64], int]:
    from malgil.embeddings import _binary_kernels as kernels
    from malgil.embeddings._text_kernels import gather_words

    words, counts, kinds = np.empty((n, 2), np.int64), np.empty(n, np.int64), np.empty(n, np.uint8)
    state, row, at = kernels.read_dictionary(data, at, words, counts, kinds)
    if state == kernels.NO_WORD:
        raise DataError("vectors.file_no_word", path=path, place=row)
    if state or kinds.any():
        raise DataError("vectors.file_cut_off", path=path, row=row, at=at, wanted=n)
    offsets = np.concatenate([[0], np.cumsum(words[:, 1] - words[:, 0])]).astype(np.int64)
    return keys_of(path, offsets, gather_words(data, words, offsets), int), counts, int(at)


def _read_matrix(
    path: Path, data: NDArray[np.uint8], at: int, n_rows: int, dim: int, n: int
) -> tuple[NDArray[np.float32], int]:
    head = data[at : at + _SHAPE.size].tobytes()
    if len(head) < _SHAPE.size:
        raise DataError("vectors.file_cut_off", path=path, row=n, at=at, wanted=n)
    is_quantised, m, width = _SHAPE.unpack(head)
    if is_quantised:
        raise DataError("vectors.file_quantised", path=path)
    first = at + _SHAPE.size
    end = first + 4 * n_rows * dim
    if (m, width) != (n_rows, dim) or end > len(data):
        raise DataError("vectors.file_cut_off", path=path, row=n, at=at, wanted=n)
    whole = np.empty((n_rows, dim), "<f4")  # a copy, since the file keeps no float32 at a place that is one's
    whole.reshape(-1).view(np.uint8)[:] = data[first:end]
    return whole, end


def compose(
    keys: Keys, inputs: NDArray[np.float32], settings: dict[str, Any], n_jobs: int | None = None
) -> NDArray[np.float32]:
    """Put word vectors together: the mean of a word's own vector and those of its n-grams.

    Parameters
    ----------
    keys : Keys
        The words.
    inputs : ndarray of float32, shape (n + n_buckets, dim)
        As in `Model`.
    settings : dict
        ``min_n`` and ``max_n``.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    ndarray of float32, shape (n, dim)
        As fastText gives them.
    """
    n, buckets = len(keys), np.ascontiguousarray(inputs[len(keys) :])
    made = np.array(inputs[:n])
    if not settings["max_n"] or not len(buckets):
        return made

    def add(low: int) -> None:
        from malgil.embeddings._binary_kernels import add_ngrams

        rows = made[low : low + _ROWS]
        offsets, data = string_buffers(bracketed(keys.strings[low : low + _ROWS]))
        counts = np.zeros(len(rows), np.int64)
        add_ngrams(offsets, data, (settings["min_n"], settings["max_n"]), buckets, rows, counts)
        rows *= (1.0 / (counts + 1)).astype(np.float32)[:, None]

    for _ in map_blocks(add, range(0, n, _ROWS), n_jobs):
        pass
    return made


def bracketed(strings: pa.LargeStringArray) -> pa.LargeStringArray:
    """Put words between angle brackets; the end of a sentence, which has no n-grams, becomes empty.

    Parameters
    ----------
    strings : pa.LargeStringArray
        Words.

    Returns
    -------
    pa.LargeStringArray
        As many.
    """
    import pyarrow.compute as pc

    left, right, none = (pa.scalar(text, pa.large_string()) for text in ("<", ">", ""))
    whole = pc.binary_join_element_wise(left, strings, right, none)
    return pc.if_else(pc.equal(strings, pa.scalar(SENTENCE_END, pa.large_string())), none, whole)


def read_fasttext(path: Path, n_jobs: int | None = None) -> dict[str, Any]:
    """Read the word vectors of a model.

    Parameters
    ----------
    path : Path
        The file.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    dict
        Arguments of `malgil.Vectors`.

    Raises
    ------
    DataError
        As `read_model`.
    """
    settings, keys, counts, inputs, _ = read_model(path)
    subwords = None
    if settings["max_n"]:
        low, high = int(settings["min_n"]), int(settings["max_n"])
        subwords = Subwords(np.ascontiguousarray(inputs[len(keys) :]), max(low, 1), high)
    meta = {"fasttext": settings}
    matrix = compose(keys, inputs, settings, n_jobs)
    return {"keys": keys, "matrix": matrix, "counts": counts, "subwords": subwords, "meta": meta}


def write_fasttext(vectors: Vectors, path: Path) -> None:
    """Write vectors as a model that fastText loads.

    The words' own vectors are worked out backwards from those that fastText would give, so that the words and n-grams
    that it reads give the same vectors but for rounding; output vectors, which only training needs, are zeros.

    Parameters
    ----------
    vectors : Vectors
        What to write.
    path : Path
        The file; appears whole or not at all.

    Raises
    ------
    DataError
        If a word cannot be written so, or the n-grams are of letters, which fastText does not know.
    StorageError
        If the file cannot be written.
    """
    check_words(vectors, path)
    subwords = vectors.subwords
    if subwords is not None and subwords.units != "char":
        raise DataError("vectors.cannot_write_units", path=path, units=subwords.units)
    buckets = np.zeros((0, vectors.dim), np.float32) if subwords is None else subwords.buckets
    rows = np.array(vectors.rows(slice(None)))
    settings: dict[str, Any] = {
        "dim": vectors.dim,
        "window": 5,
        "epochs": 5,
        "min_count": 1,
        "negative": 5,
        "word_ngrams": 1,
    }
    settings |= {"loss": 2, "model": 2, "update_rate": 100, "sample": 1e-4, "n_tokens": 0}
    settings |= {"min_n": 0, "max_n": 0} | vectors.meta.get("fasttext", {})
    if subwords is not None:
        settings |= {"min_n": subwords.min_n, "max_n": subwords.max_n}
        rows = own_vectors(vectors.keys, rows, subwords)
    settings |= {"n_buckets": len(buckets)}
    counts = np.ones(len(vectors), np.int64) if vectors.counts is None else vectors.counts
    inputs, outputs = [rows, buckets], np.zeros((len(vectors), vectors.dim), np.float32)
    write_model(path, vectors.keys, counts, inputs, outputs, settings)


def own_vectors(keys: Keys, composed: NDArray[np.float32], subwords: Subwords) -> NDArray[np.float32]:
    """Undo `compose`: find each word's own vector from what it is with its n-grams.

    Parameters
    ----------
    keys : Keys
        The words.
    composed : ndarray of float32, shape (n, dim)
        Their vectors.
    subwords : Subwords
        The n-grams' vectors, of characters.

    Returns
    -------
    ndarray of float32, shape (n, dim)
        Right but for rounding.
    """
    from malgil.embeddings._binary_kernels import add_ngrams

    offsets, data = string_buffers(bracketed(keys.strings))
    sums, counts = np.zeros(composed.shape, np.float32), np.zeros(len(keys), np.int64)
    buckets = np.ascontiguousarray(subwords.buckets, np.float32)
    if len(buckets):
        add_ngrams(offsets, data, (subwords.min_n, subwords.max_n), buckets, sums, counts)
    own: NDArray[np.float32] = composed * (counts + 1).astype(np.float32)[:, None] - sums
    return own


def write_model(
    path: Path,
    keys: Keys,
    counts: NDArray[np.int64],
    inputs: list[NDArray[np.float32]],
    outputs: NDArray[np.float32],
    settings: dict[str, Any],
) -> None:
    """Write a model, byte for byte as fastText does.

    Parameters
    ----------
    path : Path
        The file; appears whole or not at all.
    keys : Keys
        The words; none with a blank or a zero byte.
    counts : ndarray of int64, shape (n,)
        Their occurrences.
    inputs : list of ndarray of float32, shape (rows, dim)
        Vectors of words, then those of buckets.
    outputs : ndarray of float32, shape (n, dim)
        Vectors of words as contexts.
    settings : dict
        As in `Model`.

    Raises
    ------
    StorageError
        If the file cannot be written.
    """
    aside = aside_of(path)
    with writing(path):
        try:
            with aside.open("wb") as file:
                numbers = (int(settings[name]) for name in _SETTINGS)
                file.write(_HEAD.pack(MAGIC, 12, *numbers, float(settings["sample"])))
                file.write(_SIZES.pack(len(keys), len(keys), 0, int(settings["n_tokens"]), -1))
                for word, count in zip(keys, counts.tolist(), strict=True):
                    file.write(word.encode() + b"\0" + struct.pack("<qb", count, 0))
                _write_matrix(file, inputs, int(settings["dim"]))
                _write_matrix(file, [outputs], int(settings["dim"]))
                sync(file)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


def _write_matrix(file: IO[bytes], parts: list[NDArray[np.float32]], dim: int) -> None:
    file.write(_SHAPE.pack(False, sum(map(len, parts)), dim))
    for part in parts:
        file.write(np.ascontiguousarray(part, "<f4").data)
