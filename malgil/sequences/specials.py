"""Special tokens: ids below those of the words, for padding, unknown words, borders and hidden words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.ragged import Ragged, check_indptr

SPECIALS = ("<pad>", "<unk>", "<s>", "</s>", "<mask>")
"""The special tokens, by id."""
PAD, UNK, BOS, EOS, MASK = range(5)
N_SPECIALS = len(SPECIALS)


def with_specials(ragged: Ragged, *, bos: bool = True, eos: bool = True) -> Ragged:
    """Make room for special tokens before the words' ids, and mark the borders of the texts.

    Parameters
    ----------
    ragged : Ragged
        Ids of a vocabulary; -1 for a word that it does not have.
    bos, eos : bool
        Whether each text begins with ``<s>`` and ends with ``</s>``.

    Returns
    -------
    Ragged
        Word ``i`` is now ``i + 5``, an unknown one ``<unk>``.

    Raises
    ------
    DataError
        If an id is below -1 or the borders do not fit.

    Notes
    -----
    To cut texts to a length with both marks, cut first (`malgil.sequences.truncate`) and leave room for two.

    Examples
    --------
    >>> [row.tolist() for row in with_specials(Ragged(np.array([0, -1], np.int32), np.array([0, 2])))]
    [[2, 5, 1, 3]]
    """
    check_indptr(ragged.indptr, ragged.n_tokens)
    if ragged.n_tokens and int(ragged.ids.min()) < -1:
        raise DataError("house.ids_out_of_range", low=int(ragged.ids.min()), high=int(ragged.ids.max()), n=2**31 - 6)
    ids = np.where(ragged.ids < 0, UNK, ragged.ids.astype(np.int64) + N_SPECIALS).astype(np.int32)
    indptr = ragged.indptr + np.arange(len(ragged.indptr)) * (int(bos) + int(eos))
    whole = np.empty(int(indptr[-1]), np.int32)
    is_word = np.ones(len(whole), np.bool_)
    for mark, places, is_wanted in ((BOS, indptr[:-1], bos), (EOS, indptr[1:] - 1, eos)):
        if is_wanted:
            whole[places], is_word[places] = mark, False
    whole[is_word] = ids
    return Ragged(whole, indptr)


def without_specials(ragged: Ragged) -> Ragged:
    """Take special tokens away again.

    Parameters
    ----------
    ragged : Ragged
        From `with_specials`, padded or not.

    Returns
    -------
    Ragged
        The vocabulary's ids, -1 for ``<unk>``; all other special tokens are left out.

    Raises
    ------
    DataError
        If the borders do not fit.
    """
    check_indptr(ragged.indptr, ragged.n_tokens)
    keep = (ragged.ids >= N_SPECIALS) | (ragged.ids == UNK)
    before = np.concatenate([[0], np.cumsum(keep)])
    ids: NDArray[np.int32] = np.where(ragged.ids == UNK, -1, ragged.ids - N_SPECIALS).astype(np.int32)
    return Ragged(ids[keep], before[ragged.indptr].astype(np.int64))
