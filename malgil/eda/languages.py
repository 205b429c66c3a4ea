"""A simple guess of the language of a document, from the scripts of its letters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

LANGUAGES = ("ko", "en", "mixed", "other", "none")
"""Results of the guess; ``none`` has no letters at all, ``en`` stands for any language in Latin letters."""

CLEAR_RATIO = 0.8
"""Share of the letters from which on one script decides."""


def guess_languages(by_class: Mapping[str, NDArray[np.int32]]) -> NDArray[np.int64]:
    """Guess the language of each document.

    Parameters
    ----------
    by_class : mapping
        Class name of `malgil.eda.characters.CLASSES` -> ndarray of int32, shape (n_docs,): characters of that class.

    Returns
    -------
    ndarray of int64, shape (n_docs,)
        Positions in `LANGUAGES`.

    Notes
    -----
    With `h` the letters in Hangul (lone jamo included), `l` those in Latin script and `n` all letters: ``ko`` where
    h >= 0.8 n; ``en`` where l >= 0.8 n; ``mixed`` where h + l >= 0.8 n; else ``other``; ``none`` where n = 0.
    """
    hangul = by_class["hangul"].astype(np.int64) + by_class["jamo"]
    latin = by_class["latin"].astype(np.int64)
    letters = hangul + latin + by_class["han"] + by_class["kana"] + by_class["letter"]
    rows = (letters == 0, hangul >= CLEAR_RATIO * letters, latin >= CLEAR_RATIO * letters)
    order = [*rows, hangul + latin >= CLEAR_RATIO * letters]
    choices = [LANGUAGES.index(name) for name in ("none", "ko", "en", "mixed")]
    guesses: NDArray[np.int64] = np.select(order, choices, default=LANGUAGES.index("other")).astype(np.int64)
    return guesses
