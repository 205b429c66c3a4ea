"""Ways to weigh a term in a document, composed of three parts and listed by name in one table.

A SMART name is three letters: how a count is taken, whether rare terms weigh more, and what a document is divided by.
``ltc`` is ``1 + ln(count)``, times ``ln(N / df)``, divided by the length of the row.

- first letter: ``n`` the count, ``l`` 1 + ln(count), ``a`` 0.5 + 0.5 count / largest count of the document, ``b`` 1,
  ``L`` (1 + ln(count)) / (1 + ln(mean count of the document));
- second letter: ``n`` 1, ``t`` ln(N / df), ``p`` max(0, ln((N - df) / df));
- third letter: ``n`` 1, ``c`` the root of the sum of the squared weights.

The table of the source has two more lengths: ``u`` needs a slope and a pivot that are chosen for a collection, ``b``
the bytes of the documents. A matrix of counts holds neither, so they have no name here.

References
----------
.. [1] Manning, Raghavan, Schütze, "Introduction to Information Retrieval", 2008, section 6.4.3, figure 6.15. Logarithms
   are natural here; the base is left open there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.vectorize.document_frequencies import (
    idf_none,
    idf_plain,
    idf_probabilistic,
    idf_smooth,
    idf_textbook,
)
from malgil.vectorize.norms import norm_l1, norm_l2, norm_none
from malgil.vectorize.term_frequencies import (
    tf_augmented,
    tf_boolean,
    tf_count,
    tf_log,
    tf_log_average,
    tf_relative,
)

Floats = NDArray[np.float64]

SMART = "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, figure 6.15"
SKLEARN = "scikit-learn user guide, Tf-idf term weighting"


class Weighting(NamedTuple):
    """One way to weigh: the weight is ``tf x idf / norm``.

    Parameters
    ----------
    tf : callable
        Counts, tokens of their documents, borders of the documents -> term frequencies.
    idf : callable
        Document frequencies and number of documents -> weights of the terms.
    norm : callable
        Weights and borders of the rows -> what each row is divided by.
    formula, tf_formula, idf_formula, norm_formula : str
        The same in plain signs; `norm_formula` is empty where there is no norm.
    source : str
        Where they are published.
    """

    tf: Callable[..., Floats]
    idf: Callable[[NDArray[Any], int], Floats]
    norm: Callable[[Floats, NDArray[np.int64]], Floats]
    formula: str
    tf_formula: str
    idf_formula: str
    norm_formula: str
    source: str


_Part = tuple[Callable[..., Floats], str]

TF: dict[str, _Part] = {
    "n": (tf_count, "count"),
    "l": (tf_log, "1 + ln(count)"),
    "a": (tf_augmented, "0.5 + 0.5 count / most"),
    "b": (tf_boolean, "1 where count > 0"),
    "L": (tf_log_average, "(1 + ln(count)) / (1 + ln(mean))"),
}
IDF: dict[str, _Part] = {
    "n": (idf_none, "1"),
    "t": (idf_textbook, "ln(N / df)"),
    "p": (idf_probabilistic, "max(0, ln((N - df) / df))"),
}
NORM: dict[str, _Part] = {
    "n": (norm_none, ""),
    "c": (norm_l2, "length = sqrt(sum of (tf x idf)^2 over the document)"),
}
_L1 = norm_l1, "length = sum of tf x idf over the document"
_SMOOTH = idf_smooth, "ln((1 + N) / (1 + df)) + 1"
_PLAIN = idf_plain, "ln(N / df) + 1"


def _composed(tf: _Part, idf: _Part, norm: _Part, source: str) -> Weighting:
    formula = "tf x idf / length" if norm[1] else "tf x idf"
    return Weighting(tf[0], idf[0], norm[0], formula, tf[1], idf[1], norm[1], source)


TFIDF: dict[str, Weighting] = {
    "textbook": _composed(
        (tf_relative, "count / n_tokens"),
        IDF["t"],
        NORM["n"],
        "Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, section 6.2",
    ),
    "sklearn": _composed(TF["n"], _SMOOTH, NORM["c"], f"{SKLEARN}: smooth_idf=True, norm='l2'"),
} | {f"{t}{d}{n}": _composed(TF[t], IDF[d], NORM[n], f"{SMART}: {t}{d}{n}") for t in TF for d in IDF for n in NORM}


def by_parameters(norm: str | None, use_idf: bool, smooth_idf: bool, sublinear_tf: bool) -> Weighting:
    """Compose the weighting that scikit-learn's parameters describe.

    Parameters
    ----------
    norm : {"l1", "l2"}, optional
        Length that every row gets.
    use_idf : bool
        Whether rare features weigh more.
    smooth_idf : bool
        Whether one more document with every feature is thought of.
    sublinear_tf : bool
        Whether 1 + ln(count) takes the place of a count.

    Returns
    -------
    Weighting
        With formulas and source.
    """
    rarity = (_SMOOTH if smooth_idf else _PLAIN) if use_idf else IDF["n"]
    length = {"l1": _L1, "l2": NORM["c"], None: NORM["n"]}[norm]
    return _composed(TF["l" if sublinear_tf else "n"], rarity, length, SKLEARN)
