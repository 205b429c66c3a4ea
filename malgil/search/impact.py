"""The impact of a word's occurrences in a document, in each variant of BM25; what its absence counts as well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def impact_lucene(
    tf: NDArray[np.int32], dl: NDArray[np.int32], avgdl: float, k1: float, b: float, delta: float = 0.0
) -> Floats:
    r"""How much occurrences count, saturating with their number and less in a long document.

    Parameters
    ----------
    tf : ndarray of int, shape (n,)
        Occurrences of the word in the document, > 0.
    dl : ndarray of int, shape (n,)
        Tokens of the document.
    avgdl : float
        Mean tokens of a document in the corpus, > 0.
    k1 : float
        Saturation, >= 0: at 0 one occurrence counts as much as many.
    b : float
        Share of the length normalisation, in [0, 1].
    delta : float
        Not used; the other variants take it.

    Returns
    -------
    ndarray of float64, shape (n,)
        In (0, 1]; the idf is not in it.

    Notes
    -----
    .. math:: tf / (tf + k_1 (1 - b + b \cdot dl / avgdl))

    References
    ----------
    .. [1] Kamphuis, de Vries, Boytsov, Lin, "Which BM25 Do You Mean?", ECIR 2020, table 1, "Lucene (accurate)":
       no factor k1 + 1, which changes no order.

    Examples
    --------
    >>> impact_lucene(np.array([1, 2]), np.array([10, 10]), avgdl=10.0, k1=1.5, b=0.75).round(3)
    array([0.4  , 0.571])
    """
    return tf / (tf + k1 * (1.0 - b + b * dl / avgdl))


def impact_atire(
    tf: NDArray[np.int32], dl: NDArray[np.int32], avgdl: float, k1: float, b: float, delta: float = 0.0
) -> Floats:
    r"""Impact with the factor k1 + 1: one occurrence in a document of mean length counts 1.

    Parameters
    ----------
    tf, dl : ndarray of int, shape (n,)
        Occurrences of the word in the document, > 0, and tokens of the document.
    avgdl : float
        Mean tokens of a document in the corpus, > 0.
    k1, b : float
        As for `impact_lucene`.
    delta : float
        Not used; the other variants take it.

    Returns
    -------
    ndarray of float64, shape (n,)
        In (0, k1 + 1].

    Notes
    -----
    .. math:: (k_1 + 1) tf / (tf + k_1 (1 - b + b \cdot dl / avgdl))

    References
    ----------
    .. [1] Trotman, Jia, Crane, "Towards an Efficient and Effective Search Engine", OSIR 2012.

    Examples
    --------
    >>> impact_atire(np.array([1, 2]), np.array([10, 10]), avgdl=10.0, k1=1.5, b=0.75).round(3)
    array([1.   , 1.429])
    """
    return (k1 + 1.0) * impact_lucene(tf, dl, avgdl, k1, b)


def impact_bm25l(
    tf: NDArray[np.int32], dl: NDArray[np.int32], avgdl: float, k1: float, b: float, delta: float = 0.5
) -> Floats:
    r"""Impact of BM25L: occurrences in very long documents are not forgotten.

    Parameters
    ----------
    tf, dl : ndarray of int, shape (n,)
        Occurrences of the word in the document, > 0, and tokens of the document.
    avgdl : float
        Mean tokens of a document in the corpus, > 0.
    k1, b : float
        As for `impact_lucene`.
    delta : float
        Added to the normalised occurrences, >= 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        In (0, k1 + 1].

    Notes
    -----
    .. math:: (k_1 + 1) (c + \delta) / (k_1 + c + \delta), \quad c = tf / (1 - b + b \cdot dl / avgdl)

    References
    ----------
    .. [1] Lv, Zhai, "When Documents Are Very Long, BM25 Fails!", SIGIR 2011.

    Examples
    --------
    >>> impact_bm25l(np.array([1, 2]), np.array([10, 10]), avgdl=10.0, k1=1.5, b=0.75, delta=0.5).round(3)
    array([1.25 , 1.562])
    """
    shifted = tf / (1.0 - b + b * dl / avgdl) + delta
    return (k1 + 1.0) * shifted / (k1 + shifted)


def impact_bm25plus(
    tf: NDArray[np.int32], dl: NDArray[np.int32], avgdl: float, k1: float, b: float, delta: float = 0.5
) -> Floats:
    r"""Impact of BM25+: a word that is there at all adds `delta`, however long the document.

    Parameters
    ----------
    tf, dl : ndarray of int, shape (n,)
        Occurrences of the word in the document, > 0, and tokens of the document.
    avgdl : float
        Mean tokens of a document in the corpus, > 0.
    k1, b : float
        As for `impact_lucene`.
    delta : float
        What is added, >= 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        In (delta, k1 + 1 + delta].

    Notes
    -----
    .. math:: (k_1 + 1) tf / (tf + k_1 (1 - b + b \cdot dl / avgdl)) + \delta

    References
    ----------
    .. [1] Lv, Zhai, "Lower-Bounding Term Frequency Normalization", CIKM 2011.

    Examples
    --------
    >>> impact_bm25plus(np.array([1, 2]), np.array([10, 10]), avgdl=10.0, k1=1.5, b=0.75, delta=1.0).round(3)
    array([2.   , 2.429])
    """
    return impact_atire(tf, dl, avgdl, k1, b) + delta


def impact_count(
    tf: NDArray[np.int32], dl: NDArray[np.int32], avgdl: float, k1: float, b: float, delta: float = 0.0
) -> Floats:
    """Count occurrences as they are, for tf-idf, which divides by the length of the document's vector later.

    Parameters
    ----------
    tf : ndarray of int, shape (n,)
        Occurrences of the word in the document, > 0.
    dl, avgdl, k1, b, delta : ndarray of int or float
        Not used; BM25 takes them.

    Returns
    -------
    ndarray of float64, shape (n,)
        `tf`.

    Examples
    --------
    >>> impact_count(np.array([1, 2]), np.array([10, 10]), avgdl=10.0, k1=1.5, b=0.75)
    array([1., 2.])
    """
    return np.asarray(tf, np.float64)


def absent_bm25l(k1: float, delta: float) -> float:
    """Impact of a word that a document lacks, in BM25L.

    Parameters
    ----------
    k1, delta : float
        As for `impact_bm25l`.

    Returns
    -------
    float
        The formula at no occurrence; 0 where `delta` is 0.
    """
    return (k1 + 1.0) * delta / (k1 + delta) if delta > 0 else 0.0


def absent_bm25plus(k1: float, delta: float) -> float:
    """Impact of a word that a document lacks, in BM25+.

    Parameters
    ----------
    k1, delta : float
        As for `impact_bm25plus`.

    Returns
    -------
    float
        `delta`.
    """
    return delta


def absent_nothing(k1: float, delta: float) -> float:
    """Impact of a word that a document lacks, in all other variants.

    Parameters
    ----------
    k1, delta : float
        Not used.

    Returns
    -------
    float
        0.
    """
    return 0.0
