"""A corpus as one row of word numbers, every sentence between ``<s>`` and ``</s>``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus import text_blocks
from malgil.errors import DataError
from malgil.ragged import Ragged
from malgil.strings import string_array
from malgil.tokenizers import Tokenizer
from malgil.tokenizers.encoding import sorted_forms
from malgil.tokenizers.forms import pack_strings, spell_out
from malgil.tokenizers.runs import Run, empty_run, sort_forms
from malgil.tokens import Tokens

UNKNOWN, BEGIN, END = 0, 1, 2
SPECIALS = ("<unk>", "<s>", "</s>")
N_SPECIALS = len(SPECIALS)


class Sequence(NamedTuple):
    """An encoded corpus.

    Parameters
    ----------
    run : Run
        Its words, by their bytes.
    ids : ndarray of int32, shape (n_tokens + 2 * n_sentences,)
        1 where a sentence begins, 2 where it ends, 3 and more for the words of `run`.
    n_sentences : int
        Documents; each is one sentence, an empty one too.
    """

    run: Run
    ids: NDArray[np.int32]
    n_sentences: int


def read_sequence(
    texts: object, tokenizer: Tokenizer, *, skip_symbols: bool = False, n_jobs: int | None = None
) -> Sequence:
    """Encode a corpus.

    Parameters
    ----------
    texts : list of str, Arrow, NumPy, pandas or polars strings, Corpus, Tokens or Ragged
        One sentence a document. The words of a `Ragged` are its numbers.
    tokenizer : Tokenizer
        How to cut texts.
    skip_symbols : bool
        Whether to leave ``<s>``, ``</s>`` and ``<unk>`` out where a text holds them as words.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Sequence
        Word ids are those of the words' bytes in order.

    Raises
    ------
    DataError
        If a text holds one of the special words and they are not to be skipped; names its row.
    """
    if not isinstance(texts, Tokens | Ragged):
        return read_blocks(text_blocks(texts), tokenizer, skip_symbols=skip_symbols, n_jobs=n_jobs)
    return _sequence(*_of_tokens(texts), skip_symbols)


def read_blocks(
    blocks: Iterable[pa.LargeStringArray],
    tokenizer: Tokenizer,
    *,
    skip_symbols: bool = False,
    n_jobs: int | None = None,
) -> Sequence:
    """Encode a corpus that comes in blocks.

    Parameters
    ----------
    blocks : iterable of pa.LargeStringArray
        Texts without nulls. Other borders of the blocks give the same result.
    tokenizer : Tokenizer
        How to cut texts.
    skip_symbols : bool
        As in `read_sequence`.
    n_jobs : int, optional
        Threads, all cores by default; never changes the result.

    Returns
    -------
    Sequence
        As of `read_sequence`.

    Raises
    ------
    DataError
        As `read_sequence`.
    """
    forms = sorted_forms(tokenizer, blocks, n_jobs)
    parts = [places[part] for part, places in zip(forms.ids, forms.places, strict=True)]
    return _sequence(forms.run, np.concatenate([*parts, np.zeros(0, np.int32)]), forms.indptr, skip_symbols)


def frame(ids: NDArray[np.int32], indptr: NDArray[np.int64]) -> NDArray[np.int32]:
    """Put ``<s>`` before and ``</s>`` behind every sentence.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Word ids.
    indptr : ndarray of int64, shape (n_sentences + 1,)
        Borders of the sentences.

    Returns
    -------
    ndarray of int32, shape (n_tokens + 2 * n_sentences,)
        With 1 and 2 put in.
    """
    n_sentences = len(indptr) - 1
    framed = np.empty(len(ids) + 2 * n_sentences, np.int32)
    shift = 2 * np.arange(n_sentences)
    is_word = np.ones(len(framed), np.bool_)
    begins, ends = indptr[:-1] + shift, indptr[1:] + shift + 1
    is_word[begins] = is_word[ends] = False
    framed[is_word] = ids
    framed[begins], framed[ends] = BEGIN, END
    return framed


def word_strings(run: Run, n_jobs: int | None = None) -> pa.LargeStringArray:
    """Spell the words of a run.

    Parameters
    ----------
    run : Run
        Its words.
    n_jobs : int, optional
        Threads, all cores by default.

    Returns
    -------
    pa.LargeStringArray
        In the order of the run.
    """
    return spell_out(*run[:3], np.arange(len(run)), n_jobs)


def _sequence(run: Run, ids: NDArray[np.int32], indptr: NDArray[np.int64], skip_symbols: bool) -> Sequence:
    run, ids, indptr = _without_symbols(run, ids, indptr, skip_symbols)
    return Sequence(run, frame(ids + np.int32(N_SPECIALS), indptr), len(indptr) - 1)


def _of_tokens(texts: Tokens | Ragged) -> tuple[Run, NDArray[np.int32], NDArray[np.int64]]:
    if isinstance(texts, Tokens):
        texts.ragged().check(len(texts.forms))
        used, ids = np.unique(texts.ids, return_inverse=True)
        forms = texts.forms.take(pa.array(used))
    else:
        texts.check(np.iinfo(np.int32).max)
        used, ids = np.unique(texts.ids, return_inverse=True)
        forms = string_array([str(number) for number in used.tolist()])
    if not len(used):
        return empty_run(), np.zeros(0, np.int32), np.asarray(texts.indptr)
    counts = np.bincount(ids, minlength=len(used))
    run, rank = sort_forms(pack_strings(forms), counts, counts.copy())
    return run, rank[ids].astype(np.int32), np.asarray(texts.indptr)


def _without_symbols(
    run: Run, ids: NDArray[np.int32], indptr: NDArray[np.int64], skip: bool
) -> tuple[Run, NDArray[np.int32], NDArray[np.int64]]:
    """Refuse or drop the special words; a corpus without them passes as it is."""
    found = _symbols(run)
    if not len(found):
        return run, ids, indptr
    is_symbol = np.isin(ids, list(found))
    if not skip:
        at = int(np.flatnonzero(is_symbol)[0])
        row = int(np.searchsorted(indptr, at, side="right")) - 1
        raise DataError("ngram.special_word", word=found[int(ids[at])], row=row)
    kept = np.ones(len(run), np.bool_)
    kept[list(found)] = False
    renumbered = (np.cumsum(kept) - 1).astype(np.int32)
    before = np.append(0, np.cumsum(~is_symbol))
    run = Run(run.words, run.places[kept], run.lengths[kept], run.counts[kept], run.df[kept])
    return run, renumbered[ids[~is_symbol]], before[indptr]


def _symbols(run: Run) -> dict[int, str]:
    """Find the special words among those of a run: place -> word; all begin with ``<``."""
    firsts = run.words[run.places] >> np.uint64(56) if len(run) else np.zeros(0, np.uint64)
    near = np.flatnonzero(firsts == ord("<"))
    words = spell_out(*run[:3], near).to_pylist() if len(near) else []
    return {int(place): word for place, word in zip(near, words, strict=True) if word in SPECIALS}
