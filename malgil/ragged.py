"""An encoded corpus: all token ids in one flat array, with the borders of the documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError


@dataclass(frozen=True, eq=False)
class Ragged:
    """Token ids of many documents.

    Parameters
    ----------
    ids : ndarray of int32, shape (n_tokens,)
        Vocabulary ids, document after document.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Document ``d`` is ``ids[indptr[d]:indptr[d + 1]]``.
    """

    ids: NDArray[np.int32]
    indptr: NDArray[np.int64]

    @property
    def n_docs(self) -> int:
        """Number of documents."""
        return len(self.indptr) - 1

    @property
    def n_tokens(self) -> int:
        """Number of tokens."""
        return len(self.ids)

    def __len__(self) -> int:
        return self.n_docs

    def __getitem__(self, doc: int) -> NDArray[np.int32]:
        return self.ids[self.indptr[doc] : self.indptr[doc + 1]]

    def __iter__(self) -> Iterator[NDArray[np.int32]]:
        return (self[doc] for doc in range(self.n_docs))

    def check(self, n_terms: int) -> None:
        """Make sure that no kernel can read outside its arrays.

        Parameters
        ----------
        n_terms : int
            Size of the vocabulary: every id must lie in [0, n_terms).

        Raises
        ------
        DataError
            If `indptr` falls or does not fit `ids`, or an id is out of range.
        """
        check_indptr(self.indptr, self.n_tokens)
        if self.n_tokens and (int(self.ids.min()) < 0 or int(self.ids.max()) >= n_terms):
            raise DataError("house.ids_out_of_range", low=int(self.ids.min()), high=int(self.ids.max()), n=n_terms)


def check_indptr(indptr: NDArray[np.int64], n_items: int) -> None:
    """Make sure that `indptr` starts at 0, never falls and ends at `n_items`, in signed integers.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n_rows + 1,)
        Borders of the rows.
    n_items : int
        Length of the array that `indptr` cuts into rows.

    Raises
    ------
    DataError
        If it does not.
    """
    is_flat = indptr.ndim == 1 and indptr.dtype.kind == "i"  # unsigned ones would wrap below and never fall
    fits = is_flat and len(indptr) > 0 and int(indptr[0]) == 0 and int(indptr[-1]) == n_items
    if not fits or bool((np.diff(indptr) < 0).any()):
        raise DataError("house.indptr_does_not_fit", n=n_items)
