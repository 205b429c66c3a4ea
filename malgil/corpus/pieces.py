"""What a reader hands over: some rows of a source, and where each of them stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.corpus.rejects import Rejects


class Piece(NamedTuple):
    """Rows as a reader found them, before any column has got its part.

    Parameters
    ----------
    batch : RecordBatch
        Rows, in the source's own columns.
    rows : ndarray of int64, shape (n_rows,)
        Their numbers in their file, from 1, with the rejected ones counted.
    place : str
        What messages call the file.
    """

    batch: pa.RecordBatch
    rows: NDArray[np.int64]
    place: str


class Source(Protocol):
    """Something that gives its rows as often as it is asked."""

    @property
    def shown(self) -> str:
        """What messages call the whole source."""

    def pieces(self, rejects: Rejects) -> Iterator[Piece]:
        """Pass over the rows once.

        Parameters
        ----------
        rejects : Rejects
            Receives rows that cannot be used.

        Yields
        ------
        Piece
            The next rows.
        """

    def check_unchanged(self) -> None:
        """Make sure that the source is still what it was.

        Raises
        ------
        DataError
            If it is not.
        """


def numbered(batch: pa.RecordBatch, first: int, place: str) -> Piece:
    """Make a piece of rows that follow each other without gaps.

    Parameters
    ----------
    batch : RecordBatch
        The rows.
    first : int
        Number of the first of them, from 1.
    place : str
        What to call the file.

    Returns
    -------
    Piece
        The same rows, numbered.
    """
    return Piece(batch, np.arange(first, first + batch.num_rows, dtype=np.int64), place)
