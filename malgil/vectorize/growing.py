"""Learning a vocabulary piece by piece: counts and document frequencies of all features, before any is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.params import Parametrised


@dataclass
class Tally:
    """What was seen so far.

    Parameters
    ----------
    n_docs : int
        Documents.
    seen : dict
        Feature -> occurrences and documents.
    """

    n_docs: int = 0
    seen: dict[Any, tuple[int, int]] = field(default_factory=dict)

    def in_order(self) -> tuple[list[Any], NDArray[np.int64], NDArray[np.int64]]:
        """List the features.

        Returns
        -------
        terms : list
            Sorted.
        counts, df : ndarray of int64, shape (n_features,)
            Occurrences and documents.
        """
        terms = sorted(self.seen)
        sums = np.array([self.seen[term] for term in terms], np.int64).reshape(-1, 2)
        return terms, sums[:, 0].copy(), sums[:, 1].copy()


def grown(vectorizer: Any, tally: Tally | None, raw_documents: Any) -> Tally:
    """Add documents to a tally.

    Parameters
    ----------
    vectorizer : CountVectorizer
        How to count; the bounds on frequencies are not asked.
    tally : Tally, optional
        What was seen before.
    raw_documents : iterable
        The next documents.

    Returns
    -------
    Tally
        A new one where there was none; else the same, grown.
    """
    tally = Tally() if tally is None else tally
    documents = _Counted(raw_documents)
    whole: Parametrised = type(vectorizer)(
        **{**vectorizer.get_params(deep=False), "min_df": 1, "max_df": 1.0, "max_features": None, "dtype": np.int64}
    )
    try:
        matrix = whole._learn(documents)  # type: ignore[attr-defined]
    except DataError as error:
        if error.key != "vectorize.empty_vocabulary":
            raise
        tally.n_docs += documents.n
        return tally
    names = whole.get_feature_names_out().tolist()  # type: ignore[attr-defined]
    counts = np.bincount(matrix.indices, weights=matrix.data, minlength=len(names)).astype(np.int64)
    df = np.bincount(matrix.indices, minlength=len(names))
    for term, count, documents_with in zip(names, counts.tolist(), df.tolist(), strict=True):
        before = tally.seen.get(term, (0, 0))
        tally.seen[term] = before[0] + count, before[1] + documents_with
    tally.n_docs += matrix.shape[0]
    return tally


class _Counted:
    """Documents that tell how many they were."""

    def __init__(self, documents: Any) -> None:
        self._documents = documents
        self.n = 0

    def __iter__(self) -> Any:
        from malgil.vectorize.documents import each_document

        self.n = 0
        for document in each_document(self._documents):
            self.n += 1
            yield document
