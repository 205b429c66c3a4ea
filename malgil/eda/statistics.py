"""Statistics of the raw texts, block by block: sizes, quality, scripts, noise, duplicates, labels, times."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from malgil.eda.characters import CLASSES, class_number, class_table
from malgil.eda.labels import natural_order
from malgil.eda.languages import LANGUAGES, guess_languages
from malgil.eda.noise import count_noise
from malgil.engine import Progress, Silent, map_blocks
from malgil.ragged import check_indptr
from malgil.strings import string_buffers

if TYPE_CHECKING:
    from malgil.corpus import Corpus

NO_TIME = np.iinfo(np.int64).min
"""Stands for a missing time in `Statistics.seconds`, as in NumPy's ``NaT``."""


class DocumentColumns(NamedTuple):
    """What is kept of every document of one block.

    Parameters
    ----------
    n_chars : ndarray of int32, shape (n_docs,)
        Length in code points.
    exact, blind : ndarray of uint64, shape (n_docs,)
        Hash of the text, and of the text without white space; 0 where there is nothing but white space.
    labels : pa.DictionaryArray or None
        The labels.
    seconds : ndarray of int64, shape (n_docs,), or None
        Seconds since 1970, `NO_TIME` where missing.
    """

    n_chars: NDArray[np.int32]
    exact: NDArray[np.uint64]
    blind: NDArray[np.uint64]
    labels: pa.DictionaryArray | None
    seconds: NDArray[np.int64] | None


@dataclass(frozen=True, eq=False)
class Partial:
    """Statistics of some neighbouring blocks.

    Parameters
    ----------
    tallies : Counter of str
        All plain counts, by dotted names such as ``docs``, ``class.hangul``, ``noise.url.docs``.
    repeated : Counter of str
        Runs of three or more equal characters, by character.
    columns : tuple of DocumentColumns
        One for each block, in corpus order.
    """

    tallies: Counter[str]
    repeated: Counter[str]
    columns: tuple[DocumentColumns, ...]


@dataclass(frozen=True, eq=False)
class Statistics:
    """Statistics of a whole corpus.

    Parameters
    ----------
    tallies : dict
        All plain counts, by dotted names: ``docs``, ``bytes``, ``chars``; characters by ``class.<name>`` of
        `malgil.eda.characters.CLASSES`; documents by ``check.<name>`` and ``language.<name>``; noise by
        ``noise.<kind>.docs`` and ``noise.<kind>.matches``. Zero counts are there too.
    repeated : dict
        Character -> runs of it that are three or more long, most frequent first.
    n_chars : ndarray of int32, shape (n_docs,)
        Length of each document in code points.
    exact, blind : ndarray of uint64, shape (n_docs,)
        Hashes, as in `DocumentColumns`.
    label_names : tuple of str
        Distinct labels, sorted; empty where the corpus has none.
    label_codes : ndarray of int32, shape (n_docs,)
        Position in `label_names`, -1 where a document has no label.
    seconds : ndarray of int64, shape (n_docs,), or None
        Seconds since 1970, `NO_TIME` where missing; None where the corpus has no times.
    """

    tallies: dict[str, int]
    repeated: dict[str, int]
    n_chars: NDArray[np.int32]
    exact: NDArray[np.uint64]
    blind: NDArray[np.uint64]
    label_names: tuple[str, ...]
    label_codes: NDArray[np.int32]
    seconds: NDArray[np.int64] | None


