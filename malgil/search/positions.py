"""Phrases: documents in which words stand one after another, found from the positions of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError

if TYPE_CHECKING:
    from malgil.search.field_index import FieldIndex

_PLACE_BITS = 32  # a document and a place in it, in one number


class _Occurrences(NamedTuple):
    """Where a word stands: its documents, and for each of its occurrences ``doc << 32 | place``, rising."""

    docs: NDArray[np.int64]
    tf: NDArray[np.int64]
    positions: NDArray[np.unsignedinteger]


def phrase_docs(index: FieldIndex, term_ids: list[int]) -> NDArray[np.int32]:
    """Find the documents that hold words one after another.

    Parameters
    ----------
    index : FieldIndex
        The field.
    term_ids : list of int
        The words in order; -1 for one that no document has.

    Returns
    -------
    ndarray of int32, shape (n,)
        Rising.

    Raises
    ------
    DataError
        If the positions of a word do not fit its occurrences.
    """
    if not term_ids or min(term_ids) < 0:
        return np.zeros(0, np.int32)
    words = {term: _occurrences(index, term) for term in set(term_ids)}
    docs = _common([word.docs for word in words.values()])
    starts: NDArray[np.int64] | None = None
    for number, term in enumerate(term_ids):
        found = _starts_in(words[term], docs, number)
        starts = found if starts is None else starts[_is_in(starts, found)]
    assert starts is not None
    return np.unique(starts >> _PLACE_BITS).astype(np.int32)


def _occurrences(index: FieldIndex, term: int) -> _Occurrences:
    low, high = int(index.inverted.position_indptr[term]), int(index.inverted.position_indptr[term + 1])
    tf = index.pairs.tf[index.codes(term)].astype(np.int64)
    if int(tf.sum()) != high - low:
        raise DataError("search.parts_do_not_fit")
    return _Occurrences(index.docs(term).astype(np.int64), tf, index.inverted.positions[low:high])


def _common(lists: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Documents that all lists hold."""
    docs, *others = sorted(lists, key=len)
    for other in others:
        docs = docs[_is_in(docs, other)]
    return docs


def _starts_in(word: _Occurrences, docs: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Where the phrase would begin for each occurrence of its word `number` in some documents, all rising."""
    is_wanted = _is_in(word.docs, docs)
    tf = word.tf
    places = word.positions[np.repeat(is_wanted, tf)].astype(np.int64) - number
    starts = np.repeat(word.docs[is_wanted], tf[is_wanted]) << _PLACE_BITS
    return (starts + places)[places >= 0]


def _is_in(values: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of rising values are among rising others."""
    if not len(others):
        return np.zeros(len(values), bool)
    places = np.searchsorted(others, values)
    places[places == len(others)] = 0
    is_in: NDArray[np.bool_] = others[places] == values
    return is_in
