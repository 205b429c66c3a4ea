"""Sequences that were read: flat arrays of words or numbers. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int32]


@dataclass(frozen=True)
class Read:
    """Sequences as flat arrays.

    Parameters
    ----------
    indptr : ndarray of int64, shape (n + 1,)
        Borders of the sequences.
    words : ndarray of int32, shape (n_steps,), optional
        Terms of the vocabulary; None for numbers.
    numbers : ndarray of float32, shape (n_steps, C), optional
        Steps of numbers, standardised, or pixels of frames as they are (also uint8); None for words.
    forms : ndarray of int32, shape (n_steps,), optional
        Rows of `spellings`: what each step is spelled as.
    spellings : ndarray of int32, shape (n_forms, L), optional
        Letters of each distinct form, 0 = none.
    cut_ratio : float
        Share of the steps that lay behind the limit of length.
    """

    indptr: NDArray[np.int64]
    words: Ids | None = None
    numbers: NDArray[Any] | None = None
    forms: Ids | None = None
    spellings: Ids | None = None
    cut_ratio: float = 0.0

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Steps of each sequence."""
        return np.diff(self.indptr)
