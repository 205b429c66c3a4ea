"""What sets the labels apart: sizes, lengths, and the words each one is fond of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.ragged import Ragged
from malgil.vectorize.counts import row_blocks

MAX_LABELS = 12
MAX_TERMS = 20_000
"""Only the most frequent terms can be typical of a label."""

PRIOR_TOKENS = 1000.0
"""Weight of the whole corpus as the prior of each label, in tokens."""

_ROUNDING = 1e-9  # a word that is used alike everywhere scores 0, and rounding makes up to 1e-14 of it

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Label:
    """One label.

    Parameters
    ----------
    name : str
        As it stands in the corpus.
    n_docs : int
        Documents with it.
    mean_chars, mean_tokens : float
        Mean lengths of these documents.
    words : list of str
        Its most typical words, by falling z-score.
    scores : list of float
        Their z-scores.
    """

    name: str
    n_docs: int
    mean_chars: float
    mean_tokens: float
    words: list[str]
    scores: list[float]


def shown_labels(names: tuple[str, ...], codes: NDArray[np.int32]) -> NDArray[np.int64]:
    """Choose the labels to compare: the most frequent ones, in the order of their names.

    Parameters
    ----------
    names : tuple of str
        All labels, in their natural order.
    codes : ndarray of int32, shape (n_docs,)
        Position in `names`, or -1.

    Returns
    -------
    ndarray of int64
        At most `MAX_LABELS` codes, rising.
    """
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    return np.sort(np.argsort(-sizes, kind="stable")[:MAX_LABELS])


def natural_order(names: list[str]) -> list[str]:
    """Sort names: as numbers where all are numbers, else by code point.

    Parameters
    ----------
    names : list of str
        Distinct.

    Returns
    -------
    list of str
        Sorted.
    """
    return sorted(names, key=(lambda name: (float(name), name)) if are_numbers(names) else None)


def are_numbers(names: list[str] | tuple[str, ...]) -> bool:
    """Whether all names are finite numbers.

    Parameters
    ----------
    names : list of str
        Such as labels.

    Returns
    -------
    bool
        True for no names at all.
    """
    try:
        return bool(np.isfinite([float(name) for name in names]).all())
    except ValueError:
        return False


def count_by_label(
    ragged: Ragged, codes: NDArray[np.int32], n_labels: int, n_terms: int, n_jobs: int | None = None
) -> NDArray[np.int64]:
    """Count the terms of each label.

    Parameters
    ----------
    ragged : Ragged
        Encoded corpus.
    codes : ndarray of int32, shape (n_docs,)
        Label of each document; a document with -1 is left out.
    n_labels : int
        Number of labels.
    n_terms : int
        Only ids below this are counted.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    ndarray of int64, shape (n_labels, n_terms)
        Occurrences.
    """

    def count(block: tuple[int, int]) -> NDArray[np.int64]:
        first, stop = block
        owner = np.repeat(codes[first:stop].astype(np.int64), np.diff(ragged.indptr[first : stop + 1]))
        ids = ragged.ids[ragged.indptr[first] : ragged.indptr[stop]]
        keep = (owner >= 0) & (ids < n_terms)
        return np.bincount(owner[keep] * n_terms + ids[keep], minlength=n_labels * n_terms)

    found = np.zeros(n_labels * n_terms, np.int64)
    for part in map_blocks(count, row_blocks(ragged.indptr), n_jobs):
        found += part
    return found.reshape(n_labels, n_terms)


def log_odds_z(here: NDArray[np.int64], n_here: int, all_counts: NDArray[np.int64], n_all: int) -> Floats:
    r"""Score how typical each word is of one part of a corpus against the rest of it.

    Parameters
    ----------
    here : ndarray of int64, shape (n_terms,)
        Occurrences in the part.
    n_here : int
        Tokens of the part.
    all_counts : ndarray of int64, shape (n_terms,)
        Occurrences in the whole corpus, > 0.
    n_all : int
        Tokens of the whole corpus.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        z-scores: above 0 where the part uses the word more than the rest does; 0 for the only word of a corpus.

    Notes
    -----
    Log-odds ratio with an informative Dirichlet prior, the corpus itself weighing as `PRIOR_TOKENS` tokens:

    .. math:: \alpha_w = \alpha_0 \frac{y_w}{n},\quad
        \omega_w^i = \ln \frac{y_w^i + \alpha_w}{n^i + \alpha_0 - y_w^i - \alpha_w},\quad
        z_w = \frac{\omega_w^i - \omega_w^j}{\sqrt{1 / (y_w^i + \alpha_w) + 1 / (y_w^j + \alpha_w)}}

    References
    ----------
    .. [1] Monroe, Colaresi & Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the
       Content of Political Conflict", Political Analysis 16(4), 2008, section 3 (informative prior, z-scores).
    """
    prior = PRIOR_TOKENS * all_counts / max(n_all, 1)
    inside, outside = here + prior, (all_counts - here) + prior
    has_others = all_counts < n_all  # without other words there are no odds
    others = np.where(has_others, n_here + PRIOR_TOKENS - inside, 1.0)
    outside_others = np.where(has_others, n_all - n_here + PRIOR_TOKENS - outside, 1.0)
    odds = np.log(inside / others) - np.log(outside / outside_others)
    return np.where(has_others, odds / np.sqrt(1 / inside + 1 / outside), 0.0)


def typical_words(
    ragged: Ragged,
    counts: NDArray[np.int64],
    codes: NDArray[np.int32],
    n_labels: int,
    *,
    n_words: int = 8,
    n_jobs: int | None = None,
) -> list[list[tuple[int, float]]]:
    """Most typical words of each label.

    Parameters
    ----------
    ragged : Ragged
        Encoded corpus.
    counts : ndarray of int64, shape (n_terms,)
        Occurrences of each term, falling; `MAX_TERMS` are looked at.
    codes : ndarray of int32, shape (n_docs,)
        Label of each document, from 0 to ``n_labels - 1``, or -1.
    n_labels : int
        Number of labels.
    n_words : int
        Words for each label.
    n_jobs : int, optional
        Number of threads, all cores by default.

    Returns
    -------
    list of list of (int, float)
        For each label term ids and z-scores above 0, best first; equal scores by id.
    """
    n_terms = min(len(counts), MAX_TERMS)
    by_label = count_by_label(ragged, codes, n_labels, n_terms, n_jobs)
    lengths = np.diff(ragged.indptr)
    words = []
    for code in range(n_labels):
        n_here = int(lengths[codes == code].sum())
        scores = log_odds_z(by_label[code], n_here, counts[:n_terms], ragged.n_tokens)
        best = np.argsort(-scores, kind="stable")[:n_words]
        words.append([(int(term), float(scores[term])) for term in best if scores[term] > _ROUNDING])
    return words
