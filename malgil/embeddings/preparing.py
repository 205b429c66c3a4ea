"""A corpus for training: its frequent words in the order of their counts, and its sentences as numbers of these.

Rare words are left out before anything looks at neighbours, as word2vec does: the words around one move together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus import text_blocks
from malgil.engine import map_blocks
from malgil.errors import DataError
from malgil.ragged import Ragged
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.by_characters import WhitespaceTokenizer, WordTokenizer
from malgil.tokenizers.encoding import sorted_forms
from malgil.tokenizers.forms import FormTable, pack_strings, spell_out
from malgil.tokenizers.words import sorted_words
from malgil.tokens import Tokens
from malgil.vectorize.text_source import NotTexts, TextSource


class Prepared(NamedTuple):
    """A corpus that is ready for training.

    Parameters
    ----------
    words : pa.LargeStringArray, length n_words
        The words that stay, by falling count, equal counts by code points.
    counts : ndarray of int64, shape (n_words,)
        Occurrences of each in the corpus.
    ids : ndarray of int32, shape (n_kept,)
        The corpus as places in `words`, document after document, without the words that were left out.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Borders of the documents in `ids`; each is one sentence.
    n_tokens : int
        Tokens of the corpus, those that were left out too.
    """

    words: pa.LargeStringArray
    counts: NDArray[np.int64]
    ids: NDArray[np.int32]
    indptr: NDArray[np.int64]
    n_tokens: int

    @property
    def ragged(self) -> Ragged:
        """The sentences as `Ragged`."""
        return Ragged(self.ids, self.indptr)


class Met(NamedTuple):
    """A corpus as it was met.

    Parameters
    ----------
    forms : pa.LargeStringArray, length n_forms
        Distinct words by their bytes.
    counts : ndarray of int64, shape (n_forms,)
        Occurrences of each.
    ids : list of ndarray of int32
        For each block its words, by numbers of its own.
    ranks : list of ndarray of int32
        For each block the place in `forms` of each of these numbers, -1 where no token has it.
    borders : list of ndarray of int64
        For each block the borders of its documents, from 0.
    """

    forms: pa.LargeStringArray
    counts: NDArray[np.int64]
    ids: list[NDArray[np.int32]]
    ranks: list[NDArray[np.int32]]
    borders: list[NDArray[np.int64]]


def prepare(
    texts: object,
    tokenizer: Tokenizer,
    *,
    min_count: int = 1,
    max_vocab: int | None = None,
    known: pa.LargeStringArray | None = None,
    n_jobs: int | None = None,
) -> Prepared:
    """Encode a corpus by its frequent words.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document. The words of a `Ragged` are its numbers.
    tokenizer : Tokenizer
        How to cut texts.
    min_count : int
        Words that occur less often are left out.
    max_vocab : int, optional
        Most words to keep: the most frequent, of equal ones the first by code points.
    known : pa.LargeStringArray, optional
        Words that stay however often they occur and keep their places before the new ones.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Prepared
        The words and the encoded sentences.

    Raises
    ------
    DataError
        If the corpus has no word at all, or none that is frequent enough.
    """
    met = meet(texts, tokenizer, n_jobs)
    n_tokens = sum(len(ids) for ids in met.ids)
    if not n_tokens:
        raise DataError("embeddings.no_words")
    words, counts, places = _choose(met, min_count, max_vocab, known)
    if not len(words):
        raise DataError("embeddings.nothing_frequent", min_count=min_count, most=int(met.counts.max()))
    ids, indptr = _encode(met, places, n_jobs)
    return Prepared(words, counts, ids, indptr, n_tokens)


def meet(texts: object, tokenizer: Tokenizer, n_jobs: int | None = None) -> Met:
    """Cut a corpus into words, sort these and count them.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document.
    tokenizer : Tokenizer
        How to cut texts.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    Met
        The same words for any number of threads.
    """
    if isinstance(texts, Tokens | Ragged):
        return _of_tokens(texts)
    if isinstance(tokenizer, WhitespaceTokenizer | WordTokenizer):  # others cut words again
        blocks = TextSource(texts, None).blocks(as_units=True) if isinstance(texts, list | tuple) else None
        try:
            words = sorted_words(tokenizer, text_blocks(texts) if blocks is None else blocks, n_jobs)
        except NotTexts:  # missing or faulty texts, which are another's to read or to refuse
            words = sorted_words(tokenizer, text_blocks(texts), n_jobs)
        counts = _count(words.ids, words.ranks, len(words.forms))
        return Met(words.forms, counts, words.ids, words.ranks, words.borders)
    found = sorted_forms(tokenizer, text_blocks(texts), n_jobs)
    forms = spell_out(*found.run[:3], np.arange(len(found.run)), n_jobs)
    return Met(forms, found.run.counts, *_whole(found.ids, found.places, found.indptr))


def _whole(
    ids: list[NDArray[np.int32]], ranks: list[NDArray[np.int32]], indptr: NDArray[np.int64]
) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]], list[NDArray[np.int64]]]:
    """Join blocks that know their documents only together."""
    joined = np.concatenate([*(rank[part] for part, rank in zip(ids, ranks, strict=True)), np.zeros(0, np.int32)])
    return [joined], [np.arange(int(joined.max(initial=-1)) + 1, dtype=np.int32)], [indptr]


def _of_tokens(texts: Tokens | Ragged) -> Met:
    if isinstance(texts, Tokens):
        texts.ragged().check(len(texts.forms))
        used, ids = np.unique(texts.ids, return_inverse=True)
        forms = texts.forms.take(pa.array(used, pa.int64()))
    else:
        texts.check(np.iinfo(np.int32).max)
        used, ids = np.unique(texts.ids, return_inverse=True)
        forms = string_array([str(number) for number in used.tolist()])
    from malgil.strings import sorting_order

    order = sorting_order(forms)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    counts = np.bincount(ids, minlength=len(used))[order]
    blocks = [ids.astype(np.int32)], [rank], [np.asarray(texts.indptr, np.int64)]
    return Met(forms.take(pa.array(order)), counts, *blocks)


def _count(ids: list[NDArray[np.int32]], ranks: list[NDArray[np.int32]], n_forms: int) -> NDArray[np.int64]:
    counts = np.zeros(n_forms, np.int64)
    met: dict[int, tuple[NDArray[np.int32], NDArray[np.int64]]] = {}  # blocks share their ranks
    for part, rank in zip(ids, ranks, strict=True):
        own = met.setdefault(id(rank), (rank, np.zeros(len(rank), np.int64)))[1]
        found = np.bincount(part)
        own[: len(found)] += found
    for rank, own in met.values():
        np.add.at(counts, rank[own > 0], own[own > 0])
    return counts


def _choose(
    met: Met, min_count: int, max_vocab: int | None, known: pa.LargeStringArray | None
) -> tuple[pa.LargeStringArray, NDArray[np.int64], NDArray[np.int32]]:
    """Choose the words that stay: they, their counts, and for each form its place among them, or -1."""
    old = np.zeros(0, np.int64)  # forms of the known words that this corpus has
    places = np.full(len(met.forms), -1, np.int32)
    n_known = 0 if known is None else len(known)
    if known is not None and n_known:
        places = FormTable.of(known).find(pack_strings(met.forms)).astype(np.int32)
        old = np.flatnonzero(places >= 0)
    fresh = np.flatnonzero((met.counts >= min_count) & (places < 0))
    fresh = fresh[np.argsort(-met.counts[fresh], kind="stable")]
    fresh = fresh if max_vocab is None else fresh[: max(0, max_vocab - n_known)]
    counts = np.zeros(n_known + len(fresh), np.int64)
    counts[places[old]] = met.counts[old]
    places[fresh] = np.arange(n_known, len(counts), dtype=np.int32)
    counts[n_known:] = met.counts[fresh]
    words = met.forms.take(pa.array(fresh, pa.int64()))
    return (words if known is None else pa.concat_arrays([known, words])), counts, places


def _encode(met: Met, places: NDArray[np.int32], n_jobs: int | None) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Spell the corpus in the words that stay."""
    from malgil.embeddings._prepare_kernels import keep_known

    shared = {id(rank): np.append(places, np.int32(-1))[rank] for rank in met.ranks}

    def encode(block: Any) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        ids, rank, borders = block
        out, lengths = np.empty(len(ids), np.int32), np.empty(len(borders) - 1, np.int64)
        n = keep_known(ids, borders, shared[id(rank)], out, lengths)
        return out[:n], lengths

    parts = list(map_blocks(encode, zip(met.ids, met.ranks, met.borders, strict=True), n_jobs))
    ids = np.concatenate([*(ids for ids, _ in parts), np.zeros(0, np.int32)])
    lengths = np.concatenate([np.zeros(1, np.int64), *(lengths for _, lengths in parts)])
    return ids, np.cumsum(lengths)
