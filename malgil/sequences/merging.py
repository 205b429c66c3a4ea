"""Join neighbouring short texts of a document to longer ones, in their order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from malgil.errors import ParameterError
from malgil.ragged import Ragged, check_indptr


@dataclass(frozen=True, eq=False)
class Merged:
    """Texts joined from neighbours.

    Parameters
    ----------
    ragged : Ragged
        The joined texts; the ids are those of the input, not a copy.
    rows : ndarray of int64, shape (n_merged + 1,)
        Text ``r`` holds the input's texts ``rows[r]`` to ``rows[r + 1]``.
    indptr : ndarray of int64, shape (n_texts + 1,)
        Borders of the input's texts.
    groups : ndarray, shape (n_merged,)
        Document of each joined text.
    """

    ragged: Ragged
    rows: NDArray[np.int64]
    indptr: NDArray[np.int64]
    groups: NDArray[np.generic]


def merge(ragged: Ragged, groups: ArrayLike, length: int) -> Merged:
    """Join each text to those before it while they fit and are of one document.

    Parameters
    ----------
    ragged : Ragged
        Short texts, such as sentences, in their order.
    groups : array_like, shape (n_texts,)
        Document of each text: a number or an id. Texts are joined only to neighbours of the same document.
    length : int
        Most tokens of a joined text, >= 1. A text that is longer by itself stays as it is, alone.

    Returns
    -------
    Merged
        Nothing is dropped, cut or moved; `unmerge` gives the input back.

    Raises
    ------
    ParameterError
        If `groups` has not a value for each text, or `length` is below 1.

    Examples
    --------
    >>> ragged = Ragged(np.arange(7, dtype=np.int32), np.array([0, 2, 3, 6, 7]))
    >>> [row.tolist() for row in merge(ragged, ["a", "a", "a", "b"], 4).ragged]
    [[0, 1, 2], [3, 4, 5], [6]]
    """
    check_indptr(ragged.indptr, ragged.n_tokens)
    names = np.asarray(groups)
    if names.shape != (len(ragged),):
        raise ParameterError("sequences.bad_groups", found=len(names) if names.ndim else 0, wanted=len(ragged))
    if length < 1:
        raise ParameterError("sequences.bad_length", value=length)
    is_new = np.ones(len(ragged), np.bool_)
    is_new[1:] = names[1:] != names[:-1]
    rows, begin = [0] if len(ragged) else [], 0
    borders = ragged.indptr.tolist()
    for row, starts in enumerate(is_new.tolist()):
        if row and (starts or borders[row + 1] - begin > length):
            rows.append(row)
            begin = borders[row]
    whole = np.array([*rows, len(ragged)], np.int64)
    return Merged(Ragged(ragged.ids, ragged.indptr[whole]), whole, ragged.indptr, names[whole[:-1]])


def unmerge(merged: Merged) -> Ragged:
    """Take joined texts apart again.

    Parameters
    ----------
    merged : Merged
        From `merge`.

    Returns
    -------
    Ragged
        The texts as they were.
    """
    return Ragged(merged.ragged.ids, merged.indptr)
