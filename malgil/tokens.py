"""Tokens of a block of documents: what is counted (the form) and where it stands (the span)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.ragged import Ragged


@dataclass(frozen=True, eq=False)
class Tokens:
    """Tokens of many documents, as numbers.

    Parameters
    ----------
    forms : pa.LargeStringArray
        The distinct forms.
    ids : ndarray of int32, shape (n_tokens,)
        Place of each token's form in `forms`.
    indptr : ndarray of int64, shape (n_docs + 1,)
        Document ``d`` has the tokens ``indptr[d]`` to ``indptr[d + 1]``.
    start, end : ndarray of int32, shape (n_tokens,), optional
        Half-open span of each token in code points of the raw text.
    tags : ndarray of uint8, shape (n_tokens,), optional
        Place of each token's part of speech in `tag_names`.
    tag_names : tuple of str
        The parts of speech.
    """

    forms: pa.LargeStringArray
    ids: NDArray[np.int32]
    indptr: NDArray[np.int64]
    start: NDArray[np.int32] | None = None
    end: NDArray[np.int32] | None = None
    tags: NDArray[np.uint8] | None = None
    tag_names: tuple[str, ...] = ()

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

    def ragged(self) -> Ragged:
        """View the ids alone.

        Returns
        -------
        Ragged
            Shares the arrays.
        """
        return Ragged(self.ids, self.indptr)

    def to_lists(self) -> list[list[str]]:
        """Give the forms as Python strings.

        Returns
        -------
        list of list of str
            One list a document.
        """
        forms = self.forms.to_pylist()
        words = [forms[i] for i in self.ids.tolist()]
        borders = self.indptr.tolist()
        return [words[low:high] for low, high in pairwise(borders)]

    def spans(self, doc: int) -> list[tuple[int, int]]:
        """Where the tokens of one document stand.

        Parameters
        ----------
        doc : int
            Number of the document.

        Returns
        -------
        list of (int, int)
            Half-open spans in code points of the raw text; empty where no spans were asked for.
        """
        if self.start is None or self.end is None:
            return []
        low, high = self.indptr[doc], self.indptr[doc + 1]
        return list(zip(self.start[low:high].tolist(), self.end[low:high].tolist(), strict=True))


def join_indptr(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Borders of rows that follow one another.

    Parameters
    ----------
    parts : sequence of ndarray of int64
        Borders of each part, each starting at 0.

    Returns
    -------
    ndarray of int64, shape (n_rows + 1,)
        Borders in the joined array; ``[0]`` where there is no part.
    """
    lengths = [np.diff(part) for part in parts]
    indptr = np.zeros(1 + sum(len(length) for length in lengths), np.int64)
    if lengths:
        np.cumsum(np.concatenate(lengths), out=indptr[1:])
    return indptr
