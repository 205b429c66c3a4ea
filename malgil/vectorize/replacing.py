"""Texts with their characters replaced one by one, a whole block at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock

import numpy as np
import pyarrow as pa

from malgil.codepoints import N_CODE_POINTS, CodePoints, decode, encode, utf8
from malgil.vectorize.accents import strip_accents_ascii, strip_accents_unicode

_ACCENTS: dict[str | None, Callable[[str], str]] = {
    "ascii": strip_accents_ascii,
    "unicode": strip_accents_unicode,
    None: str,
}
_SIGMA = "Σ"  # alone among characters, its lower case depends on what stands around it


class Replacement:
    """What stands for each character, found out when the character is first met.

    Parameters
    ----------
    function : callable
        One character -> what takes its place, of any length.
    """

    def __init__(self, function: Callable[[str], str]) -> None:
        self._function = function
        self._places = np.full(N_CODE_POINTS, -1, np.int32)
        self._pool = np.zeros(0, np.uint32)
        self._lock = Lock()

    def __call__(self, texts: pa.LargeStringArray) -> pa.LargeStringArray:
        """Replace the characters of a block.

        Parameters
        ----------
        texts : pa.LargeStringArray
            No nulls.

        Returns
        -------
        pa.LargeStringArray
            Of the same length.
        """
        from malgil.vectorize._replace_kernels import replace_points

        rows = decode(texts)
        if bool((self._places[rows.points] < 0).any()):
            self._learn(np.unique(rows.points))
        places, pool = self._places, self._pool
        replaced = np.empty(int(pool[places[rows.points]].sum(dtype=np.int64)), np.uint32)
        borders = np.empty(rows.n_rows + 1, np.int64)
        replace_points(rows.points, rows.indptr, places, pool, replaced, borders)
        return encode(CodePoints(replaced, borders))

    def _learn(self, points: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> None:
        with self._lock:
            unknown = points[self._places[points] < 0]
            found = [self._function(chr(point)) for point in unknown.tolist()]
            entries = [entry for text in found for entry in (len(text), *map(ord, text))]
            begins = np.cumsum([len(self._pool), *(len(text) + 1 for text in found)])[:-1]
            self._pool = np.append(self._pool, np.array(entries, np.uint32))  # before the places that lead into it
            self._places[unknown] = begins


def prepare(texts: pa.LargeStringArray, lowercase: bool, accents: str | None) -> pa.LargeStringArray:
    """Bring texts into lower case and take accents off, exactly as Python does it text by text.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Raw texts, without nulls.
    lowercase : bool
        Whether to use lower case, which comes first.
    accents : {"ascii", "unicode"}, optional
        How accents go.

    Returns
    -------
    pa.LargeStringArray
        The array itself where there is nothing to do.

    Notes
    -----
    Both accents and lower case are matters of single characters: what a decomposition reorders are combining marks,
    and those are all taken away. Only the lower case of a capital sigma depends on its neighbours; a block with one is
    brought into lower case text by text.

    Examples
    --------
    >>> prepare(pa.array(["Déjà vu", "Čaj"], pa.large_string()), True, "unicode").to_pylist()
    ['deja vu', 'caj']
    """
    if not lowercase and accents is None:
        return texts
    if lowercase and _has_sigma(texts):
        texts, lowercase = pa.array([text.lower() for text in texts.to_pylist()], pa.large_string()), False
    return _replacement(lowercase, accents)(texts)


@cache
def _replacement(lowercase: bool, accents: str | None) -> Replacement:
    strip = _ACCENTS[accents]
    return Replacement((lambda char: strip(char.lower())) if lowercase else strip)


def _has_sigma(texts: pa.LargeStringArray) -> bool:
    first, second = _SIGMA.encode()
    data, _ = utf8(texts)
    places = np.flatnonzero(data[:-1] == first)
    return bool((data[places + 1] == second).any())
