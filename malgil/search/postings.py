"""The inverted index: for each term the documents that hold it, each with a code.

A code stands for one pair (occurrences, length of the document). There are few such pairs, however large the corpus,
and they are numbered by rising impact. So a posting is small, a list's best score is its highest code, and "every
document of this list that scores at least x" is one comparison of small integers, without arithmetic on documents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.search.bm25 import Variant
from malgil.vectorize import Counts

_TABLE_CELLS = 1 << 24  # up to this many possible pairs a table numbers them, beyond a sort does


class Pairs(NamedTuple):
    """The distinct pairs of a corpus, by rising impact: the place of a pair is its code.

    Parameters
    ----------
    tf : ndarray of int32, shape (n_codes,)
        Occurrences of a word in a document.
    dl : ndarray of int32, shape (n_codes,)
        Tokens of that document.
    """

    tf: NDArray[np.int32]
    dl: NDArray[np.int32]


class Postings(NamedTuple):
    """Documents and codes, term after term.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_terms + 1,)
        Term ``t`` has the postings ``indptr[t]`` to ``indptr[t + 1]``.
    docs : ndarray of int32, shape (n_postings,)
        Documents, rising within a term.
    codes : ndarray of uint8, uint16 or uint32, shape (n_postings,)
        What the documents hold of the term, see `Pairs`.
    best : ndarray of the type of `codes`, shape (n_terms,)
        Highest code of each term, 0 for a term without documents.
    """

    indptr: NDArray[np.int64]
    docs: NDArray[np.int32]
    codes: NDArray[np.unsignedinteger]
    best: NDArray[np.unsignedinteger]


def invert(counts: Counts, variant: Variant, k1: float, b: float) -> tuple[Postings, Pairs]:
    """Turn the counts of documents into the postings of terms.

    Parameters
    ----------
    counts : Counts
        The corpus.
    variant : Variant
        Whose impact orders the codes.
    k1, b : float
        Parameters of the impact.

    Returns
    -------
    Postings
        For each term its documents.
    Pairs
        What the codes stand for, by rising impact.
    """
    pairs, codes = _pairs(counts)
    impacts = variant.impact(pairs.tf, pairs.dl, mean_length(counts.n_tokens), k1, b)
    order = np.argsort(impacts, kind="stable")
    rank = np.empty(len(order), codes.dtype)
    rank[order] = np.arange(len(order), dtype=codes.dtype)
    columns = counts.columns(rank[codes])
    best = np.zeros(counts.n_terms, codes.dtype)
    filled = np.diff(columns.indptr) > 0
    if filled.any():
        best[filled] = np.maximum.reduceat(columns.data, columns.indptr[:-1][filled])
    return Postings(columns.indptr, columns.rows, columns.data, best), Pairs(pairs.tf[order], pairs.dl[order])


def mean_length(n_tokens: NDArray[np.integer]) -> float:
    """Mean length of the documents, empty ones included.

    Parameters
    ----------
    n_tokens : ndarray of int, shape (n_docs,)
        Tokens of each document.

    Returns
    -------
    float
        In tokens; 1 where there are no tokens at all, so that it can be divided by.
    """
    total = int(n_tokens.sum(dtype=np.int64))
    return total / len(n_tokens) if total else 1.0


def _pairs(counts: Counts) -> tuple[Pairs, NDArray[np.unsignedinteger]]:
    """Give every entry of the counts the number of its pair."""
    lengths, rank = np.unique(counts.n_tokens, return_inverse=True)
    width = int(counts.data.max(initial=0)) + 1
    keys = np.repeat(rank * width, np.diff(counts.indptr))
    keys += counts.data
    if len(lengths) * width <= _TABLE_CELLS:
        is_used = np.zeros(len(lengths) * width, bool)
        is_used[keys] = True
        used = np.flatnonzero(is_used)
        number = np.zeros(len(is_used), smallest_unsigned(len(used)))
        number[used] = np.arange(len(used))
        codes = number[keys]
    else:
        used, inverse = np.unique(keys, return_inverse=True)
        codes = inverse.astype(smallest_unsigned(len(used)))
    return Pairs((used % width).astype(np.int32), lengths[used // width].astype(np.int32)), codes


def smallest_unsigned(n: int) -> np.dtype[np.unsignedinteger]:
    """Smallest type that can number `n` things from 0.

    Parameters
    ----------
    n : int
        How many.

    Returns
    -------
    dtype
        uint8, uint16 or uint32.
    """
    return np.dtype(np.min_scalar_type(max(n - 1, 0)))
