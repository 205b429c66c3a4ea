"""Texts as UTF-16 code units, and the letters that words are spelt in for sorting and hashing.

A list of ``str`` is joined and encoded as a whole, which takes half the time of a UTF-8 string for each text and leaves
none behind in the caller's objects. A letter is a code unit moved so that letters sort as code points do and none of
them is 0: NUL to BACKSPACE go up by one (no word holds the TAB that makes room), surrogates change places with U+E000
to U+FFFF.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from malgil.errors import DataError
from malgil.tokenizers.characters import CHANGES, TOKEN, Rule, characters
from malgil.tokenizers.forms import buffers

_UNITS = 0x10000
_BLOCK_UNITS = 1 << 19
_ODD, _SIGMA = 0x20, 0x3A3  # as in _word_kernels.py; no word holds a blank, so it can be a mark


class CodeUnits(NamedTuple):
    """Texts in UTF-16, a line end after each.

    Parameters
    ----------
    codes : ndarray of uint16
        Code units.
    borders : ndarray of int64, shape (n_docs + 1,)
        First code unit of each text; the last one ends the last line end.
    """

    codes: NDArray[np.uint16]
    borders: NDArray[np.int64]


#: A block of texts as the fast way takes it.
Texts: TypeAlias = CodeUnits | pa.LargeStringArray | Callable[[], Iterable[CodeUnits]]


def blocks_of_list(texts: list[str]) -> Iterator[CodeUnits]:
    """Encode texts that lie in a list.

    Parameters
    ----------
    texts : list of str
        Raw texts.

    Yields
    ------
    CodeUnits
        Of successive texts, together about as long as a block should be.

    Raises
    ------
    UnicodeEncodeError
        If a text holds half of a surrogate pair.
    """
    from malgil.tokenizers._unit_kernels import place_borders

    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = np.cumsum(lengths + 1)
    low = 0
    while low < len(texts):
        before = int(ends[low - 1]) if low else 0
        high = max(int(np.searchsorted(ends, before + _BLOCK_UNITS, side="right")), low + 1)
        codes = np.frombuffer("\n".join([*texts[low:high], ""]).encode("utf-16-le"), np.uint16)
        borders = np.append(0, ends[low:high] - before)
        if borders[-1] != len(codes):  # some code point takes two
            place_borders(codes, lengths[low:high], borders)
        yield CodeUnits(codes, borders)
        low = high


def each_units(texts: Texts, first_doc: int = 0) -> Iterable[CodeUnits]:
    """Read a block of texts as code units.

    Parameters
    ----------
    texts : CodeUnits, pa.LargeStringArray or callable
        The block; a callable gives it piece by piece.
    first_doc : int
        Number of the first among all documents, for the message of an error.

    Returns
    -------
    iterable of CodeUnits
        Of successive texts.

    Raises
    ------
    DataError
        If a text is not UTF-8.
    """
    if isinstance(texts, CodeUnits):
        return [texts]
    return texts() if callable(texts) else [units_of_strings(texts, first_doc)]


def units_of_strings(texts: pa.LargeStringArray, first_doc: int = 0) -> CodeUnits:
    """Turn UTF-8 into UTF-16.

    Parameters
    ----------
    texts : pa.LargeStringArray
        Raw texts.
    first_doc : int
        Number of the first among all documents, for the message of an error.

    Returns
    -------
    CodeUnits
        Of the same texts.

    Raises
    ------
    DataError
        If a text is not UTF-8.
    """
    from malgil.tokenizers._unit_kernels import widen

    offsets, data = buffers(texts)
    codes, borders = np.empty(len(data) + len(texts), np.uint16), np.zeros(len(offsets), np.int64)
    n = widen(offsets, data, codes, borders)
    if n < 0:
        raise DataError("tokenizers.not_utf8", row=first_doc - n - 1)
    return CodeUnits(codes[:n], borders)


@cache
def usual_letters(rule: Rule, lowercase: bool) -> NDArray[np.uint16]:
    """Letter of each code unit.

    Parameters
    ----------
    rule : {"whitespace", "word"}
        Which characters make words.
    lowercase : bool
        Whether texts are read in lower case.

    Returns
    -------
    ndarray of uint16, shape (65536,)
        0 where the code unit belongs to no word; a blank where more than itself decides: surrogates, the capital sigma,
        and what is longer in lower case. Made once for each pair of arguments, then shared; read only.
    """
    kind, lower, _, _ = characters(rule, lowercase)
    small = np.arange(_UNITS, dtype=np.int32)
    changes = np.flatnonzero(kind[: min(len(lower), _UNITS)] & CHANGES)
    small[changes] = lower[changes]
    is_odd = (small < 0) | (small >= _UNITS)
    is_odd[0xD800:0xE000] = True
    is_odd[_SIGMA] |= lowercase
    small[is_odd] = 0
    letters = np.where(small >= 0xE000, small - 0x800, small + (small < 9)).astype(np.uint16)
    letters[(kind[small] & TOKEN) == 0] = 0
    letters[is_odd] = _ODD
    letters.flags.writeable = False
    return letters
