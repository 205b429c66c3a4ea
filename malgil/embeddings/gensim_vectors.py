"""Vectors from gensim's `KeyedVectors` and back, in memory; its pickled files are never opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from malgil.embeddings.subwords import Subwords
from malgil.errors import MissingError, ParameterError

if TYPE_CHECKING:
    from malgil.embeddings.vectors import Vectors


def from_gensim(keyed: Any) -> dict[str, Any]:
    """Take gensim's vectors.

    Parameters
    ----------
    keyed : gensim.models.KeyedVectors
        Also those of fastText, whose n-grams come along.

    Returns
    -------
    dict
        Arguments of `malgil.Vectors`.

    Raises
    ------
    ParameterError
        If it is something else.
    """
    if not hasattr(keyed, "index_to_key") or not hasattr(keyed, "vectors"):
        raise ParameterError("vectors.not_gensim", type=type(keyed).__name__)
    found: dict[str, Any] = {"keys": list(keyed.index_to_key), "matrix": np.array(keyed.vectors)}
    if "count" in getattr(keyed, "expandos", {}):
        found["counts"] = np.asarray(keyed.expandos["count"], np.int64)
    if hasattr(keyed, "vectors_ngrams"):
        found["subwords"] = Subwords(np.array(keyed.vectors_ngrams), int(keyed.min_n), int(keyed.max_n))
    return found


def to_gensim(vectors: Vectors) -> Any:
    """Give vectors to gensim.

    Parameters
    ----------
    vectors : Vectors
        What to give.

    Returns
    -------
    gensim.models.KeyedVectors
        With the counts, where there are any; unknown words have no vector there.

    Raises
    ------
    MissingError
        If gensim is not installed.
    """
    try:
        from gensim.models import KeyedVectors
    except ImportError as error:
        raise MissingError("vectors.no_gensim") from error
    keyed = KeyedVectors(vector_size=vectors.dim, count=0, dtype=np.float32)
    keyed.add_vectors(list(vectors.keys), vectors.rows(slice(None)))
    if vectors.counts is not None:
        for word, count in zip(vectors.keys, vectors.counts.tolist(), strict=True):
            keyed.set_vecattr(word, "count", count)
    return keyed
