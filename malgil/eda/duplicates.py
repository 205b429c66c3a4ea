"""Documents that repeat an earlier one, found by the hashes of their texts."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Duplicates(NamedTuple):
    """Repeated texts.

    Parameters
    ----------
    n_extra : int
        Documents whose text an earlier document has already.
    n_groups : int
        Distinct texts that occur more than once.
    largest : tuple of (int, int)
        The largest groups: row of the first document, number of documents. Ties in corpus order.
    """

    n_extra: int
    n_groups: int
    largest: tuple[tuple[int, int], ...]


def find_duplicates(hashes: NDArray[np.uint64], n_largest: int = 5) -> Duplicates:
    """Group documents by the hash of their text.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n_docs,)
        0 for a blank document, which is counted elsewhere and never as a duplicate.
    n_largest : int
        Groups to name.

    Returns
    -------
    Duplicates
        All zero where no text repeats.

    Notes
    -----
    Two different texts get the same 64-bit hash with probability below n^2 / 2^65: 1.3e-8 for 691,442 documents.
    """
    rows = np.flatnonzero(hashes)
    _, first, sizes = np.unique(hashes[rows], return_index=True, return_counts=True)
    repeated = np.flatnonzero(sizes > 1)
    order = repeated[np.lexsort((first[repeated], -sizes[repeated]))][:n_largest]
    largest = tuple((int(rows[first[group]]), int(sizes[group])) for group in order)
    return Duplicates(int(len(rows) - len(sizes)), len(repeated), largest)
