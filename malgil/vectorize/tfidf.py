"""TF-IDF: how much a term says about a document, by the name of the formula."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.engine import map_blocks
from malgil.errors import ParameterError
from malgil.explain import Explanation
from malgil.params import choose
from malgil.vectorize.counts import Counts, row_blocks
from malgil.vectorize.weighting import TFIDF, Floats, Weighting

__all__ = ["TFIDF", "Document", "Rarity", "idf", "open_weight", "weigh"]


def idf(df: NDArray[np.int64], n_docs: int, variant: str = "textbook") -> Floats:
    """Inverse document frequency of every term, by the name of the formula.

    Parameters
    ----------
    df : ndarray of int64, shape (n_terms,)
        Documents that contain the term, 0 <= df <= n_docs.
    n_docs : int
        Documents in the corpus.
    variant : str
        A key of `TFIDF`.

    Returns
    -------
    ndarray of float64, shape (n_terms,)
        In nats.

    Raises
    ------
    ParameterError
        If the variant is not known or a `df` lies outside [0, n_docs].
    """
    weighting = choose(TFIDF, "tfidf", variant)
    if len(df) and not (df.min() >= 0 and df.max() <= n_docs):
        raise ParameterError("vectorize.bad_df", low=int(df.min()), high=int(df.max()), n=n_docs)
    return weighting.idf(df, n_docs)


def weigh(counts: Counts, idf: Floats, variant: str = "textbook", n_jobs: int | None = None) -> Floats:
    """TF-IDF weight of every entry of the document-term matrix.

    Parameters
    ----------
    counts : Counts
        Documents to weigh; not necessarily those that `idf` was learnt from.
    idf : ndarray of float64, shape (n_terms,)
        Inverse document frequencies.
    variant : str
        A key of `TFIDF`.
    n_jobs : int, optional
        Number of threads, all cores by default; the result does not depend on it.

    Returns
    -------
    ndarray of float64, shape (n_entries,)
        Weights beside ``counts.indices``. An empty document has none.

    Raises
    ------
    ParameterError
        If the variant is not known or `idf` is of another vocabulary.
    """
    weighting = choose(TFIDF, "tfidf", variant)
    if len(idf) != counts.n_terms:
        raise ParameterError("vectorize.other_terms", found=counts.n_terms, wanted=len(idf))
    weights = np.empty(counts.n_entries)

    def weigh_block(block: tuple[int, int]) -> None:
        start, stop = block
        indptr = counts.indptr[start : stop + 1]
        span, lengths = slice(int(indptr[0]), int(indptr[-1])), np.diff(indptr)
        borders = indptr - indptr[0]
        tf = weighting.tf(counts.data[span], np.repeat(counts.n_tokens[start:stop], lengths), borders)
        raw = tf * idf[counts.indices[span]]
        weights[span] = raw / np.repeat(weighting.norm(raw, borders), lengths)

    for _ in map_blocks(weigh_block, row_blocks(counts.indptr), n_jobs):
        pass
    return weights


class Document(NamedTuple):
    """The terms of one document, as much of them as a weight needs.

    Parameters
    ----------
    counts : ndarray, shape (n_terms,)
        Occurrences of its distinct terms.
    idf : ndarray of float64, shape (n_terms,)
        Inverse document frequencies of these terms.
    n_tokens : int
        Tokens of the document.
    """

    counts: NDArray[Any]
    idf: Floats
    n_tokens: int


class Rarity(NamedTuple):
    """What is known of a term in the whole corpus.

    Parameters
    ----------
    idf : float
        Its inverse document frequency.
    df : int, optional
        Documents that have it, where that is still known.
    n_docs : int, optional
        Documents in the corpus.
    """

    idf: float
    df: int | None
    n_docs: int | None


def open_weight(weighting: Weighting, term: str, place: int | None, document: Document, rarity: Rarity) -> Explanation:
    """Open the weight of a term in a document.

    Parameters
    ----------
    weighting : Weighting
        The formula.
    term : str
        The term, for the labels.
    place : int, optional
        Which of the document's terms it is; none where the document lacks it.
    document : Document
        All terms of the document.
    rarity : Rarity
        Of the term.

    Returns
    -------
    Explanation
        A product of tf, idf and 1 / length; 0 where the document does not have the term.
    """
    counts, idf, n_tokens = document
    tf = weighting.tf(counts, np.full(len(counts), n_tokens))
    own = 0.0 if place is None else float(tf[place])
    numbers = {name: value for name, value in _facts(counts, place, n_tokens).items() if name in weighting.tf_formula}
    known = {"N": rarity.n_docs, "df": rarity.df} if "df" in weighting.idf_formula else {}
    terms = [
        Explanation(f"tf({term})", own, weighting.tf_formula, "formula", numbers=numbers),
        Explanation(
            f"idf({term})",
            rarity.idf,
            weighting.idf_formula,
            "formula",
            numbers={name: value for name, value in known.items() if value is not None},
        ),
    ]
    value = own * rarity.idf
    if weighting.norm_formula:
        norm = float(weighting.norm(tf * idf, np.array([0, len(counts)]))[0])
        value /= norm
        terms.append(Explanation("1 / length", 1.0 / norm, weighting.norm_formula, "formula", numbers={"length": norm}))
    return Explanation(f"tf-idf({term})", value, weighting.formula, "product", tuple(terms), source=weighting.source)


def _facts(counts: NDArray[Any], place: int | None, n_tokens: int) -> dict[str, float | int | str]:
    """Numbers that stand in the formulas of term frequencies."""
    mean = float(counts.sum()) / len(counts) if len(counts) else 0.0
    count = 0 if place is None else counts[place].item()
    return {"count": count, "n_tokens": n_tokens, "most": counts.max(initial=0).item(), "mean": mean}
