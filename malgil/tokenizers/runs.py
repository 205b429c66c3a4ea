"""Sorted runs of distinct forms: what a worker learned of the vocabulary, to be merged and finished.

`sort_forms` makes a run, `merge` joins two (associative: any grouping gives the same run), `finish` makes the
`Vocabulary`. Which worker met a form first, and how many there were, leaves no trace.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.tokenizers.forms import Packed, big_endian, spell_out
from malgil.vocab import Vocabulary


class Run(NamedTuple):
    """Distinct forms in the order of their bytes.

    Parameters
    ----------
    words : ndarray of uint64
        Bytes of the forms as numbers, first byte highest, each form zero-padded to whole words.
    places : ndarray of int64, shape (n_terms,)
        First word of each form.
    lengths : ndarray of int32, shape (n_terms,)
        Bytes of each form.
    counts, df : ndarray of int64, shape (n_terms,)
        Occurrences, and documents that contain the form.
    """

    words: NDArray[np.uint64]
    places: NDArray[np.int64]
    lengths: NDArray[np.int32]
    counts: NDArray[np.int64]
    df: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lengths)


def empty_run() -> Run:
    """Make the run of no forms, which merging leaves everything unchanged by.

    Returns
    -------
    Run
        Of length 0.
    """
    none = np.zeros(0, np.int64)
    return Run(none.astype(np.uint64), none, none.astype(np.int32), none, none)


def sort_forms(forms: Packed, counts: NDArray[np.int64], df: NDArray[np.int64]) -> tuple[Run, NDArray[np.int32]]:
    """Sort distinct forms by their bytes.

    Parameters
    ----------
    forms : Packed
        Distinct forms in any order; their words are used up.
    counts, df : ndarray of int64, shape (n_terms,)
        Occurrences, and documents that contain the form.

    Returns
    -------
    run : Run
        The same, sorted.
    rank : ndarray of int32, shape (n_terms,)
        Place of each form in the run.
    """
    from malgil.tokenizers._run_kernels import gather, order_ties

    numbers = big_endian(forms.words)
    keys = numbers[forms.places[:-1]]
    order = np.argsort(keys)
    # First lay the forms out by their first words, so that those still to be told apart lie side by side.
    words, places, lengths = np.empty_like(numbers), np.empty(len(order), np.int64), forms.lengths[order]
    gather(order, numbers, forms.places, words, places)
    within = np.arange(len(order))
    order_ties(within, keys[order], words, places, lengths)
    order = order[within]
    return Run(words, places[within], lengths[within], counts[order], df[order]), inverse(order)


def inverse(order: NDArray[np.int64]) -> NDArray[np.int32]:
    """Invert a permutation.

    Parameters
    ----------
    order : ndarray of int64, shape (n,)
        Each of 0 to n - 1 once.

    Returns
    -------
    ndarray of int32, shape (n,)
        Where each number stands in `order`.
    """
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place


def merge(one: Run, other: Run) -> tuple[Run, NDArray[np.int32], NDArray[np.int32]]:
    """Merge two runs; counts and document frequencies of shared forms add up.

    Parameters
    ----------
    one, other : Run
        Learned from different documents.

    Returns
    -------
    run : Run
        All forms of both.
    to, other_to : ndarray of int32
        Place of each form of `one` and of `other` in it.
    """
    from malgil.tokenizers._run_kernels import align

    to, other_to = np.empty(len(one), np.int32), np.empty(len(other), np.int32)
    n_terms = align(*one[:3], *other[:3], to, other_to)
    places, lengths = np.empty(n_terms, np.int64), np.empty(n_terms, np.int32)
    counts, df = np.zeros(n_terms, np.int64), np.zeros(n_terms, np.int64)
    for run, at, shift in ((one, to, 0), (other, other_to, len(one.words))):
        places[at], lengths[at] = run.places + shift, run.lengths
        counts[at] += run.counts
        df[at] += run.df
    return Run(np.concatenate([one.words, other.words]), places, lengths, counts, df), to, other_to


def finish(run: Run, n_docs: int, n_jobs: int | None = 1) -> tuple[Vocabulary, NDArray[np.int32]]:
    """Put the terms in the vocabulary's order: descending count, then bytes.

    Parameters
    ----------
    run : Run
        Everything learned.
    n_docs : int
        Documents in the corpus.
    n_jobs : int, optional
        Threads, all cores by ``None``.

    Returns
    -------
    vocabulary : Vocabulary
        Its `order` leads back to the run.
    term_ids : ndarray of int32, shape (n_terms,)
        Vocabulary id of each form of the run, which is also ``vocabulary.order``.
    """
    order = _by_count(run.counts)
    terms = spell_out(*run[:3], order, n_jobs)
    term_ids = inverse(order)
    n_tokens = int(run.counts.sum())
    return Vocabulary(terms, run.counts[order], run.df[order], term_ids, n_docs, n_tokens), term_ids


def _by_count(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Stable order by descending count; one sort of numbers where count and place fit into 64 bits."""
    largest = int(counts.max()) if len(counts) else 0
    if largest >= 1 << 32:
        return np.argsort(-counts, kind="stable")
    keys = (largest - counts) << 31 | np.arange(len(counts))
    keys.sort()
    return keys & ((1 << 31) - 1)