def partial(block: pa.RecordBatch) -> Partial:
    """Statistics of one block.

    Parameters
    ----------
    block : pa.RecordBatch
        Columns ``text`` (large_string without nulls) and, where there are any, ``label`` and ``time``.

    Returns
    -------
    Partial
        Its statistics.

    Raises
    ------
    DataError
        If the texts reach outside their bytes.
    """
    from malgil.eda._text_kernels import scan_texts

    texts = block.column("text")
    offsets, data = string_buffers(texts)
    check_indptr(offsets, len(data))
    n_docs, n_classes = len(texts), len(CLASSES)
    counts = np.zeros((n_docs, n_classes + 3), np.int32)
    exact, blind = np.zeros(n_docs, np.uint64), np.zeros(n_docs, np.uint64)
    runs = np.zeros(len(data) // 3 + 1, np.int32)
    kinds = class_number("space"), class_number("digit")
    n_runs = scan_texts(data, offsets, class_table(), *kinds, counts, exact, blind, runs)
    columns = DocumentColumns(np.ascontiguousarray(counts[:, -1]), exact, blind, _labels(block), _seconds(block))
    codes, times = np.unique(runs[:n_runs], return_counts=True)
    return Partial(
        tallies=_tally(texts, counts, n_bytes=len(data)),
        repeated=Counter({chr(code): int(n) for code, n in zip(codes, times, strict=True)}),
        columns=(columns,),
    )


def _tally(texts: pa.LargeStringArray, counts: NDArray[np.int32], n_bytes: int) -> Counter[str]:
    by_class = {name: counts[:, number] for number, name in enumerate(CLASSES)}
    n_chars, n_runs, may_change = counts[:, -1], counts[:, -2], counts[:, -3]
    letters = sum(by_class[name] for name in ("hangul", "jamo", "latin", "han", "kana", "letter"))
    checks = {
        "zero": n_chars == 0,
        "blank": n_chars == by_class["space"],
        "jamo": by_class["jamo"] > 0,
        "jamo_only": (by_class["jamo"] > 0) & (by_class["jamo"] == letters),
        "replacement": by_class["replacement"] > 0,
        "invisible": by_class["invisible"] > 0,
        "emoji": by_class["emoji"] > 0,
        "repeated": n_runs > 0,
    }
    tallies = Counter({"docs": len(texts), "bytes": n_bytes, "chars": int(n_chars.sum()), "runs": int(n_runs.sum())})
    tallies.update({f"class.{name}": int(column.sum()) for name, column in by_class.items()})
    tallies.update({f"check.{name}": int(np.count_nonzero(is_so)) for name, is_so in checks.items()})
    tallies["check.not_nfc"] = _n_not_nfc(texts.filter(pa.array(may_change > 0)))
    guesses = np.bincount(guess_languages(by_class), minlength=len(LANGUAGES))
    tallies.update({f"language.{name}": int(n) for name, n in zip(LANGUAGES, guesses, strict=True)})
    for name, (docs, matches) in count_noise(texts, by_class["digit"]).items():
        tallies.update({f"noise.{name}.docs": docs, f"noise.{name}.matches": matches})
    return tallies


def _n_not_nfc(texts: pa.LargeStringArray) -> int:
    if len(texts) == 0:
        return 0
    return int(pc.sum(pc.not_equal(texts, pc.utf8_normalize(texts, form="NFC"))).as_py())


def _labels(block: pa.RecordBatch) -> pa.DictionaryArray | None:
    return block.column("label").dictionary_encode() if "label" in block.schema.names else None


def _seconds(block: pa.RecordBatch) -> NDArray[np.int64] | None:
    if "time" not in block.schema.names:
        return None
    times = block.column("time").cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
    seconds: NDArray[np.int64] = times.astype("datetime64[s]").astype(np.int64)
    return seconds


def merge(first: Partial, second: Partial) -> Partial:
    """Join the statistics of two neighbouring parts of a corpus; associative.

    Parameters
    ----------
    first, second : Partial
        In corpus order.

    Returns
    -------
    Partial
        Statistics of both.
    """
    return Partial(
        tallies=_added(first.tallies, second.tallies),
        repeated=_added(first.repeated, second.repeated),
        columns=first.columns + second.columns,
    )


def _added(first: Counter[str], second: Counter[str]) -> Counter[str]:
    both = Counter(first)
    both.update(second)  # unlike +, update keeps the zeros
    return both


def finish(whole: Partial) -> Statistics:
    """Turn the merged parts into the statistics of the corpus.

    Parameters
    ----------
    whole : Partial
        All blocks, merged.

    Returns
    -------
    Statistics
        The same for any grouping of the blocks and any number of workers.
    """
    columns = whole.columns
    names, codes = _unified_labels(columns)
    times = [part.seconds for part in columns if part.seconds is not None]
    return Statistics(
        tallies=dict(whole.tallies),
        repeated=dict(sorted(whole.repeated.items(), key=lambda pair: (-pair[1], pair[0]))),
        n_chars=np.concatenate([part.n_chars for part in columns]),
        exact=np.concatenate([part.exact for part in columns]),
        blind=np.concatenate([part.blind for part in columns]),
        label_names=names,
        label_codes=codes,
        seconds=np.concatenate(times) if times else None,
    )


def _unified_labels(columns: tuple[DocumentColumns, ...]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    n_docs = sum(len(part.n_chars) for part in columns)
    parts = [part.labels for part in columns if part.labels is not None]
    if not parts:
        return (), np.full(n_docs, -1, np.int32)
    names = natural_order(list({str(name) for part in parts for name in part.dictionary.to_pylist()}))
    code_of = {name: code for code, name in enumerate(names)}
    codes = []
    for part in parts:
        known = np.array([*(code_of[str(name)] for name in part.dictionary.to_pylist()), -1], np.int32)
        codes.append(known[pc.fill_null(part.indices, len(known) - 1).to_numpy(zero_copy_only=False)])
    return tuple(names), np.concatenate(codes)


def explore(corpus: Corpus, *, n_jobs: int | None = None, progress: Progress | None = None) -> Statistics:
    """Statistics of a corpus, read once, block by block.

    Parameters
    ----------
    corpus : Corpus
        Anything with ``blocks()``.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.
    progress : Progress, optional
        Told the documents done.

    Returns
    -------
    Statistics
        All zeros for an empty corpus.
    """
    progress = progress or Silent()
    progress.start("explore", len(corpus))
    no_documents = pa.RecordBatch.from_arrays([pa.array([], pa.large_string())], names=["text"])
    whole = partial(no_documents)
    parts = []
    for part in map_blocks(partial, corpus.blocks(), n_jobs):
        parts.append(part)
        progress.advance(part.tallies["docs"])
    for part in parts:
        whole = merge(whole, part)
    progress.done()
    return finish(whole)
