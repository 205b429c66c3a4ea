"""Pairs of occurrences and length, numbered, and postings that carry such a number.

What a word scores in a document depends on the word, and on how often the document has it (tf) among how many tokens
(dl). There are few different pairs (tf, dl), however large the corpus. A posting holds the number of its pair, the
code; the impact of each code is computed when a corpus is opened or has changed. So documents may come and go without a
posting being touched, and scoring a posting is one look-up. Codes rise with the length, which bounds what a document of
at least some length can score.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Pairs(NamedTuple):
    """The distinct pairs of a corpus by rising length, then occurrences: the place of a pair is its code.

    Parameters
    ----------
    tf : ndarray of int32, shape (n_codes,)
        Occurrences of a word in a document, >= 1.
    dl : ndarray of int32, shape (n_codes,)
        Tokens of that document.
    """

    tf: NDArray[np.int32]
    dl: NDArray[np.int32]

    @property
    def bits(self) -> int:
        """Lowest bits of a posting that hold its code."""
        return code_bits(len(self.tf))


def code_bits(n_codes: int) -> int:
    """Bits that a code takes.

    Parameters
    ----------
    n_codes : int
        How many codes there are.

    Returns
    -------
    int
        At least 1.
    """
    return max(1, (n_codes - 1).bit_length())


def posting_type(n_docs: int, n_codes: int) -> np.dtype[np.unsignedinteger]:
    """Type of a posting, ``doc << bits | code``.

    Parameters
    ----------
    n_docs, n_codes : int
        How many documents and codes there are.

    Returns
    -------
    dtype
        uint32 where both fit, else uint64.
    """
    is_small = max(n_docs - 1, 0).bit_length() + code_bits(n_codes) <= 32
    return np.dtype(np.uint32 if is_small else np.uint64)


def smallest_unsigned(largest: int) -> np.dtype[np.unsignedinteger]:
    """Smallest type that holds the numbers from 0 to `largest`.

    Parameters
    ----------
    largest : int
        >= 0.

    Returns
    -------
    dtype
        uint8, uint16, uint32 or uint64.
    """
    return np.dtype(np.min_scalar_type(max(largest, 0)))
